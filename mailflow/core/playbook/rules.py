"""The language of rules/playbook.yaml: milestones, order types, steps, thresholds, hours, roles, overrides."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from mailflow.core.calendars.windows import Window
from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Milestone, Order, OrderKind
from mailflow.core.playbook.phrases import FormulaText, HourText, Offset, OffsetText, SpanText, StageText
from mailflow.core.playbook.steps import Change, Rule, Step

Topic = Literal["quality", "material", "capacity", "logistics", "payment", "holiday", "other"]


class Stage(Rule):
    """A milestone, or a part of one, beyond those that mails are read for.

    `letter`: sending it makes the milestone happen. `terms`: only orders with one of these words in their payment
    terms have it. `before`: what cannot have happened without it. `en` and `zh`: what letters call it.
    """

    en: str = ""
    zh: str = ""
    orders: OrderKind | None = None
    letter: str = ""
    terms: tuple[str, ...] = ()
    before: tuple[StageText, ...] = ()


class OrderType(Rule):
    """When each milestone of an order of this type is planned.

    `apart`: only steps that name the type look at such orders, for they are none to be delivered (quotations).
    """

    milestones: dict[StageText, FormulaText]
    apart: bool = False


class LeadTimes(Rule):
    """Days from one meaning of a delivery date to the next, for one way of shipping."""

    exw_etd: Annotated[int, Field(ge=0)] = 3
    etd_eta: Annotated[int, Field(ge=0)] = 30
    eta_delivered: Annotated[int, Field(ge=0)] = 7


class Delay(Rule):
    """When a customer is told of a delay, or of an improvement."""

    buffer_days: Annotated[int, Field(ge=0)] = 0
    min_days: Annotated[int, Field(ge=1)] = 1
    better_days: Annotated[int, Field(ge=1)] = 5
    wait: OffsetText = Offset(0)
    topics: tuple[Topic, ...] = ("quality", "material", "capacity", "logistics", "holiday", "other")


class Sending(Rule):
    """The hours of the recipient in which letters go, and when letters of mode veto do (our own time)."""

    opens: HourText = time(8, 30)
    closes: HourText = time(18)
    lunch: SpanText = (time(12), time(13, 30))
    spread_minutes: Annotated[int, Field(ge=0, le=210)] = 150
    digest_at: HourText = time(8, 30)
    veto_at: HourText = time(14)

    @cached_property
    def window(self) -> Window:
        """Return the hours as the calendars use them."""
        return Window(self.opens, self.closes, self.lunch, timedelta(minutes=self.spread_minutes))


class Caps(Rule):
    """How many letters at most: to one address a day, from one account an hour and a day."""

    address_per_day: Annotated[int, Field(ge=1)] = 4
    account_per_hour: Annotated[int, Field(ge=1)] = 200
    account_per_day: Annotated[int, Field(ge=1)] = 1000


Dates = Literal["agreed", "none"]


class Customers(Rule):
    """What customers who write to us are told, and until when somebody of ours must have answered.

    `tell`: the milestones of whose happening a customer who asks may know; `dates`: the date agreed with them, or none.
    `delicate`: a mail that holds one of these words is never acknowledged by a machine. `last_call_hours`: so long
    before the customer's evening (or the end of our own day) our people get the list of what nobody has answered;
    for `digest_days` working days it stands in the morning digest.
    """

    tell: tuple[StageText, ...] = ("ship", "arrive", "receive")
    dates: Dates = "agreed"
    answer_within: OffsetText = Offset(1, True)
    last_call_hours: Annotated[int, Field(ge=1, le=6)] = 2
    digest_days: Annotated[int, Field(ge=1, le=10)] = 3
    delicate: tuple[str, ...] = ()


class Override(Rule):
    """Other modes or other steps for one party, order type or order; `modes` names steps or letters.

    `tell` and `dates` say otherwise what a customer who asks is told.
    """

    party: str = ""
    order_type: str = ""
    order: str = ""
    modes: dict[str, Mode] = Field(default_factory=dict)
    steps: dict[str, Change] = Field(default_factory=dict)
    tell: tuple[StageText, ...] | None = None
    dates: Dates | None = None


class Us(Rule):
    """Our own country, for our holidays, and the language of letters inside the house."""

    country: str = ""
    language: str = "en"


class Away(Rule):
    """Where somebody's automatic answer says that they are away: for up to `park` we wait, then the next is asked."""

    park: OffsetText = Offset(3, True)


class Closures(Rule):
    """From how many days without work a party is said to be closed, and asked about it beforehand."""

    least_days: Annotated[int, Field(ge=2)] = 5


