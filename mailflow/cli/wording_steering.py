"""Events about steering by mail, as short English sentences."""

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e


def of_steering(event: e.Event) -> str:
    """Return an event about steering by mail as a sentence, or nothing for any other."""
    match event:
        case h.WentAway():
            delegate = f"; {event.delegate} decides meanwhile" if event.delegate else ""
            return f"{event.person} is away until {event.until}{delegate}"
        case h.CameBack():
            return f"{event.person} is back"
        case h.AliasLearned():
            return f"learned: {event.party} calls {event.order} {event.alias}"
        case h.ContactLearned():
            return f"learned: {event.address} writes for {event.party}"
        case h.DateOrderLearned():
            return f"learned: {event.party} writes the {'day' if event.day_first else 'month'} first"
        case h.LearnedWithdrawn():
            return f"no longer holds: {event.key}"
        case h.Steered():
            return f"{event.person} decided by mail: {' / '.join(event.words.split(chr(10)))}"
        case h.SteeringUndone():
            return f"{event.person} took back what mail {event.mail} had said"
        case h.SteeringRefused():
            return f"a mail from {event.sender or 'nobody'} was not obeyed: {event.reason}"
    return ""
