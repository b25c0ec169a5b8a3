"""Five rights (五适) from mail to letter: what is confirmed otherwise than ordered is asked about, with the letter."""

from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest

from mailflow.core.letters.model import Mode, PlannedLetter
from mailflow.core.mails import MailKey, NewMail
from mailflow.core.orders.events import (
    ConfirmationDiffers,
    NewEvent,
    OrderAcknowledged,
    OrderImported,
    PartyImported,
    ReviewOpened,
    WentLive,
)
from mailflow.core.orders.state import OrderState
from mailflow.edges.database import DatabaseStore
from mailflow.jobs import steer
from mailflow.jobs.follow_up import follow_up
from mailflow.jobs.read_mails import read_mails
from mailflow.jobs.rules import FollowUpRules
from mailflow.wiring.reading import BookReaders
from tests.core.letters.samples import shipped_templates
from tests.core.playbook.situations import HOUSE, purchase, shipped_calendars, supplier
from tests.edges.files.test_attachments import pdf
from tests.jobs.house import NOW
from tests.jobs.test_documents import rules

NUMBER = "PO26-1"
TAKEN = f"We accept your order {NUMBER}"
ORDER: dict[str, Any] = {"unit_price": Decimal("6.20"), "currency": "USD"}
TABLE = "<table><tr><td>PO No.</td><td>Style</td><td>Qty</td><td>Unit price</td><td>Delivery date</td></tr>{}</table>"


class Desk:
    """A house whose order waits for its signed copy."""

    def __init__(self, store: DatabaseStore) -> None:
        self.store = store
        self._readers = BookReaders(HOUSE, b"secret")
        party = supplier().party
        orders = (purchase(NUMBER, "2026-12-15", **ORDER), purchase("PO26-2", "2026-12-15", **ORDER))
        events = (PartyImported(party, "t"), WentLive(party.name), *(OrderImported(one.order, "t") for one in orders))
        with store.begin() as tx:
            tx.ledger.record([NewEvent(event) for event in events], NOW)

    def comes(self, text: str = "", html: str = "", *files: tuple[str, bytes]) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "sales@hengtai.example", HOUSE.mailbox, f"Re: {NUMBER}"
        mail["Date"], mail["Message-ID"] = "Mon, 23 Nov 2026 09:00:00 +0800", "<1@hengtai.example>"
        mail.set_content(text or "see below")
        if html:
            mail.clear_content()
            mail.set_content(f"<p>{text}</p>{html}", subtype="html")
        for name, data in files:
            mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
        raw = mail.as_bytes()
        with self.store.begin() as tx:
            assert tx.mails.store(NewMail(MailKey("main", "INBOX", 1, 1), NOW, len(raw), raw))
        read_mails(self.store, lambda tx: self._readers.reader(rules(), tx), NOW)

    def found(self, order: str = NUMBER) -> dict[str, tuple[str, str]]:
        """Return where the confirmation differs, by field."""
        found = [one for one in self.events(ConfirmationDiffers) if one.order == order]
        return {change.field: (change.before, change.after) for one in found for change in one.changes}

    def events(self, kind: type) -> list[Any]:
        with self.store.look() as tx:
            return [one.event for one in tx.ledger.after(0, 1000) if isinstance(one.event, kind)]

    def state(self) -> OrderState:
        with self.store.look() as tx:
            return tx.views.orders([NUMBER])[NUMBER]

    def letters(self) -> list[PlannedLetter]:
        plan = FollowUpRules(rules().playbook, shipped_calendars(), HOUSE, "main", Mode.AUTO)
        planned = follow_up(self.store, plan, NOW).planned
        return [letter for _, letter in planned if letter.template == "five_rights"]


@pytest.fixture
def desk(store: DatabaseStore) -> Desk:
    return Desk(store)


