"""Addresses that take no mail of ours: a person said stop, or mail to them came back for good."""

from dataclasses import replace

from mailflow.core.orders.events import AddressFailed, Event, MailRead, Recorded, WritingStopped
from mailflow.core.orders.state import AddressState
from mailflow.core.views.view import View


def keys(event: Event) -> tuple[str, ...]:
    """Return the address that an event says something of."""
    if isinstance(event, WritingStopped | AddressFailed):
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
        case MailRead() if state is not None and state.failed:
            return replace(state, failed=False, reply="")
    return state


ADDRESSES = View("addresses", AddressState, keys, apply)
