"""The outbox: a duty is written once, a letter goes to one worker, and nothing forgets what may have gone out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailflow.core.letters.model import Duty, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.core.message.model import Address
from mailflow.edges.database.errors import OnlyLookingError
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.edges.database.samples import HOUR, NOW, duty, envelope, planned


def plan(tx: DatabaseTransaction, *duties: Duty, **other: Any) -> int:
    """Put a letter in the outbox that must find room."""
    number = tx.outbox.plan(planned(*duties, **other), NOW)
    assert number is not None
    return number


def claim(tx: DatabaseTransaction, limit: int = 10, **other: Any) -> list[int]:
    """Claim letters and return their numbers."""
    return [letter.id for letter in tx.outbox.claim("worker", other.pop("now", NOW), limit, **other)]


def letter(tx: DatabaseTransaction, number: int) -> OutboxLetter:
    found = tx.outbox.get(number)
    assert found is not None
    return found


class TestPlan:
    def test_a_planned_letter_waits(self, tx: DatabaseTransaction) -> None:
        wanted = planned(duty("PO1"), duty("PO2"), cc=(Address("an@ours.example"),), urgent=True, why="due")
        number = tx.outbox.plan(wanted, NOW)
        assert number is not None
        assert letter(tx, number) == OutboxLetter(number, wanted, LetterState.QUEUED, NOW, NOW)
        assert tx.outbox.get(number + 1) is None

    def test_a_letter_that_lacks_something_is_held(self, tx: DatabaseTransaction) -> None:
        number = plan(tx, missing=("shipping_mark", "port"))
        assert letter(tx, number).state is LetterState.HELD
        assert "shipping_mark, port" in letter(tx, number).reply
        assert claim(tx) == []

    def test_a_duty_is_written_once(self, tx: DatabaseTransaction) -> None:
        plan(tx, duty("PO1"), duty("PO2"))
        assert tx.outbox.plan(planned(duty("PO2")), NOW) is None
        assert tx.outbox.plan(planned(duty("PO3"), duty("PO1")), NOW) is None
        assert plan(tx, duty("PO3"))

    @pytest.mark.parametrize(
        "other",
        [
            replace(duty(), step="chase"),
            replace(duty(), order="PO2"),
            replace(duty(), recipient="wang@huada.example"),
            replace(duty(), occasion="event:7"),
        ],
    )
    def test_every_field_tells_duties_apart(self, tx: DatabaseTransaction, other: Duty) -> None:
        plan(tx, duty())
        assert plan(tx, other)

    def test_a_duty_named_twice_in_a_letter_is_one(self, tx: DatabaseTransaction) -> None:
        number = plan(tx, duty(), duty())
        assert [record.letter for record in tx.outbox.duties()] == [number]

    @pytest.mark.parametrize("field", ["step", "order", "recipient", "occasion"])
    def test_no_field_of_a_duty_is_empty(self, tx: DatabaseTransaction, field: str) -> None:
        with pytest.raises(ValueError, match="is empty"):
            tx.outbox.plan(planned(replace(duty(), **{field: ""})), NOW)

    @pytest.mark.parametrize("bad", [replace(planned(), duties=()), planned(mode=Mode.OFF)])
    def test_a_letter_without_duty_or_off_is_a_mistake(self, tx: DatabaseTransaction, bad: PlannedLetter) -> None:
        with pytest.raises(ValueError, match="not written"):
            tx.outbox.plan(bad, NOW)

    def test_a_duty_may_be_very_long(self, tx: DatabaseTransaction) -> None:
        long = Duty("s" * 5000, "o" * 5000, "r" * 5000, "c" * 5000)
        plan(tx, long)
        assert tx.outbox.plan(planned(long), NOW) is None
        assert plan(tx, replace(long, order="o" * 4999 + "x"))

    def test_looking_plans_nothing(self, store: DatabaseStore) -> None:
        with pytest.raises(OnlyLookingError), store.look() as tx:
            tx.outbox.plan(planned(), NOW)


class TestDuties:
    def test_what_is_planned_and_what_was_sent(self, tx: DatabaseTransaction) -> None:
        first, second = plan(tx, duty("PO1"), duty("PO2")), plan(tx, duty("PO3"))
        claim(tx, 1)
        tx.outbox.freeze(first, envelope())
        tx.outbox.handed([first], NOW + HOUR)
        tx.outbox.sent(first, NOW + 2 * HOUR, "250 OK")
        assert [(r.duty, r.letter, r.state, r.at) for r in tx.outbox.duties()] == [
            (duty("PO1"), first, LetterState.SENT, NOW + 2 * HOUR),
            (duty("PO2"), first, LetterState.SENT, NOW + 2 * HOUR),
            (duty("PO3"), second, LetterState.QUEUED, NOW),
        ]

    def test_those_of_some_orders(self, tx: DatabaseTransaction) -> None:
        plan(tx, duty("PO1"), duty("PO2"))
        assert [r.duty.order for r in tx.outbox.duties(["PO2", "PO9"])] == ["PO2"]
        assert tx.outbox.duties([]) == []

    def test_a_withdrawn_letters_duty_may_become_due_again(self, tx: DatabaseTransaction) -> None:
        first = plan(tx)
        tx.outbox.withdraw(first, "they answered")
        assert tx.outbox.duties() == []
        second = plan(tx)
        assert [(r.letter, r.state) for r in tx.outbox.duties(withdrawn=True)] == [
            (first, LetterState.WITHDRAWN),
            (second, LetterState.QUEUED),
        ]
        assert letter(tx, first).reply == "they answered"

    def test_a_declined_letters_duty_is_settled(self, tx: DatabaseTransaction) -> None:
        tx.outbox.decline(plan(tx))
        assert [r.state for r in tx.outbox.duties()] == [LetterState.DECLINED]
        assert tx.outbox.plan(planned(), NOW) is None

    def test_a_withdrawn_letter_that_may_have_gone_out_keeps_its_duty(self, tx: DatabaseTransaction) -> None:
        number = plan(tx)
        claim(tx)
        tx.outbox.freeze(number, envelope())
        tx.outbox.handed([number], NOW)
        tx.outbox.unknown(number, NOW, "connection lost after DATA")
        tx.outbox.withdraw(number, "they answered")
        assert tx.outbox.plan(planned(), NOW) is None


class TestClaim:
    def test_a_claimed_letter_is_nobody_elses(self, tx: DatabaseTransaction) -> None:
        number = plan(tx)
        claimed = tx.outbox.claim("first", NOW, 10)
        assert [(c.id, c.state, c.worker) for c in claimed] == [(number, LetterState.CLAIMED, "first")]
        assert tx.outbox.claim("second", NOW, 10) == []

    def test_urgent_ones_first_then_the_oldest(self, tx: DatabaseTransaction) -> None:
        numbers = [plan(tx, duty(f"PO{i}"), urgent=i in {2, 3}) for i in range(5)]
        assert claim(tx, 3) == [numbers[2], numbers[3], numbers[0]]
        assert claim(tx) == [numbers[1], numbers[4]]

    def test_none_before_its_time(self, tx: DatabaseTransaction) -> None:
        number = plan(tx, not_before=NOW + HOUR)
        assert claim(tx, now=NOW + HOUR - timedelta(microseconds=1)) == []
        assert claim(tx, now=NOW + HOUR) == [number]

    def test_none_before_its_next_try(self, tx: DatabaseTransaction) -> None:
        number = plan(tx)
        claim(tx)
        tx.outbox.later(number, NOW + HOUR, "450 later")
        assert claim(tx) == []
        assert claim(tx, now=NOW + HOUR) == [number]

    def test_those_of_one_account(self, tx: DatabaseTransaction) -> None:
        here, there = plan(tx, duty("PO1")), plan(tx, duty("PO2"), account="second")
        assert claim(tx, account="second") == [there]
        assert claim(tx) == [here]

    def test_a_veto_is_awaited_and_a_yes_ends_it(self, tx: DatabaseTransaction) -> None:
        number = plan(tx, mode=Mode.VETO, not_before=NOW + 6 * HOUR)
        assert claim(tx) == []
        tx.outbox.approve(number, NOW)
        assert claim(tx) == [number]


class TestFindings:
    def test_by_message_id(self, tx: DatabaseTransaction) -> None:
        numbers = [plan(tx, duty(f"PO{i}")) for i in range(3)]
        claim(tx)
        for number in numbers:
            tx.outbox.freeze(number, envelope(number))
        ids = [f"<{numbers[2]}@ours.example>", "<nobody@x.example>", f"<{numbers[0]}@ours.example>"]
        assert [found.id for found in tx.outbox.by_message_id(ids)] == [numbers[0], numbers[2]]
        assert tx.outbox.by_message_id([]) == []

    def test_by_state(self, tx: DatabaseTransaction) -> None:
        first, second = plan(tx, duty("PO1")), plan(tx, duty("PO2"))
        tx.outbox.hold(second, "look at it")
        assert [found.id for found in tx.outbox.letters([LetterState.QUEUED])] == [first]
        assert [found.id for found in tx.outbox.letters([LetterState.QUEUED, LetterState.HELD])] == [first, second]
        assert tx.outbox.letters([]) == []


class TestCounts:
    def sent(self, tx: DatabaseTransaction, order: str, recipients: tuple[str, ...], **sent: Any) -> int:
        number = plan(tx, duty(order))
        claim(tx)
        tx.outbox.freeze(number, replace(envelope(number), recipients=recipients))
        tx.outbox.handed([number], sent.get("at", NOW))
        tx.outbox.sent(number, sent.pop("at", NOW), "250 OK", **sent)
        return number

    def test_how_many_each_address_was_sent(self, tx: DatabaseTransaction) -> None:
        self.sent(tx, "PO1", ("Li@huada.example", "wang@huada.example"))
        self.sent(tx, "PO2", ("li@Huada.example", "gone@huada.example"), refused=["gone@huada.example"])
        self.sent(tx, "PO3", ("old@huada.example",), at=NOW - HOUR)
        assert tx.outbox.sent_since(NOW) == {"li@huada.example": 2, "wang@huada.example": 1}

    def test_what_may_have_gone_out_counts(self, tx: DatabaseTransaction) -> None:
        number = plan(tx)
        claim(tx)
        tx.outbox.freeze(number, envelope())
        assert tx.outbox.sent_since(NOW) == {}
        tx.outbox.handed([number], NOW)
        assert tx.outbox.sent_since(NOW) == {"li@huada.example": 1}
        tx.outbox.unknown(number, NOW, "no reply")
        assert tx.outbox.sent_since(NOW) == {"li@huada.example": 1}

    def test_how_many_were_refused(self, tx: DatabaseTransaction) -> None:
        for order, at in (("PO1", NOW - HOUR), ("PO2", NOW)):
            number = plan(tx, duty(order))
            claim(tx)
            tx.outbox.freeze(number, envelope(number))
            tx.outbox.handed([number], at)
            tx.outbox.refused(number, "550 no", ["li@huada.example"])
        assert tx.outbox.refused_since(NOW) == 1
        assert tx.outbox.sent_since(NOW - HOUR) == {}
