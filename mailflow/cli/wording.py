"""The ledger's events as short English sentences, for people who look in."""

import re
from datetime import date
from decimal import Decimal

from mailflow.cli.wording_steering import of_steering
from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders import papers as p
from mailflow.core.orders.model import DateBasis, Milestone
from mailflow.core.orders.state import Lot

_BASES = {
    DateBasis.EXW: "ex-factory",
    DateBasis.ETD: "ETD",
    DateBasis.ETA: "ETA",
    DateBasis.DELIVERED: "delivered",
}
_DISPOSITIONS = {
    "update": "understood",
    "attention": "a person was asked",
    "auto_reply": "an automatic answer",
    "bounce": "mail of ours came back",
    "ignore": "nothing for any order in it",
}


def basis_text(basis: DateBasis | None) -> str:
    """Return what a delivery date means (交期), in the trade's words."""
    return _BASES[basis] if basis else ""


def lot_text(lot: Lot, day: date | None) -> str:
    """Return a lot's day, with its part where it is one."""
    return f"{day} ({lot.part})" if lot.part else str(day)


def amount(quantity: Decimal | None, unit: str = "") -> str:
    """Return a quantity as people write it: 1,200 pcs."""
    if quantity is None:
        return ""
    shown = f"{quantity:,.0f}" if quantity == quantity.to_integral_value() else f"{quantity.normalize():,f}"
    return f"{shown} {unit}".strip()


def problem_text(topic: str) -> str:
    """Return a problem in words; what has no topic of ours is a problem and no more."""
    return "a problem" if topic == "other" else f"a problem with {topic}"


def letter_name(template: str) -> str:
    """Return a letter's name in words."""
    return template.replace("_", " ")


def reason(why: str) -> str:
    """Return why a letter is written, without the name of the step before each order."""
    return re.sub(r"(^|; )[a-z0-9_]+: ", r"\1", why)


def sentence(event: e.Event, order: str = "") -> str:
    """Return one event as a sentence; `order` is the one that is looked at and needs no naming."""
    told = _of_book(event) or _of_mail(event, order) or _of_question(event) or _of_letter(event)
    return told or _by_hand(event, order)


def _of_book(event: e.Event) -> str:
    match event:
        case e.OrderImported():
            return f"{event.order.number} came in with {event.source}"
        case e.OrderChanged():
            return f"{event.order.number} changed in {event.source}: {_changes(event.changes)}"
        case e.OrderVanished():
            return f"{event.number} is no longer in {event.source}"
        case e.PartyImported():
            return f"{event.party.name} came in with {event.source}"
        case e.PartyChanged():
            return f"{event.party.name} changed in {event.source}: {_changes(event.changes)}"
        case e.PartyVanished():
            return f"{event.name} is no longer in {event.source}"
    return ""


def _changes(changes: tuple[e.Change, ...]) -> str:
    return ", ".join(f"{one.field} {one.before or 'empty'} → {one.after or 'empty'}" for one in changes)


def _of_mail(event: e.Event, order: str) -> str:
    match event:
        case e.MailRead():
            became = _DISPOSITIONS.get(event.disposition, event.disposition)
            return f"mail from {event.sender} “{event.subject}”: {became}"
        case e.MailSetAside():
            return f"a mail could not be read and was set aside: {event.reason}"
        case e.ContactAway():
            instead = f"; {', '.join(event.delegates)} stands in" if event.delegates else ""
            return f"{event.address} is away until {event.until}{instead}"
        case e.AddressFailed():
            lasting = "takes no mail any more" if event.permanent else "took no mail this time"
            return f"{event.address} {lasting}: {event.reply}"
        case e.DatePromised():
            basis = f" {basis_text(event.basis)}" if event.basis else ""
            return f"{_about(event.order, order)}{event.milestone} promised for {event.date}{basis}{_rest(event)}"
        case e.MilestoneReached():
            done = "" if event.milestone == Milestone.ACKNOWLEDGED else "done "
            return f"{_about(event.order, order)}{event.milestone} {done}on {event.date}{_rest(event)}"
    return _of_claim(event, order)


def _of_claim(event: e.Event, order: str) -> str:
    match event:
        case e.OrderAcknowledged():
            return f"{_about(event.order, order)}acknowledged"
        case e.ConfirmationDiffers():
            said = ", ".join(f"{one.field} {one.before} → {one.after}" for one in event.changes)
            return f"{_about(event.order, order)}confirmed otherwise than ordered: {said}"
        case e.ProblemReported():
            return f"{_about(event.order, order)}{problem_text(event.topic)} was reported"
        case e.ChangeRequested():
            wanted = ", ".join(part for part in (str(event.date or ""), amount(event.quantity)) if part)
            return f"{_about(event.order, order)}another {event.topic} is asked for{f': {wanted}' if wanted else ''}"
        case e.QuestionAsked():
            return f"{_about(event.order, order)}asked about: {event.topic}"
        case e.ApprovalGiven():
            return f"{_about(event.order, order)}{event.topic} {event.verdict}"
        case e.PaymentClaimed():
            paid = f" on {event.date}" if event.date else ""
            return f"{_about(event.order, order)}said to be paid{paid}; only accounts can tell"
    return ""