ROLES: dict[str, tuple[str, ...]] = {
    "manager": ("manager", "director", "boss", "owner", "head"),
    "factory": ("factory", "shipping", "warehouse", "production"),
}


class Playbook(Rule):
    """The whole of rules/playbook.yaml."""

    house: Us = Us()
    milestones: dict[StageText, Stage] = Field(default_factory=dict)
    documents: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    order_types: dict[str, OrderType]
    lead_times: dict[str, LeadTimes] = Field(default_factory=lambda: {"default": LeadTimes()})
    delay: Delay = Delay()
    closures: Closures = Closures()
    away: Away = Away()
    sending: Sending = Sending()
    caps: Caps = Caps()
    customers: Customers = Customers()
    roles: dict[str, tuple[str, ...]] = Field(default_factory=lambda: dict(ROLES))
    steps: tuple[Step, ...]
    overrides: tuple[Override, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Step]:
        """Return the steps by name."""
        return {step.name: step for step in self.steps}

    @property
    def letters(self) -> frozenset[str]:
        """Return every letter that a step names; each must have its folder under templates/."""
        return frozenset(rung.letter for step in self._all_steps() for rung in step.ladder)

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """Return every milestone and part that has a name here: the nine, then those of this file."""
        return (*Milestone, *(name for name in self.milestones if name not in frozenset(Milestone)))

    @cached_property
    def sent_by(self) -> dict[str, tuple[str, ...]]:
        """Return, by the milestones that a letter makes happen, the steps that write it."""
        letters = {name: stage.letter for name, stage in self.milestones.items() if stage.letter}
        return {
            name: tuple(step.name for step in self.steps if any(rung.letter == letter for rung in step.ladder))
            for name, letter in letters.items()
        }

    @cached_property
    def names_orders(self) -> bool:
        """Say whether an override is for a single order."""
        return any(override.order for override in self.overrides)

    def has(self, order: Order, stage: str) -> bool:
        """Say whether an order has a milestone: parts of the payment depend on its terms, others on its kind."""
        known = self.milestones.get(stage)
        if known is None:
            return True
        terms = order.payment_terms.casefold()
        return (known.orders in (None, order.kind)) and (
            not known.terms or any(word.casefold() in terms for word in known.terms)
        )

    def called(self, stage: str, language: str) -> str:
        """Return what this file calls a milestone, in Chinese or English; nothing for those that all letters know."""
        known = self.milestones.get(stage)
        if known is None:
            return ""
        return (known.zh if language.startswith("zh") else known.en) or known.en or known.zh or stage

    def overrides_of(self, *, party: str = "", order_type: str = "", order: str = "") -> Iterator[Override]:
        """Return the overrides for a party, an order type or an order."""
        for override in self.overrides:
            if (override.party, override.order_type, override.order) == (party, order_type, order):
                yield override

    def tells(self, party: str) -> tuple[tuple[str, ...], Dates]:
        """Return the milestones of which a customer who asks is told, and which dates."""
        tell, dates = self.customers.tell, self.customers.dates
        for override in self.overrides_of(party=party):
            tell = tell if override.tell is None else override.tell
            dates = override.dates or dates
        return tell, dates

    def step_for(self, step: Step, party: str, order: Order | None = None) -> Step:
        """Return a step as the overrides of the order's type, the party and the order itself want it."""
        if not self._changes.get(step.name):
            return step
        names = [("order_type", order.order_type if order else ""), ("party", party)]
        names.append(("order", order.number if order else ""))
        for key in names:
            if key[1] and (change := self._changes[step.name].get(key)) is not None:
                step = step.changed(change)
        return step

    @cached_property
    def _changes(self) -> dict[str, dict[tuple[str, str], Change]]:
        found: dict[str, dict[tuple[str, str], Change]] = {}
        for override in self.overrides:
            for kind in ("party", "order_type", "order"):
                if getattr(override, kind):
                    for name, change in override.steps.items():
                        found.setdefault(name, {})[kind, getattr(override, kind)] = change
        return found

    def _all_steps(self) -> Iterator[Step]:
        yield from self.steps
        for name, changes in self._changes.items():
            yield from (self.by_name[name].changed(change) for change in changes.values() if name in self.by_name)

    def lead(self, ship_mode: str) -> LeadTimes:
        """Return the lead times of a way of shipping, or the default ones."""
        return self.lead_times.get(ship_mode.lower()) or self.lead_times["default"]

    def order_type(self, name: str) -> OrderType:
        """Return an order type; one that is not in the playbook is planned like `standard`."""
        return self.order_types.get(name) or self.order_types["standard"]
