"""A step of the playbook: what is asked, told or reminded; when, whom, under which conditions, by which letter."""

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Handling, OrderKind
from mailflow.core.playbook.moments import (
    Closure,
    Dated,
    Endangered,
    Happened,
    Improved,
    Mailed,
    MomentText,
    Periodic,
    QuietBacklog,
    Slipped,
    Waiting,
)
from mailflow.core.playbook.phrases import Offset, OffsetText, StageText

Whom = Literal["supplier", "factory", "customer", "forwarder", "inspector", "merchandiser", "manager", "department"]
"""For whom a step writes; the last three are of our own house."""
Status = Literal["open", "closed", "cancelled"]
_INSIDE = frozenset({"merchandiser", "manager", "department"})


class Rule(BaseModel):
    """What every part of the playbook has in common: unknown keys are refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)


class Value(Rule):
    """What an order is worth: quantity × unit price, in its own currency."""

    at_least: Decimal | None = None
    below: Decimal | None = None
    currency: str = ""


class Conditions(Rule):
    """What must hold for a step; a list holds where any of its values does."""

    status: tuple[Status, ...] = ()
    order_type: tuple[str, ...] = ()
    ship_mode: tuple[str, ...] = ()
    incoterm: tuple[str, ...] = ()
    handling: tuple[Handling, ...] = ()
    party: tuple[str, ...] = ()
    trusted: bool | None = None
    acknowledged: bool | None = None
    linked: bool | None = None
    complaint: bool | None = None
    documents: Literal["missing", "complete"] | None = None
    missing: tuple[StageText, ...] = ()
    reached: tuple[StageText, ...] = ()
    topic: tuple[str, ...] = ()
    slip: Annotated[int | None, Field(ge=1)] = None
    value: Value | None = None

    @cached_property
    def empty(self) -> bool:
        """Say whether nothing is asked for."""
        return not self.model_fields_set


class Rung(Rule):
    """One step of a ladder: its letter, whom it goes to, how long after the one before."""

    letter: str
    to: str = "contact"
    cc: tuple[str, ...] = ()
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
    to: str = "contact"
    cc: tuple[str, ...] = ()
    mode: Mode = Mode.AUTO
    rungs: tuple[Rung, ...] = ()
    repeat: Repeat | None = None
    only: Annotated[Conditions, Field(alias="if")] = Conditions()
    stop: tuple[StageText, ...] = ()
    gates: tuple[StageText, ...] = ()
    references: bool = False
    until: StageText | None = None
    rest: OffsetText | None = None
    at_go_live: Literal["skip", "once"] = "skip"
    expires: OffsetText | None = None
    merge: str = ""
    together: bool = False
    priority: int = 0
    urgent: bool = False
    cheerful: bool = False
    needs: tuple[str, ...] = ()
    horizon: OffsetText = Offset(28)
    rows: Literal["due", "open", "moved", "unpaid"] = "due"
    accounts: bool = False
    attach: tuple[str, ...] = ()
    parts: bool = False
    at_least: Annotated[int, Field(ge=1)] = 1

    @property
    def inside(self) -> bool:
        """Say whether the letter stays in the house."""
        return self.whom in _INSIDE

    @property
    def of_many(self) -> bool:
        """Say whether the letter is a list of orders, and not about a single one."""
        return isinstance(self.when, Periodic | Closure | QuietBacklog | Waiting | Mailed)

    @property
    def of_order(self) -> bool:
        """Say whether each order is looked at by itself."""
        return isinstance(self.when, Dated | Happened | Endangered | Improved | Slipped)

    @cached_property
    def statuses(self) -> frozenset[str]:
        """Return the statuses in which an order is looked at: open, unless the step says or is about others."""
        if self.only.status:
            return frozenset(self.only.status)
        kind = self.when.kind if isinstance(self.when, Happened) else ""
        return frozenset({kind if kind in ("cancelled", "closed") else "open"})

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
    def is_off(self) -> bool:
        """Say whether the playbook itself has switched the step off."""
        return all(rung.mode == Mode.OFF for rung in self.ladder)

    @cached_property
    def stops(self) -> frozenset[str]:
        """Return the milestones whose happening ends the step."""
        own = {self.when.milestone} if isinstance(self.when, Dated) and self.when.side != "actual" else set()
        return frozenset({*self.stop, *(m for m in own if m is not None)})

    def changed(self, by: "Change") -> "Step":
        """Return the step as an override wants it."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        wanted = {name: value for name in Change.model_fields if (value := getattr(by, name)) is not None}
        return Step.model_construct(**{**fields, **wanted})


class Change(Rule):
    """What an override says otherwise of a step; what is left out stays."""

    when: MomentText | None = None
    repeat: Repeat | None = None
    rungs: tuple[Rung, ...] | None = None
    rest: OffsetText | None = None
    expires: OffsetText | None = None
    horizon: OffsetText | None = None
    needs: tuple[str, ...] | None = None
