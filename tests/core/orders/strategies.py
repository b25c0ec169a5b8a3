"""Any event, any order: what the types allow and a little less (no lone surrogates, finite numbers)."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from mailflow.core.orders.codec import EVENTS
from mailflow.core.orders.events import Event

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(min_value=0, max_value=2**62),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    datetime: st.datetimes(timezones=_ZONES),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}


@cache
def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a type as dataclasses name it."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*map(anything, get_args(hint)))
    if get_origin(hint) is tuple:
        inner = [item for item in get_args(hint) if item is not Ellipsis]
        if Ellipsis in get_args(hint):
            return st.lists(anything(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(anything, inner))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    assert is_dataclass(hint), hint
    hints = get_type_hints(hint)
    return st.builds(hint, **{field.name: anything(hints[field.name]) for field in fields(hint)})


def events() -> st.SearchStrategy[Event]:
    """Return a strategy for events of every kind."""
    return st.one_of(*map(anything, EVENTS.values()))
