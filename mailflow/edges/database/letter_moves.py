"""How a letter goes from one state to the next; every other move is refused."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, false, literal, or_, select, true, update

from mailflow.core.letters.model import Envelope, LetterState, Mode, PlannedLetter
from mailflow.edges.database.errors import IllegalMoveError
from mailflow.edges.database.letter_rows import dump_list, dump_planned, envelope_of, frozen_values
from mailflow.edges.database.schema import outbox as t
from mailflow.edges.database.schema.places import worker as worker_table
from mailflow.edges.database.statements import chunks
from mailflow.edges.database.types import stored_key
from mailflow.edges.database.workers import Worker

_HELD, _QUEUED, _CLAIMED = LetterState.HELD, LetterState.QUEUED, LetterState.CLAIMED
_HANDED, _UNKNOWN, _SENT = LetterState.HANDED, LetterState.UNKNOWN, LetterState.SENT
_DRAFTED, _DECLINED, _WITHDRAWN = LetterState.DRAFTED, LetterState.DECLINED, LetterState.WITHDRAWN

letter = t.letter.c


def in_state(*states: LetterState) -> ColumnElement[bool]:
    """Return the condition that a letter is in one of the states."""
    return letter.state.in_(states)


def waits_for_yes() -> ColumnElement[bool]:
    """Return the condition that a letter is a draft that nobody has approved."""
    return and_(letter.mode == Mode.DRAFT, letter.approved == false())


def queued_again() -> ColumnElement[Any]:
    """Return the state in which a letter waits; one that may have gone out stays unknown until it is settled."""
    return case((letter.uncertain == true(), literal(_UNKNOWN.value)), else_=literal(_QUEUED.value))


class LetterMoves:
    """The moves. A worker moves only what it has claimed itself; of a process that never joined this isn't asked."""

    def __init__(self, connection: Connection, worker: Worker | None = None) -> None:
        self._connection = connection
        self._worker = worker

    def freeze(self, letter: int, envelope: Envelope, planned: PlannedLetter | None = None) -> None:
        """Keep the bytes for ever, and the plan as it was checked again; the same bytes again change nothing."""
        values = frozen_values(envelope)
        if planned is not None:
            values |= {"planned": dump_planned(planned), "mode": planned.mode, "urgent": planned.urgent}
        where = and_(self._claimed_now(), t.letter.c.message_id.is_(None))
        if self._moved([letter], where, values):
            if planned is not None:
                self._release_other_duties(letter, planned)
            return
        ours = select(t.letter).where(t.letter.c.id == letter, self._claimed_now())
        row = self._connection.execute(ours).one_or_none()
        if row is None or envelope_of(row) != envelope:
            self._refuse([letter], "frozen with other bytes")

    def handed(self, letters: Sequence[int], at: datetime) -> None:
        """Note that letters are about to be handed to the server; commit before DATA."""
        may_go = and_(self._claimed_now(), letter.message_id.is_not(None), ~waits_for_yes())
        for some in chunks(dict.fromkeys(letters)):
            values = {"state": _HANDED, "handed_at": at, "attempts": letter.attempts + 1}
            self._move(some, "handed over", may_go, values)

    def sent(self, letter: int, at: datetime, reply: str, refused: Sequence[str] = ()) -> None:
        """Note that a letter has gone out: the server took it, or a person sent the draft by hand.

        Whoever knows it may say so: a worker that was taken for gone, or one that handed it over again after that.
        """
        handed = or_(in_state(_HANDED, _UNKNOWN), and_(in_state(_CLAIMED), t.letter.c.uncertain == true()))
        by_hand = and_(in_state(_DRAFTED, _DECLINED, _WITHDRAWN), t.letter.c.message_id.is_not(None))
        if self._was_sent_again(letter):
            return
        values = {
            "state": _SENT,
            "sent_at": at,
            "reply": reply,
            "refused": dump_list(refused),
            "worker": "",
            "uncertain": False,
            "filed": case((handed, false()), else_=true()),  # by hand: the copy is in Sent already
        }
        self._move([letter], "sent", or_(handed, by_hand), values)

    def refused(self, letter: int, reply: str, refused: Sequence[str]) -> None:
        """Note that no recipient is accepted, for good."""
        values = {"state": LetterState.REFUSED, "reply": reply, "refused": dump_list(refused), "worker": ""}
        self._move([letter], "refused", or_(self._claimed_once(_HANDED), in_state(_UNKNOWN)), values)

    def later(self, letter: int, next_try: datetime, reply: str) -> None:
        """Put a letter back in the queue: refused for now, or claimed and not handed over."""
        values = {
            "state": queued_again(),
            "next_try": next_try,
            "reply": reply,
            "worker": "",
            "repeated": _counted_back(),
        }
        self._move([letter], "put back", self._claimed_once(_HANDED, _CLAIMED), values)

    def unknown(self, letter: int, next_try: datetime, reply: str) -> None:
        """Note that a letter was handed over and no reply came."""
        values = {"state": _UNKNOWN, "next_try": next_try, "reply": reply, "worker": "", "uncertain": True}
        self._move([letter], "unknown", self._claimed_once(_HANDED), values)

    def hold(self, letter: int, reason: str) -> None:
        """Keep a letter back until a person looks at it."""
        values = {"state": _HELD, "reply": reason, "worker": "", "repeated": _counted_back()}
        where = or_(in_state(_HELD, _QUEUED, _UNKNOWN), self._claimed_once(_CLAIMED, _HANDED))
        self._move([letter], "held", where, values)

    def withdraw(self, letter: int, reason: str) -> None:
        """Take a letter back, its reason is gone; its duties may become due again unless it may have gone out."""
        where = in_state(_HELD, _QUEUED, _CLAIMED, _DRAFTED, _UNKNOWN)
        self._move([letter], "withdrawn", where, {"state": _WITHDRAWN, "reply": reason, "worker": ""})
        certain = select(t.letter.c.id).where(t.letter.c.id == letter, t.letter.c.uncertain == false())
        released = update(t.duty).where(t.duty.c.letter.in_(certain)).values(released=True)
        self._connection.execute(released)

    def approve(self, letter: int, now: datetime) -> None:
        """Let a letter go that waited for a person, or for silence."""
        values = {
            "state": queued_again(),
            "approved": True,
            "next_try": now,
            "not_before": now,
            "worker": "",
            "filed": False,  # what lies in Drafts is no copy in Sent
        }
        claimed = and_(in_state(_CLAIMED), waits_for_yes())
        self._move([letter], "approved", or_(in_state(_HELD, _QUEUED, _DRAFTED), claimed), values)

    def decline(self, letter: int) -> None:
        """Note that a person doesn't want a letter to go; its duties are settled thereby."""
        claimed = and_(in_state(_CLAIMED), waits_for_yes())
        where = or_(in_state(_HELD, _QUEUED, _DRAFTED), claimed)
        self._move([letter], "declined", where, {"state": _DECLINED, "worker": ""})

    def filed(self, letter: int) -> None:
        """Note that the draft or the copy is in the mailbox; a claimed draft becomes drafted."""
        draft = and_(in_state(_CLAIMED), waits_for_yes())
        state = case((draft, literal(_DRAFTED.value)), else_=t.letter.c.state)
        values = {"filed": True, "state": state, "worker": ""}
        if self._moved([letter], or_(in_state(_SENT), draft), values):
            return
        settled = in_state(_QUEUED, _CLAIMED, _HANDED, _UNKNOWN, _DRAFTED, _DECLINED, _WITHDRAWN)
        overtaken = select(t.letter.c.id).where(t.letter.c.id == letter, t.letter.c.mode == Mode.DRAFT, settled)
        if self._connection.execute(overtaken).one_or_none() is None:  # a person's answer came while it was filed
            self._refuse([letter], "filed")

    def recover(self, gone: Iterable[str], now: datetime) -> int:
        """Give up the claims of workers that are gone: claimed → queued, handed → unknown. Returns how many."""
        count = 0
        for some in chunks(gone):
            lost = update(t.letter).where(t.letter.c.worker.in_(some), in_state(_CLAIMED, _HANDED))
            handed = in_state(_HANDED)
            values = {
                "state": case((handed, literal(_UNKNOWN.value)), else_=queued_again()),
                "next_try": case((handed, literal(now, t.letter.c.next_try.type)), else_=t.letter.c.next_try),
                "repeated": _counted_back(),
                "uncertain": or_(handed, t.letter.c.uncertain == true()),
                "worker": "",
            }
            count += self._connection.execute(lost.values(values)).rowcount
            names = [stored_key(name) for name in some]
            self._connection.execute(delete(worker_table).where(worker_table.c.name.in_(names)))
        return count

    def _claimed_now(self) -> ColumnElement[bool]:
        """Claimed by this worker, which is one still; another may have taken over what it had before."""
        if self._worker is None:
            return in_state(_CLAIMED)
        return and_(in_state(_CLAIMED), letter.worker == self._worker.name) if self._worker.name else false()

    def _claimed_once(self, *states: LetterState) -> ColumnElement[bool]:
        """In one of the states since this process claimed it, under whatever name."""
        return and_(in_state(*states), true() if self._worker is None else letter.worker.in_(self._worker.names))

    def _was_sent_again(self, letter: int) -> bool:
        found = select(t.letter.c.id).where(t.letter.c.id == letter, in_state(_SENT), t.letter.c.repeated > 0)
        return self._connection.execute(found).one_or_none() is not None

    def _move(self, letters: list[int], verb: str, where: ColumnElement[bool], values: dict[str, Any]) -> None:
        if not self._moved(letters, where, values):
            self._refuse(letters, verb)

    def _moved(self, letters: list[int], where: ColumnElement[bool], values: dict[str, Any]) -> bool:
        moves = update(t.letter).where(t.letter.c.id.in_(letters), where).values(values)
        return self._connection.execute(moves).rowcount == len(letters)

    def _release_other_duties(self, letter: int, planned: PlannedLetter) -> None:
        """Duties that lost their reason before the bytes were frozen may become due again."""
        kept = {tuple(map(stored_key, (d.step, d.order, d.recipient, d.occasion))) for d in planned.duties}
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


def _counted_back() -> ColumnElement[Any]:
    """Return `repeated` without the repetition that was counted when an unknown letter was claimed and not handed."""
    return case((and_(in_state(_CLAIMED), letter.uncertain == true()), letter.repeated - 1), else_=letter.repeated)
