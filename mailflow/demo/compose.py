"""The bytes of the sample mails, written as the mail programs of the trade write them."""

import base64
import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from mailflow.demo.week import Cell, Mail, Sheet

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Answered:
    """A letter of ours that a sample mail answers."""

    message_id: str
    references: str
    subject: str
    sent: str
    text: str
    html: str = ""


def compose(mail: Mail, at: datetime, house: str, answered: Answered | None = None) -> bytes:
    """Return the mail as bytes, dated `at` in the writer's own zone and addressed to `house` unless it says to whom."""
    if mail.failed:
        return _failure_notice(mail, at, house)
    name, address = parseaddr(mail.sender)
    headers = {
        "From": f"{_words(name, mail)} <{address}>",
        "To": mail.to or house,
        "Date": format_datetime(at.astimezone(ZoneInfo(mail.zone)) if mail.zone else at),
        "Subject": _words(subject_of(mail, answered), mail),
        "Message-ID": _message_id(mail, address),
        **mail.headers,
    }
    if answered:
        headers["In-Reply-To"] = answered.message_id
        headers["References"] = f"{answered.references} {answered.message_id}".strip()
    return _finish(_content(mail, answered), headers)


def subject_of(mail: Mail, answered: Answered | None) -> str:
    """Return the subject as the writer's mail program makes it."""
    if answered is None:
        return mail.subject
    return f"{'回复:' if _chinese(mail) else 'Re:'} {answered.subject}"


def _message_id(mail: Mail, address: str) -> str:
    return f"<{mail.id}.demo@{address.partition('@')[2]}>"


def _chinese(mail: Mail) -> bool:
    return any("一" <= sign <= "鿿" for sign in mail.text + mail.html)


def _content(mail: Mail, answered: Answered | None) -> Message:
    text = mail.text
    rich = mail.html or mail.table or mail.fills
    if answered and not rich:
        text = f"{text.rstrip()}\n\n{_quote(answered, chinese=_chinese(mail))}"
    body = _html_body(mail, answered) if rich else _text_part(text, "plain", mail)
    if mail.sheet is None:
        return body
    return _multipart("mixed", [body, _workbook(mail.sheet, mail)])


def _quote(answered: Answered, *, chinese: bool) -> str:
    if chinese:
        head = f"------------------ 原始邮件 ------------------\n发送时间: {answered.sent}\n主题: {answered.subject}\n"
        return f"{head}\n{answered.text}"
    quoted = "\n".join(f"> {line}".rstrip() for line in answered.text.splitlines())
    return f"On {answered.sent} you wrote:\n{quoted}\n"


def _html_body(mail: Mail, answered: Answered | None) -> Message:
    page = mail.html or f"<p>{html.escape(mail.text.strip()).replace(chr(10), '<br>')}</p>"
    if mail.table:
        page += _table(mail.table)
    if answered and mail.fills:
        page += _filled_in(answered.html, mail.fills)
    if answered:
        page += f"<blockquote type='cite'>{html.escape(answered.text).replace(chr(10), '<br>')}</blockquote>"
    return _text_part(f"<html><body>{page}</body></html>", "html", mail)


def _filled_in(letter: str, fills: Mapping[str, str]) -> str:
    """Return the table of our letter as its reader sends it back, with something written into each last cell."""
    table = re.search(r"<table class=\"list\".*?</table>", letter, re.DOTALL)
    rows = re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL) if table else []
    for number, row in enumerate(rows):
        said = next((words for order, words in fills.items() if f">{order}<" in row), "")
        start, cell, _ = row.rpartition("&nbsp;</td>")
        rows[number] = f"{start}{html.escape(said)}</td></tr>" if cell and said else row
    return f"<table border='1'>{''.join(rows)}</table>"


def _table(rows: Sequence[Sequence[Cell]]) -> str:
    head, *lines = ["".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table border='1'><tr>{head.replace('td>', 'th>')}</tr>{body}</table>"


def _workbook(sheet: Sheet, mail: Mail) -> Message:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in sheet.rows:
        page.append(list(row))
        for cell in page[page.max_row]:
            if isinstance(cell.value, date):
                cell.number_format = "yyyy/m/d"
    written = io.BytesIO()
    book.save(written)
    part = _part(WORKBOOK, written.getvalue())
    part.add_header("Content-Disposition", "attachment")
    # Chinese mail programs put the encoded word itself into the parameter; no standard allows it, all do it.
    part.replace_header("Content-Disposition", f'attachment; filename="{_words(sheet.name, mail)}"')
    return part


def _failure_notice(mail: Mail, at: datetime, house: str) -> bytes:
    told = f"The following address failed:\n\n<{mail.failed}>: 550 5.1.1 user unknown\n"
    server = mail.sender.rpartition("@")[2].rstrip(">")
    fields = (
        f"Reporting-MTA: dns; {server}\n\n"
        f"Final-Recipient: rfc822; {mail.failed}\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{mail.failed}>: user unknown\n"
    )
    report = _multipart("report", [_text_part(told, "plain", mail), _part("message/delivery-status", fields.encode())])
    report.set_param("report-type", "delivery-status")
    headers = {
        "From": mail.sender,
        "To": house,
        "Date": format_datetime(at),
        "Subject": mail.subject,
        "Message-ID": f"<{mail.id}.demo@{server}>",
        "Auto-Submitted": "auto-replied",
    }
    return _finish(report, headers)


def _text_part(text: str, subtype: str, mail: Mail) -> Message:
    return _part(f'text/{subtype}; charset="{mail.label or mail.charset}"', text.encode(mail.charset))


def _part(content_type: str, content: bytes) -> Message:
    if content_type.startswith("message/"):
        return message_from_bytes(f"Content-Type: {content_type}\n\n".encode() + content)
    part = Message()
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return part


def _multipart(subtype: str, parts: Sequence[Message]) -> Message:
    whole = Message()
    whole["Content-Type"] = f"multipart/{subtype}"
    for part in parts:
        whole.attach(part)
    return whole


def _finish(content: Message, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    written = content.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return lines.encode("ascii") + b"MIME-Version: 1.0\r\n" + written


def _words(text: str, mail: Mail) -> str:
    """Return header words, as encoded words of at most 75 characters where they are not ASCII."""
    if text.isascii():
        return text
    pieces, piece = [], ""
    for sign in text:
        if len((piece + sign).encode(mail.charset)) > 36:
            pieces.append(piece)
            piece = ""
        piece += sign
    encoded = [base64.b64encode(part.encode(mail.charset)).decode("ascii") for part in [*pieces, piece]]
    return "\r\n ".join(f"=?{mail.label or mail.charset}?B?{part}?=" for part in encoded)
