"""Documents from mail to letter: filed to their order, released by a person, looked over, enclosed by our own names."""

from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from functools import cache

import pytest

from mailflow.core.letters.mime import AttachedFile
from mailflow.core.letters.model import Enclosure, Mode, PlannedLetter
from mailflow.core.mails import MailKey, NewMail
from mailflow.core.orders.events import MilestoneReached, OrderImported, PartyImported, ReviewOpened, WentLive
from mailflow.core.orders.model import Contact, Milestone, Party, Role
from mailflow.core.orders.papers import DocumentFiled, DocumentReleased, DocumentWithdrawn
from mailflow.core.orders.state import Paper
from mailflow.core.playbook.conditions import missing_documents
from mailflow.edges.database import DatabaseStore
from mailflow.jobs import papers, steer
from mailflow.jobs.read_mails import read_mails
from mailflow.jobs.reports import frame_of
from mailflow.jobs.steer import CannotSteerError
from mailflow.wiring.enclosures import encloser
from mailflow.wiring.reading import BookReaders
from mailflow.wiring.rules import Rules, load_rules
from tests.core.playbook.situations import HOUSE, purchase
from tests.edges.files.test_attachments import pdf
from tests.jobs.house import NOW, PURCHASE, SALE, TradingHouse

HARBOUR = Party("Harbour Gate", Role.FORWARDER, contacts=(Contact("Leo", "leo@harbour.example"),))
CLEAN = pdf("50,700 BILL OF LADING", "50,680 Consignee: Bergmann", "50,660 Container TCLU4711223")
NAMES_THE_MILL = pdf("50,700 BILL OF LADING", "50,680 Shipper: Hengtai")
AUTHOR = CLEAN.replace(b"trailer<<", b"9 0 obj<</Author(HENGTAI office)>>endobj\ntrailer<</Info 9 0 R")
SAYS = f"{PURCHASE} has shipped on 23 November 2026, container TCLU4711223."
FORWARDER, SUPPLIER = "leo@harbour.example", "sales@hengtai.example"


@cache
def rules() -> Rules:
    found, problems = load_rules(None, None)
    assert found is not None, problems
    return found


