"""Letters as rows of the outbox, and back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import Row

from mailflow.core.letters.model import Duty, Envelope, LetterState, OutboxLetter, PlannedLetter
from mailflow.core.orders.codec import printable
from mailflow.edges.database.types import utc


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty, the letter that fulfils it, and how far that letter has got."""

    duty: Duty
    letter: int
    state: LetterState
    at: datetime


def letter_row(planned: PlannedLetter, at: datetime) -> dict[str, Any]:
    """Return a planned letter as a new row."""
    return {
        "account": planned.account,
        "state": LetterState.HELD if planned.missing else LetterState.QUEUED,
        "mode": planned.mode,
        "urgent": planned.urgent,
        "approved": False,
        "filed": False,
        "uncertain": False,
        "attempts": 0,
        "repeated": 0,
        "worker": "",
        "created_at": utc(at),
        "not_before": utc(planned.not_before),
        "next_try": utc(planned.not_before),
        "reply": f"missing: {', '.join(planned.missing)}" if planned.missing else "",
        "refused": "[]",
        "planned": dump_planned(planned),
    }


def duty_row(letter: int, duty: Duty) -> dict[str, Any]:
    """Return a duty as a new row; one with an empty field is refused, it could not be told from another."""
    if not all(duty_fields(duty)):
        raise ValueError(f"a field of {duty} is empty")
    return {
        "letter": letter,
        "step": duty.step,
        "order_number": duty.order,
        "recipient": duty.recipient,
        "occasion": duty.occasion,
        "released": False,
    }


def duty_fields(duty: Duty) -> tuple[str, str, str, str]:
    """Return what makes a duty this one, step first."""
    return duty.step, duty.order, duty.recipient, duty.occasion


def frozen_values(envelope: Envelope, planned: PlannedLetter | None) -> dict[str, Any]:
    """Return what is kept for ever of a letter, and its plan where it has been made anew."""
    values: dict[str, Any] = {
        "new_message_id": envelope.message_id,
        "new_sender": envelope.sender,
        "new_recipients": dump_list(envelope.recipients),
        "new_raw": envelope.raw,
    }
    return values if planned is None else values | planned_values(planned)


def planned_values(planned: PlannedLetter) -> dict[str, Any]:
    """Return what is kept of a plan that has been made anew."""
    return {"new_planned": dump_planned(planned), "new_mode": planned.mode, "new_urgent": planned.urgent}


def outbox_letter(row: Row[Any]) -> OutboxLetter:
    """Return a row of the outbox as a letter."""
    return OutboxLetter(
        id=row.id,
        planned=load_planned(row.planned),
        state=LetterState(row.state),
        created_at=row.created_at,
        next_try=row.next_try,
        envelope=envelope_of(row),
        attempts=row.attempts,
        repeated=row.repeated,
        worker=row.worker,
        reply=row.reply,
        approved=row.approved,
        sent_at=row.sent_at,
        filed=row.filed,
        refused=load_list(row.refused),
    )


def envelope_of(row: Row[Any]) -> Envelope | None:
    """Return a letter's bytes, None until they are frozen."""
    if row.message_id is None:
        return None
    return Envelope(row.message_id, row.sender, load_list(row.recipients), row.raw)


def dump_planned(planned: PlannedLetter) -> str:
    """Return a plan as JSON."""
    try:
        return _planned().dump_json(planned).decode()
    except PydanticSerializationError:
        return _planned().dump_json(printable(planned)).decode()


def load_planned(data: str) -> PlannedLetter:
    """Return the plan that `dump_planned` gave as JSON."""
    return _planned().validate_json(data)


def dump_list(items: Sequence[str]) -> str:
    """Return some texts as one."""
    return json.dumps(list(items), ensure_ascii=False)


def load_list(data: str) -> tuple[str, ...]:
    """Return the texts that `dump_list` gave as one."""
    return tuple(json.loads(data))


@cache
def _planned() -> TypeAdapter[PlannedLetter]:
    return TypeAdapter(PlannedLetter)
