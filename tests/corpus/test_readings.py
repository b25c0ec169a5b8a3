"""What is read in each mail kept here stays as it is, word for word, unless somebody looks at what changes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailflow.core.message.parse import parse_message
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import as_line, report
from mailflow.edges.files.attachments import open_attachment
from tests.core.reading.worlds import book_in, phrases, words

TESTS = Path(__file__).parents[1]
# Each folder has mails, their order book and parties, and what is read in them.
FOLDERS = {
    "dev": (TESTS / "corpus" / "dev", "mail/*.eml"),
    "second": (TESTS / "corpus" / "second", "mail/*.eml"),
    "golden": (TESTS / "mail" / "reading", "*.eml"),
}
MAILS = [f"{name}/{file.stem}" for name, (folder, mails) in FOLDERS.items() for file in sorted(folder.glob(mails))]
# What the message alone says has golden mails of its own (tests/mail/message).
READ = ("disposition", "mentions", "orders", "updates", "questions")


@cache
def _expected(name: str) -> dict[str, Any]:
    lines = (FOLDERS[name][0] / "readings.jsonl").read_text("utf-8").splitlines()
    return {found["id"]: found for found in map(json.loads, lines)}


def _read(mail: str) -> dict[str, Any]:
    name, stem = mail.split("/")
    folder, mails = FOLDERS[name]
    message = parse_message((folder / mails.replace("*", stem)).read_bytes(), open_attachment, phrases())
    reading = read_message(message, book_in(folder), words())
    found = report(stem, message, reading)
    hits = [line for line in reading.trace if not line.startswith("miss ")]
    kept = {"id": stem} | {key: found[key] for key in READ} | {"party": reading.party, "hits": hits}
    loaded: dict[str, Any] = json.loads(as_line(kept))
    return loaded


def test_every_mail_has_its_reading(refresh_golden: bool) -> None:
    if refresh_golden:
        for name, (folder, _) in FOLDERS.items():
            lines = [as_line(_read(mail)) for mail in MAILS if mail.startswith(f"{name}/")]
            (folder / "readings.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        _expected.cache_clear()
    assert {f"{name}/{stem}" for name in FOLDERS for stem in _expected(name)} == set(MAILS)


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_is_read_as_before(mail: str) -> None:
    name, stem = mail.split("/")

    assert _read(mail) == _expected(name)[stem]
