"""The situation with the indexes that every step needs; made once for each look at what is due."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailflow.core.calendars.windows import zone
from mailflow.core.calendars.working_days import Calendars, Days
from mailflow.core.orders.model import Milestone, OrderKind, Party, Role, linked
from mailflow.core.orders.state import OrderState, PartyState, complains
from mailflow.core.playbook.model import Done, Situation
from mailflow.core.playbook.rules import Playbook
from mailflow.core.playbook.standing import Standing, reached, standing
from mailflow.core.playbook.steps import Step


class Frame:
    """Everything that a step looks at. Nothing in it changes, apart from answers that are remembered."""

    __slots__ = (
        "_days",
        "_kept",
        "_lists",
        "_onlys",
        "_reached",
        "_standing",
        "_today",
        "calendars",
        "complaining",
        "done",
        "house_days",
        "house_today",
        "house_zone",
        "now",
        "off",
        "open_questions",
        "playbook",
        "serving",
        "situation",
        "turns",
    )

    def __init__(self, situation: Situation, playbook: Playbook, calendars: Calendars, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("the time must know its zone")
        self.situation, self.playbook, self.calendars, self.now = situation, playbook, calendars, now
        self.done = _by_step(situation)
        self.open_questions = _questions(situation)
        self.serving = _serving(situation.orders)
        self.house_zone = zone(situation.house.timezone)
        self.house_days = calendars.of_house(playbook.house.country)
        self.house_today = now.astimezone(self.house_zone).date()
        self._today: dict[str, date] = {}
        self._reached: dict[tuple[str, str], date | None] = {}
        self.off: dict[tuple[str, str, str], bool] = {}  # by step, party and order type: whether it is switched off
        self.turns: dict[tuple[str, str], object] = {}  # by step and party: what the turn of its list is
        self._onlys: dict[Role, str] = {}
        self._kept: dict[tuple[str, str], list[Done]] = {}
        self._lists: dict[str, frozenset[tuple[str, str]]] = {}
        self._days: dict[str, Days] = {}
        self._standing: dict[tuple[str, str], Standing] = {}
        found = (state.order.party for state in situation.orders.values() if complains(state))
        self.complaining = situation.complaining.union(found)

    def party(self, name: str) -> PartyState | None:
        """Return a party that is still in the order book."""
        state = self.situation.parties.get(name)
        return None if state is None or state.vanished else state

    def reader(self, step: Step, state: OrderState) -> str:
        """Return the name of the party that a step about an order writes to (inside the house: whose order it is)."""
        if step.whom == "forwarder":
            return state.order.forwarder or self._only(Role.FORWARDER)
        if step.whom == "inspector":
            return state.order.inspector or self._only(Role.INSPECTOR)
        return state.order.party

    def _only(self, role: Role) -> str:
        """Return the name of the one party of a sort; nothing where there are several."""
        if role not in self._onlys:
            names = [n for n, s in self.situation.parties.items() if s.party.role == role and not s.vanished]
            self._onlys[role] = names[0] if len(names) == 1 else ""
        return self._onlys[role]

    def days(self, party: Party) -> Days:
        """Return the working days of a party."""
        if party.name not in self._days:
            self._days[party.name] = self.calendars.of(party)
        return self._days[party.name]

    def zone(self, party: Party | None) -> ZoneInfo:
        """Return the time zone of a party, or our own."""
        return zone(party.timezone) if party else self.house_zone

    def today(self, party: Party | None) -> date:
        """Return the day that it is at a party's, or here."""
        name = party.timezone if party else self.situation.house.timezone
        if name not in self._today:
            self._today[name] = self.local(self.now, party)
        return self._today[name]

    def local(self, moment: datetime, party: Party | None) -> date:
        """Return the day of a moment at a party's, or here."""
        return moment.astimezone(self.zone(party)).date()

    def standing(self, state: OrderState, milestone: str) -> Standing:
        """Return the dates of a milestone that has not wholly happened."""
        key = (state.order.number, milestone)
        if key not in self._standing:
            party = self.situation.parties.get(state.order.party)
            days = self.days(party.party) if party else self.house_days
            self._standing[key] = standing(self.playbook, days, state, milestone)
        return self._standing[key]

    def lacks(self, state: OrderState, stage: str) -> bool:
        """Say whether an order has a milestone, and it has not wholly happened."""
        return self.playbook.has(state.order, stage) and self.reached(state, stage) is None

    def reached(self, state: OrderState, milestone: str) -> date | None:
        """Return when a milestone had wholly happened; a sales order has shipped when all that serves it has."""
        key = (state.order.number, milestone)
        if key not in self._reached:
            self._reached[key] = self._happened(state, milestone)
        return self._reached[key]

    def _happened(self, state: OrderState, milestone: str) -> date | None:
        day = reached(state, milestone)
        if day is None and milestone in self.playbook.milestones:
            day = self._by_letter(state, milestone)
            later = self.playbook.milestones[milestone].before
            day = day or next((found for name in later if (found := self.reached(state, name)) is not None), None)
        if day is not None or state.order.kind != OrderKind.SALES or milestone != Milestone.SHIP:
            return day
        shipped = [(one, self.reached(one, milestone)) for one in self.serving.get(state.order.number, ())]
        known = [day for _, day in shipped if day is not None]
        waiting = any(day is None and is_open(one) for one, day in shipped)
        return max(known) if known and not waiting else None

    def _by_letter(self, state: OrderState, milestone: str) -> date | None:
        """Return the day on which the letter went that makes a milestone happen."""
        steps = self.playbook.sent_by.get(milestone, ())
        sent = [done.at for name in steps for done in self.was_done(name, state.order.number) if not done.open]
        return self.local(min(sent), None) if sent else None

    def usable(self, email: str) -> bool:
        """Say whether an address takes our mail."""
        address = self.situation.addresses.get(email.lower())
        return bool(email) and (address is None or not (address.stopped or address.failed))

    def question(self, state: OrderState) -> str:
        """Return the open question that a mail of an order's own party (or of nobody known) raised about it."""
        items = self.open_questions.get(state.order.number, ())
        return next((item for item, party in items if party in ("", state.order.party)), "")

    def was_done(self, step: str, order: str) -> list[Done]:
        """Return the duties of a step for an order that were not lost on an address that fails."""
        key = (step, order)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = [done for done in self.done.get(key, ()) if not self._lost(done)]
        return found

    def listed(self, step: str) -> frozenset[tuple[str, str]]:
        """Return to whom the lists of a step were written, about which periods."""
        if step not in self._lists:
            written = self.was_done(step, "*")
            self._lists[step] = frozenset((done.duty.recipient, done.duty.occasion) for done in written)
        return self._lists[step]

    def _lost(self, done: Done) -> bool:
        address = self.situation.addresses.get(done.duty.recipient)
        return address is not None and address.failed


