"""Several mails one after the other: a yes to what was asked, an undo, the same digest answered twice."""

from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from mailflow.core.letters.model import BY_HAND, LetterState, Mode, OutboxLetter, Told
from mailflow.core.orders.by_hand import AliasLearned, SteeringRefused, SteeringUndone
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import Change, DatePromised, PartyChanged, ReviewOpened
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.papers import DocumentFiled
from mailflow.core.orders.state import OrderState
from mailflow.core.steering.model import DIGEST, REPLY
from mailflow.jobs.digest import send_digests
from tests.mail.steering.world import AMY, BERGMANN, BOB, HENGTAI, MAILBOX, NOW, SALES, Office, rendered, steerers


class Talk:
    """One of ours and mailflow write to each other."""

    def __init__(self, office: Office, person: str = AMY) -> None:
        self.office = office
        self.person = person
        self.now = NOW

    def say(self, text: str, to: OutboxLetter | None = None, subject: str = "", sender: str = "") -> list[str]:
        """Write a mail, in answer to a letter or by itself; return what mailflow writes back."""
        self.now += timedelta(minutes=5)
        mail = EmailMessage()
        mail["From"], mail["To"] = sender or self.person, MAILBOX
        mail["Subject"] = subject or "mail"
        mail["Date"] = format_datetime(self.now)
        mail["Message-ID"] = f"<{self.now.timestamp():.0f}@client.example>"
        if to is not None and to.envelope is not None:
            mail["In-Reply-To"] = mail["References"] = to.envelope.message_id
        mail.set_content(text)
        known = {letter.id for letter in self.office.letters()}
        self.office.put(mail.as_bytes(), self.now)
        self.office.read(self.now)
        self.office.send(self.now)
        new = [one for one in self.office.letters() if one.id not in known and one.planned.step == REPLY]
        assert all(one.planned.to[0].email in {self.person, sender} for one in new)
        return [line for one in new for line in rendered(one).text.splitlines()[1:-3] if line]

    @property
    def digest(self) -> OutboxLetter:
        return self.office.digest(self.person)

    @property
    def reply(self) -> OutboxLetter:
        """The last confirmation."""
        return [one for one in self.office.letters() if one.planned.step == REPLY][-1]

    def order(self, number: str) -> OrderState:
        with self.office.store.look() as tx:
            return tx.views.orders([number])[number]

    def promise(self, number: str) -> date | None:
        return next((lot.promise for lot in self.order(number).lots if lot.milestone == Milestone.SHIP), None)

    def open_questions(self) -> set[str]:
        with self.office.store.look() as tx:
            return set(tx.views.reviews())

    def recorded(self, kind: type) -> list[object]:
        with self.office.store.look() as tx:
            return [one.event for one in tx.ledger.after(0, 10_000) if isinstance(one.event, kind)]


@pytest.fixture
def amy(office: Office) -> Talk:
    return Talk(office)


def test_undo_takes_back_all_that_an_answer_did(amy: Talk) -> None:
    questions = amy.open_questions()
    amy.say("1A 2B 5A stop 3", amy.digest)
    assert amy.promise("PO26-04873") == date(2026, 12, 18)
    with amy.office.store.look() as tx:
        assert len(tx.views.learned()) == 2
    told = amy.say("undo", amy.reply)
    assert "Done" in told
    assert amy.open_questions() == questions
    assert (amy.promise("PO26-04871"), amy.promise("PO26-04873")) == (None, None)
    assert amy.order("PO26-04874").lots == ()
    with amy.office.store.look() as tx:
        assert not tx.views.learned()
    assert len(amy.recorded(SteeringUndone)) == 1


def test_undo_restores_the_promise_that_stood_before(amy: Talk) -> None:
    amy.office.record(DatePromised("PO26-04871", Milestone.SHIP, date(2026, 11, 30)), now=NOW - timedelta(days=2))
    amy.say("set PO26-04871 ship 12 Dec", amy.digest)
    assert amy.promise("PO26-04871") == date(2026, 12, 12)
    amy.say("undo", amy.reply)
    assert amy.promise("PO26-04871") == date(2026, 11, 30)


