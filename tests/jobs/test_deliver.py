"""Letters go out once, and only while their reason stands; every answer of the server is recorded."""

from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes

import pytest

from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import Duty, LetterFacts, LetterState, Told
from mailflow.core.letters.samples import facts
from mailflow.core.message.model import Address
from mailflow.core.orders.events import (
    AddressFailed,
    CustomerTold,
    LetterRefused,
    LetterSent,
    LetterWithdrawn,
    NewEvent,
    ReviewDecided,
    ReviewOpened,
)
from mailflow.jobs.claiming import MOST_REPEATS, Limits
from mailflow.jobs.delivered import BACKOFF
from tests.jobs.posting import DRAFT, DiskFullError, Killed, Post
from tests.servers.scripted_smtp import Stage, running_scripted_smtp

CRASHES = (
    *("before_claim_commit", "after_claim_commit", "before_handed_commit", "after_handed_commit"),
    *("before_data", "after_data", "before_reply_commit", "after_reply_commit"),
)
HANDED = ("after_handed_commit", "before_data", "after_data", "before_reply_commit")


def test_a_letter_goes_out_with_the_bytes_that_were_frozen(post: Post) -> None:
    number = post.plan()
    report = post.deliver()
    letter = post.letter(number)
    assert report.sent == [number]
    assert letter.state is LetterState.SENT
    assert letter.sent_at == post.now
    assert letter.envelope is not None
    (mail,) = post.server.mails
    assert mail.raw == letter.envelope.raw
    (sent,) = post.events(LetterSent)
    expected = LetterSent(number, ("PO26-0042",), letter.envelope.message_id, "ask_ship", ("r1@x.example",))
    assert sent == replace(expected, party=letter.planned.party)
    assert post.deliver().sent == []
    assert len(post.server.mails) == 1


def test_a_customer_is_told_by_what_was_sent(post: Post) -> None:
    number = post.plan("delay_notice", Side.CUSTOMER)
    assert post.events(CustomerTold) == []
    post.deliver()
    assert post.events(CustomerTold) == [CustomerTold("SO26-1100", date(2026, 12, 17), number)]


def test_the_next_letter_about_an_order_goes_on_with_its_thread(post: Post) -> None:
    first = post.plan()
    post.deliver()
    post.plan("overdue_1")
    post.deliver()
    envelope = post.letter(first).envelope
    assert envelope is not None
    before, after = (message_from_bytes(mail.raw) for mail in post.server.mails)
    assert after["In-Reply-To"] == envelope.message_id
    assert after["References"] == envelope.message_id
    assert after["Subject"] == f"Re: {before['Subject']}"


def test_a_letter_whose_reason_is_gone_is_withdrawn(post: Post) -> None:
    kept, lost = post.plan(number=1), post.plan(number=2)
    post.gone[lost] = "the supplier has answered"
    report = post.deliver()
    assert (report.sent, report.withdrawn) == ([kept], [lost])
    assert post.state(lost) is LetterState.WITHDRAWN
    assert post.events(LetterWithdrawn) == [LetterWithdrawn(lost, ("PO26-0042",), "the supplier has answered")]
    assert post.recipients() == ["r1@x.example"]


def test_a_list_goes_out_with_the_orders_that_are_still_due(post: Post) -> None:
    said = facts(Side.SUPPLIER, 3)
    orders = tuple(line.number for line in said.lines)
    duties = tuple(Duty("weekly_list", order, "r1@x.example", "2026-12-08") for order in orders)
    number = post.plan("weekly_list", facts=said, orders=orders, duties=duties)
    whole = post.letter(number).planned
    post.changed[number] = replace(
        whole, facts=replace(said, lines=said.lines[1:]), orders=orders[1:], duties=duties[1:]
    )
    post.deliver()
    (sent,) = post.events(LetterSent)
    assert isinstance(sent, LetterSent)
    assert sent.orders == orders[1:]
    assert orders[0].encode() not in post.server.mails[0].raw
    assert post.letter(number).planned.orders == orders[1:]


def test_a_draft_is_frozen_and_waits(post: Post) -> None:
    number = post.plan(mode=DRAFT)
    report = post.deliver()
    assert report.drafts == [number]
    frozen = post.letter(number)
    assert frozen.envelope is not None
    assert post.server.connections == 0
    with post.store.begin() as tx:
        tx.outbox.filed(number)
        tx.outbox.approve(number, post.now)
    post.wait(hours=3)
    assert post.deliver().sent == [number]
    assert post.letter(number).envelope == frozen.envelope
    assert post.server.mails[0].raw == frozen.envelope.raw