class Desk:
    """A trading house to which a supplier and a forwarder send documents."""

    def __init__(self, store: DatabaseStore) -> None:
        self.house = TradingHouse(store, required_documents=("Packing List", "B/L"))
        self.house.record(PartyImported(HARBOUR, "test"), WentLive(HARBOUR.name))
        self._readers = BookReaders(HOUSE, b"secret")
        self._uid = 0

    def comes(self, sender: str, *files: tuple[str, bytes], text: str = SAYS, subject: str = "Documents") -> int:
        """Let a mail with files arrive and be read."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, HOUSE.mailbox, subject
        self._uid += 1
        mail["Date"], mail["Message-ID"] = "Mon, 23 Nov 2026 09:00:00 +0800", f"<{self._uid}@x.example>"
        mail.set_content(text)
        for name, data in files:
            mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
        raw = mail.as_bytes()
        with self.house.store.begin() as tx:
            number = tx.mails.store(NewMail(MailKey("main", "INBOX", 1, self._uid), NOW, len(raw), raw))
        assert number is not None
        read_mails(self.house.store, lambda tx: self._readers.reader(rules(), tx), NOW)
        return number

    def papers(self, order: str = PURCHASE) -> Sequence[Paper]:
        with self.house.store.look() as tx:
            return tx.views.orders([order])[order].papers

    def release(self, name: str, order: str = PURCHASE) -> None:
        papers.release(self.house.store, order, name, who="amy", why="", now=NOW)

    def advice(self) -> PlannedLetter:
        """Plan what is due; return the shipment advice."""
        self.house.record(MilestoneReached(PURCHASE, Milestone.SHIP, NOW.date(), refs=("TCLU4711223",)))
        (letter,) = [one for _, one in self.house.follow_up().planned if one.template == "shipment_advice"]
        return letter

    def enclosed(self, letter: PlannedLetter) -> Sequence[AttachedFile]:
        with self.house.store.look() as tx:
            return encloser("Lanmei", NOW, rules().phrases)(tx, letter)


@pytest.fixture
def desk(store: DatabaseStore) -> Desk:
    return Desk(store)


def test_a_document_is_filed_to_the_order_of_its_mail(desk: Desk) -> None:
    mail = desk.comes(SUPPLIER, ("PL.pdf", pdf("50,700 PACKING LIST")), ("logo.pdf", pdf("50,700 Hengtai")))
    (paper,) = desk.papers()
    assert (paper.kind, paper.mail, paper.part, paper.name) == ("packing_list", mail, 0, "PL.pdf")
    assert (paper.party, paper.role, paper.released) == ("Hengtai", "supplier", False)


def test_a_document_is_filed_by_the_number_in_its_own_name(desk: Desk) -> None:
    desk.comes(SUPPLIER, (f"PL_{PURCHASE}.pdf", pdf("50,700 x")), text="Dear Amy, please see attached.")
    assert [paper.kind for paper in desk.papers()] == ["packing_list"]


def test_what_is_filed_is_not_chased(desk: Desk) -> None:
    desk.comes(SUPPLIER, ("PL.pdf", pdf("50,700 PACKING LIST")))
    with desk.house.store.look() as tx:
        state = tx.views.orders([PURCHASE])[PURCHASE]
    assert missing_documents(frame_of(desk.house.rules(), NOW), state) == ("B/L",)


def test_of_several_orders_a_person_says_which(desk: Desk) -> None:
    desk.house.record(OrderImported(purchase("PO26-2", "2026-12-15").order, "test"))
    text = f"{SAYS} PO26-2 has shipped on 23 November 2026."
    desk.comes(SUPPLIER, ("packing.pdf", pdf("50,700 PACKING LIST")), text=text)
    assert desk.papers() == ()
    (asked,) = [one for one in desk.house.events(ReviewOpened) if "file it to" in getattr(one, "question", "")]
    assert isinstance(asked, ReviewOpened)
    steer.decide(desk.house.store, asked.item, "PO26-2", who="amy", why="", now=NOW)
    assert [paper.kind for paper in desk.papers("PO26-2")] == ["packing_list"]
    assert desk.papers() == ()


@pytest.mark.parametrize("sender", ["boss@stranger.example", "sales@jinxiu.example"])
def test_who_has_no_say_files_nothing(desk: Desk, sender: str) -> None:
    other = Party("Jinxiu", Role.SUPPLIER, contacts=(Contact("Li", "sales@jinxiu.example"),))
    desk.house.record(PartyImported(other, "test"), WentLive(other.name))
    desk.comes(sender, (f"PL_{PURCHASE}.pdf", pdf("50,700 PACKING LIST")))
    assert desk.papers() == ()


def test_the_carrier_s_own_goes_along_with_a_draft(desk: Desk) -> None:
    desk.comes(FORWARDER, ("BL_COSU6263.pdf", CLEAN))
    letter = desk.advice()
    assert [(one.name, one.released) for one in letter.enclosed] == [(f"bill_of_lading-{SALE}.pdf", False)]
    assert letter.mode is Mode.DRAFT
    assert letter.facts.lines[0].documents == ("bill_of_lading",)
    (file,) = desk.enclosed(letter)
    assert (file.name, file.kind, file.data) == (f"bill_of_lading-{SALE}.pdf", "application/pdf", CLEAN)


@pytest.mark.parametrize("data", [NAMES_THE_MILL, pdf("50,700")], ids=["names the mill", "a scan"])
def test_what_names_the_mill_or_cannot_be_read_stays(desk: Desk, data: bytes) -> None:
    desk.comes(FORWARDER, ("BL.pdf", data))
    assert desk.papers() != ()
    letter = desk.advice()
    assert letter.enclosed == ()
    assert letter.facts.lines[0].documents == ()


def test_a_supplier_s_own_stays_until_a_person_releases_it(desk: Desk) -> None:
    mail = desk.comes(SUPPLIER, ("PL.pdf", pdf("50,700 PACKING LIST")))
    desk.release(f"{mail}.1")
    letter = desk.advice()
    assert [one.kind for one in letter.enclosed] == ["packing_list"]
    assert letter.enclosed[0].released


def test_what_names_the_mill_is_not_released(desk: Desk) -> None:
    mail = desk.comes(FORWARDER, ("BL.pdf", NAMES_THE_MILL))
    with pytest.raises(CannotSteerError, match="names Hengtai"):
        desk.release(f"{mail}.1")
    assert desk.house.events(DocumentReleased) == []
    with pytest.raises(CannotSteerError, match=rf"its documents: {mail}\.1"):
        desk.release("9.9")


def test_a_name_in_what_a_file_says_of_itself_holds_the_letter(desk: Desk) -> None:
    mail = desk.comes(FORWARDER, ("BL.pdf", AUTHOR))
    desk.release(f"{mail}.1")
    letter = desk.advice()
    with pytest.raises(ValueError, match="bill_of_lading names Hengtai"):
        desk.enclosed(letter)


def test_what_is_withdrawn_goes_nowhere(desk: Desk) -> None:
    mail = desk.comes(FORWARDER, ("BL.pdf", CLEAN))
    papers.withdraw(desk.house.store, PURCHASE, f"{mail}.1", who="amy", why="", now=NOW)
    assert desk.papers() == ()
    assert desk.advice().enclosed == ()
    assert len(desk.house.events(DocumentFiled, DocumentWithdrawn)) == 2


def test_a_file_that_is_gone_is_told(desk: Desk) -> None:
    letter = desk.advice()
    gone = Enclosure("x.pdf", "invoice", 77, "x.pdf", 3)
    with desk.house.store.look() as tx, pytest.raises(ValueError, match="no longer found in mail 77"):
        encloser("Lanmei", NOW, rules().phrases)(tx, replace(letter, enclosed=(gone,)))