def test_what_has_moved_on_since_is_not_taken_back(amy: Talk) -> None:
    amy.say("set PO26-04871 ship 12 Dec", amy.digest)
    confirmed = amy.reply
    amy.office.record(DatePromised("PO26-04871", Milestone.SHIP, date(2026, 12, 20)), now=amy.now)
    told = amy.say("undo", confirmed)
    assert any("has moved on since" in line for line in told)
    assert amy.promise("PO26-04871") == date(2026, 12, 20)


def test_undo_undoes_once(amy: Talk) -> None:
    amy.say("hold PO26-04871 until 15 Dec", amy.digest)
    confirmed = amy.reply
    amy.say("undo", confirmed)
    assert not amy.order("PO26-04871").paused
    assert any("taken back already" in line for line in amy.say("undo", confirmed))


def test_undo_under_the_digest_takes_back_the_last_mail(amy: Talk) -> None:
    amy.say("close PO26-04875", amy.digest)
    amy.say("hold PO26-04871", amy.digest)
    amy.say("undo", amy.digest)
    assert amy.order("PO26-04875").closed
    assert not amy.order("PO26-04871").paused


def test_a_letter_let_go_and_taken_back_waits_again(amy: Talk) -> None:
    amy.say("send 6", amy.digest)
    (sent,) = [one for one in amy.office.letters() if one.id == 1]
    assert sent.state is LetterState.QUEUED
    amy.say("undo", amy.reply)
    (waiting,) = [one for one in amy.office.letters() if one.id == 1]
    assert waiting.state is LetterState.HELD
    assert "L1" in amy.open_questions()


def test_a_date_for_a_notice_to_a_customer_writes_it_anew(amy: Talk) -> None:
    lines = amy.say("6 date 20 Dec", amy.digest)
    assert "- SO26-1100: the letter is written anew for 20 Dec 2026; send it from Drafts" in lines
    letters = {one.id: one for one in amy.office.letters()}
    assert letters[1].state is LetterState.DECLINED
    (anew,) = [one.planned for one in letters.values() if one.id > 1 and one.planned.template == "delay_notice"]
    assert (anew.mode, anew.step, anew.facts.new_date) == (Mode.DRAFT, BY_HAND, date(2026, 12, 20))
    assert anew.told == (Told("SO26-1100", date(2026, 12, 20)),)
    assert [line.expected for line in anew.facts.lines] == [date(2026, 12, 20)]
    assert amy.order("SO26-1100").told is None, "nobody has been told yet"
    amy.say("undo", amy.reply)
    assert not [one for one in amy.office.letters() if one.planned == anew and one.state is LetterState.QUEUED]


@pytest.mark.parametrize(
    ("text", "told"),
    [("6 date 16 Dec", "is the date that the customer counts on already"), ("6 date 2 Nov 2026", "that day is over")],
)
def test_a_date_that_changes_nothing_for_the_customer_is_told(amy: Talk, text: str, told: str) -> None:
    assert any(told in line for line in amy.say(text, amy.digest))
    assert [one.state for one in amy.office.letters() if one.id == 1] == [LetterState.DRAFTED]


def test_a_date_for_a_chase_is_entered_and_nothing_is_asked(amy: Talk) -> None:
    lines = amy.say("3 date 18 Dec", amy.digest)
    assert "- PO26-04873: shipment promised for 18 Dec 2026" in lines
    assert amy.promise("PO26-04873") == date(2026, 12, 18)
    assert [one.state for one in amy.office.letters() if one.id == 2] == [LetterState.WITHDRAWN]
    told = amy.say("undo", amy.reply)
    assert amy.promise("PO26-04873") is None
    assert not any("has gone out" in line for line in told)


def test_a_status_shows_the_words_that_prove_it(amy: Talk) -> None:
    amy.say("1A", amy.digest)
    told = amy.say("status PO26-04871", amy.digest)
    assert "- “大货5/12出” – shipment: promised for 5 Dec 2026" in told


def test_a_digest_answered_twice_decides_once(amy: Talk) -> None:
    amy.say("1A", amy.digest)
    told = amy.say("1B", amy.digest)
    assert any("settled already" in line for line in told)
    assert amy.promise("PO26-04871") == date(2026, 12, 5)


def test_numbers_go_on_under_a_confirmation(amy: Talk) -> None:
    amy.say("1A", amy.digest)
    amy.say("5A", amy.reply)
    assert [lot.milestone for lot in amy.order("PO26-04874").lots] == ["production"]


