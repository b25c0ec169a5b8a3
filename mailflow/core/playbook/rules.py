"""The language of rules/playbook.yaml: order types, steps, ladders, thresholds, hours."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mailflow.core.calendars.windows import Window
from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Handling, Milestone, OrderKind
from mailflow.core.playbook.phrases import Dated, FormulaText, HourText, MomentText, Offset, OffsetText, SpanText

Whom = Literal["supplier", "factory", "customer", "merchandiser", "manager"]
To = Literal["contact", "second_contact", "manager", "factory", "our_merchandiser", "our_manager"]
Topic = Literal["quality", "material", "capacity", "logistics", "payment", "holiday", "other"]
LineField = Literal[
    "number",
    "their_ref",
    "style",
    "product",
    "description",
    "quantity",
    "due",
    "promise",
    "shipping_mark",
    "ship_date",
    "ship_mode",
    "port",
    "destination_port",
    "destination_country",
    "refs",
]


class Rule(BaseModel):
    """What every part of the playbook has in common: unknown keys are refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)


class OrderType(Rule):
    """When each milestone of an order of this type is planned."""

    milestones: dict[Milestone, FormulaText]


class Conditions(Rule):
    """What must hold for a step; a list holds where any of its values does."""

    order_type: tuple[str, ...] = ()
    ship_mode: tuple[str, ...] = ()
    handling: tuple[Handling, ...] = ()
    party: tuple[str, ...] = ()
    trusted: bool | None = None
    acknowledged: bool | None = None
    missing: tuple[Milestone, ...] = ()
    reached: tuple[Milestone, ...] = ()


class Rung(Rule):
    """One step of a ladder: its letter, whom it goes to, how long after the one before."""

    letter: str
    to: To = "contact"
    cc: tuple[To, ...] = ()
    mode: Mode = Mode.AUTO
    after: OffsetText = Offset(3, True)


class Repeat(Rule):
    """Ask again every so often, so many times."""

    every: OffsetText
    times: Annotated[int, Field(ge=1, le=20)] = 1


class Step(Rule):
    """Something that is asked, told or reminded: when, whom, with which letter, and who lets it go."""

    name: str
    orders: OrderKind
    whom: Annotated[Whom, Field(alias="for")]
    when: MomentText
    letter: str = ""
    to: To = "contact"
    cc: tuple[To, ...] = ()
    mode: Mode = Mode.AUTO
    rungs: tuple[Rung, ...] = ()
    repeat: Repeat | None = None
    only: Annotated[Conditions, Field(alias="if")] = Conditions()
    stop: tuple[Milestone, ...] = ()
    gates: tuple[Milestone, ...] = ()
    references: bool = False
    until: Milestone | None = None
    rest: OffsetText | None = None
    at_go_live: Literal["skip", "once"] = "skip"
    expires: OffsetText | None = None
    merge: str = ""
    priority: int = 0
    urgent: bool = False
    needs: tuple[LineField, ...] = ()
    horizon: OffsetText = Offset(28)
    at_least: Annotated[int, Field(ge=1)] = 1

    @property
    def inside(self) -> bool:
        """Say whether the letter stays in the house."""
        return self.whom in ("merchandiser", "manager")

    @cached_property
    def ladder(self) -> tuple[Rung, ...]:
        """Return the rungs; a step with a single letter has one, and its repetitions."""
        if self.rungs:
            return self.rungs
        first = Rung.model_construct(letter=self.letter, to=self.to, cc=self.cc, mode=self.mode, after=Offset(0))
        if self.repeat is None:
            return (first,)
        return (first, *(first.model_copy(update={"after": self.repeat.every}) for _ in range(self.repeat.times)))

    @cached_property
    def stops(self) -> frozenset[Milestone]:
        """Return the milestones whose happening ends the step."""
        own = {self.when.milestone} if isinstance(self.when, Dated) and self.when.side != "actual" else set()
        return frozenset({*self.stop, *(m for m in own if m is not None)})


class LeadTimes(Rule):
    """Days from one meaning of a delivery date to the next, for one way of shipping."""

    exw_etd: Annotated[int, Field(ge=0)] = 3
    etd_eta: Annotated[int, Field(ge=0)] = 30
    eta_delivered: Annotated[int, Field(ge=0)] = 7


class Delay(Rule):
    """When a customer is told of a delay."""

    buffer_days: Annotated[int, Field(ge=0)] = 0
    min_days: Annotated[int, Field(ge=1)] = 1
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


class Roles(Rule):
    """The words of the order book that tell what a contact is."""

    manager: tuple[str, ...] = ("manager", "director", "boss", "owner", "head")
    factory: tuple[str, ...] = ("factory", "shipping", "warehouse", "production")


class Override(Rule):
    """Other modes for one party, order type or order; `modes` names steps or letters."""

    party: str = ""
    order_type: str = ""
    order: str = ""
    modes: dict[str, Mode]


class Us(Rule):
    """Our own country, for our holidays, and the language of letters inside the house."""

    country: str = ""
    language: str = "en"


class Playbook(Rule):
    """The whole of rules/playbook.yaml."""

    house: Us = Us()
    order_types: dict[str, OrderType]
    lead_times: dict[str, LeadTimes] = {"default": LeadTimes()}
    delay: Delay = Delay()
    sending: Sending = Sending()
    caps: Caps = Caps()
    roles: Roles = Roles()
    steps: tuple[Step, ...]
    overrides: tuple[Override, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Step]:
        """Return the steps by name."""
        return {step.name: step for step in self.steps}

    @property
    def letters(self) -> frozenset[str]:
        """Return every letter that a step names; each must have its folder under templates/."""
        return frozenset(rung.letter for step in self.steps for rung in step.ladder)

    def overrides_of(self, *, party: str = "", order_type: str = "", order: str = "") -> Iterator[Override]:
        """Return the overrides for a party, an order type or an order."""
        for override in self.overrides:
            if (override.party, override.order_type, override.order) == (party, order_type, order):
                yield override

    def lead(self, ship_mode: str) -> LeadTimes:
        """Return the lead times of a way of shipping, or the default ones."""
        return self.lead_times.get(ship_mode.lower()) or self.lead_times["default"]

    def order_type(self, name: str) -> OrderType:
        """Return an order type; one that is not in the playbook is planned like `standard`."""
        return self.order_types.get(name) or self.order_types["standard"]
