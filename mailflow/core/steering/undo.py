"""Taking back what a mail led to: for each event the correcting one, as the record stood before it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailflow.core.letters.model import LetterState
from mailflow.core.order_book.compare import changes_of
from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Event, Recorded
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.papers import DocumentFiled, DocumentWithdrawn
from mailflow.core.orders.state import Lot, OrderState
from mailflow.core.steering.books import order_of
from mailflow.core.steering.decide import WAITING
from mailflow.core.steering.effects import Effects
from mailflow.core.steering.model import SteerLine
from mailflow.core.steering.record import Record
from mailflow.core.views.learned import learned_key
from mailflow.core.views.orders import ORDERS
from mailflow.core.views.view import fold

BOOK_EVENTS = (e.OrderImported, e.OrderChanged, e.OrderVanished, e.PartyImported, e.PartyChanged)
_TAKEN_BACK = "taken back"
_MOST_TOLD = 10
_DATED = (e.DatePromised, e.MilestoneReached, e.OrderAcknowledged, e.CustomerTold)


def undo(mail: int, words: str, record: Record, out: Effects) -> None:
    """Take back what a person's mail led to; what has moved on since stays as it is, and its writer is told."""
    steered = [one.event for one in record.of_mail(mail) if isinstance(one.event, h.Steered)]
    if any(isinstance(one.event, h.SteeringUndone) for one in record.of_mail(mail)):
        out.fail("undone_already", words)
        return
    done = [one for event in steered for one in record.events(event.done)]
    if not done:
        out.fail("nothing_to_undo", words)
        return
    before = _Before(record, done)
    book = any(isinstance(one.event, BOOK_EVENTS) for one in done)
    back = Effects() if book else out
    for recorded in reversed(done):
        _take_back(recorded, before, record, back)
    if book:
        _in_few_words(back, out)


def _in_few_words(back: Effects, out: Effects) -> None:
    """Tell of an order book that was taken back: how much, and the first things that stay as they are."""
    out.events += back.events
    out.decline += back.decline
    out.hold += back.hold
    if back.events:
        out.done.append(SteerLine("book_taken_back", number=len(back.events)))
    out.not_done += back.not_done[:_MOST_TOLD]
    if len(back.not_done) > _MOST_TOLD:
        out.told.append(SteerLine("more_rows", number=len(back.not_done) - _MOST_TOLD))


class _Before:
    """Orders as they stood before a mail was obeyed, and whether they have moved on since."""

    def __init__(self, record: Record, done: Sequence[Recorded]) -> None:
        self._record = record
        self._ids = {one.id for one in done}
        self._first = min(self._ids)
        self._known: dict[str, OrderState | None] = {}

    def book_moved_on(self, recorded: Recorded, order: str) -> bool:
        """Say whether a later book speaks of the same order."""
        later = (one for one in self._record.history(order) if one.id > recorded.id and one.id not in self._ids)
        return any(isinstance(one.event, BOOK_EVENTS) for one in later)

    def state(self, order: str) -> OrderState | None:
        """Return an order as it stood before."""
        if order not in self._known:
            states: dict[str, OrderState | None] = {}
            earlier = [one for one in self._record.history(order) if one.id < self._first]
            fold(ORDERS, states, earlier)
            self._known[order] = states.get(order)
        return self._known[order]

    def lot(self, order: str, milestone: str, part: str) -> Lot | None:
        """Return a part of an order as it stood before."""
        state = self.state(order)
        lots = state.lots if state else ()
        return next((lot for lot in lots if (lot.milestone, lot.part) == (milestone, part)), None)

    def moved_on(self, recorded: Recorded) -> bool:
        """Say whether something later speaks of the same milestone."""
        key = _key(recorded.event)
        later = (one for one in self._record.history(key[0]) if one.id > recorded.id and one.id not in self._ids)
        return any(_key(one.event) == key for one in later)