def test_a_thank_you_for_a_confirmation_is_not_answered(amy: Talk) -> None:
    amy.say("1A", amy.digest)
    assert amy.say("ok, thanks", amy.reply) == []
    assert amy.say("谢谢", amy.reply) == []


def test_an_order_that_has_moved_since_the_digest_is_looked_at_again(amy: Talk) -> None:
    amy.office.record(DatePromised("PO26-04871", Milestone.SHIP, date(2026, 12, 3)), now=NOW + timedelta(minutes=1))
    told = amy.say("1A", amy.digest)
    assert any("has moved since" in line for line in told)
    assert amy.promise("PO26-04871") == date(2026, 12, 3)


def test_a_command_without_proof_is_done_after_a_yes_from_the_known_address(amy: Talk) -> None:
    told = amy.say("hold PO26-04871 until 15 Dec")
    assert any("answer this mail with “yes”" in line for line in told)
    assert not amy.order("PO26-04871").paused
    told = amy.say("yes", amy.reply)
    assert "- PO26-04871: nothing is chased until 15 Dec 2026" in told
    assert amy.order("PO26-04871").paused_until == date(2026, 12, 15)
    assert any("done already" in line for line in amy.say("yes", amy_reply_of(amy, "Not done yet")))


def amy_reply_of(talk: Talk, words: str) -> OutboxLetter:
    """Return the confirmation that holds some words."""
    found = [one for one in talk.office.letters() if one.planned.step == REPLY and words in rendered(one).text]
    return found[-1]


def test_a_no_leaves_it_alone(amy: Talk) -> None:
    amy.say("close PO26-04871")
    told = amy.say("no", amy.reply)
    assert any("nothing was done" in line for line in told)
    assert not amy.order("PO26-04871").closed


def test_what_was_confirmed_can_be_undone(amy: Talk) -> None:
    amy.say("close PO26-04871")
    amy.say("yes", amy.reply)
    assert amy.order("PO26-04871").closed
    amy.say("undo", amy.reply)
    assert not amy.order("PO26-04871").closed


def test_a_person_is_not_asked_for_ever(amy: Talk) -> None:
    asked = [amy.say(f"close PO26-0487{n % 5 + 1}", subject=f"{n}") for n in range(8)]
    assert [bool(lines) for lines in asked] == [True] * 5 + [False] * 3
    assert len(amy.recorded(SteeringRefused)) == 8


def test_the_delegate_of_who_is_away_answers_the_digest(amy: Talk, office: Office) -> None:
    amy.say("away until 5 Dec delegate Bob", amy.digest)
    bob = Talk(office, BOB)
    told = bob.say("1A", amy.digest)
    assert "已办" in told
    assert amy.promise("PO26-04871") == date(2026, 12, 5)


def test_an_alias_that_was_learned_is_known_in_the_next_mail_and_forgotten_when_withdrawn(amy: Talk) -> None:
    amy.say("2B", amy.digest)
    assert amy.recorded(AliasLearned) == [AliasLearned("HT-8812", "PO26-04873", HENGTAI, 102)]
    amy.say("Dear Amy, HT-8812 will be shipped on 19 Dec 2026.", subject="our HT-8812", sender=SALES)
    assert amy.promise("PO26-04873") == date(2026, 12, 19)


def test_the_order_of_a_date_that_was_learned_is_used_in_the_next_mail(amy: Talk) -> None:
    amy.say("1B", amy.digest)  # the month is written first
    amy.say("Dear Amy, PO26-04874 will be shipped on 1/8/2027.", subject="PO26-04874", sender=SALES)
    assert amy.promise("PO26-04874") == date(2027, 1, 8)


def test_an_address_that_was_learned_has_a_say_from_then_on(amy: Talk) -> None:
    stranger = "wang@htgarment.example"
    words = "Dear Amy, PO26-04875 will be shipped on 28 Dec 2026."
    amy.say(words, subject="PO26-04875", sender=stranger)
    assert amy.promise("PO26-04875") is None
    amy.say("7A", amy.digest)
    amy.say(words.replace("28", "29"), subject="PO26-04875", sender=stranger)
    assert amy.promise("PO26-04875") == date(2026, 12, 29)


