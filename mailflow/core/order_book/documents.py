"""YAML as records: parties and orders as lists, and who we are beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from mailflow.core.order_book.mapping import BookRules, plain
from mailflow.core.order_book.model import CellValue, ContactEntry, Entry, Record
from mailflow.core.order_book.records import Records
from mailflow.core.orders.model import House
from mailflow.core.problems import Problem
from mailflow.core.yaml_lines import line_at, load_yaml, unknown_key

_KEYS = ("company", "mailbox", "timezone", "merchandisers", "managers", "parties", "orders")
_CONTACT_KEYS = ("name", "email", "role")


def document_records(text: str, file: str, rules: BookRules) -> tuple[Records, House | None]:
    """Return what a YAML file says of orders and parties, and the house where it names one."""
    found = Records()
    data, problems = load_yaml(text, file)
    found.problems.extend(problems)
    if not isinstance(data, dict):
        if not problems:
            cure = "write 'orders:' or 'parties:' with a list below it"
            found.problems.append(Problem(file, 1, "holds neither orders nor parties", cure))
        return found, None
    for key in data:
        if key not in _KEYS:
            found.problems.append(unknown_key(file, line_at(data, (key,)), str(key), _KEYS))
    reader = _Reader(file, data, found)
    found.orders.extend(reader.records("orders", rules.orders, "number"))
    found.parties.extend(reader.records("parties", rules.parties, "name"))
    return found, _house(data)


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

    def __init__(self, file: str, data: Mapping[str, object], found: Records) -> None:
        self.file = file
        self.data = data
        self.found = found

    def _fault(self, path: tuple[str | int, ...], what: str, cure: str) -> None:
        self.found.problems.append(Problem(self.file, line_at(self.data, path), what, cure))

    def records(self, name: str, table: Mapping[str, str], needed: str) -> Iterator[Record]:
        """Yield the items of a list; each is a mapping with our fields, or with headings that mean them."""
        items = self.data.get(name)
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

    def _record(self, item: Mapping[object, object], path: tuple[str | int, ...], table: Mapping[str, str]) -> Record:
        record = Record(self.file, line_at(self.data, path), {})
        entries: dict[str, Entry] = {}
        for key, value in item.items():
            here = (*path, str(key))
            line = line_at(self.data, here)
            if key == "contacts" and "email" in table.values():
                record = replace(record, contacts=self._contacts(value, here))
                continue
            meaning = table.get(plain(str(key)))
            if meaning is None:
                known = sorted({name for name in table.values() if "." not in name})
                self.found.problems.append(unknown_key(self.file, line, str(key), known))
            elif meaning == "modes" and isinstance(value, dict):
                record = replace(record, modes=tuple((str(k), _mode(v)) for k, v in value.items()))
            elif meaning == "domains" and isinstance(value, list):
                record = replace(record, domains=tuple(str(domain) for domain in value))
            else:
                entries[meaning] = Entry(self._value(value, here), str(key), line)
        return replace(record, entries=entries)

    def _value(self, value: object, path: tuple[str | int, ...]) -> CellValue:
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

    def _contacts(self, value: object, path: tuple[str | int, ...]) -> tuple[ContactEntry, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._fault(path, "'contacts' must be a list of people", "write '- name: …' and 'email: …' below it")
            return ()
        people = []
        for index, item in enumerate(value):
            line = line_at(self.data, (*path, index))
            for key in item:
                if key not in _CONTACT_KEYS:
                    where = line_at(self.data, (*path, index, str(key)))
                    self.found.problems.append(unknown_key(self.file, where, str(key), _CONTACT_KEYS))
            said = {key: str(item.get(key) or "") for key in _CONTACT_KEYS}
            people.append(ContactEntry(said["name"], said["email"], said["role"], "contacts", line))
        return tuple(people)


def _mode(value: object) -> str:
    """`off` without quotes is a no in older YAML; ours reads 1.2, but people's editors may have turned it."""
    return "off" if value is False else str(value)
