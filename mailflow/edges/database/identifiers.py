"""The index of identifiers in the database: a question costs the same for a thousand orders and a million."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from mailflow.core.matching.identifiers import confusable, hashed, neighbourhood, normalise, one_slip, shape
from mailflow.core.matching.index import MOST_OF_A_PARTY, MOST_TAILS, Entry, Naming
from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.reading.finders.order_numbers import Candidate, candidates
from mailflow.edges.database.identifier_writer import IdentifierWriter, Named
from mailflow.edges.database.schema import identifiers as t
from mailflow.edges.database.statements import chunks
from mailflow.edges.database.types import stored_key

_BEHIND_DIGITS = ":"  # the character behind 9: from a run of digits up to here stands whatever begins with it


class DatabaseIdentifiers:
    """What orders are called. Answers are remembered until names change, changes written when something is asked."""

    def __init__(self, connection: Connection, views: Named) -> None:
        self._connection = connection
        self._views = views
        self._writer = IdentifierWriter(connection, views)
        self._forget()

    def _forget(self) -> None:
        self._alike: dict[str, tuple[Entry, ...]] = {}  # by the folded key
        self._pools: dict[int, tuple[Entry, ...]] = {}  # by the numbers of a neighbourhood
        self._tails: dict[tuple[str, str], tuple[Entry, ...]] = {}
        self._shapes: dict[str, bool] = {}
        self._open: dict[str, list[Order]] = {}  # by party

    def move(self, events: Sequence[Recorded]) -> None:
        """Take note of the names that events give, change and withdraw."""
        if self._writer.move(events):
            self._forget()

    def flush(self) -> None:
        """Write what has changed."""
        self._writer.flush()

    def rebuild(self, told: Callable[[int], None] = lambda count: None) -> None:
        """Make the index anew from the views; `told` is called with the number of orders done, now and then."""
        self._writer.rebuild(told)
        self._forget()

    def expect(self, texts: Iterable[str]) -> None:
        """Look up together what will be asked of these folded texts."""
        self.flush()
        found = {candidate.key: candidate for text in texts for candidate in candidates(text)}
        self._look_up_alike(found)
        named = {e.order for key in found for e in self.exact(key) if e.naming is not Naming.STYLE}
        self._views.orders(named)  # they will be asked for one by one
        self._look_up_shapes(found)
        slipped = [c.key for c in found.values() if c.one_word and self._may_be_slip(c)]
        self._look_up_pools(number for key in slipped for number in neighbourhood(key))

    def _may_be_slip(self, candidate: Candidate) -> bool:
        return (candidate.tight or self.known_shape(candidate.key)) and not self.exact(candidate.key)

    def exact(self, key: str) -> Sequence[Entry]:
        """Return the names with this very key."""
        return [entry for entry in self.folded(key) if entry.key == key]

    def folded(self, key: str) -> Sequence[Entry]:
        """Return the names that look like this key (O0 I1 S5 B8)."""
        alike = confusable(key)
        if alike not in self._alike:
            self._look_up_alike([key])
        return self._alike[alike]

    def near(self, key: str) -> Sequence[Entry]:
        """Return the names one typing slip away from this key; styles are left out."""
        numbers = neighbourhood(key)
        self._look_up_pools(numbers)
        pools = (self._pools[number] for number in numbers)
        return tuple(dict.fromkeys(entry for pool in pools for entry in pool if one_slip(key, entry.key)))

    def tail(self, party: str, digits: str) -> Sequence[Entry]:
        """Return names of a party's orders that end in these digits."""
        if (party, digits) not in self._tails:
            self.flush()
            first = digits[::-1]
            asked = {"party": hashed(stored_key(party)), "first": first, "behind": first + _BEHIND_DIGITS}
            entries = (_entry(row) for row in self._connection.execute(_endings(), asked))
            self._tails[party, digits] = tuple(dict.fromkeys(e for e in entries if e.party == stored_key(party)))
        return self._tails[party, digits]

    def known_shape(self, key: str) -> bool:
        """Say whether any of our own numbers is built like this key."""
        built = shape(key)
        if built not in self._shapes:
            self._look_up_shapes([key])
        return self._shapes[built]

    def order(self, number: str) -> Order | None:
        """Return an order by our own number as the book writes it."""
        state = self._views.orders([number]).get(stored_key(number))
        return state.order if state is not None else None

    def of_party(self, party: str) -> Sequence[Order]:
        """Return a party's open orders by number; none where there are very many."""
        if party not in self._open:
            found = self._views.open_of(party, MOST_OF_A_PARTY + 1)
            self._open[party] = found if len(found) <= MOST_OF_A_PARTY else []
        return self._open[party]

    def _look_up_alike(self, keys: Iterable[str]) -> None:
        self.flush()
        wanted = {alike for key in keys if (alike := confusable(key)) not in self._alike}
        found: dict[str, list[Entry]] = {alike: [] for alike in wanted}
        for some in chunks(sorted({hashed(alike) for alike in wanted})):
            for row in self._connection.execute(_by_folded(), {"numbers": some}):
                entry = _entry(row)
                if (alike := confusable(entry.key)) in found:
                    found[alike].append(entry)
        self._alike.update((alike, tuple(entries)) for alike, entries in found.items())

    def _look_up_shapes(self, keys: Iterable[str]) -> None:
        self.flush()
        wanted = {built for key in keys if (built := shape(key)) not in self._shapes}
        self._shapes.update(dict.fromkeys(wanted, False))
        for some in chunks(sorted(wanted)):
            self._shapes.update(dict.fromkeys(self._connection.execute(_known(), {"shapes": some}).scalars(), True))

    def _look_up_pools(self, numbers: Iterable[int]) -> None:
        self.flush()
        wanted = {number for number in numbers if number not in self._pools}
        found: dict[int, list[Entry]] = {number: [] for number in wanted}
        for some in chunks(sorted(wanted)):
            for row in self._connection.execute(_by_neighbour(), {"numbers": some}):
                found[row.hash].append(_entry(row))
        self._pools.update((number, tuple(entries)) for number, entries in found.items())


def _entry(row: Row[Any]) -> Entry:
    return Entry(normalise(row.plain), Naming(row.naming), row.order_number, row.party, OrderKind(row.kind))


@cache
def _by_folded() -> Select[Any]:
    return _names().where(t.identifier.c.folded.in_(bindparam("numbers", expanding=True))).order_by(t.identifier.c.id)


@cache
def _by_neighbour() -> Select[Any]:
    near = t.identifier_near.c
    joined = _names().add_columns(near.hash).join(t.identifier_near, near.identifier == t.identifier.c.id)
    return joined.where(near.hash.in_(bindparam("numbers", expanding=True))).order_by(t.identifier.c.id)


@cache
def _endings() -> Select[Any]:
    end = t.identifier_ending.c
    joined = _names().join(t.identifier_ending, end.identifier == t.identifier.c.id)
    within = end.reversed >= bindparam("first"), end.reversed < bindparam("behind")
    return (
        joined.where(end.party == bindparam("party"), *within).order_by(end.reversed, end.identifier).limit(MOST_TAILS)
    )


@cache
def _known() -> Select[str]:
    return select(t.identifier_shape.c.shape).where(t.identifier_shape.c.shape.in_(bindparam("shapes", expanding=True)))


@cache
def _names() -> Select[Any]:
    c = t.identifier.c
    found: Any = select(c.plain, c.naming, c.order_number, c.party, c.kind)
    chosen: Select[Any] = found
    return chosen
