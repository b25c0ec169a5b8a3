"""How a letter goes from one state to the next; every other move is refused."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, delete, select, update

from mailflow.core.letters.model import Envelope, PlannedLetter
from mailflow.edges.database import letter_statements as move
from mailflow.edges.database.errors import IllegalMoveError
from mailflow.edges.database.letter_rows import dump_list, duty_fields, envelope_of, frozen_values, planned_values
from mailflow.edges.database.schema import outbox as t
from mailflow.edges.database.schema.places import worker as worker_table
from mailflow.edges.database.statements import chunks
from mailflow.edges.database.types import stored_key
from mailflow.edges.database.workers import Worker


class LetterMoves:
    """The moves. A worker moves only what it has claimed itself; of a process that never joined this isn't asked."""

    def __init__(self, connection: Connection, worker: Worker | None = None) -> None:
        self._connection = connection
        self._worker = worker
        self._asked = worker is not None
        self._mine = {} if worker is None else {"mine": worker.name}
        self._names = {} if worker is None else {"names": worker.names}

    def freeze(self, letter: int, envelope: Envelope, planned: PlannedLetter | None = None) -> None:
        """Keep the bytes for ever, and the plan as it was checked again; the same bytes again change nothing."""
        values = frozen_values(envelope, planned) | self._mine
        if self._moved(move.freezing(self._asked, planned is not None), [letter], values):
            if planned is not None:
                self._release_other_duties(letter, planned)
            return
        row = self._connection.execute(move.frozen(self._asked), {"letter": letter, **self._mine}).one_or_none()
        if row is None or envelope_of(row) != envelope:
            self._refuse([letter], "frozen with other bytes")

    def handed(self, letters: Sequence[int], at: datetime) -> None:
        """Note that letters are about to be handed to the server; commit before DATA."""
        self._move("handed over", move.handing(self._asked), list(dict.fromkeys(letters)), {"now": at, **self._mine})

    def sent(self, letter: int, at: datetime, reply: str, refused: Sequence[str] = ()) -> None:
        """Note that a letter has gone out: the server took it, or a person sent the draft by hand.

        Whoever knows it may say so: a worker that was taken for gone, or one that handed it over again after that.
        """
        values = {"now": at, "new_reply": reply, "new_refused": dump_list(refused)}
        if self._moved(move.sending(), [letter], values):
            return
        if self._connection.execute(move.sent_again(), {"letter": letter}).one_or_none() is None:
            self._refuse([letter], "sent")

    def refused(self, letter: int, reply: str, refused: Sequence[str]) -> None:
        """Note that no recipient is accepted, for good."""
        values = {"new_reply": reply, "new_refused": dump_list(refused), **self._names}
        self._move("refused", move.refusing(self._asked), [letter], values)

    def later(self, letter: int, next_try: datetime, reply: str) -> None:
        """Put a letter back in the queue: refused for now, or claimed and not handed over."""
        values = {"at": next_try, "new_reply": reply, **self._names}
        self._move("put back", move.putting_back(self._asked), [letter], values)

    def unknown(self, letter: int, next_try: datetime, reply: str) -> None:
        """Note that a letter was handed over and no reply came."""
        values = {"at": next_try, "new_reply": reply, **self._names}
        self._move("unknown", move.losing_sight(self._asked), [letter], values)

    def hold(self, letter: int, reason: str) -> None:
        """Keep a letter back until a person looks at it."""
        self._move("held", move.holding(self._asked), [letter], {"new_reply": reason, **self._names})

    def withdraw(self, letter: int, reason: str) -> None:
        """Take a letter back, its reason is gone; its duties may become due again unless it may have gone out."""
        self._move("withdrawn", move.withdrawing(), [letter], {"new_reply": reason})
        self._connection.execute(move.releasing(), {"of_letter": letter})

    def release(self, letter: int, planned: PlannedLetter, now: datetime) -> None:
        """Put a letter that was held and never written back in the queue, with the plan as it is now."""
        values = {"at": now, **planned_values(planned)}
        self._move("put back", move.requeuing(), [letter], values)
        self._release_other_duties(letter, planned)

    def approve(self, letter: int, now: datetime) -> None:
        """Let a letter go that waited for a person, or for silence."""
        self._move("approved", move.approving(), [letter], {"at": now})

    def decline(self, letter: int) -> None:
        """Note that a person doesn't want a letter to go; its duties are settled thereby."""
        self._move("declined", move.declining(), [letter], {})

    def filed(self, letter: int) -> None:
        """Note that the draft or the copy is in the mailbox; a claimed draft becomes drafted."""
        if self._moved(move.filing(), [letter], {}):
            return
        if self._connection.execute(move.overtaken(), {"letter": letter}).one_or_none() is None:
            self._refuse([letter], "filed")

    def recover(self, gone: Iterable[str], now: datetime) -> int:
        """Give up the claims of workers that are gone: claimed → queued, handed → unknown. Returns how many."""
        count = 0
        for some in chunks(gone):
            count += self._connection.execute(move.recovering(), {"gone": some, "now": now}).rowcount
            self._connection.execute(delete(worker_table).where(worker_table.c.name.in_(some)))
        return count

    def _move(self, verb: str, statement: Update, letters: list[int], values: dict[str, Any]) -> None:
        if not self._moved(statement, letters, values):
            self._refuse(letters, verb)

    def _moved(self, statement: Update, letters: list[int], values: dict[str, Any]) -> bool:
        rows = [{"number": letter, **values} for letter in letters]
        return not rows or self._connection.execute(statement, rows).rowcount == len(rows)

    def _release_other_duties(self, letter: int, planned: PlannedLetter) -> None:
        """Duties that lost their reason before the bytes were frozen may become due again."""
        kept = {tuple(map(stored_key, duty_fields(duty))) for duty in planned.duties}
        of_letter = select(t.duty).where(t.duty.c.letter == letter)
        for row in self._connection.execute(of_letter).all():
            if (row.step, row.order_number, row.recipient, row.occasion) not in kept:
                self._connection.execute(update(t.duty).where(t.duty.c.id == row.id).values(released=True))

    def _refuse(self, letters: list[int], verb: str) -> None:
        columns = select(t.letter.c.id, t.letter.c.state, t.letter.c.worker).where(t.letter.c.id.in_(letters))
        states = {
            row.id: f"{row.state}{' by ' + row.worker if row.worker else ''}"
            for row in self._connection.execute(columns)
        }
        told = ", ".join(f"letter {number} ({states.get(number, 'not there')})" for number in letters)
        raise IllegalMoveError(f"cannot be {verb}: {told}")