def _key(event: Event) -> tuple[str, str, str]:
    if isinstance(event, e.DatePromised | e.MilestoneReached):
        return (event.order, str(event.milestone), event.part)
    if isinstance(event, h.PromiseWithdrawn | h.MilestoneReopened):
        return (event.order, str(event.milestone), event.part)
    if isinstance(event, e.OrderAcknowledged):
        return (event.order, str(Milestone.ACKNOWLEDGED), "")
    if isinstance(event, e.CustomerTold | h.ToldWithdrawn):
        return (event.order, "told", "")
    return (getattr(event, "order", ""), "", "")


def _take_back(recorded: Recorded, before: _Before, record: Record, out: Effects) -> None:
    event = recorded.event
    if isinstance(event, BOOK_EVENTS):
        _book(recorded, before, record, out)
        return
    if isinstance(event, _DATED) and before.moved_on(recorded):
        out.fail("moved_on", order=event.order)
        return
    for kind, take in TAKES_BACK:
        if isinstance(event, kind):
            take(event, before, record, out)
            return


def _promise(event: e.DatePromised, before: _Before, record: Record, out: Effects) -> None:
    lot = before.lot(event.order, event.milestone, event.part)
    if lot is None or lot.promise is None:
        withdrawn = h.PromiseWithdrawn(event.order, event.milestone, event.part)
        out.do(SteerLine("unpromised", event.order, str(event.milestone)), withdrawn)
        return
    again = replace(
        event, date=lot.promise, quantity=lot.quantity, basis=lot.basis, refs=(), proof=None, source="taken back"
    )
    out.do(SteerLine("promised", event.order, str(event.milestone), lot.promise), again)


def _reached(event: e.MilestoneReached, before: _Before, record: Record, out: Effects) -> None:
    lot = before.lot(event.order, event.milestone, event.part)
    if lot is not None and lot.actual is not None:
        again = replace(event, date=lot.actual, proof=None, source="taken back")
        out.do(SteerLine("reached", event.order, str(event.milestone), lot.actual), again)
        return
    reopened = h.MilestoneReopened(event.order, event.milestone, event.part)
    out.do(SteerLine("unreached", event.order, str(event.milestone)), reopened)


def _acknowledged(event: e.OrderAcknowledged, before: _Before, record: Record, out: Effects) -> None:
    state = before.state(event.order)
    if state is None or state.acknowledged is None:
        name = str(Milestone.ACKNOWLEDGED)
        out.do(SteerLine("unreached", event.order, name), h.MilestoneReopened(event.order, Milestone.ACKNOWLEDGED))


def _told(event: e.CustomerTold, before: _Before, record: Record, out: Effects) -> None:
    state = before.state(event.order)
    if state is not None and state.told is not None:
        out.do(SteerLine("told", event.order, day=state.told), e.CustomerTold(event.order, state.told))
    else:
        out.do(SteerLine("untold", event.order), h.ToldWithdrawn(event.order))


def _problem(event: e.ProblemReported, before: _Before, record: Record, out: Effects) -> None:
    state = before.state(event.order)
    if state is None or event.topic not in state.problems:
        out.do(SteerLine("unproblem", event.order, text=event.topic), h.ProblemWithdrawn(event.order, event.topic))


def _decided(event: e.ReviewDecided, before: _Before, record: Record, out: Effects) -> None:
    if not event.item.startswith("L"):
        out.do(SteerLine("open_again", ", ".join(event.orders), text=event.item), _reopened(event))
        return
    number = int(event.item[1:])
    letter = record.letter(number)
    line = SteerLine("letter_waits", ", ".join(event.orders), number=number)
    if letter is not None and letter.state in WAITING and event.choice == "send":
        out.hold.append(number)
        question = "its yes was taken back; send or stop?"
        out.do(line, e.ReviewOpened(event.item, question, event.orders, party=letter.planned.party))
    elif letter is not None and letter.state is LetterState.WITHDRAWN:
        return  # it is written again where its reason comes back
    elif letter is not None and letter.state is LetterState.DECLINED:
        out.fail("declined_for_good", number=number)
    else:
        out.fail("gone_out", number=number)


def _reopened(event: e.ReviewDecided) -> h.ReviewReopened:
    return h.ReviewReopened(event.item, event.orders)


