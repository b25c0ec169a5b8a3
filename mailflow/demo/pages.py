"""The letters and the digest of the week as files for a browser."""

import email
import email.policy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from mailflow.core.letters.model import OutboxLetter
from mailflow.demo.narrate import Line
from mailflow.demo.words import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """A moment of the week and what came of it; `sender` is empty where no mail came."""

    when: str
    lines: tuple[Line, ...]
    sender: str = ""
    subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A letter as a page; `file` is empty for a letter that has no bytes yet."""

    name: str
    to: str
    subject: str
    state: str
    why: str
    html: str = ""
    text: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """What the digest tells."""

    sums: str
    entries: Sequence[Entry]
    rows: Sequence[Mapping[str, str]]
    earlier: Sequence[Mapping[str, str]]


def save(folder: Path, words: Words, digest: Digest, letters: Iterable[OutboxLetter]) -> Path:
    """Write one page a letter and the digest that links to them; return the digest's path."""
    pages = [_page(letter, words) for letter in letters]
    (folder / "letters").mkdir(parents=True, exist_ok=True)
    for old in (folder / "letters").glob("[0-9][0-9][0-9]-*.html"):
        old.unlink()
    for page in pages:
        if page.file:
            (folder / page.file).write_text(_render("letter.html.j2", words, letter=page), encoding="utf-8")
    index = folder / "index.html"
    earlier = {row["number"]: row for row in digest.earlier}
    written = _render(
        "digest.html.j2",
        words,
        letters=pages,
        sums=digest.sums,
        entries=digest.entries,
        rows=digest.rows,
        earlier=earlier,
    )
    index.write_text(written, encoding="utf-8")
    return index


def _page(letter: OutboxLetter, words: Words) -> Page:
    planned = letter.planned
    name = words.letter(planned.template)
    to = ", ".join(address.email for address in planned.to)
    if letter.envelope is None:
        return Page(name, to, ", ".join(planned.orders), letter.state, planned.why)
    message = email.message_from_bytes(letter.envelope.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{letter.id:03d}-{planned.template}-{'-'.join(planned.orders[:1])}")
    return Page(
        name,
        to,
        str(message["Subject"]),
        letter.state,
        planned.why,
        body_of(message, "html"),
        body_of(message, "plain"),
        f"letters/{safe.strip('-')}.html",
    )


def body_of(message: EmailMessage, kind: str) -> str:
    """Return what a mail says, as `plain` text or as `html`."""
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _render(template: str, words: Words, **values: Any) -> str:
    folder = files("mailflow.demo") / "templates"
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
    )
    style = (folder / "style.css").read_text(encoding="utf-8")
    return environment.get_template(template).render(words=words, heads=words.page_heads, style=style, **values)
