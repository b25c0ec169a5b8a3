"""What templates can do to a value: the filters, and the columns that a table of orders may have."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mailflow.core.letters.languages import format_day
from mailflow.core.letters.model import OrderLine
from mailflow.core.letters.words import Words, phrase

_NAMED_ORDERS = 3


@pass_context
def day(context: Context, value: date | None) -> str:
    """Return a date in the letter's language, or nothing where there is none."""
    return format_day(value, context["language"]) if value else ""


@pass_context
def dated(context: Context, value: date | None, line: OrderLine) -> str:
    """Return a date of an order with its basis and place: "ETD Shanghai 12 Dec 2026", never a bare date."""
    return _dated(value, line, context["words"], context["language"])


def _dated(value: date | None, line: OrderLine, words: Words, language: str) -> str:
    if value is None:
        return ""
    basis = line.basis or "exw"
    place = {"etd": line.port, "eta": line.destination_port}.get(basis, "")
    return " ".join(part for part in (phrase(words, "bases", basis), place, format_day(value, language)) if part)


@pass_context
def goods(context: Context, line: OrderLine) -> str:
    """Return what an order is about, in brackets, as far as it is known: (your ref. X, denim jacket, 1,200 pcs)."""
    words: Words = context["words"]
    ref = phrase(words, "forms", "your_ref").format(line.their_ref) if line.their_ref else ""
    known = [part for part in (ref, _product(line), line.quantity) if part]
    return phrase(words, "forms", "brackets").format(phrase(words, "forms", "comma").join(known)) if known else ""


@pass_context
def mode(context: Context, value: str) -> str:
    """Return how goods travel in the letter's words: sea → by sea."""
    return phrase(context["words"], "modes", value.strip().lower()) if value.strip() else ""


@pass_context
def numbers(context: Context, lines: Sequence[OrderLine]) -> str:
    """Return the order numbers for a subject; of many the first ones and how many more."""
    words: Words = context["words"]
    named = phrase(words, "forms", "comma").join(line.number for line in lines[:_NAMED_ORDERS])
    more = len(lines) - _NAMED_ORDERS
    return named + phrase(words, "forms", "and_more").format(more) if more > 0 else named


@pass_context
def orders(context: Context, lines: Sequence[OrderLine]) -> str:
    """Return the order numbers with the word for it: Order PO26-0042."""
    name = "order" if len(lines) == 1 else "orders"
    return phrase(context["words"], "forms", name).format(numbers(context, lines))


def _product(line: OrderLine) -> str:
    return " ".join(dict.fromkeys(part for part in (line.product, line.style) if part))


Cell = Callable[[OrderLine, Words, str], str]

CELLS: dict[str, Cell] = {
    "order": lambda line, words, language: line.number,
    "ref": lambda line, words, language: line.their_ref,
    "party": lambda line, words, language: line.party,
    "product": lambda line, words, language: _product(line),
    "quantity": lambda line, words, language: line.quantity,
    "milestone": lambda line, words, language: phrase(words, "milestones", line.milestone) if line.milestone else "",
    "due": lambda line, words, language: _dated(line.due, line, words, language),
    "promise": lambda line, words, language: _dated(line.promise, line, words, language),
    "promised": lambda line, words, language: _dated(line.promise, line, words, language),
    "told": lambda line, words, language: _dated(line.told or line.due, line, words, language),
    "expected": lambda line, words, language: _dated(line.expected, line, words, language),
    "late": lambda line, words, language: str(line.days_late) if line.days_late else "",
    "ship_date": lambda line, words, language: format_day(line.ship_date, language) if line.ship_date else "",
    "refs": lambda line, words, language: phrase(words, "forms", "comma").join(line.refs),
    "answer": lambda line, words, language: "",
}
"""The columns of tables of orders, by the names that templates use; `answer` is the one to fill in."""


@pass_context
def cell(context: Context, line: OrderLine, column: str) -> str:
    """Return what stands in a column for an order."""
    return CELLS[column](line, context["words"], context["language"])


@pass_context
def used(context: Context, columns: Iterable[str], lines: Sequence[OrderLine]) -> list[str]:
    """Return the columns in which any of the orders has something, and the one to fill in."""
    words, language = context["words"], context["language"]
    return [c for c in columns if c == "answer" or any(CELLS[c](line, words, language) for line in lines)]


def breaks(value: str) -> Markup:
    """Return a text of several lines (a shipping mark, say) as HTML that keeps them apart."""
    return Markup("<br>").join(escape(line) for line in value.splitlines())


def quoted(value: str) -> str:
    """Return somebody's words as a quotation in plain text."""
    return "\n".join(f"> {line}".rstrip() for line in value.splitlines())


FILTERS: dict[str, Callable[..., object]] = {
    "date": day,
    "dated": dated,
    "goods": goods,
    "mode": mode,
    "numbers": numbers,
    "orders": orders,
    "cell": cell,
    "used": used,
    "breaks": breaks,
    "quoted": quoted,
}