def _paused(event: e.Paused, before: _Before, record: Record, out: Effects) -> None:
    state = before.state(event.subject)
    if state is not None and state.paused:
        line = SteerLine("held_until" if state.paused_until else "held", event.subject, day=state.paused_until)
        out.do(line, e.Paused(event.subject, state.paused_until))
    else:
        out.do(SteerLine("resumed", event.subject), e.Resumed(event.subject))


def _resumed(event: e.Resumed, before: _Before, record: Record, out: Effects) -> None:
    state = before.state(event.subject)
    if state is not None and state.paused:
        line = SteerLine("held_until" if state.paused_until else "held", event.subject, day=state.paused_until)
        out.do(line, e.Paused(event.subject, state.paused_until))


def _closed(event: h.OrderClosed, before: _Before, record: Record, out: Effects) -> None:
    out.do(SteerLine("reopened", event.order), h.OrderReopened(event.order))


def _handed(event: h.HandedOver, before: _Before, record: Record, out: Effects) -> None:
    back = h.HandedOver(event.order, event.before, event.merchandiser)
    out.do(SteerLine("handed_back", event.order, person=event.before), back)


def _away(event: h.WentAway, before: _Before, record: Record, out: Effects) -> None:
    out.do(SteerLine("back"), h.CameBack(event.person))


def _learned(event: Event, before: _Before, record: Record, out: Effects) -> None:
    key = learned_key(event)
    out.do(SteerLine("forgotten", text=key), h.LearnedWithdrawn(key))


def _document(event: DocumentFiled, before: _Before, record: Record, out: Effects) -> None:
    state = record.order(event.order)
    if state is not None and any((one.mail, one.part) == (event.mail, event.part) for one in state.papers):
        line = SteerLine("unfiled", event.order, text=event.name)
        out.do(line, DocumentWithdrawn(event.order, event.mail, event.part))


def _queued(event: e.LetterQueued, before: _Before, record: Record, out: Effects) -> None:
    letter = record.letter(event.letter)
    if letter is not None and letter.state in WAITING:
        out.decline.append(event.letter)
        line = SteerLine("declined", ", ".join(event.orders))
        out.do(line, e.LetterWithdrawn(event.letter, event.orders, "taken back"))
    else:
        out.fail("gone_out", number=event.letter)


def _book(recorded: Recorded, before: _Before, record: Record, out: Effects) -> None:
    """Take back what a book said of an order; what it says of parties stays: others may write to them by now."""
    event, number = recorded.event, order_of(recorded.event)
    state = record.order(number)
    if not number or state is None:
        out.fail("party_stays", party=getattr(getattr(event, "party", None), "name", ""))
        return
    if before.book_moved_on(recorded, number):
        out.fail("moved_on", order=number)
        return
    earlier = before.state(number)
    if earlier is None or earlier.vanished:
        out.do(SteerLine("book_taken_back", number), e.OrderVanished(number, _TAKEN_BACK))
        return
    changes = changes_of(state.order, earlier.order)
    changes += (e.Change("vanished", "yes", "no"),) if state.vanished else ()
    if changes:
        out.do(SteerLine("book_taken_back", number), e.OrderChanged(earlier.order, changes, _TAKEN_BACK))


Take = Callable[..., None]

TAKES_BACK: tuple[tuple[type | tuple[type, ...], Take], ...] = (
    (e.DatePromised, _promise),
    (e.MilestoneReached, _reached),
    (e.OrderAcknowledged, _acknowledged),
    (e.CustomerTold, _told),
    (e.ProblemReported, _problem),
    (e.ReviewDecided, _decided),
    (e.Paused, _paused),
    (e.Resumed, _resumed),
    (h.OrderClosed, _closed),
    (h.HandedOver, _handed),
    (h.WentAway, _away),
    (e.LetterQueued, _queued),
    (DocumentFiled, _document),
    ((h.AliasLearned, h.ContactLearned, h.DateOrderLearned), _learned),
)
"""How each kind of event is taken back; facts that move nothing need no taking back."""
