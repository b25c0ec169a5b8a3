"""What templates can do to a value: the filters, and the columns that a table of orders may have."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mailflow.core.letters.book_words import book_fault, book_heading, book_row
from mailflow.core.letters.languages import format_day, format_month
from mailflow.core.letters.model import OrderLine
from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import phrase
from mailflow.core.steering.model import SteerLine

_NAMED_ORDERS = 3
_NAMED = re.compile(r"\{(\w+)\}")


@pass_context
def day(context: Context, value: date | None) -> str:
    """Return a date in the letter's language, or nothing where there is none."""
    return format_day(value, context["language"]) if value else ""


@pass_context
def month(context: Context, value: date | None) -> str:
    """Return the month of a date in the letter's language: November 2026."""
    return format_month(value, context["language"]) if value else ""


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
def named(context: Context, value: str, group: str) -> str:
    """Return what the letter's words call something of a group: "packing_list"|named("documents")."""
    return phrase(context["words"], group, value) if value else ""


@pass_context
def numbers(context: Context, lines: Sequence[OrderLine]) -> str:
    """Return the order numbers for a subject; of many the first ones and how many more."""
    words: Words = context["words"]
    shown = phrase(words, "forms", "comma").join(line.number for line in lines[:_NAMED_ORDERS])
    more = len(lines) - _NAMED_ORDERS
    return shown + phrase(words, "forms", "and_more").format(more) if more > 0 else shown


@pass_context
def orders(context: Context, lines: Sequence[OrderLine]) -> str:
    """Return the order numbers with the word for it: Order PO26-0042."""
    name = "order" if len(lines) == 1 else "orders"
    return phrase(context["words"], "forms", name).format(numbers(context, lines))


def _product(line: OrderLine) -> str:
    return " ".join(dict.fromkeys(part for part in (line.product, line.style) if part))


def _listed(values: Sequence[str], words: Words) -> str:
    return phrase(words, "forms", "comma").join(values)


def _papers(line: OrderLine, words: Words, language: str) -> str:
    """Return kinds of documents in the letter's words, also where an order book writes `Packing List`."""
    called: list[str] = []
    for own in line.documents:
        kind = re.sub(r"[\W_]+", "_", own.casefold()).strip("_")
        name = phrase(words, "documents", kind)
        called.append(own if name == kind else name)  # one that has no phrase is called what it is called
    return _listed(called, words)


def _day_of(name: str) -> "Cell":
    def written(line: OrderLine, words: Words, language: str) -> str:
        value = getattr(line, name)
        return format_day(value, language) if value else ""

    return written


def _date_of(name: str) -> "Cell":
    return lambda line, words, language: _dated(getattr(line, name), line, words, language)


def _text_of(name: str) -> "Cell":
    return lambda line, words, language: str(getattr(line, name))


def _phrase_of(name: str, group: str) -> "Cell":
    def written(line: OrderLine, words: Words, language: str) -> str:
        value: str = getattr(line, name)
        return phrase(words, group, value.strip().lower()) if value.strip() else ""

    return written


def _stage(line: OrderLine, words: Words, language: str) -> str:
    stage = phrase(words, "milestones", line.milestone) if line.milestone else ""
    part = phrase(words, "parts", line.part) if line.part else ""
    return stage + phrase(words, "forms", "brackets").format(part) if stage and part else stage or part


Cell = Callable[[OrderLine, Words, str], str]

