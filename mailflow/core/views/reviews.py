"""Questions to people: opened, then decided, and open again where a decision is taken back."""

from dataclasses import replace

from mailflow.core.orders.by_hand import ReviewReopened
from mailflow.core.orders.events import Event, Recorded, ReviewDecided, ReviewOpened
from mailflow.core.orders.state import ReviewState
from mailflow.core.views.view import View


def keys(event: Event) -> tuple[str, ...]:
    """Return the item that an event asks or decides."""
    return (event.item,) if isinstance(event, ReviewOpened | ReviewDecided | ReviewReopened) else ()


def apply(state: ReviewState | None, recorded: Recorded) -> ReviewState | None:
    """Move one question; a decision about none that was asked moves nothing."""
    event = recorded.event
    if isinstance(event, ReviewOpened):
        return ReviewState(event, recorded.at)
    if isinstance(event, ReviewDecided) and state is not None:
        return replace(state, choice=event.choice, decided_by=recorded.actor, decided_at=recorded.at)
    if isinstance(event, ReviewReopened) and state is not None:
        return replace(state, choice=None, decided_by="", decided_at=None)
    return state


def is_open(state: ReviewState) -> bool:
    """Return whether the question still waits for a person."""
    return state.choice is None


REVIEWS = View("reviews", ReviewState, keys, apply, is_open=is_open)
