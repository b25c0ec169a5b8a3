"""A letter that a person orders (`mailflow write`): its facts from the record, what is missing from the person."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailflow.core.letters.bank import bank_details
from mailflow.core.letters.manifest import Manifest, Side, missing_fields
from mailflow.core.letters.model import BY_HAND, Duty, LetterFacts, Mode, PlannedLetter, Told
from mailflow.core.letters.said import CannotWriteError, with_said
from mailflow.core.message.model import Address
from mailflow.core.orders.model import Milestone, OrderKind, Role
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.money import with_accounts
from mailflow.core.playbook.people import obstacle, recipient
from mailflow.core.playbook.steps import Step
from mailflow.core.playbook.writing import Said, order_line
from mailflow.core.yaml_source import propose

_KINDS = {Side.SUPPLIER: OrderKind.PURCHASE, Side.CUSTOMER: OrderKind.SALES}
_ROLES = {Side.FORWARDER: Role.FORWARDER, Side.INSPECTOR: Role.INSPECTOR}
_WHOM = {Side.HOUSE: "merchandiser", Side.FORWARDER: "forwarder", Side.INSPECTOR: "inspector"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person orders: the letter, the orders, whom it goes to, and what they say beyond the record.

    `to` is a role (contact, manager, our_accounts …), a party's name, an address, or empty; `said` are fields of the
    letter or of its orders as text.
    """

    orders: tuple[str, ...]
    to: str = ""
    said: tuple[tuple[str, str], ...] = ()
    who: str = ""


def letter_by_hand(frame: Frame, manifest: Manifest, wanted: Wanted, account: str) -> PlannedLetter:
    """Return the draft of a letter; raises `CannotWriteError` with what is missing and what to do."""
    if found := bank_details("\n".join(text for _, text in wanted.said)):
        raise CannotWriteError(f"'{found}' is an account", "no letter of ours holds bank details; the contract does")
    states = [frame.situation.orders[number] for number in wanted.orders]
    party = _party(frame, manifest, wanted, states)
    reader = party.party if party is not None and manifest.to is not Side.HOUSE else None
    if reader is not None and (reason := obstacle(frame, reader.name, party, tuple(states))):
        raise CannotWriteError(reason, "nothing is written to them before that has changed")
    if reader is not None and (word := _others(frame, reader.name, wanted)):
        raise CannotWriteError(f"'{word}' is not for {reader.name} to know", "say it without that")
    if manifest.cheerful and reader is not None and reader.name in frame.complaining:
        raise CannotWriteError(
            f"a complaint of {reader.name} is open", "settle it first; this letter is a cheerful one"
        )
    to = _recipient(frame, manifest, wanted, party, states[0])
    facts = _facts(frame, manifest, wanted, states, party)
    missing = missing_fields(manifest, facts)
    if missing:
        names = list(dict.fromkeys(need.removeprefix("line.").partition(" ")[0] for need in missing))
        cure = " ".join(f'--set {name}="…"' for name in names)
        raise CannotWriteError(f"{manifest.name} wants {', '.join(missing)}", f"say it: {cure}")
    occasion = f"{manifest.name}:{frame.now.isoformat()}"
    return PlannedLetter(
        template=manifest.name,
        step=BY_HAND,
        party=reader.name if reader else "",
        to=(to,),
        language=reader.language if reader else frame.playbook.house.language,
        mode=Mode.DRAFT,
        duties=tuple(Duty(BY_HAND, number, to.email, occasion) for number in wanted.orders),
        orders=wanted.orders,
        facts=facts,
        account=account,
        not_before=frame.now,
        told=_told(manifest, facts),
        why=f"{BY_HAND}: ordered by {wanted.who}",
    )


def _others(frame: Frame, reader: str, wanted: Wanted) -> str:
    """Return a name or number of another party, linked to these orders, that a person's words mention."""
    told = "\n".join(text for _, text in wanted.said).casefold()
    for state in frame.situation.orders.values():
        order = state.order
        party = frame.party(order.party)
        if order.party != reader:
            for word in (order.number, order.party, party.party.short if party else ""):
                if len(word) > 2 and word.casefold() in told:
                    return word
    return ""


def no_longer_possible(frame: Frame, letter: PlannedLetter) -> str:
    """Return why a letter that a person ordered cannot go any more, or nothing; no other rule takes it back."""
    gone = [number for number in letter.orders if number not in frame.situation.orders]
    if gone:
        return f"{', '.join(gone)} is not in the order book"
    states = tuple(frame.situation.orders[number] for number in letter.orders)
    return obstacle(frame, letter.party, frame.party(letter.party), states) if letter.party else ""


