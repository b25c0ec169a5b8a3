"""A handover 跟单交接: the parties are introduced to the new merchandiser, who is briefed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailflow.core.letters.manifest import Manifest
from mailflow.core.letters.model import Duty, Mode, PlannedLetter, ReviewLine
from mailflow.core.letters.said import CannotWriteError
from mailflow.core.message.model import Address
from mailflow.core.playbook.by_hand import Wanted, letter_by_hand
from mailflow.core.playbook.frame import Frame

INTRODUCES, BRIEFS = "handover", "handover_brief"
_MOST_REVIEWS = 20


@dataclass(frozen=True, slots=True)
class Handover:
    """Orders that pass from one of our people to another; `occasion` tells it from any other handover."""

    orders: tuple[str, ...]
    giver: Address
    taker: Address
    language: str  # of the taker
    occasion: str


def handover_letters(
    frame: Frame, manifests: Mapping[str, Manifest], handover: Handover, account: str
) -> tuple[list[PlannedLetter], list[tuple[str, str]]]:
    """Return the letters of a handover, and the parties that get none with the reason.

    A party is written to as a draft, unless its own mode for this letter is `auto` or `off`.
    """
    letters: list[PlannedLetter] = []
    untold: list[tuple[str, str]] = []
    if INTRODUCES in manifests:
        for party, orders in _by_party(frame, handover.orders).items():
            mode = _mode(frame, party)
            if mode is Mode.OFF:
                continue
            try:
                letter = letter_by_hand(frame, manifests[INTRODUCES], _wanted(handover, orders), account)
            except CannotWriteError as error:
                untold.append((party, error.what))
                continue
            person = replace(letter.facts, person=handover.taker)
            letters.append(_named(replace(letter, mode=mode, facts=person), handover))
    if BRIEFS in manifests:
        letters += _brief(frame, manifests[BRIEFS], handover, account)
    return letters, untold


def _by_party(frame: Frame, orders: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for number in orders:
        state = frame.situation.orders.get(number)
        if state is not None:
            found[state.order.party] = (*found.get(state.order.party, ()), number)
    return found


def _mode(frame: Frame, name: str) -> Mode:
    party = frame.party(name)
    own: dict[str, str] = {}
    for override in frame.playbook.overrides_of(party=name):
        own |= {letter: str(mode) for letter, mode in override.modes.items()}
    own |= dict(party.party.modes) if party is not None else {}
    said = own.get(INTRODUCES, "")
    return Mode(said) if said in (Mode.AUTO, Mode.OFF) else Mode.DRAFT


def _brief(frame: Frame, manifest: Manifest, handover: Handover, account: str) -> list[PlannedLetter]:
    """Return the letter to the new merchandiser: where the orders stand, and what is open."""
    known = tuple(number for number in handover.orders if number in frame.situation.orders)
    named = set(known)
    reviews = tuple(
        ReviewLine(state.opened.item, state.opened.question, state.opened.orders, state.opened.party)
        for state in frame.situation.reviews.values()
        if named.intersection(state.opened.orders)
    )
    if not known:
        return []
    try:
        letter = letter_by_hand(frame, manifest, _wanted(handover, known), account)
    except CannotWriteError:  # a party that nobody knows; the confirmation names the orders
        return []
    facts = replace(letter.facts, person=handover.giver, reviews=reviews[:_MOST_REVIEWS])
    whole = replace(letter, to=(handover.taker,), language=handover.language, mode=Mode.AUTO, urgent=True, facts=facts)
    return [_named(whole, handover)]


def _wanted(handover: Handover, orders: tuple[str, ...]) -> Wanted:
    return Wanted(orders, said=(("person", handover.taker.email),), who=handover.giver.email)


def _named(letter: PlannedLetter, handover: Handover) -> PlannedLetter:
    """Return a letter under duties of its own: the same handover is written of once."""
    to = letter.to[0].email.lower()
    occasion = f"{letter.template}:{handover.occasion}"
    return replace(letter, duties=tuple(Duty(duty.step, duty.order, to, occasion) for duty in letter.duties))
