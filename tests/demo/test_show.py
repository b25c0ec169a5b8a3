"""What the demo tells of events, on a terminal and in its pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Literal

from rich.console import Console

from mailflow.core.letters.model import Envelope, LetterFacts, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.core.message.model import Address
from mailflow.core.orders import events as e
from mailflow.core.orders.model import Contact, Milestone, Order, OrderKind, Party, Role
from mailflow.core.orders.state import Lot, OrderState
from mailflow.demo.narrate import ASKED, MOVED, SENT, WAITS, Line, Scene, narrate
from mailflow.demo.pages import Digest, Entry, save
from mailflow.demo.show import Show, order_rows
from mailflow.demo.week import load_week
from mailflow.demo.words import Words, words_of

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
PURCHASE = Order(
    "PO26-1", OrderKind.PURCHASE, "宁波制衣", product="hoodie", quantity=Decimal(2400), unit="pcs",
    due_date=date(2026, 11, 19), linked_order="SO26-1",
)  # fmt: skip
SALES = Order("SO26-1", OrderKind.SALES, "Shop AS", due_date=date(2026, 12, 1))
PARTIES = {
    "宁波制衣": Party("宁波制衣", Role.SUPPLIER, short="Ningbo", contacts=(Contact("郑洁", "zj@mill.example"),)),
    "Shop AS": Party("Shop AS", Role.CUSTOMER),
}
PROOF = e.Proof(1, "预计12月8日\n出货", 0.9, "exact")


def book(*lots: Lot) -> dict[str, OrderState]:
    return {"PO26-1": OrderState(PURCHASE, lots=lots), "SO26-1": OrderState(SALES)}


def letter(state: LetterState = LetterState.SENT, *, html: str = "<p>Dear <b>Ole</b></p>") -> OutboxLetter:
    message = EmailMessage()
    message["Subject"] = "SO26-1: new <date>"
    message.set_content("Dear Ole")
    message.add_alternative(html, subtype="html")
    planned = PlannedLetter(
        "delay_notice", "delay_notice", "Shop AS", (Address("ole@shop.example", "Ole"),), "en", Mode.DRAFT, (),
        ("SO26-1",), LetterFacts(()), "main", NOON, why="expected 8 December",
    )  # fmt: skip
    return OutboxLetter(7, planned, state, NOON, NOON, Envelope("<l@h>", "h@h", ("ole@shop.example",), bytes(message)))


def told(*events: e.Event, before: dict[str, OrderState] | None = None, words: Words | None = None) -> Sequence[Line]:
    recorded = [e.Recorded(number, NOON, event, "mailflow", "") for number, event in enumerate(events)]
    return narrate(recorded, Scene(words or words_of("en"), before or book(), {7: letter()}, NOON))


def test_a_new_date_is_told_from_the_plan_or_from_the_promise_before() -> None:
    promised = e.DatePromised("PO26-1", Milestone.SHIP, date(2026, 12, 8), proof=PROOF)
    [line] = told(promised)
    assert line == Line(MOVED, "ships 19 Nov → 8 Dec", ("PO26-1",), "预计12月8日 出货")

    earlier = book(Lot(Milestone.SHIP, promise=date(2026, 11, 30)))
    assert told(promised, before=earlier)[0].text == "ships 30 Nov → 8 Dec"
    assert told(promised, words=words_of("zh"))[0].text == "出货 11月19日 → 12月8日"


def test_the_same_date_again_is_a_confirmation() -> None:
    [line] = told(e.DatePromised("PO26-1", Milestone.SHIP, date(2026, 11, 19)))
    assert line.text == "ships 19 Nov, confirmed"


def test_a_shipment_tells_its_references() -> None:
    [line] = told(e.MilestoneReached("PO26-1", Milestone.SHIP, date(2026, 11, 20), refs=("MSKU7304422",)))
    assert line.text == "shipped 20 Nov (MSKU7304422)"


def test_a_letter_is_told_once_by_how_it_ended() -> None:
    queued = e.LetterQueued(7, "delay_notice", "Shop AS", ("ole@shop.example",), ("SO26-1",), "auto")
    [sent] = told(queued, e.LetterSent(7, ("SO26-1",), "<l@h>", "delay_notice"))
    assert (sent.kind, sent.text) == (SENT, "delay notice to Ole <ole@shop.example>: sent")
    [drafted] = told(queued, e.LetterDrafted(7, ("SO26-1",), "<l@h>"))
    assert drafted.kind == WAITS
    assert "Drafts" in drafted.text
    assert told(replace(queued, mode="veto"))[0].text.endswith("unless somebody says stop")


def test_a_letter_that_goes_the_same_day_is_told_of_when_it_goes() -> None:
    queued = e.LetterQueued(7, "delay_notice", "Shop AS", ("ole@shop.example",), ("SO26-1",), "auto")
    assert not told(queued)
    later = replace(letter(), next_try=NOON + timedelta(days=1))
    [line] = narrate([e.Recorded(1, NOON, queued, "mailflow", "")], Scene(words_of("en"), book(), {7: later}, NOON))
    assert line.text.endswith("goes when their office opens, 17 Nov 04:00 here")


def test_a_question_names_its_candidates_and_filed_mail_says_why() -> None:
    read = e.MailRead(1, "<m>", "zj@mill.example", "s", "auto_reply")
    asked = e.ReviewOpened("R1.1", "Which order?", candidates=("PO26-1", "PO26-2"), words="PO26-0")
    filed, question = told(read, asked)
    assert "automatic reply" in filed.text
    assert (question.kind, question.quote) == (ASKED, "PO26-0")
    assert question.text == "R1.1: Which order? (PO26-1, PO26-2)"


def test_every_event_that_people_care_for_has_words_in_both_languages() -> None:
    events: list[e.Event] = [
        e.OrderAcknowledged("PO26-1"),
        e.ProblemReported("PO26-1", "material"),
        e.ChangeRequested("PO26-1", "quantity"),
        e.QuestionAsked("PO26-1", "status"),
        e.ApprovalGiven("PO26-1", "date", "approved"),
        e.PaymentClaimed("PO26-1"),
        e.CustomerTold("SO26-1", date(2026, 12, 8)),
        e.AddressFailed("x@mill.example", permanent=True),
        e.MailSetAside(1, "too deep"),
        e.LetterRefused(7, ("SO26-1",), "ole@shop.example", permanent=True, reply="550 no"),
        e.LetterWithdrawn(7, ("SO26-1",), "answered"),
    ]
    english = told(*events)
    assert len(english) == len(events)
    assert all("{" not in line.text for line in english)
    assert all(a.text != b.text for a, b in zip(english, told(*events, words=words_of("zh")), strict=True))


def test_the_table_has_a_row_for_each_purchase_order_with_its_sales_order() -> None:
    promised = book(Lot(Milestone.SHIP, promise=date(2026, 12, 8)))
    [row] = order_rows(promised, PARTIES, words_of("en"))
    assert list(row.values()) == [
        "PO26-1", "Ningbo", "hoodie", "2,400 pcs", "19 Nov", "8 Dec", "", "SO26-1", "Shop AS", "1 Dec", "",
    ]  # fmt: skip


def shown(*, terminal: bool) -> str:
    out = StringIO()
    colours: Literal["truecolor"] | None = "truecolor" if terminal else None
    console = Console(file=out, width=150, force_terminal=terminal, highlight=False, color_system=colours)
    show = Show(console, words_of("en"), PARTIES)
    before = order_rows(book(), PARTIES, words_of("en"))
    after = order_rows(book(Lot(Milestone.SHIP, promise=date(2026, 12, 8))), PARTIES, words_of("en"))
    show.orders("after", after, before)
    show.mail(NOON, next(mail for mail in load_week().mails if mail.id == "on-time"), "进度")
    show.lines([Line(MOVED, "ships [bold]19 Nov[/bold] \x1b[31m→ 8 Dec", ("PO26-1",), "[link=x]预计")])
    return out.getvalue()


def test_what_mails_say_is_never_taken_for_markup_or_commands_to_the_terminal() -> None:
    text = shown(terminal=False)
    assert "[bold]19 Nov[/bold]" in text
    assert "[link=x]预计" in text
    assert "\x1b" not in text
    assert "\x1b[31m→" not in shown(terminal=True)


def test_only_what_changed_is_in_colour() -> None:
    row = next(line for line in shown(terminal=True).splitlines() if "PO26-1" in line)
    assert "\x1b[1;32m8 Dec" in row
    assert "\x1b[1;32m19 Nov" not in row


def test_pages_hold_letters_and_digest_and_trust_nothing(tmp_path: Path) -> None:
    words = words_of("en")
    rows = order_rows(book(), PARTIES, words)
    entry = Entry("Mon 09:24", (Line(ASKED, "which?", quote="<script>"),), "Zheng", "<b>hello", "a note")
    written = save(
        tmp_path, words, Digest("1 mail", [entry], rows, rows), [letter(html='<p>Dear "Ole"</p>'), unfrozen()]
    )
    digest = written.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in digest
    assert "<script>" not in digest
    [page] = (tmp_path / "letters").iterdir()
    assert f'href="letters/{page.name}"' in digest
    text = page.read_text(encoding="utf-8")
    assert "&lt;p&gt;Dear &#34;Ole&#34;&lt;/p&gt;" in text
    assert "SO26-1: new &lt;date&gt;" in text
    assert "expected 8 December" in text


def unfrozen() -> OutboxLetter:
    return replace(letter(LetterState.HELD), id=8, envelope=None)
