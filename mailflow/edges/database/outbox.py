"""The outbox: letters, the duties that they fulfil, and who is busy with which."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from mailflow.core.letters.model import Duty, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.edges.database.errors import LostSessionError
from mailflow.edges.database.letter_moves import LetterMoves
from mailflow.edges.database.letter_rows import DutyRow, duty_fields, duty_row, letter_row, load_list, outbox_letter
from mailflow.edges.database.letter_statements import in_state, waits_for_yes
from mailflow.edges.database.one_writer import OneWriter
from mailflow.edges.database.schema import outbox as t
from mailflow.edges.database.statements import chunks
from mailflow.edges.database.types import stored_key
from mailflow.edges.database.workers import Worker

_OVER = (LetterState.SENT, LetterState.WITHDRAWN, LetterState.DECLINED, LetterState.REFUSED)
_WAITING = tuple(state for state in LetterState if state not in _OVER)
_FIELDS = ("step", "order_number", "recipient", "occasion")
_URGENT_FIRST = (t.letter.c.urgent.desc(), t.letter.c.id)


class DatabaseOutbox(LetterMoves):
    """Letters and the duties that they fulfil."""

    def __init__(self, connection: Connection, writer: OneWriter, worker: Worker | None = None) -> None:
        super().__init__(connection, worker)
        self._writer = writer

    def plan(self, letter: PlannedLetter, at: datetime) -> int | None:
        """Put a letter in the outbox; None where any of its duties is there already (withdrawn ones apart)."""
        if not letter.duties or letter.mode is Mode.OFF:
            raise ValueError(f"a letter without a duty or switched off is not written: {letter.template}")
        self._writer.hold()
        if self._taken(letter.duties):
            return None
        number = self._connection.execute(_insert_letter(), letter_row(letter, at)).scalar_one()
        rows = [duty_row(number, duty) for duty in dict.fromkeys(letter.duties)]
        self._connection.execute(_insert_duties(), rows)
        return number

    def duties(
        self, orders: Iterable[str] | None = None, since: datetime | None = None, *, withdrawn: bool = False
    ) -> list[DutyRow]:
        """Return the duties of these orders or of all; with `since` those of letters that wait or are not older.

        With `withdrawn` also those that may become due again.
        """
        moment = func.coalesce(t.letter.c.sent_at, t.letter.c.created_at, type_=t.letter.c.created_at.type)
        found = select(t.duty, t.letter.c.state, moment.label("at")).join(t.letter, t.letter.c.id == t.duty.c.letter)
        if not withdrawn:
            found = found.where(literal_column(t.NOT_RELEASED))
        if since is not None:
            ways = (t.letter.c.created_at >= since, t.letter.c.sent_at >= since, in_state(*_WAITING))
            found = found.where(t.duty.c.letter.in_(union(*(select(t.letter.c.id).where(way) for way in ways))))
        if orders is None:
            return self._duties(found)
        some = (found.where(t.duty.c.order_number.in_(chunk)) for chunk in chunks(sorted(set(orders))))
        return [duty for one in some for duty in self._duties(one)]

    def claim(self, worker: str, now: datetime, limit: int, account: str = "") -> list[OutboxLetter]:
        """Take letters (of one account, where given) that may go now, urgent ones first, then the oldest."""
        if self._worker is not None and worker != self._worker.name:
            raise LostSessionError(f"{worker} is not (or no longer) this process: join, then start afresh")
        wanted: dict[str, object] = {"now": now, "most": limit} | ({"account": account} if account else {})
        numbers = list(self._connection.execute(_free(bool(account)), wanted).scalars())
        if not numbers:
            return []
        self._connection.execute(_claiming(), {"letters": numbers, "by": worker})
        rows = self._connection.execute(_urgent_first(), {"letters": numbers})
        return [outbox_letter(row) for row in rows]

    def to_file(self, account: str) -> list[OutboxLetter]:
        """Return claimed drafts that are not in Drafts yet and sent letters whose copy is not in Sent yet."""
        unfiled = and_(t.letter.c.account == account, literal_column(t.NOT_FILED), t.letter.c.message_id.is_not(None))
        draft = and_(in_state(LetterState.CLAIMED), waits_for_yes())
        return self._letters(and_(unfiled, or_(draft, in_state(LetterState.SENT))))

    def get(self, letter: int) -> OutboxLetter | None:
        """Return a letter by its number."""
        return next(iter(self._letters(t.letter.c.id == letter)), None)

    def letters(self, states: Sequence[LetterState]) -> list[OutboxLetter]:
        """Return the letters in these states, oldest first."""
        return self._letters(in_state(*states))

    def by_message_id(self, message_ids: Sequence[str]) -> list[OutboxLetter]:
        """Return the letters with these Message-IDs, oldest first."""
        found: list[OutboxLetter] = []
        for some in chunks(dict.fromkeys(message_ids)):
            found += self._letters(t.letter.c.message_id.in_(some))
        return sorted(found, key=lambda letter: letter.id)

    def sent_since(self, since: datetime) -> Mapping[str, int]:
        """Return how many letters each address was sent since then; what may have gone out counts."""
        went = or_(
            and_(in_state(LetterState.SENT), t.letter.c.sent_at >= since),
            and_(or_(in_state(LetterState.HANDED), t.letter.c.uncertain), t.letter.c.handed_at >= since),
        )
        count: Counter[str] = Counter()
        columns = select(t.letter.c.recipients, t.letter.c.refused).where(went)
        for recipients, refused in self._connection.execute(columns):
            unwanted = {address.lower() for address in load_list(refused)}
            count.update({address.lower() for address in load_list(recipients or "[]")} - unwanted)
        return count

    def refused_since(self, since: datetime) -> int:
        """Return how many letters were refused for good since then."""
        refused = and_(in_state(LetterState.REFUSED), t.letter.c.handed_at >= since)
        return self._connection.execute(select(func.count()).select_from(t.letter).where(refused)).scalar_one()

    def _taken(self, duties: Sequence[Duty]) -> bool:
        wanted = {tuple(map(stored_key, duty_fields(duty))) for duty in duties}
        near = dict(zip(_FIELDS, (sorted(set(values)) for values in zip(*wanted, strict=True)), strict=True))
        return not wanted.isdisjoint(tuple(row) for row in self._connection.execute(_near(), near))

    def _letters(self, which: ColumnElement[bool]) -> list[OutboxLetter]:
        found = select(t.letter).where(which).order_by(t.letter.c.id)
        return [outbox_letter(row) for row in self._connection.execute(found)]

    def _duties(self, found: Select[Any]) -> list[DutyRow]:
        return [
            DutyRow(
                Duty(row.step, row.order_number, row.recipient, row.occasion),
                row.letter,
                LetterState(row.state),
                row.at,
            )
            for row in self._connection.execute(found.order_by(t.duty.c.id))
        ]


@cache
def _insert_letter() -> ReturningInsert[int]:
    return insert(t.letter).returning(t.letter.c.id)


@cache
def _insert_duties() -> Insert:
    return insert(t.duty)


@cache
def _near() -> Select[Any]:
    """Find duties that agree in each field with some of those asked for, though perhaps not in all with the same."""
    some = [t.duty.c[field].in_(bindparam(field, expanding=True)) for field in _FIELDS]
    return select(*(t.duty.c[field] for field in _FIELDS)).where(literal_column(t.NOT_RELEASED), *some)


@cache
def _free(of_account: bool) -> Select[int]:
    """Find letters that may go and that nobody else has locked."""
    now = bindparam("now", type_=t.letter.c.next_try.type)
    free = select(t.letter.c.id).where(
        in_state(LetterState.QUEUED, LetterState.UNKNOWN), t.letter.c.next_try <= now, t.letter.c.not_before <= now
    )
    if of_account:
        free = free.where(t.letter.c.account == bindparam("account"))
    return free.order_by(*_URGENT_FIRST).limit(bindparam("most")).with_for_update(skip_locked=True)


@cache
def _claiming() -> Update:
    again = case((in_state(LetterState.UNKNOWN), t.letter.c.repeated + 1), else_=t.letter.c.repeated)
    taken = update(t.letter).where(t.letter.c.id.in_(bindparam("letters", expanding=True)))
    return taken.values(state=LetterState.CLAIMED, worker=bindparam("by"), repeated=again)


@cache
def _urgent_first() -> Select[Any]:
    taken = t.letter.c.id.in_(bindparam("letters", expanding=True))
    return select(t.letter).where(taken).order_by(*_URGENT_FIRST)
