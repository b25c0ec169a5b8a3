"""What obeying a mail comes to: events, moves of letters, and what its writer is told."""

from dataclasses import dataclass, field, replace
from datetime import date

from mailflow.core.letters.model import PlannedLetter
from mailflow.core.orders.events import Event
from mailflow.core.steering.model import BookAnswer, SteeringReply, SteerLine


@dataclass(slots=True)
class Effects:
    """Gathered while a mail is obeyed; nothing happens before all of it is known."""

    events: list[Event] = field(default_factory=list)
    send: list[int] = field(default_factory=list)  # letters to let go
    decline: list[int] = field(default_factory=list)
    withdraw: list[int] = field(default_factory=list)  # letters whose reason is gone by what is entered
    anew: list[PlannedLetter] = field(default_factory=list)  # letters to write
    hold: list[int] = field(default_factory=list)  # letters to keep back, for a person to decide again
    chase: list[str] = field(default_factory=list)  # orders to chase now
    handed: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)  # orders that pass to one of our people
    reread: list[int] = field(default_factory=list)  # mails to read again with what was learned
    copies: list[str] = field(default_factory=list)  # colleagues who are told, too
    done: list[SteerLine] = field(default_factory=list)
    not_done: list[SteerLine] = field(default_factory=list)
    told: list[SteerLine] = field(default_factory=list)
    confirm: list[SteerLine] = field(default_factory=list)
    book: BookAnswer | None = None  # what an order book in the mail comes to

    @property
    def says(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.done or self.not_done or self.told or self.confirm or self.book)

    @property
    def changes(self) -> bool:
        """Say whether anything is changed by it."""
        return bool(self.events or self.send or self.decline or self.hold or self.chase or self.reread or self.anew)

    def do(self, line: SteerLine, *events: Event) -> None:
        """Add something that is done, with its events."""
        self.done.append(line)
        self.events += events

    def fail(self, kind: str, words: str = "", **more: str | int | date) -> None:
        """Add something that is not done, and why."""
        self.not_done.append(replace(SteerLine(kind, words=words), **more))  # type: ignore[arg-type] # names of fields

    def reply(self, mail: int, digest: int) -> SteeringReply:
        """Return what the writer is told."""
        return SteeringReply(
            mail,
            digest,
            tuple(self.done),
            tuple(self.not_done),
            tuple(self.told),
            tuple(self.confirm),
            undo=bool(self.done or self.book) and self.changes,
            book=self.book,
        )
