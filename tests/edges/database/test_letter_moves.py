"""How letters move: what LetterState tells, and nothing else."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from mailflow.core.letters.model import LetterState, Mode, OutboxLetter
from mailflow.edges.database.errors import IllegalMoveError, LostSessionError
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.edges.database.samples import HOUR, NOW, duty, envelope, planned

S = LetterState
LATER = NOW + HOUR
Move = Callable[[DatabaseTransaction, int], object]

MOVES: dict[str, Move] = {
    "freeze": lambda tx, n: tx.outbox.freeze(n, envelope(n)),
    "handed": lambda tx, n: tx.outbox.handed([n], NOW),
    "sent": lambda tx, n: tx.outbox.sent(n, NOW, "250 OK"),
    "refused": lambda tx, n: tx.outbox.refused(n, "550 no", ["li@huada.example"]),
    "later": lambda tx, n: tx.outbox.later(n, LATER, "450 later"),
    "unknown": lambda tx, n: tx.outbox.unknown(n, LATER, "no reply"),
    "hold": lambda tx, n: tx.outbox.hold(n, "look at it"),
    "withdraw": lambda tx, n: tx.outbox.withdraw(n, "they answered"),
    "release": lambda tx, n: tx.outbox.release(n, planned(), NOW),
    "approve": lambda tx, n: tx.outbox.approve(n, NOW),
    "decline": lambda tx, n: tx.outbox.decline(n),
    "filed": lambda tx, n: tx.outbox.filed(n),
}
# How a letter gets into each state, from being planned.
WAYS: dict[str, tuple[str, ...]] = {
    "held": ("hold",),
    "queued": (),
    "claimed": ("claim",),
    "frozen": ("claim", "freeze"),
    "handed": ("claim", "freeze", "handed"),
    "unknown": ("claim", "freeze", "handed", "unknown"),
    "claimed again": ("claim", "freeze", "handed", "unknown", "claim"),
    "sent": ("claim", "freeze", "handed", "sent"),
    "sent after a repetition": ("claim", "freeze", "handed", "unknown", "claim", "handed", "sent"),
    "refused": ("claim", "freeze", "handed", "refused"),
    "declined": ("decline",),
    "withdrawn": ("withdraw",),
}
DRAFT_WAYS: dict[str, tuple[str, ...]] = {
    "frozen draft": ("claim", "freeze"),
    "drafted": ("claim", "freeze", "filed"),
    "approved draft": ("claim", "freeze", "filed", "approve"),
    "approved draft, claimed": ("claim", "freeze", "filed", "approve", "claim"),
    "declined draft": ("claim", "freeze", "filed", "decline"),
    "withdrawn draft": ("claim", "freeze", "filed", "withdraw"),
}
# Every move that there is; what isn't here is refused.
ALLOWED: dict[str, dict[str, LetterState]] = {
    "held": {
        "hold": S.HELD,
        "withdraw": S.WITHDRAWN,
        "release": S.QUEUED,
        "approve": S.QUEUED,
        "decline": S.DECLINED,
    },
    "queued": {"hold": S.HELD, "withdraw": S.WITHDRAWN, "approve": S.QUEUED, "decline": S.DECLINED},
    "claimed": {"freeze": S.CLAIMED, "later": S.QUEUED, "hold": S.HELD, "withdraw": S.WITHDRAWN},
    "frozen": {"freeze": S.CLAIMED, "handed": S.HANDED, "later": S.QUEUED, "hold": S.HELD, "withdraw": S.WITHDRAWN},
    "handed": {"sent": S.SENT, "refused": S.REFUSED, "later": S.QUEUED, "unknown": S.UNKNOWN, "hold": S.HELD},
    "unknown": {"sent": S.SENT, "refused": S.REFUSED, "hold": S.HELD, "withdraw": S.WITHDRAWN},
    "claimed again": {
        "freeze": S.CLAIMED,
        "handed": S.HANDED,
        "sent": S.SENT,  # the reply to the first time was found after all
        "later": S.UNKNOWN,
        "hold": S.HELD,
        "withdraw": S.WITHDRAWN,
    },
    "sent": {"filed": S.SENT},
    "sent after a repetition": {"filed": S.SENT, "sent": S.SENT},  # by each of two that handed it over
    "refused": {},
    "declined": {},
    "withdrawn": {},
    "frozen draft": {
        "freeze": S.CLAIMED,
        "later": S.QUEUED,
        "hold": S.HELD,
        "withdraw": S.WITHDRAWN,
        "approve": S.QUEUED,
        "decline": S.DECLINED,
        "filed": S.DRAFTED,
    },
    "drafted": {
        "sent": S.SENT,  # by hand, from Drafts
        "withdraw": S.WITHDRAWN,
        "approve": S.QUEUED,
        "decline": S.DECLINED,
        "filed": S.DRAFTED,
    },
    # `filed` comes too late for these and changes nothing: a person was quicker.
    "approved draft": {
        "hold": S.HELD,
        "withdraw": S.WITHDRAWN,
        "approve": S.QUEUED,
        "decline": S.DECLINED,
        "filed": S.QUEUED,
        "sent": S.SENT,
    },
    "approved draft, claimed": {
        "freeze": S.CLAIMED,
        "handed": S.HANDED,
        "later": S.QUEUED,
        "hold": S.HELD,
        "withdraw": S.WITHDRAWN,
        "filed": S.CLAIMED,
    },
    "declined draft": {"sent": S.SENT, "filed": S.DECLINED},
    "withdrawn draft": {"sent": S.SENT, "filed": S.WITHDRAWN},
}


def letter(tx: DatabaseTransaction, number: int) -> OutboxLetter:
    found = tx.outbox.get(number)
    assert found is not None
    return found


def brought(tx: DatabaseTransaction, *moves: str, mode: Mode = Mode.AUTO, order: str = "PO1") -> int:
    """Return the number of a letter that has made these moves."""
    number = tx.outbox.plan(planned(duty(order), mode=mode), NOW)
    assert number is not None
    for move in moves:
        if move == "claim":
            assert [found.id for found in tx.outbox.claim("worker", LATER, 10)] == [number]
        else:
            MOVES[move](tx, number)
    return number


@pytest.mark.parametrize("start", [*WAYS, *DRAFT_WAYS])
def test_every_move_from_every_state(store: DatabaseStore, start: str) -> None:
    for count, (name, move) in enumerate(MOVES.items()):
        with store.begin() as tx:
            mode = Mode.DRAFT if start in DRAFT_WAYS else Mode.AUTO
            number = brought(tx, *(DRAFT_WAYS | WAYS)[start], mode=mode, order=f"PO{count}")
            before = letter(tx, number)
            if name in ALLOWED[start]:
                move(tx, number)
                assert letter(tx, number).state is ALLOWED[start][name], name
            else:
                with pytest.raises(IllegalMoveError, match=f"letter {number} "):
                    move(tx, number)
                assert letter(tx, number) == before, name
            tx.outbox.recover(["worker"], NOW)
            if letter(tx, number).state in {S.QUEUED, S.UNKNOWN}:
                tx.outbox.hold(number, "out of the way")


def test_a_letter_that_is_not_there(tx: DatabaseTransaction) -> None:
    for move in MOVES.values():
        with pytest.raises(IllegalMoveError, match="not there"):
            move(tx, 4711)


def test_bytes_never_change(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim")
    tx.outbox.freeze(number, envelope(1))
    tx.outbox.freeze(number, envelope(1))
    for other in (envelope(2), envelope(1, "something else")):
        with pytest.raises(IllegalMoveError, match="other bytes"):
            tx.outbox.freeze(number, other)
    tx.outbox.later(number, LATER, "450 later")
    assert tx.outbox.claim("worker", LATER, 1)[0].envelope == envelope(1)
    with pytest.raises(IllegalMoveError, match="other bytes"):
        tx.outbox.freeze(number, envelope(2))


def test_bytes_are_not_handed_before_they_are_frozen(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim")
    with pytest.raises(IllegalMoveError):
        tx.outbox.handed([number], NOW)


def test_what_was_checked_again_is_what_is_frozen(tx: DatabaseTransaction) -> None:
    """Two of three orders were answered meanwhile: their duties may become due again."""
    number = tx.outbox.plan(planned(duty("PO1"), duty("PO2"), duty("PO3")), NOW)
    assert number is not None
    tx.outbox.claim("worker", NOW, 1)
    left = planned(duty("PO2"))
    tx.outbox.freeze(number, envelope(), left)
    assert letter(tx, number).planned == left
    assert [record.duty.order for record in tx.outbox.duties()] == ["PO2"]
    assert tx.outbox.plan(planned(duty("PO1"), duty("PO3")), NOW) is not None


def test_how_often_is_counted(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim", "freeze", "handed")
    assert (letter(tx, number).attempts, letter(tx, number).repeated) == (1, 0)
    tx.outbox.later(number, NOW, "450 later")
    tx.outbox.claim("worker", NOW, 1)
    tx.outbox.handed([number], NOW)
    assert (letter(tx, number).attempts, letter(tx, number).repeated) == (2, 0)
    tx.outbox.unknown(number, NOW, "no reply")
    assert [found.repeated for found in tx.outbox.claim("worker", NOW, 1)] == [1]
    tx.outbox.handed([number], NOW)
    assert (letter(tx, number).attempts, letter(tx, number).repeated) == (3, 1)
    assert letter(tx, number).envelope == envelope(number)


def test_what_may_have_gone_out_stays_so_until_it_is_settled(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim", "freeze", "handed", "unknown")
    tx.outbox.claim("worker", LATER, 1)
    tx.outbox.later(number, LATER, "not handed after all")
    assert (letter(tx, number).state, letter(tx, number).repeated) == (S.UNKNOWN, 0)
    tx.outbox.claim("worker", LATER, 1)
    tx.outbox.handed([number], LATER)
    tx.outbox.later(number, LATER, "421 not now")
    assert (letter(tx, number).state, letter(tx, number).repeated) == (S.UNKNOWN, 1)
    tx.outbox.claim("worker", LATER, 1)
    assert tx.outbox.recover(["worker"], LATER) == 1
    assert (letter(tx, number).state, letter(tx, number).repeated) == (S.UNKNOWN, 1)
    tx.outbox.hold(number, "look at it")
    tx.outbox.approve(number, LATER)
    assert letter(tx, number).state is S.UNKNOWN
    assert tx.outbox.claim("worker", LATER, 1)[0].repeated == 2
    tx.outbox.handed([number], LATER)
    tx.outbox.sent(number, LATER, "250 OK")
    assert (letter(tx, number).attempts, letter(tx, number).repeated) == (3, 2)


def test_recovery_gives_up_the_claims_of_the_gone_alone(tx: DatabaseTransaction) -> None:
    numbers = [tx.outbox.plan(planned(duty(f"PO{i}")), NOW) for i in range(4)]
    for number, worker in zip(numbers, ("a", "a", "b", "c"), strict=True):
        tx.outbox.claim(worker, NOW, 1)
        assert number is not None
        tx.outbox.freeze(number, envelope(number))
    assert numbers[1] is not None
    tx.outbox.handed([numbers[1]], NOW)
    assert tx.outbox.recover(["a", "b", "nobody"], LATER) == 3
    found = [letter(tx, number) for number in numbers if number]
    assert [one.state for one in found] == [S.QUEUED, S.UNKNOWN, S.QUEUED, S.CLAIMED]
    assert [one.worker for one in found] == ["", "", "", "c"]
    assert [one.next_try for one in found] == [NOW, LATER, NOW, NOW]
    assert all(one.envelope for one in found)


def test_a_recovered_letter_keeps_its_message_id(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim", "freeze", "handed")
    tx.outbox.recover(["worker"], NOW)
    again = tx.outbox.claim("other", NOW, 1)
    assert [(one.id, one.envelope, one.repeated) for one in again] == [(number, envelope(number), 1)]


class TestDrafts:
    def test_a_draft_waits_in_drafts_for_a_yes(self, tx: DatabaseTransaction) -> None:
        number = brought(tx, "claim", "freeze", mode=Mode.DRAFT)
        assert [one.id for one in tx.outbox.to_file("follow-up")] == [number]
        assert tx.outbox.to_file("second") == []
        tx.outbox.filed(number)
        assert tx.outbox.to_file("follow-up") == []
        assert tx.outbox.claim("worker", LATER, 1) == []
        tx.outbox.approve(number, LATER)
        approved = tx.outbox.claim("worker", LATER, 1)
        assert [(one.id, one.approved, one.envelope, one.filed) for one in approved] == [
            (number, True, envelope(number), False)
        ]
        tx.outbox.handed([number], LATER)
        tx.outbox.sent(number, LATER, "250 OK")
        assert [one.id for one in tx.outbox.to_file("follow-up")] == [number]
        tx.outbox.filed(number)
        assert tx.outbox.to_file("follow-up") == []

    def test_none_is_handed_over_without_a_yes(self, tx: DatabaseTransaction) -> None:
        number = brought(tx, "claim", "freeze", mode=Mode.DRAFT)
        with pytest.raises(IllegalMoveError):
            tx.outbox.handed([number], NOW)

    def test_not_filed_before_it_is_frozen(self, tx: DatabaseTransaction) -> None:
        brought(tx, "claim", mode=Mode.DRAFT)
        assert tx.outbox.to_file("follow-up") == []

    @pytest.mark.parametrize("answer", [(), ("decline",), ("withdraw",)])
    def test_what_a_person_sent_by_hand_is_sent_and_its_copy_there(
        self, tx: DatabaseTransaction, answer: tuple[str, ...]
    ) -> None:
        number = brought(tx, "claim", "freeze", "filed", *answer, mode=Mode.DRAFT)
        tx.outbox.sent(number, LATER, "found in Sent")
        assert (letter(tx, number).state, letter(tx, number).sent_at) == (S.SENT, LATER)
        assert tx.outbox.to_file("follow-up") == []


def test_a_sent_letter_wants_its_copy_in_sent_once(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim", "freeze", "handed", "sent")
    assert [(one.id, one.envelope) for one in tx.outbox.to_file("follow-up")] == [(number, envelope(number))]
    tx.outbox.filed(number)
    assert tx.outbox.to_file("follow-up") == []
    assert letter(tx, number).filed


def test_a_list_is_handed_over_whole_or_refused(store: DatabaseStore) -> None:
    with store.begin() as tx:
        good = brought(tx, "claim", "freeze")
    with pytest.raises(IllegalMoveError, match=r"letter 4711 \(not there\)"), store.begin() as tx:
        tx.outbox.handed([good, 4711], NOW)
    with store.look() as tx:
        assert letter(tx, good).state is S.CLAIMED


def test_a_worker_moves_only_what_it_has_claimed(store: DatabaseStore) -> None:
    with store.begin() as tx:
        number = brought(tx, "claim", "freeze")
    name = store.join()
    for move in ("freeze", "handed", "later", "hold"):
        with pytest.raises(IllegalMoveError), store.begin() as tx:
            MOVES[move](tx, number)
    with store.begin() as tx:
        tx.outbox.recover(["worker"], NOW)
        tx.outbox.claim(name, NOW, 1)
        tx.outbox.handed([number], NOW)
    with store.look() as tx:
        assert letter(tx, number).worker == name


def test_who_is_no_worker_any_more_begins_nothing_but_tells_what_happened(store: DatabaseStore) -> None:
    """Its session is lost, and perhaps the letters are another's already; what the server answered is true still."""
    name = store.join()
    with store.begin() as tx:
        numbers = [tx.outbox.plan(planned(duty(f"PO{i}")), NOW) for i in range(4)]
        assert [one.id for one in tx.outbox.claim(name, NOW, 3)] == numbers[:3]
        for number in numbers[:3]:
            assert number is not None
            tx.outbox.freeze(number, envelope(number))
        first, second, third, _ = (number for number in numbers if number)
        tx.outbox.handed([first, second], NOW)
    store.leave()
    with pytest.raises(LostSessionError), store.begin() as tx:
        tx.outbox.claim(name, NOW, 1)
    with pytest.raises(IllegalMoveError), store.begin() as tx:
        tx.outbox.handed([third], NOW)
    with store.begin() as tx:
        tx.outbox.sent(first, NOW, "250 OK")
        tx.outbox.unknown(second, NOW, "no reply")
    store.join()
    with store.begin() as tx:
        tx.outbox.later(third, NOW, "start afresh")
        assert [letter(tx, n).state for n in (first, second, third)] == [S.SENT, S.UNKNOWN, S.QUEUED]


