"""Whatever is done to letters in whatever order: what may never happen does not."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailflow.core.letters.model import Duty, Envelope, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.edges.database.errors import IllegalMoveError
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.edges.database.samples import NOW, duty, envelope, planned

ALL = list(LetterState)
SETTLED = {LetterState.SENT, LetterState.REFUSED}
Move = Callable[[DatabaseTransaction, int], object]

MOVES: list[Move] = [
    lambda tx, n: tx.outbox.freeze(n, envelope(n)),
    lambda tx, n: tx.outbox.freeze(n, envelope(n, "other bytes")),
    lambda tx, n: tx.outbox.freeze(n, envelope(n), with_one_duty(tx, n)),
    lambda tx, n: tx.outbox.handed([n], NOW),
    lambda tx, n: tx.outbox.sent(n, NOW, "250 OK"),
    lambda tx, n: tx.outbox.refused(n, "550 no", []),
    lambda tx, n: tx.outbox.later(n, NOW, "450 later"),
    lambda tx, n: tx.outbox.unknown(n, NOW, "no reply"),
    lambda tx, n: tx.outbox.hold(n, "look at it"),
    lambda tx, n: tx.outbox.withdraw(n, "they answered"),
    lambda tx, n: tx.outbox.approve(n, NOW),
    lambda tx, n: tx.outbox.decline(n),
    lambda tx, n: tx.outbox.filed(n),
    lambda tx, _: tx.outbox.recover(["worker"], NOW),
    lambda tx, _: tx.outbox.claim("worker", NOW, 1),
    lambda tx, _: tx.outbox.claim("worker", NOW, 9),
]
# Duties from few orders, so that letters meet; which letter (of those there are) a move is for; which move.
PLAN = st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=3), st.sampled_from([Mode.AUTO, Mode.DRAFT]))
MOVE = st.tuples(st.integers(0, 1), st.sampled_from(MOVES))
# The usual way, some of which comes first, so that what follows gets somewhere: claim, freeze, hand over, lose sight.
USUAL = [([0, 1], Mode.AUTO), *((0, MOVES[number]) for number in (15, 0, 3, 7, 15, 3))]
BEGINNING = st.integers(0, len(USUAL)).map(lambda count: USUAL[:count])
STEPS = st.builds(lambda first, then: first + then, BEGINNING, st.lists(st.one_of(PLAN, MOVE, MOVE, MOVE), max_size=10))


def with_one_duty(tx: DatabaseTransaction, number: int) -> PlannedLetter | None:
    """Return the plan of a letter as if all its reasons but the first had gone."""
    letter = tx.outbox.get(number)
    return replace(letter.planned, duties=letter.planned.duties[:1]) if letter else None


@dataclass
class Seen:
    """What was seen of each letter so far."""

    frozen: dict[int, Envelope] = field(default_factory=dict)
    settled: dict[int, LetterState] = field(default_factory=dict)
    perhaps_out: set[int] = field(default_factory=set)
    active: set[Duty] = field(default_factory=set)

    def look(self, tx: DatabaseTransaction) -> list[int]:
        """Look at every letter; return their numbers."""
        letters = tx.outbox.letters(ALL)
        for letter in letters:
            self._look_at(letter)
        records = tx.outbox.duties()
        self.active = {record.duty for record in records}
        assert len(self.active) == len(records), "a duty stands in two letters"
        kept = {record.letter for record in records}
        assert self.perhaps_out <= kept, "what may have gone out may become due again"
        return [letter.id for letter in letters]

    def _look_at(self, letter: OutboxLetter) -> None:
        if letter.envelope is not None:
            assert self.frozen.setdefault(letter.id, letter.envelope) == letter.envelope, "bytes have changed"
        assert (letter.envelope is None) == (letter.id not in self.frozen), "bytes are lost"
        assert self.settled.get(letter.id, letter.state) is letter.state, "settled and moved again"
        if letter.state in SETTLED:
            self.settled[letter.id] = letter.state
        if letter.state is LetterState.UNKNOWN:
            self.perhaps_out.add(letter.id)
        if letter.id in self.perhaps_out:
            assert letter.state is not LetterState.QUEUED, "nobody remembers that it may have gone out"
        assert 0 <= letter.repeated <= max(0, letter.attempts), "more repetitions than attempts"
        if letter.planned.mode is Mode.DRAFT and letter.attempts:
            assert letter.approved, "handed over without a yes"


def step(tx: DatabaseTransaction, seen: Seen, numbers: list[int], one: object, how: object) -> None:
    """Plan a letter, or move one; a move that is refused changes nothing."""
    if isinstance(one, list) and isinstance(how, Mode):
        duties = [duty(f"PO{number}") for number in one]
        planned_letter = tx.outbox.plan(planned(*duties, mode=how), NOW)
        assert (planned_letter is None) == (not seen.active.isdisjoint(duties))
    elif numbers and isinstance(one, int) and callable(how):
        before = tx.outbox.letters(ALL)
        try:
            how(tx, numbers[one % len(numbers)])
        except IllegalMoveError:
            assert tx.outbox.letters(ALL) == before


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_any_sequence(store: DatabaseStore, steps: list[tuple[object, object]]) -> None:
    class UndoneError(Exception):
        """Takes the example back, so that each begins with an empty outbox."""

    try:
        with store.begin() as tx:
            seen, numbers = Seen(), []
            for one, how in steps:
                step(tx, seen, numbers, one, how)
                numbers = seen.look(tx)
            raise UndoneError
    except UndoneError:
        pass
