"""Read: what mails say, as one JSON object a line; needs no configuration, no database and no network."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from mailflow.cli.common import print_problems
from mailflow.core.message.model import Message
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases, phrases_from
from mailflow.core.problems import errors
from mailflow.core.reading.book import Book, build_book
from mailflow.core.reading.model import Reading
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import as_line, report
from mailflow.core.reading.words import Words, WordsError, load_words
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.configuration import read_layers
from mailflow.edges.files.defaults import default_rules
from mailflow.edges.files.order_book import load_book

QUOTING = "reading/quoting.yaml"
Rules = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules that take the place of the shipped ones.")
]


def read(
    files: Annotated[list[Path], typer.Argument(help="Mails (.eml), or folders of them.")],
    orders: Annotated[Path | None, typer.Option("--orders", help="The order book (CSV, XLSX, XLS).")] = None,
    parties: Annotated[
        Path | None, typer.Option("--parties", help="The parties (YAML or a table); nobody has a say without.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the mail with what was found in it, rule by rule.")
    ] = False,
    authserv_id: Annotated[
        str, typer.Option("--authserv-id", help="The mail server whose Authentication-Results are believed.")
    ] = "",
    language: Annotated[str, typer.Option("--language", help="The language of the questions: en or zh.")] = "en",
    rules: Rules = None,
) -> None:
    """Print what mails say, one JSON object a line, and change nothing.

    Example: mailflow read --orders orders.csv --parties parties.yaml mails/
    """
    phrases, words = _rules(rules)
    if language != "en" and language not in words.askings:
        raise typer.BadParameter(f"'{language}' is not among {', '.join(sorted({'en', *words.askings}))}")
    book = replace(_book(orders, parties), speaks=lambda _: language)
    console = Console(highlight=False)
    for path in _mails(files):
        name = path.name.removesuffix(".eml")
        try:
            message = parse_message(path.read_bytes(), open_attachment, phrases, authserv_id=authserv_id)
            reading = read_message(message, book, words)
        except Exception as error:  # noqa: BLE001 - whatever is in one file, its line says so and the next one is read
            _write(
                as_line(
                    {"id": name, "disposition": "attention", "error": f"{type(error).__name__}: {error}", "updates": []}
                )
            )
            continue
        if explain:
            _explain(console, name, message, reading)
        else:
            _write(as_line(report(name, message, reading)))


def _write(line: str) -> None:
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


def _mails(files: Sequence[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(p for p in path.iterdir() if p.name.lower().endswith(".eml"))
        else:
            yield path


def _rules(folder: Path | None) -> tuple[Phrases, Words]:
    texts = read_layers([default_rules(), *([folder] if folder else [])], (".yaml",))
    source, problems = read_yaml(texts.get(QUOTING, ""), f"rules/{QUOTING}")
    print_problems(problems)
    try:
        words = load_words(
            {name.removeprefix("reading/"): text for name, text in texts.items() if name.startswith("reading/")}
        )
    except WordsError as error:
        print_problems(error.problems)
        raise typer.Exit(1) from None
    if source is None:
        raise typer.Exit(1)
    return phrases_from(source.data or {}), words


def _book(orders: Path | None, parties: Path | None) -> Book:
    listed, known, house, problems = load_book(orders, parties)
    print_problems(errors(problems))
    return build_book(listed, known, house)


def _explain(console: Console, name: str, message: Message, reading: Reading) -> None:
    """Print the mail with the words that prove something marked, and the rules that hit and missed."""
    sender = f"{message.sender.name} <{message.sender.email}>"
    console.rule(name)
    console.print(Text(f"{sender}  {reading.party or 'a stranger'}\n{message.subject}", style="bold"))
    text = Text(message.text)
    for update in reading.updates:
        _mark(text, update.evidence, "black on green" if update.applied else "black on yellow")
    for question in reading.questions:
        _mark(text, question.words, "black on yellow")
    console.print(text)
    console.print(Text(f"→ {reading.disposition.value}", style="bold cyan"))
    if reading.absence is not None:
        until = f"until {reading.absence.until}" if reading.absence.until else "until an unknown day"
        console.print(
            Text(f"  away {until}; {', '.join(reading.absence.delegates) or 'nobody'} stands in", style="cyan")
        )
    for match in reading.orders:
        console.print(
            Text(f"  order {match.order}  {match.confidence:.2f}  {match.how}, next best {match.runner_up:.2f}")
        )
    for update in reading.updates:
        console.print(Text(f"  {_said(update)}", style="green" if update.applied else "yellow"))
    for question in reading.questions:
        console.print(Text(f"  ? {question.text} {', '.join(question.candidates)}", style="yellow"))
    for line in reading.trace:
        console.print(Text(f"  {line}", style="cyan" if line.startswith("hit") else "dim"))


def _said(update: Any) -> str:
    parts = (
        update.order,
        update.kind.value,
        update.milestone,
        update.date,
        update.quantity,
        update.topic,
        update.verdict,
        *update.refs,
    )
    told = " ".join(str(part) for part in parts if part)
    return f"{told}  ({update.confidence:.2f}: {update.why})"


def _mark(text: Text, words: str, style: str) -> None:
    place = text.plain.find(words) if words else -1
    if place >= 0:
        text.stylize(style, place, place + len(words))
