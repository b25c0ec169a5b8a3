"""YAML as records: parties and orders as lists, and who we are beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from mailflow.core.order_book.mapping import BookRules, plain
from mailflow.core.order_book.model import CellValue, ContactEntry, Entry, Record
from mailflow.core.order_book.records import Records
from mailflow.core.orders.model import House
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Place, Source, propose, read_yaml

_KEYS = ("company", "mailbox", "timezone", "merchandisers", "managers", "parties", "orders")
_CONTACT_KEYS = ("name", "email", "role")


def document_records(text: str, file: str, rules: BookRules) -> tuple[Records, House | None]:
    """Return what a YAML file says of orders and parties, and the house where it names one."""
    found = Records()
    source, problems = read_yaml(text, file)
    found.problems.extend(problems)
    if source is None or not isinstance(source.data, dict):
        if not problems:
            cure = "write 'orders:' or 'parties:' with a list below it"
            found.problems.append(Problem(file, 1, "holds neither orders nor parties", cure))
        return found, None
    reader = _Reader(source, found)
    reader.known_keys(source.data, (), _KEYS)
    found.orders.extend(reader.records("orders", rules.orders, "number"))
    found.parties.extend(reader.records("parties", rules.parties, "name"))
    return found, _house(source.data)


def _house(data: Mapping[str, object]) -> House | None:
    if not data.get("mailbox") and not data.get("company"):
        return None

    def texts(key: str) -> tuple[str, ...]:
        value = data.get(key)
        return tuple(str(item).lower() for item in value) if isinstance(value, list) else ()

    return House(
        company=str(data.get("company") or ""),
        mailbox=str(data.get("mailbox") or "").lower(),
        timezone=str(data.get("timezone") or "UTC"),
        merchandisers=texts("merchandisers"),
        managers=texts("managers"),
    )


class _Reader:
    """Reads the lists of one document and notes what it does not know."""

    def __init__(self, source: Source, found: Records) -> None:
        self.source = source
        self.found = found

    def _fault(self, path: Place, what: str, cure: str) -> None:
        self.found.problems.append(self.source.problem(path, what, cure))

    def known_keys(self, item: Mapping[str, object], path: Place, known: Sequence[str]) -> None:
        """Note each key of a mapping that means nothing."""
        for key in item:
            if key not in known:
                self._fault((*path, key), f"unknown key '{key}'", propose(key, list(known)))

    def records(self, name: str, table: Mapping[str, str], needed: str) -> Iterator[Record]:
        """Yield the items of a list; each is a mapping with our fields, or with headings that mean them."""
        items = self.source.data.get(name)
        if items is None:
            return
        if not isinstance(items, list):
            self._fault((name,), f"'{name}' must be a list", "begin each item with '- '")
            return
        for index, item in enumerate(items):
            path = (name, index)
            if not isinstance(item, dict):
                self._fault(path, f"an item of '{name}' is no mapping", f"write '- {needed}: …' with its keys below")
                continue
            record = self._record(item, path, table)
            if needed in record.entries:
                yield record
            else:
                self._fault(path, f"an item of '{name}' has no '{needed}'", f"add '{needed}: …'")

    def _record(self, item: Mapping[str, object], path: Place, table: Mapping[str, str]) -> Record:
        record = Record(self.source.file, self.source.line(path), {})
        entries: dict[str, Entry] = {}
        for key, value in item.items():
            here = (*path, key)
            line = self.source.line(here)
            if key == "contacts" and "email" in table.values():
                record = replace(record, contacts=self._contacts(value, here))
                continue
            meaning = table.get(plain(key))
            if meaning is None:
                self.known_keys({key: value}, path, sorted({name for name in table.values() if "." not in name}))
            elif meaning == "modes" and isinstance(value, dict):
                record = replace(record, modes=tuple((str(k), _mode(v)) for k, v in value.items()))
            elif meaning == "domains" and isinstance(value, list):
                record = replace(record, domains=tuple(str(domain) for domain in value))
            else:
                entries[meaning] = Entry(self._value(value, here), key, line)
        return replace(record, entries=entries)

    def _value(self, value: object, path: Place) -> CellValue:
        if isinstance(value, list):
            return ", ".join(str(item) for item in value) or None
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, int | float):
            return Decimal(str(value))
        if isinstance(value, str):
            return value.strip() or None
        self._fault(path, f"'{path[-1]}' must be one value", "write it on the same line")
        return None

    def _contacts(self, value: object, path: Place) -> tuple[ContactEntry, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._fault(path, "'contacts' must be a list of people", "write '- name: …' and 'email: …' below it")
            return ()
        people = []
        for index, item in enumerate(value):
            line = self.source.line((*path, index))
            self.known_keys(item, (*path, index), _CONTACT_KEYS)
            said = {key: str(item.get(key) or "") for key in _CONTACT_KEYS}
            people.append(ContactEntry(said["name"], said["email"], said["role"], "contacts", line))
        return tuple(people)


def _mode(value: object) -> str:
    """`off` without quotes is a no in older YAML; ours reads 1.2, but people's editors may have turned it."""
    return "off" if value is False else str(value)
