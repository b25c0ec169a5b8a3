"""Read mails get a keyword or go to folders, once, after the commit; what a person has in hand stays where it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from mailflow.core.mails import MailKey, MailState, NewMail
from mailflow.core.orders.events import MailRead, NewEvent, ReviewDecided, ReviewOpened
from mailflow.edges.database import DatabaseStore
from mailflow.edges.imap import FakeMailbox, FakeMailServer
from mailflow.jobs.mark_mails import KEYWORD, Marked, Marks, SortedInto, mark_mails, settle_questions
from tests.jobs.house import NOW

FOLDERS = Marks(folders=SortedInto("Matched", "Question", "Filed"))


@dataclass
class Desk:
    """A mailbox with mails that have been read: about an order, with a question, and about nothing."""

    store: DatabaseStore
    server: FakeMailServer
    mailbox: FakeMailbox

    def read(self, orders: Sequence[str] = (), *, asked: bool = False) -> int:
        """Let a mail come and be read; return its UID."""
        uid = self.server.deliver(f"Message-ID: <{len(self.server.uids()) + 1}@x.example>\n\n".encode(), NOW)
        with self.store.begin() as tx:
            number = tx.mails.store(NewMail(MailKey("main", "INBOX", 1, uid), NOW, 10, b"x"))
            assert number is not None
            ident = f"<{uid}@x.example>"
            events = [NewEvent(MailRead(number, ident, "a@x.example", "x", "update", tuple(orders)))]
            events += [NewEvent(ReviewOpened(f"R{number}.1", "which?", mail=number))] if asked else []
            tx.ledger.record(events, NOW)
            tx.mails.settle(number, MailState.READ)
        return uid

    def mark(self, marks: Marks = FOLDERS) -> Marked:
        """Come round."""
        return mark_mails(self.store, self.mailbox, "main", "INBOX", marks)

    def settle(self) -> int:
        return settle_questions(self.store, self.mailbox, "main", FOLDERS)

    def decide(self, item: str) -> None:
        with self.store.begin() as tx:
            tx.ledger.record([NewEvent(ReviewDecided(item, "seen"))], NOW)

    def where(self) -> dict[str, int]:
        """Count the mails of each folder."""
        return {name: count for name in self.server.names() if (count := len(self.server.uids(name)))}


@pytest.fixture
def desk(store: DatabaseStore) -> Desk:
    server = FakeMailServer()
    return Desk(store, server, FakeMailbox(server))


def test_each_goes_to_the_folder_of_what_became_of_it(desk: Desk) -> None:
    desk.read(["PO26-1"])
    desk.read(["PO26-1"], asked=True)
    desk.read()
    assert desk.mark() == Marked(3)
    assert desk.where() == {"Matched": 1, "Question": 1, "Filed": 1}
    assert desk.mark() == Marked(0), "once"


def test_what_was_asked_goes_on_when_a_person_has_decided(desk: Desk) -> None:
    desk.read(["PO26-1"], asked=True)
    desk.mark()
    assert desk.settle() == 0
    desk.decide("R1.1")
    assert desk.settle() == 1
    assert desk.where() == {"Matched": 1}
    assert desk.settle() == 0


def test_what_a_person_took_out_of_the_folder_is_not_looked_for(desk: Desk) -> None:
    desk.read(["PO26-1"], asked=True)
    desk.mark()
    desk.server.remove(1, "Question")
    desk.decide("R1.1")
    assert (desk.settle(), desk.where()) == (0, {})


@pytest.mark.parametrize("flag", [r"\Flagged", r"\Answered", r"\Deleted", "$label1", "$Junk"])
def test_what_another_client_marked_stays(desk: Desk, flag: str) -> None:
    uid = desk.read(["PO26-1"])
    desk.server.flag(uid, flag)
    desk.mark()
    assert (desk.where(), desk.server.flags(uid)) == ({"INBOX": 1}, {flag})


@pytest.mark.parametrize("flag", [r"\Seen", "NonJunk", KEYWORD])
def test_what_programs_set_by_themselves_is_no_reason_to_stay(desk: Desk, flag: str) -> None:
    desk.server.flag(desk.read(["PO26-1"]), flag)
    desk.mark()
    assert desk.where() == {"Matched": 1}


def test_what_a_person_moved_away_is_left_there(desk: Desk) -> None:
    desk.server.remove(desk.read(["PO26-1"]))
    assert (desk.mark(), desk.where()) == (Marked(1), {})
    assert desk.mark() == Marked(0)


def test_where_the_server_cannot_move_the_keyword_stands_in(desk: Desk) -> None:
    desk.server.capabilities = {"IMAP4REV1"}
    uid = desk.read(["PO26-1"])
    marked = desk.mark()
    assert "no MOVE" in marked.problem
    assert (desk.where(), desk.server.flags(uid)) == ({"INBOX": 1}, {KEYWORD})


def test_nor_keeps_keywords_then_nothing_is_done(desk: Desk) -> None:
    desk.server.capabilities = {"IMAP4REV1"}
    desk.server.permanent_flags = {r"\seen"}
    uid = desk.read(["PO26-1"])
    desk.mark()
    assert (desk.where(), desk.server.flags(uid)) == ({"INBOX": 1}, set())


def test_a_crash_between_the_move_and_its_record_does_no_harm(desk: Desk) -> None:
    uid = desk.read(["PO26-1"])
    desk.mailbox.select("INBOX")
    desk.mailbox.create("Matched")
    desk.mailbox.move([uid], "Matched")
    assert desk.mark() == Marked(1)
    assert desk.where() == {"Matched": 1}


def test_one_folder_for_all_and_a_keyword(desk: Desk) -> None:
    desk.read(["PO26-1"])
    desk.server.create("Done")
    desk.mark(Marks(folder="Done"))
    uid = desk.read()
    desk.mark(Marks(keyword=True))
    assert desk.where() == {"Done": 1, "INBOX": 1}
    assert desk.server.flags(uid) == {KEYWORD}


def test_nothing_wanted_nothing_done(desk: Desk) -> None:
    desk.read()
    assert (desk.mark(Marks()), desk.where()) == (Marked(), {"INBOX": 1})
