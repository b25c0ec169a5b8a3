"""When orders must be looked at again: who sleeps until when, and what wakes them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Select, Update, bindparam, func, select, true, update

from mailflow.core.orders.about import about
from mailflow.core.orders.events import LetterRefused, LetterSent, LetterWithdrawn, Recorded
from mailflow.core.orders.model import linked
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.looks import AWAKE, Awoken, Look
from mailflow.core.views.orders import ORDERS
from mailflow.edges.database.schema import ledger as t
from mailflow.edges.database.statements import chunks

_PUT_OFF = timedelta(days=2)
"""A letter is put off to the next day; who sleeps for longer does not wait for another letter."""
_ORDERS = t.view_row.c.view == ORDERS.name


def orders_in(events: Iterable[Recorded]) -> set[str]:
    """Return the orders that events name; whatever happens to them or to a letter about them wakes them."""
    return {order for recorded in events for order in about(recorded.event).orders}


def served_by(states: Iterable[OrderState | None]) -> set[str]:
    """Return the sales orders that some orders serve: what they are told of depends on these."""
    return {number for state in states if state is not None for number in linked(state.order)}


def orders_of_letters(events: Iterable[Recorded]) -> set[str]:
    """Return the orders of letters that have gone, or will not: their parties may be written another one."""
    over = (LetterSent, LetterWithdrawn, LetterRefused)
    return orders_in(recorded for recorded in events if isinstance(recorded.event, over))


def parties_with(addresses: set[str], parties: Mapping[str, PartyState]) -> set[str]:
    """Return the parties who are written to at some addresses."""
    return {
        name
        for name, state in parties.items()
        if not addresses.isdisjoint(contact.email.lower() for contact in state.party.contacts)
    }


def wake_orders(connection: Connection, keys: Iterable[str]) -> None:
    """Let orders be looked at in the next round."""
    for some in chunks(sorted(keys)):
        connection.execute(_waking().where(t.view_row.c.key.in_(some)))


def wake_parties(connection: Connection, names: Iterable[str]) -> None:
    """Let all orders of some parties be looked at in the next round."""
    for some in chunks(sorted(names)):
        connection.execute(_waking().where(t.view_row.c.party.in_(some)))


def wake_put_off(connection: Connection, keys: Iterable[str], at: datetime) -> None:
    """Let the orders be looked at whose letters waited for another one to the party of some orders."""
    for some in chunks(sorted(keys)):
        parties = select(t.view_row.c.party).where(_ORDERS, t.view_row.c.key.in_(some))
        soon = t.view_row.c.look_at < at + _PUT_OFF
        connection.execute(_waking().where(t.view_row.c.party.in_(parties), soon))


def put_to_sleep(connection: Connection, looks: Mapping[str, Look]) -> None:
    """Keep when each of some orders is looked at again."""
    rows = [{"order": key, "at": look.at, "since": look.listed.isoformat()} for key, look in looks.items()]
    if rows:
        connection.execute(_sleeping(), rows)


def awake(connection: Connection, now: datetime, most: int) -> list[Awoken]:
    """Return so many of the orders that must be looked at by now, those that have waited longest first."""
    found = connection.execute(_awake(), {"now": now, "most": most})
    return [Awoken(key, party or "", since or AWAKE) for key, party, since in found]


def of_party(connection: Connection, party: str) -> list[str]:
    """Return the keys of all orders of a party; of those without one under the empty name."""
    whose = t.view_row.c.party == party if party else func.coalesce(t.view_row.c.party, "") == ""
    return list(connection.execute(select(t.view_row.c.key).where(_ORDERS, whose).order_by(t.view_row.c.key)).scalars())


def parties_by_urgency(connection: Connection) -> list[str]:
    """Return the parties that have orders, first the one of which an order is looked at soonest."""
    party, soonest = t.view_row.c.party, func.min(t.view_row.c.look_at)
    found = connection.execute(select(party).where(_ORDERS).group_by(party).order_by(soonest, party)).scalars()
    return [name or "" for name in found]


def listed(day: date) -> Select[str, str]:
    """Return the statement for the orders that may stand in a list on a day."""
    return _rows().where(t.view_row.c.listed <= day.isoformat())


def flagged_parties(connection: Connection) -> frozenset[str]:
    """Return the parties with an order of which they have complained."""
    found = select(t.view_row.c.party).where(_ORDERS, t.view_row.c.flagged == true())  # DISTINCT would read every order
    return frozenset(party for party in connection.execute(found).scalars() if party)


@cache
def _rows() -> Select[str, str]:
    return select(t.view_row.c.key, t.view_row.c.data).where(_ORDERS).order_by(t.view_row.c.key)


@cache
def _waking() -> Update:
    sleeps = func.coalesce(t.view_row.c.look_at, AWAKE) > AWAKE  # so that orders are not looked for by their time
    return update(t.view_row).where(_ORDERS, sleeps).values(look_at=AWAKE)


@cache
def _sleeping() -> Update:
    row = update(t.view_row).where(_ORDERS, t.view_row.c.key == bindparam("order"))
    return row.values(look_at=bindparam("at"), listed=bindparam("since"))


@cache
def _awake() -> Select[str, str | None, datetime | None]:
    now = bindparam("now", type_=t.view_row.c.look_at.type)
    row = select(t.view_row.c.key, t.view_row.c.party, t.view_row.c.look_at)
    return row.where(_ORDERS, t.view_row.c.look_at <= now).order_by(t.view_row.c.look_at).limit(bindparam("most"))
