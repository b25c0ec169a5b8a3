"""The report: a reading as the JSON object that `mailflow read` prints, the same bytes for the same reading."""

import json
from decimal import Decimal
from typing import Any

from mailflow.core.message.model import Message
from mailflow.core.reading.model import Reading, Update


def report(name: str, message: Message, reading: Reading) -> dict[str, Any]:
    """Return the JSON object of one mail."""
    out: dict[str, Any] = {
        "id": name,
        "disposition": reading.disposition.value,
        "message_id": message.message_id,
        "from": message.sender.email,
        "from_name": message.sender.name,
        "to": [address.email for address in message.to],
        "date": message.date.isoformat() if message.date else None,
        "subject": message.subject,
        "text": message.text,
        "new_text": message.new_text,
        "signature": message.signature,
        "attachments": [
            {"filename": a.filename, "content_type": a.content_type, "size": a.size} for a in message.attachments
        ],
    }
    if message.failure is not None and reading.disposition.value == "bounce":
        out["failed"] = list(message.failure.addresses)
        out["permanent"] = message.failure.permanent
    proof = Proof(message)
    out["mentions"] = {
        "dates": [day.isoformat() for day in reading.mentions.dates],
        "refs": [{"type": ref.type, "value": ref.value} for ref in reading.mentions.refs],
        "quantities": [{"value": _number(q.value), "unit": q.unit} for q in reading.mentions.quantities],
    }
    out["orders"] = [
        {"order": m.order, "confidence": round(m.confidence, 3), "how": m.how, "runner_up": round(m.runner_up, 3)}
        for m in reading.orders
    ]
    out["updates"] = [_update(update, proof) for update in reading.updates]
    out["questions"] = [_question(q.text, q.candidates) for q in reading.questions]
    return out


def as_line(found: dict[str, Any]) -> str:
    """Return the object as one line of JSON."""
    return (
        json.dumps(found, ensure_ascii=False, separators=(", ", ": "))
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


class Proof:
    """Finds words that stand in the mail's own text, for an update's evidence."""

    def __init__(self, message: Message) -> None:
        self._bare = _bare(message.text) + "\0" + _bare(message.subject)
        self._files = bool(message.attachments)

    def of(self, words: str) -> str:
        """Return the words, or the longest line or cell of them that stands in the text."""
        words = words.strip()[:300]
        if (self._files and words) or _bare(words) in self._bare:
            return words
        pieces = [piece.strip() for line in words.split("\n") for piece in (line, *line.split("\t"))]
        fitting = [piece for piece in pieces if piece and _bare(piece) in self._bare]
        return max(fitting, key=len, default=words)


def _bare(text: str) -> str:
    return "".join(text.split())


def _update(update: Update, proof: Proof) -> dict[str, Any]:
    out: dict[str, Any] = {"order": update.order, "kind": update.kind.value}
    if update.milestone is not None:
        out["milestone"] = update.milestone.value
    if update.date is not None:
        out["date"] = update.date.isoformat()
    if update.quantity is not None:
        out["quantity"] = _number(update.quantity)
    if update.refs:
        out["refs"] = list(update.refs)
    if update.topic:
        out["topic"] = update.topic
    if update.verdict:
        out["verdict"] = update.verdict
    out["applied"] = update.applied
    out["confidence"] = round(update.confidence, 3)
    out["evidence"] = proof.of(update.evidence)
    out["why"] = update.why
    return out


def _question(text: str, candidates: tuple[str, ...]) -> str:
    return f"{text} ({', '.join(candidates)})" if candidates else text


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