QUANTITY = ("1,200 pcs", "1,150 pcs")
DATE = ("2026-12-15", "2026-12-22")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"We accept your order {NUMBER}, 1150 pcs.", {"quantity": QUANTITY}),
        (f"We accept your order {NUMBER}. Price USD 6.40 per piece.", {"price": ("USD 6.20", "USD 6.40")}),
        (f"{TAKEN}.\nQuantity: 1,150 pcs\nDelivery date: 2026-12-22", {"quantity": QUANTITY, "date": DATE}),
        (f"We accept your order {NUMBER}.\nArt. No.: KX9901\nStyle: HD5421", {"goods": ("HD5420", "HD5421")}),
        (f"We accept your order {NUMBER}, 1200 pcs at USD 6.20.", {}),
        (f"We accept your order {NUMBER}. Two samples, 2 pcs, go out today.", {}),
        (f"We accept your order {NUMBER}. Total USD 7,440.00.", {}),
        (f"Quantity of {NUMBER} in the store: 1150 pcs.", {}),
    ],
)  # fmt: skip
def test_in_the_words_of_the_mail(desk: Desk, text: str, found: dict[str, tuple[str, str]]) -> None:
    desk.comes(text)
    assert desk.found() == found


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (f"<tr><td>{NUMBER}</td><td>HD5420</td><td>1,150</td><td>6.40</td><td>2026-12-22</td></tr>",
         {"quantity": QUANTITY, "price": ("USD 6.20", "USD 6.40"), "date": DATE}),
        (f"<tr><td>{NUMBER}</td><td>HD5420</td><td>1,200 pcs</td><td>USD 6.20</td><td>15 Dec 2026</td></tr>", {}),
        (f"<tr><td>{NUMBER}</td><td>HD5420</td><td>120 doz</td><td>74.4</td><td>12/05/26</td></tr>", {}),
        ("<tr><td>PO26-9</td><td>HD5420</td><td>1,150</td><td>6.40</td><td></td></tr>", {}),
    ],
    ids=["three of them", "as ordered", "counted otherwise", "another order"],
)  # fmt: skip
def test_in_a_table(desk: Desk, row: str, found: dict[str, tuple[str, str]]) -> None:
    desk.comes(f"We accept your order {NUMBER}.", TABLE.format(row))
    assert desk.found() == found


def test_in_a_proforma_that_comes_back_without_a_word(desk: Desk) -> None:
    sheet = pdf("50,700 PROFORMA INVOICE", f"50,680 Order No.: {NUMBER}", "50,660 Quantity: 1,150 pcs")
    desk.comes("Dear Amy, please see attached.", "", (f"PI {NUMBER}.pdf", sheet))
    assert desk.found() == {"quantity": QUANTITY}


def test_a_person_is_asked_with_both_values_and_nothing_is_entered(desk: Desk) -> None:
    desk.comes(f"We accept your order {NUMBER}, 1150 pcs.")
    assert desk.events(OrderAcknowledged) == []
    (asked,) = desk.events(ReviewOpened)
    assert "quantity 1,200 pcs → 1,150 pcs" in asked.question
    assert asked.orders == (NUMBER,)
    (letter,) = desk.letters()
    assert letter.mode is Mode.DRAFT
    for language, words in (("en", "differs from what we ordered"), ("zh", "1,150")):
        said = shipped_templates().render("five_rights", language, letter.facts, HOUSE, letter.to[0])
        assert words in said.text
        assert "1,200 pcs" in said.text


def test_taken_as_they_say_the_letter_has_no_reason(desk: Desk) -> None:
    desk.comes(f"We accept your order {NUMBER}, 1150 pcs.")
    (asked,) = desk.events(ReviewOpened)
    steer.decide(desk.store, asked.item, "yes", who="amy", why="", now=NOW)
    assert desk.state().acknowledged is not None
    assert desk.state().differing == ()
    assert desk.letters() == []


def test_what_is_as_ordered_is_entered(desk: Desk) -> None:
    desk.comes(f"We accept your order {NUMBER}, 1200 pcs.")
    assert len(desk.events(OrderAcknowledged)) == 1
    assert desk.events(ReviewOpened) == []