def test_a_frozen_letter_that_names_an_old_date_is_withdrawn(post: Post) -> None:
    number = post.plan("delay_notice", Side.CUSTOMER)
    post.server.fail(Stage.MAIL, "451 busy")
    post.deliver()
    letter = post.letter(number)
    post.changed[number] = replace(letter.planned, told=(Told("SO26-1100", date(2026, 12, 24)),))
    post.wait(minutes=2)
    assert post.deliver().withdrawn == [number]
    assert post.server.mails == []


def test_a_letter_that_wants_a_yes_by_now_is_not_sent(post: Post) -> None:
    number = post.plan()
    post.changed[number] = replace(post.letter(number).planned, mode=DRAFT)
    assert post.deliver().withdrawn == [number]
    assert post.server.mails == []


def test_a_refused_recipient_is_recorded_and_a_person_asked(post: Post) -> None:
    post.server.fail(Stage.RCPT, "550 5.1.1 nobody here")
    number = post.plan()
    assert post.deliver().refused == [number]
    reply = "r1@x.example: 550 5.1.1 nobody here"
    assert post.state(number) is LetterState.REFUSED
    assert post.events(LetterRefused) == [LetterRefused(number, ("PO26-0042",), "r1@x.example", True, reply)]
    assert post.events(AddressFailed) == [AddressFailed("r1@x.example", True, reply=reply)]
    assert post.open_questions() == [f"L{number}"]
    post.wait(days=1)
    assert not post.deliver().changed


def test_one_refused_of_two_recipients_still_counts_as_sent(post: Post) -> None:
    post.server.fail(Stage.RCPT, "550 5.7.1 not wanted", recipient="boss@x.example")
    number = post.plan(cc=(Address("boss@x.example"),))
    assert post.deliver().sent == [number]
    (refused,) = post.events(LetterRefused)
    assert isinstance(refused, LetterRefused)
    assert (refused.recipient, refused.permanent) == ("boss@x.example", True)
    assert post.events(AddressFailed) == []  # a policy is no wrong address
    assert post.letter(number).refused == ("boss@x.example",)


def test_a_busy_server_is_tried_again_later_and_later(post: Post) -> None:
    number = post.plan()
    waits = []
    for _ in range(3):
        post.server.fail(Stage.MESSAGE, "451 4.3.0 busy")
        assert post.deliver().later == [number]
        assert not post.deliver().changed
        wait = post.letter(number).next_try - post.now
        waits.append(wait)
        post.now += wait
    assert waits == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    first = post.letter(number).envelope
    assert post.deliver().sent == [number]
    assert post.letter(number).envelope == first
    assert len(post.server.mails) == 1


def test_after_days_of_refusals_a_letter_is_given_up_and_a_person_asked(post: Post) -> None:
    post.server.fail(Stage.RCPT, "450 greylisted for ever", times=None)
    number = post.plan()
    for _ in BACKOFF:
        assert post.deliver().later == [number]
        post.now = post.letter(number).next_try
    assert post.deliver().refused == [number]
    (refused,) = post.events(LetterRefused)
    assert isinstance(refused, LetterRefused)
    assert not refused.permanent
    assert post.events(AddressFailed) == []
    assert post.open_questions() == [f"L{number}"]


def test_a_lost_answer_sends_the_same_bytes_again_and_counts_it(post: Post) -> None:
    post.server.fail(Stage.MESSAGE, drop=True, keeps=True)
    number = post.plan()
    assert post.deliver().unknown == [number]
    assert not post.deliver().changed  # not at once
    post.wait(minutes=5)
    assert post.deliver().sent == [number]
    one, two = post.server.mails
    assert one.raw == two.raw
    (sent,) = post.events(LetterSent)
    assert isinstance(sent, LetterSent)
    assert sent.repeated == 1


def test_a_letter_that_may_be_out_is_not_repeated_when_its_reason_is_gone(post: Post) -> None:
    post.server.fail(Stage.MESSAGE, drop=True, keeps=True)
    number = post.plan()
    post.deliver()
    post.gone[number] = "the supplier has answered"
    post.wait(minutes=5)
    assert post.deliver().withdrawn == [number]
    assert len(post.server.mails) == 1
    (withdrawn,) = post.events(LetterWithdrawn)
    assert isinstance(withdrawn, LetterWithdrawn)
    assert "may have gone out" in withdrawn.reason


