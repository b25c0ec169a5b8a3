"""The record that deciding about a person's mail looks at, read in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.matching.identifiers import normalise
from mailflow.core.matching.index import Naming
from mailflow.core.orders.by_hand import Steered
from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import LearnedState, OrderState, ReviewState
from mailflow.core.playbook.frame import Frame, is_open
from mailflow.core.steering.chasing import cannot_chase
from mailflow.core.steering.digest import Morning, late_rows
from mailflow.core.steering.model import Colleague, DigestRow
from mailflow.core.steering.words import SteeringRules, fold
from mailflow.jobs.ports import Transaction

SHORTEST_TAIL = 4
LAST_STEERED = "steered:"
"""Note: the last mail of a person that was obeyed."""


class TxRecord:
    """The record as it stands in a transaction; what is large is read only where it is wanted."""

    def __init__(
        self,
        tx: Transaction,
        rules: SteeringRules,
        today: date,
        morning: Callable[[], Morning],
        frame_of: Callable[[Sequence[str]], Frame],
    ) -> None:
        self._tx = tx
        self._rules = rules
        self._today = today
        self._morning = morning
        self._frame_of = frame_of

    def order(self, number: str) -> OrderState | None:
        """Return an order by our number."""
        return self._tx.views.orders([number]).get(number) if number else None

    def orders(self) -> Mapping[str, OrderState]:
        """Return all orders."""
        return self._tx.views.orders()

    def party(self, name: str) -> Party | None:
        """Return a party by its name."""
        state = self._tx.views.parties().get(name)
        return state.party if state else None

    def review(self, item: str) -> ReviewState | None:
        """Return a question, open or decided."""
        return self._tx.views.review(item)

    def letter(self, number: int) -> OutboxLetter | None:
        """Return a letter of the outbox."""
        return self._tx.outbox.get(number)

    def history(self, order: str) -> Sequence[Recorded]:
        """Return an order's events."""
        return self._tx.ledger.history(order)

    def of_mail(self, mail: int) -> Sequence[Recorded]:
        """Return the events that rest on a mail."""
        return self._tx.ledger.of_mail(mail)

    def events(self, ids: Sequence[int]) -> Sequence[Recorded]:
        """Return events by their ids."""
        if not ids:
            return []
        wanted = set(ids)
        found = self._tx.ledger.after(min(ids) - 1, max(ids) - min(ids) + 1)
        return [one for one in found if one.id in wanted]

    def learned(self) -> Mapping[str, LearnedState]:
        """Return what was learned and not withdrawn."""
        return self._tx.views.learned()

    def late(self, person: str) -> Sequence[DigestRow]:
        """Return a person's orders that are late or at risk."""
        return late_rows(Colleague(person), self._morning(), self._rules)

    def chase(self, order: str) -> str:
        """Return why nobody can be asked about an order now, or nothing."""
        state = self.order(order)
        return cannot_chase(self._frame_of([order]), state) if state else f"there is no order {order}"

    def last_steered(self, person: str) -> int | None:
        """Return the last mail of a person that was obeyed."""
        noted = self._tx.notes.get(LAST_STEERED + person)
        return int(noted) if noted else None

    def today(self) -> date:
        """Return the day that it is at our house."""
        return self._today

    def obeyed(self, mail: int) -> bool:
        """Say whether a mail was obeyed before."""
        return any(isinstance(one.event, Steered) for one in self.of_mail(mail))

    # ── names, as people write them ──────────────────────────────────────────────────────────────────────────────────

    def named_orders(self, text: str) -> Sequence[str]:
        """Return the orders that a name may mean: our number as anybody writes it, or an open one's last digits."""
        exact = [name for name in (text, text.upper()) if self._tx.views.orders([name])]
        if exact:
            return exact[:1]
        key = normalise(fold(text))
        same = {one.order for one in self._tx.identifiers.exact(key) if one.naming is Naming.OWN}
        if same or len(key) < SHORTEST_TAIL or not key.isdigit():
            return sorted(same)
        states = self._tx.views.orders()
        return [number for number, one in states.items() if is_open(one) and normalise(fold(number)).endswith(key)]

    def named_parties(self, text: str) -> Sequence[str]:
        """Return the party of this name or short name."""
        wanted = fold(text)
        parties = self._tx.views.parties()
        return [name for name, one in parties.items() if wanted in (fold(name), fold(one.party.short)) and wanted]


def local_day(now: datetime, frame: Frame) -> date:
    """Return the day of a moment at our house."""
    return now.astimezone(frame.house_zone).date()
