"""Who is written to, who lets a letter go, and when it may go."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailflow.core.calendars.windows import next_opening, start_of
from mailflow.core.letters.model import Mode
from mailflow.core.message.model import Address
from mailflow.core.orders.model import Contact, Handling, Order, Party, Role
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.steps import Rung, Step

OURS = "our_"
INSIDE = {"merchandiser": "our_merchandiser", "manager": "our_manager"}
FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Until something happens."""
STRICTNESS = (Mode.AUTO, Mode.VETO, Mode.DRAFT, Mode.OFF)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whom a letter goes to and who lets it go."""

    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    mode: Mode
    language: str


def stricter(one: Mode, other: Mode) -> Mode:
    """Return the mode that leaves more to a person."""
    return max(one, other, key=STRICTNESS.index)


def letterhead(frame: Frame, step: Step, rung: Rung, party: Party | None, state: OrderState | None) -> Letterhead:
    """Return the recipients (none where nobody can be written to), the mode and the language of a letter."""
    whom = rung.to if rung.to.startswith(OURS) else INSIDE.get(step.whom, rung.to)
    first = recipient(frame, whom, party, state)
    to = () if first is None else (first,)
    copies = (recipient(frame, whom, party, state) for whom in rung.cc)
    cc = tuple(dict.fromkeys(one for one in copies if one is not None and one not in to))
    ours = frame.situation.house.speaks(to[0].email) if to else ""
    language = party.language if party is not None else ours or frame.playbook.house.language
    return Letterhead(to, cc, mode_of(frame, step, rung, party, state.order if state else None), language)


def mode_of(frame: Frame, step: Step, rung: Rung, party: Party | None, order: Order | None) -> Mode:
    """Return who lets a letter go: an override for the order or the party, else the step's mode under the ceiling."""
    playbook = frame.playbook
    names = (rung.letter, step.name)
    own: dict[str, str | Mode] = {}
    usual: dict[str, Mode] = {}
    if party is not None:
        for override in playbook.overrides_of(party=party.name):
            own |= override.modes
        own |= {name: mode for name, mode in party.modes if mode in {str(known) for known in Mode}}
    if order is not None:
        for override in playbook.overrides_of(order_type=order.order_type):
            usual |= override.modes
        for override in playbook.overrides_of(order=order.number):
            own |= override.modes
    for name in names:
        if name in own:
            return Mode(own[name])
    mode = next((usual[name] for name in names if name in usual), rung.mode)
    return mode if party is None else stricter(mode, frame.situation.outside)


def is_off(frame: Frame, step: Step, party: Party | None, order: Order) -> bool:
    """Say whether the playbook has switched a step off, and nobody has switched it on for a party or an order."""
    if not step.is_off:
        return False
    reader = None if step.inside else party
    if frame.playbook.names_orders:
        return all(mode_of(frame, step, rung, reader, order) == Mode.OFF for rung in step.ladder)
    key = (step.name, reader.name if reader else "", order.order_type)
    if key not in frame.off:
        frame.off[key] = all(mode_of(frame, step, rung, reader, order) == Mode.OFF for rung in step.ladder)
    return frame.off[key]


def recipient(frame: Frame, whom: str, party: Party | None, state: OrderState | None) -> Address | None:
    """Return one person to write to, passing over addresses that fail or were stopped and people who are away."""
    if whom.startswith(OURS):
        return _of_ours(frame, whom.removeprefix(OURS), state)
    if party is None:
        return None
    found = _present(frame, _candidates(frame, whom, party), party)
    return Address(found.email.lower(), found.name) if found else None


def nobody_to_write_to(frame: Frame, whom: str, name: str, party: Party | None) -> tuple[str, datetime | None]:
    """Return why nobody of a party (or of ours) can be written to, and until when that holds, where it is known."""
    if party is None:
        return f"nobody of ours is {whom.removeprefix(OURS)}: add one to a party whose role is internal", None
    for contact in _candidates(frame, whom, party):
        back = _back(frame, contact, party)
        if back is not None:
            return f"{contact.email} is away until {back}", start_of(back, frame.zone(party))
    return f"no address of {name} can be written to", None


def _of_ours(frame: Frame, role: str, state: OrderState | None) -> Address | None:
    house = frame.situation.house
    if role == "merchandiser":
        return _first_usable(frame, (state.merchandiser if state else "", *house.merchandisers, house.mailbox))
    ours = (
        one.party for one in frame.situation.parties.values() if one.party.role == Role.INTERNAL and not one.vanished
    )
    words = frame.playbook.roles.get(role, ())
    colleagues = tuple(c.email for party in ours for c in party.contacts if _has_role(c, words))
    return _first_usable(frame, (*house.managers, *colleagues) if role == "manager" else colleagues)


