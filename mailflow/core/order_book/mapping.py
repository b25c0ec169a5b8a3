"""rules/order_book.yaml: which heading is which field, and which word stands for which value."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields

from mailflow.core.orders.model import DOCUMENTS, DateBasis, Handling, Milestone, Order, OrderKind, Party, Role, place
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Source, propose, read_yaml

FILE = "order_book.yaml"

ORDER_FIELDS = frozenset(field.name for field in fields(Order)) | {"supplier", "customer", "refs"}
PARTY_FIELDS = frozenset(field.name for field in fields(Party)) - {"contacts"} | {"contact", "email", "contact_role"}
# Where a word must be one of ours; elsewhere (units, ship modes, countries) a list may grow freely.
CLOSED_WORDS: dict[str, frozenset[str]] = {
    "kind": frozenset(OrderKind),
    "role": frozenset(Role),
    "handling": frozenset(Handling),
    "status": frozenset({"open", "closed", "cancelled"}),
    "date_basis": frozenset(DateBasis),
    "yes_no": frozenset({"yes", "no"}),
}
OPEN_WORDS = frozenset({"ship_mode", "unit", "country", "currency", "language"})
DATE_ORDERS = ("ask", "day_first", "month_first")
_SECTIONS = ("date_order", "orders", "milestones", "told", "parties", "words", "timezones", "languages")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class BookRules:
    """The mapping in use: heading → field, and word → ours; the keys are `plain` words."""

    orders: Mapping[str, str]
    parties: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    date_order: str = "ask"
    timezones: Mapping[str, str] | None = None
    languages: Mapping[str, str] | None = None

    def word(self, table: str, text: str) -> str | None:
        """Return our word for what a cell says, or None where the list does not have it."""
        return self.words.get(table, {}).get(plain(text))


def plain(text: str) -> str:
    """Return a heading or word without what makes no difference: width, capitals, blanks, punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return _NOISE.sub("", folded) or folded


def plain_heading(text: str) -> tuple[str, str]:
    """Return a heading in plain form, with and without what stands in brackets."""
    folded = unicodedata.normalize("NFKC", text)
    return plain(folded), plain(_BRACKETS.sub("", folded))


def parse_rules(
    text: str, file: str = FILE, stages: Collection[str] = tuple(Milestone)
) -> tuple[BookRules, list[Problem]]:
    """Return the mapping that the text describes, and everything that is wrong with it.

    `stages` are the milestones that the playbook knows.
    """
    source, faults = read_yaml(text, file)
    problems = list(faults)
    if source is None or not isinstance(source.data, dict):
        if not problems:
            problems = [Problem(file, 1, "holds no mapping of columns", "start from what `mailflow init` writes")]
        return BookRules({}, {}, {}), problems
    reader = _Reader(source, problems, stages)
    reader.keys((), _SECTIONS)
    orders = reader.headings(("orders",), ORDER_FIELDS, {})
    reader.milestones(orders)
    told = reader.strings(("told",))
    reader.add(orders, told, "told", ("told",))
    parties = reader.headings(("parties",), PARTY_FIELDS, {})
    return BookRules(
        orders=orders,
        parties=parties,
        words=reader.words(),
        date_order=reader.date_order(),
        timezones=reader.pairs("timezones"),
        languages=reader.pairs("languages"),
    ), problems


class _Reader:
    """Walks the document and notes each fault with its line."""

    def __init__(self, source: Source, problems: list[Problem], stages: Collection[str]) -> None:
        self.source = source
        self.problems = problems
        self.stages = stages

    def fault(self, path: tuple[str, ...], what: str, cure: str) -> None:
        self.problems.append(self.source.problem(path, what, cure))

    def get(self, path: tuple[str, ...]) -> object:
        node: object = self.source.data
        for step in path:
            node = node.get(step) if isinstance(node, dict) else None
        return node

    def section(self, path: tuple[str, ...]) -> dict[str, object]:
        node = self.get(path)
        if node is None:
            return {}
        if not isinstance(node, dict):
            self.fault(path, f"'{path[-1]}' must hold keys", "write 'key: [words]' below it, indented")
            return {}
        return {str(key): value for key, value in node.items()}

    def keys(self, path: tuple[str, ...], known: tuple[str, ...] | frozenset[str]) -> None:
        node = self.get(path) if path else self.source.data
        for key in node if isinstance(node, dict) else ():
            if key not in known:
                self.fault((*path, key), f"unknown key '{key}'", propose(key, list(known)))

    def strings(self, path: tuple[str, ...]) -> list[str]:
        node = self.get(path)
        if node is None:
            return []
        if not isinstance(node, list):
            self.fault(path, f"'{path[-1]}' must be a list", "write the words between [ and ], with commas")
            return []
        found = []
        for item in node:
            if isinstance(item, str | int) and not isinstance(item, bool):
                found.append(str(item))
            else:
                self.fault(path, f"'{item}' in '{path[-1]}' is read as something else than a word", "put it in quotes")
        return found

    def add(self, table: dict[str, str], words: list[str], meaning: str, path: tuple[str, ...]) -> None:
        for word in words:
            before = table.setdefault(plain(word), meaning)
            if before != meaning:
                self.fault(path, f"'{word}' stands for both '{before}' and '{meaning}'", "keep it in one of the lists")

    def headings(self, path: tuple[str, ...], known: frozenset[str], table: dict[str, str]) -> dict[str, str]:
        self.keys(path, known)
        for name in self.section(path):
            if name in known:
                self.add(table, [name, *self.strings((*path, name))], name, (*path, name))
        return table

    def milestones(self, table: dict[str, str]) -> None:
        for name in self.section(("milestones",)):
            if not self._is_stage(name):
                self.fault(("milestones", name), f"unknown key '{name}'", propose(name, sorted(self.stages)))
                continue
            path = ("milestones", name)
            self.keys(path, ("actual", "promised"))
            for kind in ("actual", "promised"):
                words = [f"{name}_{kind}", *self.strings((*path, kind))]
                self.add(table, words, f"{kind}.{name}", (*path, kind))

    def _is_stage(self, name: str) -> bool:
        """Say whether a name is a milestone, or a part of one."""
        milestone, part = place(name)
        return name in self.stages or (bool(part) and milestone in (*self.stages, DOCUMENTS))

    def words(self) -> dict[str, dict[str, str]]:
        self.keys(("words",), OPEN_WORDS | frozenset(CLOSED_WORDS))
        tables: dict[str, dict[str, str]] = {}
        for name in self.section(("words",)):
            closed = CLOSED_WORDS.get(name)
            if closed is not None:
                self.keys(("words", name), closed)
            table: dict[str, str] = {}
            for ours in self.section(("words", name)):
                self.add(table, [ours, *self.strings(("words", name, ours))], ours, ("words", name, ours))
            tables[name] = table
        return tables

    def date_order(self) -> str:
        said = self.get(("date_order",))
        if said is None or said in DATE_ORDERS:
            return str(said or "ask")
        self.fault(("date_order",), f"date_order '{said}' is not known", f"write one of {', '.join(DATE_ORDERS)}")
        return "ask"

    def pairs(self, name: str) -> dict[str, str]:
        return {key: str(value) for key, value in self.section((name,)).items()}