def test_a_letter_without_an_answer_is_not_repeated_for_ever(post: Post) -> None:
    post.server.fail(Stage.MESSAGE, drop=True, keeps=True, times=None)
    number = post.plan()
    for _ in range(MOST_REPEATS + 1):
        assert post.deliver().unknown == [number]
        post.wait(minutes=5)
    assert post.deliver().held == [number]
    assert post.open_questions() == [f"L{number}"]
    assert len(post.server.mails) == MOST_REPEATS + 1


def test_a_wrong_password_is_tried_once_and_asked_about_once(post: Post) -> None:
    with running_scripted_smtp(password="right") as server:
        post.server, post.user, post.password = server, "amy", "wrong"
        first, second = post.plan(number=1), post.plan(number=2)
        assert "refuses the login" in post.deliver().stopped
        post.wait(hours=1)
        assert post.deliver().stopped
        assert len([line for line in server.commands if line.startswith("AUTH")]) == 1
        (item,) = post.open_questions()
        assert item.startswith("mailbox:main:")
        with post.store.begin() as tx:
            tx.ledger.record([NewEvent(ReviewDecided(item, "go on"))], post.now)
        post.password = "right"
        assert sorted(post.deliver().sent) == [first, second]


def test_mail_taken_for_spam_stops_the_account_and_holds_the_letter(post: Post) -> None:
    post.server.fail(Stage.MESSAGE, "554 DT:SPM 163 smtp7")
    first, second = post.plan(number=1), post.plan(number=2)
    report = post.deliver()
    assert report.held == [first]
    assert "DT:SPM" in report.stopped
    assert post.state(first) is LetterState.HELD
    assert post.state(second) is LetterState.QUEUED
    assert post.open_questions() == [f"L{first}", "mailbox:main:20261208T013000"]
    assert post.events(AddressFailed) == []


def test_an_unreachable_server_leaves_letters_in_the_queue(post: Post) -> None:
    post.server.fail(Stage.CONNECT, "421 4.3.2 not now")
    number = post.plan()
    report = post.deliver()
    assert report.later == [number]
    assert "not now" in report.unreachable
    assert post.open_questions() == []
    assert post.letter(number).attempts == 0
    post.wait(minutes=6)
    assert post.deliver().sent == [number]


def test_nobody_gets_more_letters_a_day_than_the_cap(post: Post) -> None:
    post.limits = Limits(per_address_a_day=2)
    numbers = [post.plan(step, number=1) for step in ("ask_ship", "overdue_1", "overdue_2")]
    other = post.plan(number=2)
    report = post.deliver()
    assert report.sent == [*numbers[:2], other]
    assert report.later == numbers[2:]
    post.wait(hours=25)
    assert post.deliver().sent == numbers[2:]


def test_the_day_has_a_cap_over_all(post: Post) -> None:
    post.limits = Limits(a_day=3)
    for number in range(5):
        post.plan(number=number)
    report = post.deliver()
    assert (len(report.sent), len(report.later)) == (3, 2)


def test_the_breaker_stops_a_flood(post: Post) -> None:
    post.limits = Limits(an_hour=4)
    for number in range(9):
        post.plan(number=number)
    report = post.deliver()
    assert "within an hour" in report.stopped
    assert len(post.server.mails) == 5
    assert post.deliver().stopped
    (item,) = post.open_questions()
    assert item.startswith("breaker:main:")
    post.wait(hours=2)
    assert post.deliver().stopped, "a person must look first"
    with post.store.begin() as tx:
        tx.ledger.record([NewEvent(ReviewDecided(item, "go on"))], post.now)
    assert len(post.deliver().sent) == 4


def test_the_breaker_stops_after_many_refusals(post: Post) -> None:
    post.limits = Limits(refusals_an_hour=2)
    post.server.fail(Stage.RCPT, "550 5.1.1 nobody", times=None)
    for number in range(6):
        post.plan(number=number)
    assert "3 letters were refused" in post.deliver().stopped
    assert len(post.events(LetterRefused)) == 3