def _of_question(event: e.Event) -> str:
    match event:
        case e.ReviewOpened():
            return f"{event.item} asked: {event.question}"
        case e.ReviewDecided():
            return f"{event.item} settled: {event.choice}"
    return ""


def _of_letter(event: e.Event) -> str:
    match event:
        case e.LetterQueued():
            to = ", ".join(event.to)
            return f"L{event.letter} {letter_name(event.template)} to {to} planned ({event.mode}); {reason(event.why)}"
        case e.LetterDrafted():
            return f"L{event.letter} lies in Drafts and waits for a person"
        case e.LetterSent() if event.mail is not None:
            changed = ", with the text changed" if event.edited else ""
            return f"L{event.letter} {letter_name(event.template)} sent by hand to {', '.join(event.to)}{changed}"
        case e.LetterSent():
            name = f" {letter_name(event.template)}" if event.template else ""
            to = f" to {', '.join(event.to)}" if event.to else ""
            again = f", handed over {event.repeated} times more after a lost reply" if event.repeated else ""
            return f"L{event.letter}{name} sent{to}{again}"
        case e.LetterRefused():
            lasting = "for good" if event.permanent else "for now"
            return f"L{event.letter} was refused {lasting} for {event.recipient}: {event.reply}"
        case e.LetterWithdrawn():
            return f"L{event.letter} not sent: {event.reason}"
    return ""


def _by_hand(event: e.Event, order: str) -> str:
    match event:
        case e.WrittenByHand():
            return f"{event.sender} wrote to {event.party} “{event.subject}”: “{event.words}”"
        case e.AnswerWanted():
            return f"{event.sender} of {event.party} waits for an answer to “{event.subject}”"
        case e.CustomerTold():
            how = f" by L{event.letter}" if event.letter else " by hand" if event.proof else ""
            return f"{_about(event.order, order)}the customer has been told {event.date}{how}"
        case e.Paused():
            until = f"until {event.until}" if event.until else "until it is resumed"
            return f"{event.subject} is paused {until}: nothing is chased"
        case e.Resumed():
            return f"{event.subject} goes on"
        case e.WritingStopped():
            return f"nothing more is written to {event.address}"
        case e.WentLive():
            return f"{event.party} is switched on: from now on letters go out"
    return _of_correction(event, order) or _of_document(event, order) or of_steering(event)


def _of_document(event: e.Event, order: str) -> str:
    match event:
        case p.DocumentFiled():
            what = event.kind.replace("_", " ")
            return f"{_about(event.order, order)}{what} filed: {event.name} from {event.party} (mail {event.mail})"
        case p.DocumentReleased():
            return f"{_about(event.order, order)}the file {event.mail}.{event.part + 1} is for the customer"
        case p.DocumentWithdrawn():
            return f"{_about(event.order, order)}the file {event.mail}.{event.part + 1} is none of its documents"
    return ""


def _of_correction(event: e.Event, order: str) -> str:
    match event:
        case h.PromiseWithdrawn():
            return f"{_about(event.order, order)}the promise for {event.milestone} is taken back"
        case h.MilestoneReopened():
            return f"{_about(event.order, order)}{event.milestone} has not happened after all"
        case h.ToldWithdrawn():
            return f"{_about(event.order, order)}the customer has not been told after all"
        case h.ProblemWithdrawn():
            return f"{_about(event.order, order)}{problem_text(event.topic)} is taken back"
        case h.ReviewReopened():
            return f"{event.item} is open again"
        case h.Spoke():
            return f"{_about(event.order, order)}spoken about by telephone or chat"
        case h.OrderClosed():
            return f"{_about(event.order, order)}closed: nothing more is followed up"
        case h.OrderReopened():
            return f"{_about(event.order, order)}followed up again"
        case h.HandedOver():
            return f"{_about(event.order, order)}handed over to {event.merchandiser or 'whom the order book names'}"
    return ""


def _about(number: str, order: str) -> str:
    return "" if number == order else f"{number}: "


def _rest(event: e.DatePromised | e.MilestoneReached) -> str:
    told = [f"{amount(event.quantity)} of it" if event.quantity else event.part, ", ".join(event.refs), event.source]
    shown = "; ".join(part for part in told if part)
    return f" ({shown})" if shown else ""
