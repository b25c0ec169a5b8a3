"""What an event is about: the handles by which the ledger finds it again."""

from dataclasses import dataclass

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Event
from mailflow.core.orders.papers import OfDocuments


@dataclass(frozen=True, slots=True)
class About:
    """Orders, party, mail, item and letter that an event names; empty or None where it names none."""

    orders: tuple[str, ...] = ()
    party: str = ""
    mail: int | None = None
    item: str = ""
    letter: int | None = None


def about(event: Event) -> About:
    """Return what an event names."""
    match event:
        case e.OrderImported() | e.OrderChanged():
            return About((event.order.number,), event.order.party)
        case e.OrderVanished():
            return About((event.number,))
        case e.PartyImported() | e.PartyChanged():
            return About(party=event.party.name)
        case e.PartyVanished():
            return About(party=event.name)
        case e.WentLive():
            return About(party=event.party)
        case e.MailRead():
            return About(event.orders, event.party, event.mail)
        case e.MailSetAside() | e.AddressFailed() | e.ContactAway():
            return About(mail=event.mail)
        case e.ReviewOpened():
            return About(event.orders, event.party, event.mail, event.item)
        case e.ReviewDecided():
            return About(event.orders, item=event.item)
        case e.LetterQueued():
            return About(event.orders, event.party, letter=event.letter)
        case e.LetterSent():
            return About(event.orders, mail=event.mail, letter=event.letter)
        case e.LetterDrafted() | e.LetterRefused() | e.LetterWithdrawn():
            return About(event.orders, letter=event.letter)
        case e.CustomerTold():
            return About((event.order,), mail=event.proof.mail if event.proof else None, letter=event.letter)
        case e.WrittenByHand() | e.AnswerWanted():
            return About(event.orders, event.party, event.mail)
        case e.Paused() | e.Resumed():
            return About((event.subject,), event.subject)  # an order or a party: only the books can tell which
        case e.WritingStopped():
            return About()
        case _ if isinstance(event, h.ByHand):
            return _by_hand(event)
        case _ if isinstance(event, OfDocuments):
            return About((event.order,), getattr(event, "party", ""), event.mail)
        case _:
            return About((event.order,), mail=event.proof.mail if event.proof else None)


def _by_hand(event: h.ByHand) -> About:
    match event:
        case h.ReviewReopened():
            return About(event.orders, item=event.item)
        case h.AliasLearned():
            return About((event.order,), event.party, event.mail)
        case h.ContactLearned() | h.DateOrderLearned():
            return About(party=event.party, mail=event.mail)
        case h.Steered():
            return About(event.orders, mail=event.mail, letter=event.letter)
        case h.SteeringUndone():
            return About(event.orders, mail=event.mail)
        case h.SteeringRefused():
            return About(mail=event.mail)
        case h.WentAway() | h.CameBack() | h.LearnedWithdrawn():
            return About()
        case _:
            return About((event.order,))
