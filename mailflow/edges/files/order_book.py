"""Order books from files: spreadsheets and YAML, told by their content."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mailflow.core.order_book.book import Source, read_book
from mailflow.core.order_book.mapping import FILE, BookRules, parse_rules
from mailflow.core.order_book.model import Book
from mailflow.core.order_book.settle import settle
from mailflow.core.orders.model import House, Milestone, Order, Party
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.problems import Problem
from mailflow.edges.files.configuration import UnreadableFileError, read_text
from mailflow.edges.files.defaults import default_rules
from mailflow.edges.files.spreadsheet import DEFAULT_LIMITS, Limits, SpreadsheetError, sheets_of

PLAYBOOK = "playbook.yaml"
_YAML = frozenset({".yaml", ".yml"})


def book_rules(rules: Path | None = None) -> tuple[BookRules, list[Problem]]:
    """Return the mapping of columns from a folder of rules; the one that comes with mailflow where it has none."""
    path = (rules or default_rules()) / FILE
    if not path.is_file():
        path = default_rules() / FILE
    try:
        return parse_rules(read_text(path), str(path), _stages(rules))
    except UnreadableFileError as error:
        return BookRules({}, {}, {}), [Problem(str(path), 0, error.what, error.cure)]


def _stages(rules: Path | None) -> tuple[str, ...]:
    """Return the milestones that the playbook names; the nine where it cannot be read, which is told elsewhere."""
    path = (rules or default_rules()) / PLAYBOOK
    playbook, _ = load_playbook(read_text(path if path.is_file() else default_rules() / PLAYBOOK), PLAYBOOK)
    return tuple(Milestone) if playbook is None else playbook.stages


def read_files(
    files: Sequence[Path],
    rules: BookRules,
    people: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Book:
    """Return what the files say together; a file that cannot be read is a problem of the book, and no more."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for path in files:
        try:
            sources.append(_source(path, limits))
        except (UnreadableFileError, SpreadsheetError) as error:
            problems.append(Problem(path.name, 0, error.what, error.cure))
        except OSError as error:
            problems.append(Problem(path.name, 0, error.strerror or str(error), "check the path and its rights"))
    book = read_book(sources, rules, people)
    return with_problems(book, problems)


def with_problems(book: Book, problems: Sequence[Problem]) -> Book:
    """Return the book with faults of whole files: what such a file named has not vanished."""
    if not problems:
        return book
    return Book(book.orders, book.parties, book.house, (*problems, *book.problems), book.spoilt | {""}, book.ignored)


def _source(path: Path, limits: Limits) -> Source:
    if path.suffix.casefold() in _YAML:
        return Source(path.name, text=read_text(path, limits.size))
    if path.stat().st_size > limits.size:
        raise SpreadsheetError(f"is larger than {limits.size // 1_000_000} MB", "split it")
    return Source(path.name, sheets_of(path.read_bytes(), path.name, limits))


def load_book(
    orders: Path | None, parties: Path | None, rules: Path | None = None
) -> tuple[tuple[Order, ...], tuple[Party, ...], House | None, tuple[Problem, ...]]:
    """Return the orders and parties of two files, needing neither a configuration nor a database."""
    mapping, problems = book_rules(rules)
    book = read_files([path for path in (parties, orders) if path is not None], mapping)
    settled = settle(book, {}, {})
    return (
        tuple(order for _, order in settled.orders),
        tuple(party for _, party in settled.parties),
        book.house,
        (*problems, *book.problems, *settled.problems),
    )
