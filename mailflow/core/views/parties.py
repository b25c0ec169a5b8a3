"""Parties: as the book has them, and whether we may write to them."""

from dataclasses import replace

from mailflow.core.orders.events import (
    Event,
    PartyChanged,
    PartyImported,
    PartyVanished,
    Paused,
    Recorded,
    Resumed,
    WentLive,
)
from mailflow.core.orders.state import PartyState
from mailflow.core.views.view import View


def keys(event: Event) -> tuple[str, ...]:
    """Return the party that an event moves; the subject of a pause may turn out to be an order."""
    match event:
        case PartyImported(party) | PartyChanged(party):
            return (party.name,)
        case PartyVanished(name) | WentLive(name) | Paused(name) | Resumed(name):
            return (name,)
    return ()


def apply(state: PartyState | None, recorded: Recorded) -> PartyState | None:
    """Move one party; what is said of a party that no book ever named moves nothing."""
    event = recorded.event
    if isinstance(event, PartyImported | PartyChanged):
        known = state or PartyState(event.party)
        return replace(known, party=event.party, vanished=False, last_event=recorded.id)
    if state is None:
        return None
    state = replace(state, last_event=recorded.id)
    match event:
        case PartyVanished():
            return replace(state, vanished=True)
        case WentLive():
            return replace(state, live=True, live_at=recorded.at)
        case Paused(until=until):
            return replace(state, paused=True, paused_until=until)
        case Resumed():
            return replace(state, paused=False, paused_until=None)
    return state


PARTIES = View("parties", PartyState, keys, apply, often=True)