def test_a_handover_introduces_the_new_merchandiser_and_briefs_them(amy: Talk) -> None:
    lines = amy.say("handover PO26-04871 PO26-04872 SO26-1100 to Bob", amy.digest)
    assert "- now with Bob Qian (3): PO26-04871, PO26-04872, SO26-1100" in lines
    assert "- in Drafts for you to send: 2 letters that introduce the new contact" in lines
    letters = [one for one in amy.office.letters() if one.planned.template == "handover"]
    assert [(one.planned.party, one.planned.mode, one.planned.orders) for one in letters] == [
        (HENGTAI, Mode.DRAFT, ("PO26-04871", "PO26-04872")),
        (BERGMANN, Mode.DRAFT, ("SO26-1100",)),
    ]
    to_supplier, to_customer = (rendered(one) for one in letters)
    assert "Bob Qian" in to_supplier.text
    assert BOB in to_customer.text
    assert "PO26" not in to_customer.text
    assert HENGTAI not in to_customer.text
    (brief,) = [one.planned for one in amy.office.letters() if one.planned.template == "handover_brief"]
    assert ([one.email for one in brief.to], brief.mode, brief.language) == ([BOB], Mode.AUTO, "zh")
    assert {"R101.1", "R102.1"} <= {review.item for review in brief.facts.reviews}
    assert amy.order("PO26-04871").merchandiser == BOB
    amy.say("undo", amy.reply)
    assert amy.order("PO26-04871").merchandiser == AMY
    left = [one.state for one in amy.office.letters() if one.planned.template.startswith("handover")]
    assert set(left) == {LetterState.DECLINED}


def test_a_party_that_wants_no_such_letter_gets_none(amy: Talk) -> None:
    with amy.office.store.look() as tx:
        party = tx.views.parties()[HENGTAI].party
    quiet = replace(party, modes=(("handover", "off"),))
    amy.office.record(PartyChanged(quiet, (Change("modes", "", "handover=off"),), "test"))
    amy.say("handover PO26-04871 to Bob", amy.digest)
    assert not [one for one in amy.office.letters() if one.planned.template == "handover"]


@pytest.mark.parametrize(
    ("to", "cc"),
    [
        (f"{BOB}", MAILBOX),
        (f"{MAILBOX}, {BOB}", ""),
        (f"{MAILBOX}, {SALES}", ""),
        (MAILBOX, SALES),
    ],
    ids=["to a colleague, copy to us", "to us and a colleague", "to us and a supplier", "copy to a supplier"],
)
def test_what_is_written_to_others_as_well_is_not_for_us(amy: Talk, to: str, cc: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = AMY, to, "PO26-04875"
    if cc:
        mail["Cc"] = cc
    mail["Date"], mail["Message-ID"] = format_datetime(NOW), "<cc@client.example>"
    mail.set_content("close PO26-04875")
    before = len(amy.office.letters())
    amy.office.put(mail.as_bytes(), NOW)
    amy.office.read(NOW)
    assert len(amy.office.letters()) == before
    assert not amy.order("PO26-04875").closed


def test_a_file_that_an_answer_filed_is_taken_out_again(amy: Talk) -> None:
    filed = DocumentFiled("PO26-04871", "packing_list", 107, 0, "PL.pdf")
    asked = ReviewOpened("R107.101", "file it?", ("PO26-04871",), 107, (), (encode_event(filed),), party=HENGTAI)
    amy.office.record(asked, now=NOW + timedelta(hours=1))
    amy.now = NOW + timedelta(days=1)
    send_digests(amy.office.store, steerers(), amy.now)
    amy.office.send(amy.now)
    digest = [one for one in amy.office.letters() if one.planned.step == DIGEST and one.planned.to[0].email == AMY][-1]
    assert digest.planned.facts.digest is not None
    number = next(item.number for item in digest.planned.facts.digest.items if item.item == asked.item)
    assert "file PL.pdf to PO26-04871" in rendered(digest).text
    amy.say(f"{number}A", digest)
    assert [paper.name for paper in amy.order("PO26-04871").papers] == ["PL.pdf"]
    told = amy.say("undo", amy.reply)
    assert any("PL.pdf is none of its documents" in line for line in told)
    assert amy.order("PO26-04871").papers == ()
