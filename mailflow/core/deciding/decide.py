"""From what a mail says to what is entered: events for what is certain, questions to a person for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from mailflow.core.message.model import Message, MessageKind
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import (
    AddressFailed,
    ApprovalGiven,
    Change,
    ChangeRequested,
    ConfirmationDiffers,
    ContactAway,
    DatePromised,
    Event,
    MailRead,
    MailSetAside,
    MilestoneReached,
    NewEvent,
    OrderAcknowledged,
    PaymentClaimed,
    ProblemReported,
    Proof,
    QuestionAsked,
    ReviewOpened,
)
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import Lot, OrderState, PartyState
from mailflow.core.reading.model import Disposition, Question, Reading, Update, UpdateKind

_NONE: Mapping[str, tuple[Change, ...]] = MappingProxyType({})
_MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class MailInHand:
    """A parsed and read mail, with the id under which its bytes are stored."""

    id: int
    message: Message
    reading: Reading


def decide(
    mail: MailInHand,
    states: Mapping[str, OrderState],
    parties: Mapping[str, PartyState],
    differing: Mapping[str, tuple[Change, ...]] = _NONE,
) -> list[NewEvent]:
    """Return the events that a mail leads to; `states` holds at least the orders that the reading names.

    `differing` says where a confirmation in it is not what was ordered: then nothing is acknowledged without asking.

    What may be entered without asking stands in the reading (`applied`); here the order's own history has its say: a
    date from an older mail, or one for the whole of an order that goes in lots, is asked about and not entered. Nor is
    anything entered from a mail of which only a part could be read: what it goes on to say is not known.
    """
    message, reading = mail.message, mail.reading
    read = MailRead(
        mail.id,
        message.message_id,
        message.sender.email,
        message.subject,
        reading.disposition.value,
        tuple(m.order for m in reading.orders),
        reading.party,
    )
    events: list[Event] = [read]
    asked: list[Question] = list(reading.questions)
    if reading.disposition is Disposition.BOUNCE:
        failures = _failures(mail, parties)
        events += failures
        asked += [_question_of_failure(one, parties) for one in failures if one.permanent]
    events += _absence(mail, parties)
    entered, open_ones = _of_updates(mail, states, differing)
    events += entered
    asked += open_ones
    events += [ConfirmationDiffers(order, changes, _proof_of(mail)) for order, changes in differing.items()]
    asked += _asked_of_differences(asked, differing)
    if _in_part(message) and not reading.updates:
        asked.append(_question_of_the_rest(mail))
    elif reading.disposition is Disposition.ATTENTION and not asked:
        asked.append(_plain_question(mail))
    events += [_review(mail, number, question, states) for number, question in enumerate(asked, start=1)]
    return [NewEvent(event) for event in events]


def _of_updates(
    mail: MailInHand, states: Mapping[str, OrderState], differing: Mapping[str, tuple[Change, ...]]
) -> tuple[list[Event], list[Question]]:
    """Return what is entered of what a mail says, and what is asked about the rest."""
    events: list[Event] = []
    asked: list[Question] = []
    swapped = {has: had for file in mail.message.attachments for had, has in file.content.swapped}
    named = {update.order for update in mail.reading.updates}
    for update in mail.reading.updates:
        state = states.get(update.order)
        doubt = _doubt(update, mail, state) or _not_as_ordered(update, differing)
        if update.order in swapped:
            asked.append(_question_of_swap(update, swapped[update.order]))
        elif doubt:
            asked.append(Question(doubt, (update.order,), (update,), update.evidence))
        else:
            events.append(to_event(update, mail, state))
    asked += [_question_of_row(had, has) for has, had in swapped.items() if has not in named]
    return events, asked


def to_event(update: Update, mail: MailInHand, state: OrderState | None) -> Event:
    """Return the ledger's word for one update."""
    proof = Proof(
        mail.id,
        update.evidence,
        update.confidence,
        update.why,
        mail.message.sender.email,
        mail.message.message_id,
        mail.message.date,
    )
    match update.kind:
        case UpdateKind.ACKNOWLEDGED:
            return OrderAcknowledged(update.order, proof)
        case UpdateKind.FORECAST | UpdateKind.DONE:
            return _dated(update, state, proof)
        case UpdateKind.PROBLEM:
            return ProblemReported(update.order, update.topic, proof)
        case UpdateKind.CHANGE_REQUEST:
            return ChangeRequested(update.order, update.topic, update.date, update.quantity, proof)
        case UpdateKind.QUERY:
            return QuestionAsked(update.order, update.topic, proof)
        case UpdateKind.APPROVAL:
            return ApprovalGiven(update.order, update.topic, update.verdict, proof)
        case UpdateKind.PAYMENT:
            return PaymentClaimed(update.order, update.date, proof)


