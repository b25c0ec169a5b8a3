"""The simulated house: a ledger in memory with its real views, and an outbox that nobody empties but the clock."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mailflow.core.letters.model import Duty, LetterState, Mode, PlannedLetter
from mailflow.core.orders.events import CustomerTold, Event, LetterSent, Recorded
from mailflow.core.orders.model import House
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.model import Done, Situation, Waits
from mailflow.core.views.addresses import ADDRESSES
from mailflow.core.views.orders import ORDERS
from mailflow.core.views.parties import PARTIES
from mailflow.core.views.reviews import REVIEWS
from mailflow.core.views.view import fold

_OVER = frozenset({LetterState.SENT, LetterState.WITHDRAWN, LetterState.DECLINED})
_CAP_TIME = timedelta(days=1)


@dataclass(slots=True)
class Letter:
    """A letter of the simulated outbox; `at` is when its state began, aware UTC."""

    id: int
    planned: PlannedLetter
    state: LetterState
    at: datetime
    reason: str = ""


@dataclass(slots=True)
class World:
    """Everything that the rules look at; `outside` is the most that a letter leaving the house may do."""

    house: House
    outside: Mode = Mode.AUTO
    ledger: list[Recorded] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    _states: dict[str, dict[str, Any]] = field(default_factory=dict)
    _duties: dict[Duty, Letter] = field(default_factory=dict)

    def record(self, at: datetime, events: Iterable[Event]) -> None:
        """Let something have happened; the views move with it."""
        new = [Recorded(len(self.ledger) + n, at, event, "simulation", "") for n, event in enumerate(events, 1)]
        self.ledger += new
        for view in (ORDERS, PARTIES, ADDRESSES, REVIEWS):
            fold(view, self._states.setdefault(view.name, {}), new)

    def order(self, number: str) -> OrderState:
        """Return the state of an order."""
        state: OrderState = self._states[ORDERS.name][number]
        return state

    def situation(self) -> Situation:
        """Return what decides what is due."""
        reviews = {item: state for item, state in self._states.get(REVIEWS.name, {}).items() if state.choice is None}
        waiting = (one for one in self.letters if one.state is LetterState.DRAFTED)
        drafts = tuple(
            Waits(one.id, one.planned.template, one.planned.party, one.planned.orders, one.at) for one in waiting
        )
        done = tuple(
            Done(duty, one.at, one.state not in _OVER)
            for duty, one in self._duties.items()
            if one.state is not LetterState.WITHDRAWN
        )
        return Situation(
            self._states.get(ORDERS.name, {}),
            self._states.get(PARTIES.name, {}),
            self.house,
            self._states.get(ADDRESSES.name, {}),
            reviews,
            done,
            self.outside,
            drafts,
        )

    def plan(self, planned: PlannedLetter, at: datetime) -> Letter | None:
        """Put a letter into the outbox; None where a duty of it is there already, as in the real one."""
        known = (self._duties.get(duty) for duty in planned.duties)
        if any(one is not None and one.state is not LetterState.WITHDRAWN for one in known):
            return None
        waits = LetterState.HELD if planned.missing else LetterState.QUEUED
        letter = Letter(len(self.letters) + 1, planned, waits, at, ", ".join(planned.missing))
        self.letters.append(letter)
        self._duties.update(dict.fromkeys(planned.duties, letter))
        return letter

    def waiting(self, state: LetterState) -> list[Letter]:
        """Return the letters in a state, oldest first."""
        return [one for one in self.letters if one.state is state]

    def sent_lately(self, now: datetime) -> Counter[str]:
        """Return how many letters each address got within the last day."""
        return Counter(
            person.email
            for one in self.letters
            if one.state is LetterState.SENT and one.at > now - _CAP_TIME
            for person in (*one.planned.to, *one.planned.cc)
        )

    def send(self, letter: Letter, planned: PlannedLetter, at: datetime) -> None:
        """Let a letter go out, as it was looked at again."""
        for duty in set(letter.planned.duties) - set(planned.duties):
            del self._duties[duty]
        letter.planned, letter.state, letter.at = planned, LetterState.SENT, at
        to = tuple(person.email for person in planned.to)
        told = [CustomerTold(one.order, one.date, letter.id) for one in planned.told]
        self.record(at, [LetterSent(letter.id, planned.orders, f"<{letter.id}@sim>", planned.template, to), *told])

    def draft(self, letter: Letter, at: datetime) -> None:
        """Let a letter lie in Drafts."""
        letter.state, letter.at = LetterState.DRAFTED, at

    def withdraw(self, letter: Letter, reason: str, at: datetime) -> None:
        """Take a letter back; its duties may become due again."""
        letter.state, letter.at, letter.reason = LetterState.WITHDRAWN, at, reason

    def decline(self, letter: Letter, at: datetime) -> None:
        """Let a person not want a letter; its duties are settled thereby."""
        letter.state, letter.at = LetterState.DECLINED, at
