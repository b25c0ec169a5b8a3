"""The record as people look into it and steer it by hand: settings and database, the plan only if asked for."""

import os
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from mailflow.core.letters.model import Mode, PlannedLetter
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.due import due, slot
from mailflow.core.playbook.model import Due, Held
from mailflow.core.playbook.standing import planned
from mailflow.core.problems import errors
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.follow_up import preview_live, situation
from mailflow.jobs.ports import Clock, Transaction
from mailflow.jobs.rules import FollowUpRules
from mailflow.settings import Settings, load_settings
from mailflow.wiring.database import CannotStartError, database_or_raise
from mailflow.wiring.heartbeat import last_beat
from mailflow.wiring.plan import load_plan


class Desk:
    """What looking in and acting by hand need; `plan` is read when it is first asked for."""

    def __init__(self, settings: Settings, store: DatabaseStore, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.zone = ZoneInfo(settings.timezone)

    def today(self) -> date:
        """Return the day it is at our house."""
        return self.clock.now().astimezone(self.zone).date()

    def last_heard(self) -> datetime | None:
        """Return when the service of this machine last came round; None where none runs."""
        return last_beat(self.store)

    @cached_property
    def plan(self) -> FollowUpRules:
        """Return what decides which letters are due; raises CannotStartError where they have a fault."""
        plan, problems = load_plan(self.settings.rules)
        if plan is None:
            raise CannotStartError(errors(problems))
        account = next(iter(self.settings.accounts))
        return FollowUpRules(*plan, self.settings.house, account, Mode(self.settings.outside))

    @property
    def stages(self) -> tuple[str, ...]:
        """Return every milestone that has a name: the nine, then those of the playbook."""
        return self.plan.playbook.stages

    def planned(self, state: OrderState, party: PartyState | None, milestone: str) -> date | None:
        """Return the day that the playbook plans for a milestone of an order (计划)."""
        playbook, calendars = self.plan.playbook, self.plan.calendars
        days = calendars.of(party.party) if party else calendars.of_house(playbook.house.country)
        return planned(playbook, days, state.order, milestone)

    def due(self, tx: Transaction, now: datetime) -> tuple[tuple[Due, ...], tuple[Held, ...]]:
        """Return what the next round at `now` would write, and what is held back."""
        return due(situation(tx, self.plan), self.plan.playbook, self.plan.calendars, now)

    def slot(self, tx: Transaction, day: date) -> tuple[Due, ...]:
        """Return what falls due on a day: its slot of the tickler."""
        return slot(situation(tx, self.plan), self.plan.playbook, self.plan.calendars, day)

    def slots(self, tx: Transaction, days: Sequence[date]) -> list[tuple[Due, ...]]:
        """Return what falls due on each of some days."""
        here = situation(tx, self.plan)
        return [slot(here, self.plan.playbook, self.plan.calendars, day) for day in days]

    def preview_live(self, party: str, now: datetime) -> tuple[list[str], tuple[PlannedLetter, ...], tuple[Held, ...]]:
        """Return the quiet parties that `party` means, what they would be sent if they went live now, and what not."""
        with self.store.look() as tx:
            names, letters, held = preview_live(tx, self.plan, party, now)
            theirs = {number for number, state in tx.views.orders().items() if state.order.party in names}
        return names, letters, tuple(one for one in held if one.duty.order in theirs)


def open_desk(config: Path | None, *, clock: Clock) -> Desk:
    """Return the desk of an installation; raises CannotStartError with everything that is wrong."""
    settings, problems = load_settings(config, os.environ)
    if settings is None:
        raise CannotStartError(problems)
    return Desk(settings, database_or_raise(settings), clock)