CELLS: dict[str, Cell] = {
    "order": _text_of("number"),
    "ref": _text_of("their_ref"),
    "party": _text_of("party"),
    "product": lambda line, words, language: _product(line),
    "description": _text_of("description"),
    "quantity": _text_of("quantity"),
    "remaining": _text_of("remaining"),
    "milestone": _stage,
    "part": _phrase_of("part", "parts"),
    "due": _date_of("due"),
    "promise": _date_of("promise"),
    "promised": _date_of("promise"),
    "told": lambda line, words, language: _dated(line.told or line.due, line, words, language),
    "expected": _date_of("expected"),
    "arrives": lambda line, words, language: _dated(
        line.expected or line.promise, replace(line, basis="eta"), words, language
    ),
    "planned": _day_of("planned"),
    "happened": _day_of("happened"),
    "late": lambda line, words, language: str(line.days_late) if line.days_late else "",
    "ship_date": _day_of("ship_date"),
    "ready": _day_of("ship_date"),
    "ship_mode": _phrase_of("ship_mode", "modes"),
    "port": _text_of("port"),
    "destination_port": _text_of("destination_port"),
    "destination_country": _text_of("destination_country"),
    "mark": lambda line, words, language: " / ".join(line.shipping_mark.split("\n")),
    "refs": lambda line, words, language: _listed(line.refs, words),
    "place": _text_of("place"),
    "documents": _papers,
    "price": _text_of("price"),
    "amount": _text_of("amount"),
    "incoterm": _text_of("incoterm"),
    "payment_terms": _text_of("payment_terms"),
    "invoice": _text_of("invoice"),
    "pay_by": _day_of("pay_by"),
    "cartons": _text_of("cartons"),
    "gross_weight": _text_of("gross_weight"),
    "volume": _text_of("volume"),
    "container": _text_of("container"),
    "freight_term": _phrase_of("freight_term", "freight_terms"),
    "vessel": _text_of("vessel"),
    "old_vessel": _text_of("old_vessel"),
    "inspected": _text_of("inspected"),
    "rejected": _text_of("rejected"),
    "result": _phrase_of("result", "results"),
    "remark": _text_of("remark"),
    "answer": lambda line, words, language: "",
}
"""The columns of tables of orders, by the names that templates use; `answer` is the one to fill in."""

DAYS = frozenset(
    ("due", "promise", "promised", "told", "expected", "arrives", "planned", "happened", "ship_date", "ready", "pay_by")
)
"""Those that hold a date, which is not to be broken over lines."""


@pass_context
def cell(context: Context, line: OrderLine, column: str) -> str:
    """Return what stands in a column for an order."""
    return CELLS[column](line, context["words"], context["language"])


@pass_context
def used(context: Context, columns: Iterable[str], lines: Sequence[OrderLine]) -> list[str]:
    """Return the columns in which any of the orders has something, and the one to fill in."""
    words, language = context["words"], context["language"]
    return [c for c in columns if c == "answer" or any(CELLS[c](line, words, language) for line in lines)]


def filled(rows: Sequence[object], names: Iterable[str]) -> list[str]:
    """Return the fields in which any of some rows has something."""
    return [name for name in names if any(getattr(row, name) for row in rows)]


@pass_eval_context
def breaks(context: EvalContext, value: str) -> str:
    """Return a text of several lines (a shipping mark, say) so that HTML keeps them apart; elsewhere on one line."""
    if not context.autoescape:
        return " / ".join(value.splitlines())
    return Markup("<br>").join(escape(line) for line in value.splitlines())


def quoted(value: str) -> str:
    """Return somebody's words as a quotation in plain text."""
    return "\n".join(f"> {line}".rstrip() for line in value.splitlines())


@pass_context
def says(context: Context, line: SteerLine) -> str:
    """Return one thing that a person of ours is told, in the words of its kind; unknown names stay as they are."""
    words, language = context["words"], context["language"]
    values = {
        "order": line.order,
        "milestone": phrase(words, "milestones", line.milestone) if line.milestone else "",
        "day": format_day(line.day, language) if line.day else "–",
        "number": str(line.number),
        "party": line.party,
        "person": line.person,
        "text": line.text,
        "hour": line.hour,
    }
    said = _NAMED.sub(lambda hit: values.get(hit[1], hit[0]), phrase(words, "steering", line.kind))
    return said.lstrip(" :：").strip()


FILTERS: dict[str, Callable[..., Any]] = {
    "date": day,
    "month": month,
    "dated": dated,
    "goods": goods,
    "mode": mode,
    "named": named,
    "numbers": numbers,
    "orders": orders,
    "cell": cell,
    "used": used,
    "filled": filled,
    "breaks": breaks,
    "quoted": quoted,
    "says": says,
    "book_row": book_row,
    "book_fault": book_fault,
    "book_heading": book_heading,
}

TESTS: dict[str, Callable[..., bool]] = {"day": DAYS.__contains__}
"""What templates can ask beside Jinja's own tests."""
