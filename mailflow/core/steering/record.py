"""What deciding about a person's mail needs to know; the job gives it from the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import LearnedState, OrderState, ReviewState
from mailflow.core.steering.model import DigestRow


class Record(Protocol):
    """The record as it stands in this transaction."""

    def order(self, number: str) -> OrderState | None: ...
    def orders(self) -> Mapping[str, OrderState]:
        """Return all orders; seldom wanted."""
        ...

    def party(self, name: str) -> Party | None: ...
    def review(self, item: str) -> ReviewState | None:
        """Return a question, open or decided."""
        ...

    def letter(self, number: int) -> OutboxLetter | None: ...
    def history(self, order: str) -> Sequence[Recorded]: ...
    def of_mail(self, mail: int) -> Sequence[Recorded]: ...
    def events(self, ids: Sequence[int]) -> Sequence[Recorded]: ...
    def learned(self) -> Mapping[str, LearnedState]: ...
    def late(self, person: str) -> Sequence[DigestRow]:
        """Return a person's orders that are late or at risk, the most urgent first."""
        ...

    def chase(self, order: str) -> str:
        """Return why nobody can be chased about an order now, or nothing."""
        ...

    def last_steered(self, person: str) -> int | None:
        """Return the last mail of a person that was obeyed."""
        ...

    def today(self) -> date: ...
