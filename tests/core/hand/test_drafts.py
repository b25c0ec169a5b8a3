"""A draft is known again under another Message-ID or with changed words, and no other mail is taken for it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailflow.core.hand.drafts import draft_of, edited
from mailflow.core.letters.model import Duty, Envelope, LetterFacts, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.core.message.model import Address, Line, Message, MessageKind

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TEXT = "Dear Kim, we are sorry to say that order C-17 will leave the factory on 24 December 2026 only."
SUBJECT = "Order C-17: new date [mf7.abcdefgh]"


def mail(
    text: str = TEXT, *, message_id: str = "<x@phone.example>", subject: str = SUBJECT, to: str = "kim@c.example"
) -> Message:
    return Message(
        message_id=message_id,
        sender=Address("amy@lanmei.example"),
        to=(Address(to),),
        date=NOW,
        subject=subject,
        kind=MessageKind.PERSONAL,
        text=text,
        lines=(Line(text),),
    )


def letter(number: int) -> OutboxLetter:
    planned = PlannedLetter(
        "delay_notice",
        "delay_notice",
        "Customer",
        (Address("kim@c.example"),),
        "en",
        Mode.DRAFT,
        (Duty("delay_notice", "SO-1", "kim@c.example", "2026-12-24"),),
        ("SO-1",),
        LetterFacts(()),
        "main",
        NOW,
    )
    own = Envelope(f"<{number}@lanmei.example>", "amy@lanmei.example", ("kim@c.example",), b"")
    return OutboxLetter(number, planned, LetterState.DRAFTED, NOW, NOW, own)


DRAFT = (letter(7), [mail(message_id="<7@lanmei.example>")])
SHIPPED = "Dear Kim, your order C-99 has been shipped."
OTHER = (letter(8), [mail(SHIPPED, message_id="<8@lanmei.example>", subject="Order C-99: shipped [mf8.abcdefgh]")])


@pytest.mark.parametrize(
    ("sent", "named", "found"),
    [
        pytest.param(mail(message_id="<7@lanmei.example>", subject="other"), (), 7, id="its own id"),
        pytest.param(mail(), (), 7, id="another id"),
        pytest.param(mail(TEXT + " We will do our best. Amy"), (), 7, id="a sentence more"),
        pytest.param(mail(subject="Order C-17: new date"), (), 7, id="without the token"),
        pytest.param(mail("Kim, call me.", subject=SUBJECT), (7,), 7, id="written anew, its own token"),
        pytest.param(mail("Kim, call me.", subject=SUBJECT), (), None, id="written anew, the token of another letter"),
        pytest.param(mail(to="eve@other.example"), (7,), None, id="to somebody else"),
        pytest.param(mail(subject="Lunch?"), (), None, id="another subject"),
    ],
)
def test_the_draft_that_a_mail_is(sent: Message, named: tuple[int, ...], found: int | None) -> None:
    draft = draft_of(sent, [DRAFT, OTHER], named)
    assert (draft.id if draft else None) == found


def test_two_drafts_alike_are_not_guessed_between() -> None:
    twin = (letter(9), [mail(message_id="<9@lanmei.example>")])
    assert draft_of(mail(), [DRAFT, twin], ()) is None
    assert draft_of(mail(), [DRAFT, twin], (9,)) == twin[0]


def test_other_line_breaks_are_no_change_of_words() -> None:
    assert not edited(mail(TEXT.replace(" on ", "\non ")), DRAFT[1])
    assert edited(replace(DRAFT[1][0], lines=(Line(TEXT.replace("24", "26")),)), DRAFT[1])