def _candidates(frame: Frame, whom: str, party: Party) -> list[Contact]:
    """Return the people of a party who may be meant, the likeliest first."""
    contacts = [contact for contact in party.contacts if frame.usable(contact.email)]
    managers = [contact for contact in contacts if _has_role(contact, frame.playbook.roles.get("manager", ()))]
    others = [contact for contact in contacts if contact not in managers]
    if whom == "manager":
        return managers or others[1:] or others
    if whom == "second_contact":
        return others[1:] or others or managers
    if whom != "contact":
        return [c for c in contacts if _has_role(c, frame.playbook.roles.get(whom, ()))] or others or managers
    return others or managers


def _present(frame: Frame, contacts: list[Contact], party: Party) -> Contact | None:
    """Return the first who is there; whoever is away for long is stood in for, for a short time they are waited for."""
    soon = frame.playbook.away.park.apply(frame.today(party), frame.days(party))
    for contact in contacts:
        back = _back(frame, contact, party)
        if back is None:
            return contact
        if stand_in := _delegate(frame, contact, party):
            return stand_in
        if back <= soon:
            return None
    return None


def _back(frame: Frame, contact: Contact, party: Party) -> date | None:
    """Return the day on which somebody who is away is back; None for who is there."""
    address = frame.situation.addresses.get(contact.email.lower())
    until = address.away_until if address else None
    return until if until is not None and until > frame.today(party) else None


def _delegate(frame: Frame, contact: Contact, party: Party) -> Contact | None:
    """Return who stands in for somebody, if the order book knows them: anybody can write an automatic answer."""
    address = frame.situation.addresses.get(contact.email.lower())
    named = address.delegates if address else ()
    listed = (one for one in party.contacts if one.email.lower() in named)
    return next((one for one in listed if frame.usable(one.email) and _back(frame, one, party) is None), None)


def obstacle(
    frame: Frame, name: str, party: PartyState | None, states: tuple[OrderState, ...], *, inside: bool = False
) -> str:
    """Return why nothing may be written to a party (or `inside` the house) about these orders, or nothing."""
    if party is None:
        return f"{name or 'its party'} is not in the order book"
    if not party.live:
        return f"{name} is quiet: nothing is sent until it goes live"
    if party.party.handling == Handling.NEVER and not inside:
        return f"{name} gets no mail from us (handling: never)"
    if _paused(frame, party, party.party):
        return f"{name} is paused{_until(party)}"
    for state in states:
        if _paused(frame, state, party.party):
            return f"{state.order.number} is paused{_until(state)}"
    return ""


def obstacle_until(frame: Frame, party: PartyState | None, states: tuple[OrderState, ...]) -> datetime:
    """Return until when what stands against writing holds, unless something happens."""
    for state in (party, *states):
        if party is not None and party.live and state is not None and _paused(frame, state, party.party):
            return start_of(state.paused_until, frame.zone(party.party)) if state.paused_until else FAR
    return FAR


def opening(frame: Frame, party: Party | None, mode: Mode, due_at: datetime, urgent: bool, who: str) -> datetime:
    """Return when a letter may go; a draft lies in Drafts at once, a veto letter waits until people could say stop."""
    moment = max(frame.now, due_at).astimezone(UTC)
    if mode in (Mode.DRAFT, Mode.OFF):
        return moment
    if mode == Mode.VETO:
        moment = _after_digest(frame, moment)
    days = frame.days(party) if party else frame.house_days
    return next_opening(frame.playbook.sending.window, days, frame.zone(party), moment, who, urgent)


def _after_digest(frame: Frame, moment: datetime) -> datetime:
    """Return the hour for letters of mode veto that follows the next morning digest."""
    sending = frame.playbook.sending
    local = moment.astimezone(frame.house_zone)
    seen = local.time() <= sending.digest_at and frame.house_days.working(local.date())
    day = local.date() if seen else frame.house_days.add(local.date() + timedelta(days=1), 0)
    return start_of(day, frame.house_zone, max(sending.veto_at, time()))


def _first_usable(frame: Frame, emails: tuple[str, ...]) -> Address | None:
    return next((Address(email.lower()) for email in emails if frame.usable(email)), None)


def _has_role(contact: Contact, words: tuple[str, ...]) -> bool:
    role = contact.role.lower()
    return bool(role) and any(word.lower() in role for word in words)


def _paused(frame: Frame, state: OrderState | PartyState, party: Party) -> bool:
    return state.paused and (state.paused_until is None or frame.today(party) < state.paused_until)


def _until(state: OrderState | PartyState) -> str:
    return f" until {state.paused_until}" if state.paused_until else ""