def is_open(state: OrderState) -> bool:
    """Say whether an order is still followed up."""
    return state.order.status == "open" and not (state.vanished or state.closed)


def followed(state: OrderState, step: Step) -> bool:
    """Say whether a step looks at an order, as far as its status tells."""
    if state.vanished:
        return False
    status = "closed" if state.closed and state.order.status == "open" else state.order.status
    return status in step.statuses


def _by_step(situation: Situation) -> dict[tuple[str, str], list[Done]]:
    done: dict[tuple[str, str], list[Done]] = {}
    for one in situation.done:
        done.setdefault((one.duty.step, one.duty.order), []).append(one)
    return done


def _questions(situation: Situation) -> dict[str, list[tuple[str, str]]]:
    """Return, for each order, the open questions that mails raised about it, with the party whose mail it was."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item, review in situation.reviews.items():
        if review.choice is None and review.opened.mail is not None:
            for order in {*review.opened.orders, *review.opened.candidates}:
                found.setdefault(order, []).append((item, review.opened.party))
    return found


def _serving(orders: Mapping[str, OrderState]) -> Mapping[str, list[OrderState]]:
    """Return the purchase orders that serve each sales order, closed ones too, cancelled and vanished ones not."""
    serving: dict[str, list[OrderState]] = {}
    for state in orders.values():
        order = state.order
        if order.kind != OrderKind.PURCHASE or order.status == "cancelled" or state.vanished:
            continue
        for number in linked(order):
            serving.setdefault(number, []).append(state)
    return serving
