"""Our own people: who is away until when, and who decides for them meanwhile."""

from mailflow.core.orders.by_hand import CameBack, WentAway
from mailflow.core.orders.events import Event, Recorded
from mailflow.core.orders.state import PersonState
from mailflow.core.views.view import View


def keys(event: Event) -> tuple[str, ...]:
    """Return the person that an event is about."""
    return (event.person.lower(),) if isinstance(event, WentAway | CameBack) else ()


def apply(state: PersonState | None, recorded: Recorded) -> PersonState | None:
    """Move one person."""
    match recorded.event:
        case WentAway(person, until, delegate):
            return PersonState(person.lower(), until, delegate.lower())
        case CameBack(person):
            return PersonState(person.lower())
    return state


PEOPLE = View("people", PersonState, keys, apply)