def test_a_plan_checked_again_may_have_another_mode(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim", mode=Mode.DRAFT)
    tx.outbox.freeze(number, envelope(number), planned(mode=Mode.AUTO))
    tx.outbox.handed([number], NOW)
    assert letter(tx, number).state is S.HANDED


def test_two_letters_never_share_a_message_id(store: DatabaseStore) -> None:
    with store.begin() as tx:
        brought(tx, "claim", "freeze")
        second = brought(tx, "claim", order="PO2")
    with pytest.raises(Exception, match=r"(?i)unique"), store.begin() as tx:
        tx.outbox.freeze(second, envelope(second - 1))
    with store.begin() as tx:
        assert tx.outbox._connection.execute(text("SELECT count(*) FROM letter")).scalar_one() == 2


def test_a_released_letter_goes_by_the_new_plan_and_for_its_remaining_duties(tx: DatabaseTransaction) -> None:
    number = tx.outbox.plan(planned(duty("PO1"), duty("PO2")), NOW)
    assert number is not None
    tx.outbox.hold(number, "missing: port")
    tx.outbox.release(number, planned(duty("PO2"), urgent=True), LATER)
    released = letter(tx, number)
    assert (released.planned, released.reply, released.next_try) == (planned(duty("PO2"), urgent=True), "", LATER)
    assert not released.approved
    assert [row.duty for row in tx.outbox.duties()] == [duty("PO2")]


def test_a_held_letter_that_has_its_bytes_is_not_released(tx: DatabaseTransaction) -> None:
    number = brought(tx, "claim", "freeze", "hold")
    with pytest.raises(IllegalMoveError):
        tx.outbox.release(number, planned(), NOW)