def _question_of_swap(update: Update, had: str) -> Question:
    text = f"The list that came back names {update.order} where ours had {had or 'no row'}: which of them is meant?"
    return Question(
        text, tuple(dict.fromkeys((had, update.order))) if had else (update.order,), (update,), update.evidence
    )


def _question_of_row(had: str, has: str) -> Question:
    return Question(
        f"The list that came back names {has} where ours had {had or 'no row'}: what is said of which order?"
    )


def _not_as_ordered(update: Update, differing: Mapping[str, tuple[Change, ...]]) -> str:
    changes = differing.get(update.order) if update.kind is UpdateKind.ACKNOWLEDGED else None
    return (
        f"{update.order} is confirmed otherwise than ordered: {told(changes)}. Take it as they say?" if changes else ""
    )


def _asked_of_differences(asked: Sequence[Question], differing: Mapping[str, tuple[Change, ...]]) -> list[Question]:
    """Return a question for every confirmation that differs and that no question is about yet."""
    known = {update.order for one in asked for update in one.updates if update.kind is UpdateKind.ACKNOWLEDGED}
    return [
        Question(f"{order} is confirmed otherwise than ordered: {told(changes)}. What shall hold?", (order,))
        for order, changes in differing.items()
        if order not in known
    ]


def told(changes: Sequence[Change]) -> str:
    """Return differences in words: `quantity 1,200 pcs → 1,150 pcs`."""
    return ", ".join(f"{one.field} {one.before} → {one.after}" for one in changes)


def _proof_of(mail: MailInHand) -> Proof:
    message = mail.message
    words = message.subject[:_MOST_WORDS]
    return Proof(mail.id, words, 1.0, "compared with the order", message.sender.email, message.message_id, message.date)


def _dated(update: Update, state: OrderState | None, proof: Proof) -> Event:
    assert update.milestone is not None
    assert update.date is not None
    part = part_name(update.quantity, state)
    if update.kind is UpdateKind.DONE:
        return MilestoneReached(update.order, update.milestone, update.date, part, update.quantity, update.refs, proof)
    return DatePromised(
        update.order, update.milestone, update.date, part, update.quantity, update.basis, update.refs, proof
    )


def part_name(quantity: Decimal | None, state: OrderState | None) -> str:
    """Name the lot that a quantity makes: its size; empty where it is the whole order."""
    whole = state.order.quantity if state else None
    return "" if quantity is None or quantity == whole else f"{quantity.normalize():f}"


def _doubt(update: Update, mail: MailInHand, state: OrderState | None) -> str:
    """Say why an update is not entered; empty when it is."""
    if update.kind in {UpdateKind.FORECAST, UpdateKind.DONE} and (update.date is None or update.milestone is None):
        return f"{update.order}: no day is given for {update.milestone or 'the milestone'}; when will it be?"
    if update.kind is UpdateKind.DONE and update.milestone == Milestone.PAYMENT:
        return f"{update.order}: they say that it is paid; only accounts can tell. Has the money come?"
    if _in_part(mail.message):
        return f"{update.order}: enter this {update.kind.value}? {_unread(mail.message)}."
    if update.kind in {UpdateKind.ACKNOWLEDGED, UpdateKind.FORECAST, UpdateKind.DONE} and not update.applied:
        return f"{update.order}: enter this {update.kind.value}? It is not certain ({update.why})."
    if state is None or update.milestone is None or update.kind not in {UpdateKind.FORECAST, UpdateKind.DONE}:
        return ""
    lots = [lot for lot in state.lots if lot.milestone == update.milestone]
    if update.kind is UpdateKind.FORECAST:
        return _doubt_of_forecast(update, mail, state, lots)
    return ""


