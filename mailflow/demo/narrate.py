"""From the ledger's events to the lines of the show: what moved, what was asked, which letters went."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mailflow.core.letters.model import LetterState, Mode, OutboxLetter
from mailflow.core.orders import events as e
from mailflow.core.orders.state import OrderState
from mailflow.demo.words import Words

MOVED, NOTED, ASKED, FILED, SENT, WAITS, TROUBLE = "moved", "noted", "asked", "filed", "sent", "waits", "trouble"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the show; `quote` holds the mail's own words, `letter` the letter that it tells of."""

    kind: str
    text: str
    orders: tuple[str, ...] = ()
    quote: str = ""
    letter: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What the lines are told from: the orders as they stood before, and the letters that the events name."""

    words: Words
    before: Mapping[str, OrderState]
    letters: Mapping[int, OutboxLetter]
    at: datetime  # in the time zone of the house


def narrate(recorded: Sequence[e.Recorded], scene: Scene) -> list[Line]:
    """Return the lines that a round's events come to, in their order."""
    settled = {entry.event.letter for entry in recorded if isinstance(entry.event, _SETTLED)}
    lines = []
    for entry in recorded:
        event = entry.event
        if isinstance(event, e.LetterQueued) and event.letter in settled:
            continue  # the line that tells how it ended says enough
        teller = _TELLERS.get(type(event))
        line = teller(event, scene) if teller else None
        if line is not None:
            lines.append(line)
    return lines


def count(lines: Iterable[Line]) -> dict[str, int]:
    """Return how many lines there are of each kind."""
    counts = dict.fromkeys((MOVED, NOTED, ASKED, FILED, SENT, WAITS, TROUBLE), 0)
    for line in lines:
        counts[line.kind] += 1
    return counts


_SETTLED = (e.LetterDrafted, e.LetterSent, e.LetterRefused, e.LetterWithdrawn)


def _standing(scene: Scene, event: e.DatePromised) -> date | None:
    state = scene.before.get(event.order)
    if state is None:
        return None
    for lot in state.lots:
        if lot.milestone == event.milestone and lot.part == event.part and lot.promise:
            return lot.promise
    return state.order.due_date if event.milestone == "ship" else None


def _quoted(proof: e.Proof | None) -> str:
    return " ".join(proof.words.split()) if proof else ""


def _promised(event: e.DatePromised, scene: Scene) -> Line:
    words, before = scene.words, _standing(scene, event)
    form = "expected" if before is None else "confirmed" if before == event.date else "promised"
    text = words.acts[form].format(
        milestone=words.milestone(event.milestone), before=words.day(before), after=words.day(event.date)
    )
    return Line(MOVED, text, (event.order,), _quoted(event.proof))


def _reached(event: e.MilestoneReached, scene: Scene) -> Line:
    words = scene.words
    text = words.reached.get(event.milestone, "{after}").format(after=words.day(event.date))
    refs = f" ({', '.join(event.refs)})" if event.refs else ""
    return Line(MOVED, text + refs, (event.order,), _quoted(event.proof))


def _acknowledged(event: e.OrderAcknowledged, scene: Scene) -> Line:
    return Line(MOVED, scene.words.acts["acknowledged"], (event.order,), _quoted(event.proof))


def _told(event: e.CustomerTold, scene: Scene) -> Line:
    return Line(NOTED, scene.words.acts["told"].format(after=scene.words.day(event.date)), (event.order,))


def _topical(act: str) -> Callable[[Any, Scene], Line]:
    def tell(event: Any, scene: Scene) -> Line:
        verdict = getattr(event, "verdict", "")
        text = scene.words.acts[act].format(topic=getattr(event, "topic", ""), verdict=verdict)
        return Line(NOTED, text, (event.order,), _quoted(event.proof))

    return tell


def _asked(event: e.ReviewOpened, scene: Scene) -> Line:
    candidates = f" ({', '.join(event.candidates)})" if len(event.candidates) > 1 else ""
    return Line(ASKED, f"{event.item}: {event.question}{candidates}", event.orders, event.words)


def _read(event: e.MailRead, scene: Scene) -> Line | None:
    said = scene.words.filed.get(event.disposition)
    return Line(FILED, said) if said else None


def _aside(event: e.MailSetAside, scene: Scene) -> Line:
    return Line(TROUBLE, scene.words.filed["aside"].format(reason=event.reason))


def _address(event: e.AddressFailed, scene: Scene) -> Line:
    text = scene.words.acts["address"].format(address=event.address, reply=event.reply)
    return Line(TROUBLE, text.rstrip(" :："))


def _letter(event: Any, scene: Scene, kind: str, ending: str) -> Line:
    planned = scene.letters[event.letter].planned
    name = scene.words.letter(planned.template)
    to = ", ".join(address.name or address.email for address in planned.to)
    to = f"{to} <{planned.to[0].email}>" if len(planned.to) == 1 else to
    what = scene.words.acts["queued"].format(letter=name, to=to)
    return Line(kind, f"{what}: {ending}", event.orders, letter=event.letter)


def _queued(event: e.LetterQueued, scene: Scene) -> Line | None:
    """Tell of a letter that does not go at once; one that goes the same day is told of when it goes."""
    letter = scene.letters[event.letter]
    if letter.state == LetterState.HELD:
        reason = letter.reply or ", ".join(letter.planned.missing) or letter.planned.why
        return _letter(event, scene, WAITS, scene.words.acts["held"].format(reason=reason))
    if event.mode == Mode.VETO:
        return _letter(event, scene, WAITS, scene.words.acts["vetoed"])
    goes = letter.next_try.astimezone(scene.at.tzinfo)
    if goes.date() == scene.at.date():
        return None
    when = f"{scene.words.day(goes.date())} {goes:%H:%M}"
    return _letter(event, scene, WAITS, scene.words.acts["waits"].format(when=when))


def _drafted(event: e.LetterDrafted, scene: Scene) -> Line:
    return _letter(event, scene, WAITS, scene.words.acts["drafted"])


def _sent(event: e.LetterSent, scene: Scene) -> Line:
    return _letter(event, scene, SENT, scene.words.acts["auto"])


def _refused(event: e.LetterRefused, scene: Scene) -> Line:
    return _letter(event, scene, TROUBLE, scene.words.acts["refused"].format(reply=event.reply))


def _withdrawn(event: e.LetterWithdrawn, scene: Scene) -> Line:
    return _letter(event, scene, FILED, scene.words.acts["withdrawn"].format(reason=event.reason))


_TELLERS: dict[type, Callable[[Any, Scene], Line | None]] = {
    e.DatePromised: _promised,
    e.MilestoneReached: _reached,
    e.OrderAcknowledged: _acknowledged,
    e.CustomerTold: _told,
    e.ProblemReported: _topical("problem"),
    e.ChangeRequested: _topical("change"),
    e.QuestionAsked: _topical("question"),
    e.ApprovalGiven: _topical("approval"),
    e.PaymentClaimed: _topical("payment"),
    e.ReviewOpened: _asked,
    e.MailRead: _read,
    e.MailSetAside: _aside,
    e.AddressFailed: _address,
    e.LetterQueued: _queued,
    e.LetterDrafted: _drafted,
    e.LetterSent: _sent,
    e.LetterRefused: _refused,
    e.LetterWithdrawn: _withdrawn,
}
