"""Real mail clients, as people use them: what they send, change, delete and answer is understood."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import LetterSent, Recorded, WrittenByHand
from mailflow.core.orders.model import Milestone
from tests.clients.mutt import running_mutt
from tests.clients.thunderbird import running_thunderbird
from tests.servers.postfix import MailSystem
from tests.service.by_hand import LATER, Desk, with_a_draft
from tests.service.world import NOW, make_world, reply, wait_until

pytestmark = pytest.mark.service

PICTURES = Path("build/clients")
"""What the clients show, to be looked at."""
ORDER = "SO26-00001"


def sent(desk: Desk) -> Recorded:
    """Return how the draft went out."""
    (one,) = [each for each in desk.history() if isinstance(each.event, LetterSent)]
    return one


def test_a_draft_sent_from_mutt(tmp_path: Path, mail_system: MailSystem) -> None:
    with with_a_draft(tmp_path, mail_system) as desk:
        with running_mutt(mail_system, desk.world.mailbox) as mutt:
            mutt.send_draft()
        wait_until(lambda: desk.world.inbox(desk.world.customers[0]))
        desk.round(20)
        event = sent(desk).event
        assert isinstance(event, LetterSent)
        assert (event.edited, desk.told()) == (False, LATER)
        assert not desk.letters(LetterState.DRAFTED)


def test_a_draft_changed_and_sent_in_thunderbird(tmp_path: Path, mail_system: MailSystem) -> None:
    other = LATER + timedelta(days=4)
    with with_a_draft(tmp_path, mail_system) as desk:
        with running_thunderbird(mail_system, desk.world.mailbox) as thunderbird:
            thunderbird.wait_for_mail("Drafts", ORDER)
            thunderbird.open("Drafts", ORDER)
            thunderbird.picture(PICTURES / "thunderbird-draft.png")
            thunderbird.draft(ORDER)
            thunderbird.replace(f"{LATER.day} {LATER:%b %Y}", f"{other.day} {other:%b %Y}")
            thunderbird.picture(PICTURES / "thunderbird-draft-changed.png", "msgcompose")
            thunderbird.send()
        wait_until(lambda: desk.world.inbox(desk.world.customers[0]))
        desk.round(20)
        event = sent(desk).event
        assert isinstance(event, LetterSent)
        with desk.service.store.look() as tx:
            stored = tx.mails.get(event.mail or 0)
        assert (event.edited, desk.told()) == (True, other)
        assert stored is not None
        assert f"{other.day} {other:%b %Y}".encode() in stored.raw, "the history has the text as it was sent"


def test_a_draft_deleted_in_thunderbird(tmp_path: Path, mail_system: MailSystem) -> None:
    with with_a_draft(tmp_path, mail_system) as desk:
        with running_thunderbird(mail_system, desk.world.mailbox) as thunderbird:
            thunderbird.wait_for_mail("Drafts", ORDER)
            thunderbird.delete("Drafts", ORDER)
            wait_until(lambda: not desk.world.inbox(desk.world.mailbox, "Drafts"))
        desk.round(20)
        desk.round(35)
        assert desk.letters(LetterState.DECLINED)
        assert not desk.world.inbox(desk.world.customers[0])


def test_a_chase_written_in_mutt_keeps_the_scheduled_one_from_going_out(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    overdue = NOW.date() - timedelta(days=4)
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=overdue, mode=lambda customer: "off")
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        with running_mutt(mail_system, world.mailbox) as mutt:
            mutt.write(world.supplier, "PO26-00001", "Dear Chen, PO26-00001 is overdue. When does it ship?")
        wait_until(lambda: world.inbox(world.supplier))
        desk.round(5)
        assert len(world.inbox(world.supplier)) == 1, "the person was faster"
        (by_hand,) = [one for one in desk.history("PO26-00001") if isinstance(one.event, WrittenByHand)]
        assert by_hand.actor == world.mailbox
    service.store.close()


TOMORROW = timedelta(hours=18, minutes=1)
"""From half past two in Shanghai to just after the digest's hour of the next morning."""
DOUBTFUL = {
    "PO26-00001": "PO26-00001: if the fabric arrives this week we can ship on 22 Dec 2026.",
    "PO26-00002": "PO26-00002 can perhaps ship on 24 Dec 2026, I have to ask the workshop.",
}