def _doubt_of_forecast(update: Update, mail: MailInHand, state: OrderState, lots: list[Lot]) -> str:
    if update.quantity is None and any(lot.part and lot.actual is None for lot in lots):
        return f"{update.order} goes in lots: which of them is meant by {update.date}?"
    part = part_name(update.quantity, state)
    said = mail.message.date
    for lot in lots:
        if lot.part != part:
            continue
        if lot.actual is not None:
            return f"{update.order}: {update.milestone} is recorded as done on {lot.actual}; is it expected again?"
        if said is not None and lot.said_at is not None and said < lot.said_at and lot.promise != update.date:
            return f"{update.order}: this mail is older than the one that promised {lot.promise}; which date stands?"
    return ""


def _absence(mail: MailInHand, parties: Mapping[str, PartyState]) -> list[Event]:
    """Only a listed contact can be away, and only listed people stand in: anybody can write an automatic answer."""
    absence, sender = mail.reading.absence, mail.message.sender.email.lower()
    if absence is None or absence.until is None:
        return []
    own = {c.email.lower() for s in parties.values() for c in s.party.contacts if _writes_for(s, sender)}
    if sender not in own:
        return []
    return [ContactAway(sender, absence.until, tuple(one for one in absence.delegates if one.lower() in own), mail.id)]


def _writes_for(state: PartyState, address: str) -> bool:
    return any(contact.email.lower() == address for contact in state.party.contacts)


def _question_of_failure(failed: AddressFailed, parties: Mapping[str, PartyState]) -> Question:
    """Tell a person that an address is dead, and who is written to instead."""
    party = next(s.party for s in parties.values() if _writes_for(s, failed.address.lower()))
    others = (one.email for one in party.contacts if one.email.lower() != failed.address.lower())
    instead = next(others, "")
    then = f"{instead} is written to instead" if instead else "nobody else of them is in the order book"
    return Question(f"Mail to {failed.address} of {party.name} came back for good; {then}. Please mend the order book.")


def _failures(mail: MailInHand, parties: Mapping[str, PartyState]) -> list[AddressFailed]:
    """Only an address that is a listed contact can be marked as failing: anybody can write a bounce."""
    failure = mail.message.failure
    if failure is None:
        return []
    listed = {contact.email.lower() for state in parties.values() for contact in state.party.contacts}
    return [
        AddressFailed(address, failure.permanent, mail.id, mail.message.subject)
        for address in failure.addresses
        if address in listed
    ]


def _plain_question(mail: MailInHand) -> Question:
    return Question(
        f"{mail.message.sender.email} wrote “{mail.message.subject}”: please read and answer it.",
        tuple(match.order for match in mail.reading.orders[:3]),
    )


def _in_part(message: Message) -> bool:
    """Whether a person's mail could not be read as a whole; of programs' mails nothing is entered anyway."""
    return bool(message.problems) and message.kind is MessageKind.PERSONAL


def _unread(message: Message) -> str:
    return f"The mail could not be read as a whole: {'; '.join(message.problems)}"


def _question_of_the_rest(mail: MailInHand) -> Question:
    subject = mail.message.subject or "no subject"
    text = f"{mail.message.sender.email or 'Somebody'} wrote “{subject}”. {_unread(mail.message)}. Please read it."
    return Question(text, tuple(match.order for match in mail.reading.orders[:3]))


def _review(mail: MailInHand, number: int, question: Question, states: Mapping[str, OrderState]) -> ReviewOpened:
    orders = tuple(dict.fromkeys([u.order for u in question.updates] + list(question.candidates)))
    proposed = tuple(
        encode_event(to_event(update, mail, states.get(update.order)))
        for update in question.updates
        if update.kind not in {UpdateKind.FORECAST, UpdateKind.DONE} or (update.date and update.milestone)
    )
    return ReviewOpened(
        f"R{mail.id}.{number}",
        question.text,
        orders,
        mail.id,
        question.candidates,
        proposed,
        question.words,
        mail.reading.party,
    )


def set_aside_events(mail: int, reason: str) -> list[NewEvent]:
    """Return the events that tell a person of a mail that was not read."""
    question = f"Mail {mail} could not be read ({reason}). Please look at it in the mailbox."
    return [NewEvent(MailSetAside(mail, reason)), NewEvent(ReviewOpened(f"R{mail}.1", question, mail=mail))]
