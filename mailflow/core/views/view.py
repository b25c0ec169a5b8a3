"""What a view is: a fold over the ledger that yields one state for each key."""

from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from mailflow.core.orders.events import Event, Recorded

S = TypeVar("S")

_MOST_REMEMBERED = 4096


def _yes(_: Any) -> bool:
    return True


def _no_groups(_: Any) -> tuple[str, ...]:
    return ("",)


def _no_party(_: Any) -> str:
    return ""


def _no(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class View(Generic[S]):
    """One fold. `keys` names the states that an event may move; `apply` moves one (None: there is none).

    `is_open`, `groups` (one at least), `party` and `flagged` are kept beside a stored state so that a part of a view
    can be asked for. A view that is `often` read as a whole and seldom moves remembers the states that it loaded.
    """

    name: str
    state: type[S]
    keys: Callable[[Event], tuple[str, ...]]
    apply: Callable[[S | None, Recorded], S | None]
    is_open: Callable[[S], bool] = _yes
    groups: Callable[[S], tuple[str, ...]] = _no_groups
    party: Callable[[S], str] = _no_party
    flagged: Callable[[S], bool] = _no
    often: bool = False

    def dump(self, state: S) -> str:
        """Return a state as JSON; equal states give equal text."""
        kind: Any = self.state
        return _adapter(kind).dump_json(state).decode()

    def load(self, data: str) -> S:
        """Return the state that `dump` gave as JSON."""
        kind: Any = self.state
        loaded: S = _remembering(kind)(data) if self.often else _adapter(kind).validate_json(data)
        return loaded


def fold(
    view: View[S],
    states: MutableMapping[str, S | None],
    events: Iterable[Recorded],
    spell: Callable[[str], str] = str,
) -> set[str]:
    """Move `states` by `events`, in their order; return the keys whose state is another now.

    A key that is missing in `states` has no state; `spell` turns keys into what `states` is kept by.
    """
    moved = set()
    for recorded in events:
        for key in map(spell, view.keys(recorded.event)):
            before = states.get(key)
            after = view.apply(before, recorded)
            if after != before:
                states[key] = after
                moved.add(key)
    return moved


@cache
def _remembering(state: Any) -> Callable[[str], Any]:
    return lru_cache(_MOST_REMEMBERED)(_adapter(state).validate_json)


@cache
def _adapter(state: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(state)