def _told(manifest: Manifest, facts: LetterFacts) -> tuple[Told, ...]:
    """Return the dates that sending the letter settles with a customer."""
    if manifest.to is not Side.CUSTOMER or "line.expected" not in manifest.needs:
        return ()
    return tuple(Told(line.number, line.expected) for line in facts.lines if line.expected is not None)


def _party(frame: Frame, manifest: Manifest, wanted: Wanted, states: Sequence[OrderState]) -> PartyState | None:
    """Return the party that is written to; every order must be one that they may read of."""
    if manifest.to in _ROLES:
        return _service(frame, manifest, wanted, states)
    if manifest.to is Side.HOUSE:
        return None
    kind = _KINDS.get(manifest.to)
    strange = [state.order.number for state in states if kind is not None and state.order.kind != kind]
    if strange:
        cure = f"{manifest.name} is for a {manifest.to}; name {kind} orders"
        raise CannotWriteError(f"{', '.join(strange)} has another party", cure)
    names = list(dict.fromkeys(state.order.party for state in states))
    if len(names) > 1:
        raise CannotWriteError(f"these orders are of {' and '.join(names)}", "write one letter for each")
    return _known(frame, names[0])


def _service(frame: Frame, manifest: Manifest, wanted: Wanted, states: Sequence[OrderState]) -> PartyState:
    """Return the forwarder or the inspector: the one who is named, the orders' own, or the only one."""
    step = _step(manifest)
    names = list(dict.fromkeys(frame.reader(step, state) for state in states))
    known = [name for name, one in frame.situation.parties.items() if one.party.role == _ROLES[manifest.to]]
    name = next((name for name in known if wanted.to and wanted.to in (name, _known(frame, name).party.short)), "")
    if not name and (len(names) != 1 or not names[0]):
        raise CannotWriteError(
            f"which {manifest.to}?", f"say --to with one of: {', '.join(known) or 'nobody is known'}"
        )
    return _known(frame, name or names[0])


def _known(frame: Frame, name: str) -> PartyState:
    party = frame.party(name)
    if party is None:
        raise CannotWriteError(f"{name} is not in the order book", "import the party first")
    return party


def _recipient(
    frame: Frame, manifest: Manifest, wanted: Wanted, party: PartyState | None, state: OrderState
) -> Address:
    someone = None if party is None else party.party
    own = [] if someone is None else [contact for contact in someone.contacts if contact.email == wanted.to.lower()]
    if own and frame.usable(own[0].email):
        return Address(own[0].email, own[0].name)
    roles = ["contact", "second_contact", *frame.playbook.roles]
    usual = "our_merchandiser" if manifest.to is Side.HOUSE else "contact"
    if manifest.to is Side.HOUSE:
        roles = [f"our_{role}" for role in ("merchandiser", *frame.playbook.roles)]
    whom = wanted.to if wanted.to and manifest.to not in _ROLES else usual
    if whom not in roles:
        people = [contact.email for contact in someone.contacts] if someone else []
        raise CannotWriteError(f"'{whom}' is nobody who can be written to", propose(whom, [*people, *roles]))
    found = recipient(frame, whom, someone, state)
    if found is None:
        raise CannotWriteError(f"nobody is known as {whom}", "add a contact with that role to the order book")
    return found


def _step(manifest: Manifest) -> Step:
    """Return a step of the letter, as which its lines are made."""
    whom = _WHOM.get(manifest.to, "customer" if manifest.to is Side.CUSTOMER else "supplier")
    kind = _KINDS.get(manifest.to, OrderKind.PURCHASE)
    step = {"name": BY_HAND, "orders": kind, "for": whom, "when": "1 day after order", "letter": manifest.name}
    return Step.model_validate(step)


def _facts(
    frame: Frame, manifest: Manifest, wanted: Wanted, states: Sequence[OrderState], party: PartyState | None
) -> LetterFacts:
    said = Said("", stage=manifest.milestone or str(Milestone.SHIP))
    step = _step(manifest)
    lines = tuple(order_line(frame, step, state, party or _known(frame, state.order.party), said) for state in states)
    facts = LetterFacts(lines)
    if "accounts" in manifest.needs:
        language = party.party.language if party else frame.playbook.house.language
        facts = with_accounts(frame, step, states, facts, language=language)
    return with_said(facts, wanted.said)
