"""Every mail of tests/mail/message, as mail programs write them, with what is read of it beside it."""

from pathlib import Path

import pytest

from mailflow.core.message.model import Attachment, Line, Message, Table
from tests.core.message.conftest import Read
from tests.golden import same_as_golden

MAILS = Path(__file__).parents[2] / "mail" / "message"


def _table(table: Table) -> list[list[str]]:
    return [[cell.text + (f" ~~{cell.struck}~~" if cell.struck else "") for cell in row] for row in table.rows]


def _line(line: Line) -> object:
    if line.table is not None:
        return {"table": _table(line.table)}
    return {"text": line.text, "above": line.above} if line.above else line.text


def _attachment(attachment: Attachment) -> dict[str, object]:
    content = attachment.content
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "inline": attachment.inline,
        "text": content.text,
        "problem": content.problem,
    }


def shown(message: Message) -> dict[str, object]:
    """What a golden file holds of a message; empty fields are left out."""
    failure = message.failure
    fields: dict[str, object] = {
        "kind": message.kind.value,
        "sender": [message.sender.email, message.sender.name],
        "to": [[address.email, address.name] for address in message.to],
        "date": message.date.isoformat() if message.date else "",
        "subject": message.subject,
        "lines": [_line(line) for line in message.lines],
        "quoted": message.quoted.split("\n") if message.quoted else [],
        "signature": message.signature.split("\n") if message.signature else [],
        "attachments": [_attachment(attachment) for attachment in message.attachments],
        "failure": {"addresses": list(failure.addresses), "permanent": failure.permanent} if failure else {},
        "withdrawn": message.withdrawn,
        "parts_disagree": message.parts_disagree,
        "problems": list(message.problems),
    }
    return {name: value for name, value in fields.items() if value}


@pytest.mark.parametrize("mail", sorted(MAILS.glob("*.eml")), ids=lambda mail: mail.stem)
def test_mail_is_read_as_when_it_was_last_looked_at(mail: Path, read: Read, refresh_golden: bool) -> None:
    same_as_golden(shown(read(mail.read_bytes())), mail.with_suffix(".json"), refresh_golden)


def test_every_golden_result_has_its_mail() -> None:
    mails = {path.stem for path in MAILS.glob("*.eml")}
    assert len(mails) >= 40
    assert {path.stem for path in MAILS.glob("*.json")} == mails
