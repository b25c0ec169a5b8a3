"""What people's answers taught: other names of orders, addresses of parties, how a party writes its dates."""

from dataclasses import replace

from mailflow.core.orders.by_hand import AliasLearned, ContactLearned, DateOrderLearned, LearnedWithdrawn
from mailflow.core.orders.events import (
    Event,
    Recorded,
)
from mailflow.core.orders.state import LearnedKind, LearnedState
from mailflow.core.views.view import View


def keys(event: Event) -> tuple[str, ...]:
    """Return the key of what is learned or withdrawn."""
    key = learned_key(event)
    return (key,) if key else ()


def learned_key(event: Event) -> str:
    """Return the name by which something learned is listed and withdrawn; empty for any other event."""
    match event:
        case AliasLearned(alias, party=party):
            return f"alias:{alias.strip().casefold()}:{party}"
        case ContactLearned(address):
            return f"contact:{address.strip().lower()}"
        case DateOrderLearned(party):
            return f"dates:{party}"
        case LearnedWithdrawn(key):
            return key
    return ""


def apply(state: LearnedState | None, recorded: Recorded) -> LearnedState | None:
    """Move one thing learned; what is learned again takes the place of what was known."""
    event, by, at = recorded.event, recorded.actor, recorded.at
    key = learned_key(event)
    match event:
        case AliasLearned(alias, order, party, mail):
            return LearnedState(key, LearnedKind.ALIAS, party, alias, order, at, by, mail)
        case ContactLearned(address, party, mail):
            return LearnedState(key, LearnedKind.CONTACT, party, address.strip().lower(), party, at, by, mail)
        case DateOrderLearned(party, day_first, mail):
            value = "day_first" if day_first else "month_first"
            return LearnedState(key, LearnedKind.DATE_ORDER, party, "", value, at, by, mail)
        case LearnedWithdrawn() if state is not None:
            return replace(state, withdrawn=True)
    return state


def holds(state: LearnedState) -> bool:
    """Return whether it has not been withdrawn."""
    return not state.withdrawn


LEARNED = View("learned", LearnedState, keys, apply, is_open=holds)