@contextmanager
def a_morning(folder: Path, system: MailSystem) -> Iterator[Desk]:
    """Yesterday two suppliers' mails were not clear and one moved a date; this morning the digest has gone out."""
    world = make_world(folder, system, orders=4, customers=2, mode=lambda customer: "draft")
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        desk.round()
        for order, text in DOUBTFUL.items():
            world.send(reply(world.supplier, world.mailbox, order, f"Dear Amy,\n\n{text}\n\nChen", NOW))
        world.send(world.promise(3, LATER))
        wait_until(lambda: len(world.inbox(world.mailbox)) == 3)
        desk.round(1)
        desk.round(TOMORROW.total_seconds() / 60)
        wait_until(lambda: digests(desk))
        yield desk
    service.store.close()


def digests(desk: Desk) -> list[str]:
    return [mail.subject for mail in desk.world.inbox(desk.world.merchandiser) if "to decide" in mail.subject]


def promised(desk: Desk, order: str) -> date | None:
    with desk.service.store.look() as tx:
        lots = tx.views.orders([order])[order].lots
    return next((lot.promise for lot in lots if lot.milestone == Milestone.SHIP), None)


def answered(desk: Desk, hears: Callable[[], bool]) -> None:
    """Let the answer come in and be confirmed."""
    wait_until(lambda: len(desk.world.inbox(desk.world.mailbox)) == 4)
    desk.round(TOMORROW.total_seconds() / 60 + 5)
    wait_until(hears)


def test_a_digest_is_answered_in_mutt(tmp_path: Path, mail_system: MailSystem) -> None:
    with a_morning(tmp_path, mail_system) as desk:
        with running_mutt(mail_system, desk.world.merchandiser) as mutt:
            mutt.wait_for("to decide")
            mutt.answer("1A\n2 none\n3A")
        answered(desk, lambda: len(desk.world.inbox(desk.world.merchandiser)) == 2)
        with desk.service.store.look() as tx:
            assert not tx.views.reviews()
        assert [promised(desk, order) for order in DOUBTFUL] == [None, date(2026, 12, 24)]
        assert len(desk.letters(LetterState.SENT, LetterState.QUEUED)) >= 1, "1A lets the draft go"


def test_a_digest_is_answered_in_thunderbird_below_the_quote(tmp_path: Path, mail_system: MailSystem) -> None:
    with a_morning(tmp_path, mail_system) as desk:
        (subject,) = digests(desk)
        with running_thunderbird(mail_system, desk.world.merchandiser) as thunderbird:
            thunderbird.wait_for_mail("INBOX", subject)
            shown = thunderbird.open("INBOX", subject)
            thunderbird.picture(PICTURES / "thunderbird-digest.png")
            assert all(order in shown for order in DOUBTFUL)
            thunderbird.reply("INBOX", subject)
            thunderbird.write("2A\n3A")
            thunderbird.picture(PICTURES / "thunderbird-answer.png", "msgcompose")
            thunderbird.send()
            answered(desk, lambda: len(desk.world.inbox(desk.world.merchandiser)) == 2)
            confirmation = desk.world.inbox(desk.world.merchandiser)[-1].subject
            thunderbird.wait_for_mail("INBOX", confirmation)
            thunderbird.open("INBOX", confirmation)
            thunderbird.picture(PICTURES / "thunderbird-confirmed.png")
        assert [promised(desk, order) for order in DOUBTFUL] == [date(2026, 12, 22), date(2026, 12, 24)]
