"""Mails of other trades: toys, tools, tiles, seafood, garments, machines, furniture; as clerks write them.

mails.yaml holds what is written and what a careful clerk takes; every mail was labelled before it was read. A line of
`says` is `order kind milestone|topic [date] [q=quantity] [reference …] [verdict]`; `is` is the disposition. Mails are
of Tuesday 9 March 2027.
"""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailflow.core.message.parse import parse_message
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import report
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from tests.core.reading.worlds import book_in, phrases, words

HERE = Path(__file__).parent
WRITERS = {
    "toys": ("lxt_jiequ@mailbox126.example", "+0800"),
    "tools": ("fang@hengda-tools.example", "+0800"),
    "tiles": ("huang@taoyu-tiles.example", "+0800"),
    "fish": ("anil@sagarmarine.example", "+0530"),
    "garments": ("rafiq@dhakaloom.example", "+0600"),
    "machines": ("vogt@trautner.example", "+0100"),
    "sofas": ("prieto@encinar.example", "+0100"),
    "boxes": ("ines@embdouro.example", "+0000"),
    "garden": ("lan@hoanglongwood.example", "+0700"),
    "towels": ("elif@anadoluhavlu.example", "+0300"),
    "chairs": ("paul@ateliers-beaumont.example", "+0100"),
    "electronics": ("kelvin@brightspark.example", "+0800"),
    "stores": ("tara@northbrook.example", "-0500"),
    "builder": ("lars@svenborg.example", "+0100"),
    "foods": ("helen@bluecoral.example", "+0000"),
    "forwarder": ("priya@meridiancargo.example", "+0800"),
    "huodai": ("chen@huashun-log.example", "+0800"),
}


def _mails() -> list[dict[str, Any]]:
    source, problems = read_yaml((HERE / "mails.yaml").read_text("utf-8"), "mails.yaml")
    assert source is not None, problems
    return [dict(mail) for mail in source.data["mails"]]


MAILS = _mails()


def _raw(mail: dict[str, Any]) -> bytes:
    address, zone = WRITERS[mail["by"]]
    message = EmailMessage()
    message["Date"] = f"Tue, 9 Mar 2027 10:00:00 {zone}"
    message["From"] = address
    message["To"] = "orders@harbourlane.example"
    message["Subject"] = mail.get("subject", "Re: order status")
    message["Message-ID"] = "<1@mails.example>"
    text = mail["text"]
    if "ours" in mail:
        lines = "".join(f"> {line}\n" for line in mail["ours"].splitlines())
        text += f"\n\nOn Mon, 8 Mar 2027 at 09:00, Mia Holt <mia.holt@harbourlane.example> wrote:\n{lines}"
    message.set_content(text)
    if "file" in mail:
        name, content = mail["file"]
        message.add_attachment(content.encode(), maintype="text", subtype="plain", filename=name)
    return message.as_bytes()


def setting_read(mail: dict[str, Any]) -> dict[str, Any]:
    """Return what `mailflow read` would print of a mail."""
    message = parse_message(_raw(mail), open_attachment, phrases())
    return report(mail["name"], message, read_message(message, book_in(HERE), words()))


def told(found: dict[str, Any]) -> tuple[list[str], str]:
    """Return the updates as lines like those of `says`, and the disposition."""
    lines = []
    for update in found["updates"]:
        parts = [update["order"], update["kind"], update.get("milestone") or update.get("topic") or ""]
        parts += [update.get("date") or "", f"q={update['quantity']}" if update.get("quantity") else ""]
        parts += [*update.get("refs", ()), update.get("verdict") or ""]
        lines.append(" ".join(part for part in parts if part))
    return sorted(lines), found["disposition"]


def test_no_name_stands_twice() -> None:
    assert len({mail["name"] for mail in MAILS}) == len(MAILS)


@pytest.mark.parametrize("mail", MAILS, ids=[mail["name"] for mail in MAILS])
def test_what_a_careful_clerk_takes(mail: dict[str, Any]) -> None:
    assert told(setting_read(mail)) == (sorted(mail.get("says", [])), mail["is"])


@pytest.mark.parametrize(
    ("text", "name", "content", "disposition"),
    [
        ("Please find attached invoice and packing list of HL-4731.", "CI.txt", "COMMERCIAL INVOICE\nsquid", "ignore"),
        ("Please find attached the papers of HL-4731.", "scan.txt", "COMMERCIAL INVOICE\nsquid", "attention"),
        ("Please find attached invoice and packing list of HL-4731.", "x.txt", "we must talk about it", "attention"),
        ("Attached inspection report of HL-4731.", "report.txt", "result: fail", "attention"),
    ],
)
def test_only_the_papers_that_a_mail_names_are_filed_unread(
    text: str, name: str, content: str, disposition: str
) -> None:
    mail = {"name": name, "by": "fish", "subject": "HL-4731", "text": text, "file": (name, content)}

    assert setting_read(mail)["disposition"] == disposition