def test_a_letter_that_cannot_be_written_is_held_and_the_next_goes_on(post: Post) -> None:
    bad = post.plan(number=1, to=(Address("no address", "Nobody"),))
    poor = post.plan("shipment_notice", number=2, facts=poor_facts())
    good = post.plan(number=3)
    report = post.deliver()
    assert (report.held, report.sent) == ([bad, poor], [good])
    questions = [event.question for event in post.events(ReviewOpened) if isinstance(event, ReviewOpened)]
    assert "correct the contact" in questions[0]
    assert "waits for: shipping_mark of PO26-0042" in questions[1]


def test_a_letter_whose_reason_cannot_be_checked_is_held_and_the_next_goes_on(post: Post) -> None:
    odd, good = post.plan(number=1), post.plan(number=2)
    post.odd.add(odd)
    report = post.deliver()
    assert (report.held, report.sent) == ([odd], [good])
    assert post.open_questions() == [f"L{odd}"]


def test_what_letters_rest_on_is_gathered_once_and_again_where_a_letter_before_changed_it(post: Post) -> None:
    other = (Duty("ask_ship", "PO26-0099", "r3@x.example", "2026-12-08"),)
    lost, same = post.plan(number=1), post.plan(number=2)
    apart = post.plan(number=3, orders=("PO26-0099",), duties=other)
    post.gone[lost] = "the supplier has answered"
    post.deliver()
    assert post.gathered == [[lost, same, apart], [same]]


def test_what_cannot_be_gathered_for_one_letter_holds_up_no_other(post: Post) -> None:
    odd, good = post.plan(number=1), post.plan(number=2)
    post.unreadable.add(odd)
    report = post.deliver()
    assert (report.held, report.sent) == ([odd], [good])


def poor_facts() -> LetterFacts:
    said = facts(Side.SUPPLIER)
    return replace(said, lines=(replace(said.lines[0], shipping_mark=""),))


def test_asked_to_stop_it_finishes_what_is_in_hand(post: Post) -> None:
    first, second = post.plan(number=1), post.plan(number=2)
    post.stopping = lambda: bool(post.server.mails)
    assert post.deliver().sent == [first]
    assert post.state(second) is LetterState.QUEUED


@pytest.mark.parametrize("crash", CRASHES)
@pytest.mark.parametrize("connections", [1, 3])
def test_a_crash_anywhere_neither_loses_nor_changes_a_letter(post: Post, crash: str, connections: int) -> None:
    post.connections = connections
    numbers = [post.plan(number=number) for number in range(1, 5)]
    post.killed_at = crash
    with pytest.raises(Killed):
        post.deliver()
    frozen = {number: post.letter(number).envelope for number in numbers}
    post.new_process()
    post.wait(minutes=5)
    report = post.deliver()
    assert [post.state(number) for number in numbers] == [LetterState.SENT] * 4
    assert set(post.recipients()) == {f"r{number}@x.example" for number in range(1, 5)}
    ids = {mail.recipients: set[str]() for mail in post.server.mails}
    for mail in post.server.mails:
        ids[mail.recipients].add(str(message_from_bytes(mail.raw)["Message-ID"]))
    assert {len(own) for own in ids.values()} == {1}, "a letter has two Message-IDs"
    assert len(post.server.mails) - 4 == (connections if crash in ("after_data", "before_reply_commit") else 0)
    for number, envelope in frozen.items():
        assert envelope is None or post.letter(number).envelope == envelope
    counted = sum(event.repeated for event in post.events(LetterSent) if isinstance(event, LetterSent))
    in_hand = dict.fromkeys(HANDED, connections) | {"after_reply_commit": min(connections, 4 - connections)}
    assert counted == in_hand.get(crash, 0)
    assert len(post.events(LetterSent)) == 4
    assert len(report.sent) == (4 - connections if crash == "after_reply_commit" else 4)


@pytest.mark.parametrize("full_at", ["after_claim_commit", "after_handed_commit", "before_reply_commit"])
def test_a_round_that_broke_off_is_taken_up_by_the_same_process(post: Post, full_at: str) -> None:
    draft = post.plan(number=1, mode=DRAFT)
    numbers = [post.plan(number=number) for number in (2, 3)]
    post.full_at = full_at
    with pytest.raises(DiskFullError):
        post.deliver()
    post.full_at = ""
    post.wait(minutes=1)
    assert sorted(post.deliver().sent) == numbers
    assert post.state(draft) is LetterState.CLAIMED
    assert len(post.server.mails) == (3 if full_at == "before_reply_commit" else 2)
    assert len({mail.raw for mail in post.server.mails}) == 2
