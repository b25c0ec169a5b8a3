"""Addresses that take no mail of ours: a person said stop, mail to them came back for good, or nobody is there."""

from dataclasses import replace
from datetime import timedelta

from mailflow.core.orders.events import AddressFailed, ContactAway, Event, MailRead, Recorded, WritingStopped
from mailflow.core.orders.state import AddressState
from mailflow.core.views.view import View

_AUTOMATIC = ("auto_reply", "bounce")
"""What an address sends by itself says nothing of whether its owner is back."""


def keys(event: Event) -> tuple[str, ...]:
    """Return the address that an event says something of."""
    if isinstance(event, WritingStopped | AddressFailed | ContactAway):
        return (event.address.lower(),)
    if isinstance(event, MailRead) and event.sender:
        return (event.sender.lower(),)
    return ()


def apply(state: AddressState | None, recorded: Recorded) -> AddressState | None:
    """Move one address; a failure for now says nothing, and who writes to us has an address that works."""
    match recorded.event:
        case WritingStopped(address):
            return replace(state or AddressState(address.lower()), stopped=True)
        case AddressFailed(address, permanent=True, reply=reply):
            return replace(state or AddressState(address.lower()), failed=True, reply=reply)
        case ContactAway(address, until, delegates):
            known, back = state or AddressState(address.lower()), until + timedelta(days=1)
            return replace(known, away_until=back, delegates=tuple(name.lower() for name in delegates))
        case MailRead(disposition=disposition) if state is not None and (state.failed or state.away_until):
            away = state.away_until if disposition in _AUTOMATIC else None
            return replace(state, failed=False, reply="", away_until=away, delegates=state.delegates if away else ())
    return state


ADDRESSES = View("addresses", AddressState, keys, apply)
