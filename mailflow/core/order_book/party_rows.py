"""Records as what the book says of parties; several rows of one party are its several people."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from mailflow.core.order_book import values as v
from mailflow.core.order_book.mapping import BookRules, plain
from mailflow.core.order_book.model import CellValue, ContactEntry, Entry, PartyRow, Record
from mailflow.core.order_book.values import BadValueError
from mailflow.core.orders.model import Contact, Handling, Role
from mailflow.core.problems import Problem

_MODE_WORDS = frozenset({"auto", "veto", "draft", "off"})
_DOMAIN = re.compile(r"[a-z0-9\-\w]+(?:\.[a-z0-9\-\w]+)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def party_rows(records: Sequence[Record], rules: BookRules) -> tuple[list[PartyRow], list[Problem], set[str]]:
    """Return the parties that can be understood, all faults, and the names of refused rows."""
    found: dict[str, PartyRow] = {}
    problems: list[Problem] = []
    spoilt: set[str] = set()
    last = ""
    for record in records:
        reader = _RowReader(record, rules, last)
        row = reader.read()
        problems.extend(reader.problems)
        last = reader.name or last
        if row is None:
            spoilt.add(reader.name)
        elif plain(row.name) in found:
            found[plain(row.name)] = _together(found[plain(row.name)], row, problems)
        else:
            found[plain(row.name)] = row
    return list(found.values()), problems, spoilt


def _together(first: PartyRow, more: PartyRow, problems: list[Problem]) -> PartyRow:
    """Add the people of a further row; what it says otherwise is told, and the first row counts."""
    for name, value in more.values.items():
        if name != "contacts" and value and first.values.get(name) not in (value, None, "", ()):
            what = f"{more.name}: '{name}' differs from {first.source}"
            problems.append(Problem(more.file, more.line, what, "the first row counts; make them one", warning=True))
    filled = {name: value for name, value in more.values.items() if name != "contacts" and not first.values.get(name)}
    people = _people(first) + tuple(contact for contact in _people(more) if contact not in _people(first))
    return replace(first, values={**first.values, **filled, "contacts": people})


def _people(row: PartyRow) -> tuple[Contact, ...]:
    contacts = row.values.get("contacts", ())
    assert isinstance(contacts, tuple)
    return contacts


class _RowReader:
    """Reads one record; a soft fault leaves the field out, a hard one refuses the row."""

    def __init__(self, record: Record, rules: BookRules, last: str) -> None:
        self.record = record
        self.rules = rules
        self.last = last  # the party of the row above: its further people often stand under it
        self.name = ""
        self.problems: list[Problem] = []
        self.refused = False

    def read(self) -> PartyRow | None:
        record = self.record
        entry = record.entries["name"]
        try:
            self.name = v.text(entry.value)
        except BadValueError as bad:
            self._problem(entry.place, entry.line, bad)
            return None
        values: dict[str, object] = {}
        if not self.name:
            if not (self.last and record.contacts and all(e.value is None for e in record.entries.values())):
                self._problem(entry.place, entry.line, BadValueError("is empty", "give the party a name"))
                return None
            self.name = self.last
        for name, read in self._readers().items():
            self._field(name, read, values)
        self._from_country(values)
        self._role_of_heading(entry, values)
        if record.contacts is not None:
            values["contacts"] = tuple(found for said in record.contacts for found in self._contact(said))
        if record.modes is not None:
            values["modes"] = self._checked(record.modes, "modes", record.line)
        if record.domains is not None:
            values["domains"] = tuple(found for said in record.domains if (found := self._domain(said)))
        return None if self.refused else PartyRow(self.name, values, record.file, record.line)

    def _readers(self) -> dict[str, Callable[[CellValue], object]]:
        return {
            "role": self._role,
            "short": v.text,
            "country": self._country,
            "language": self._language,
            "timezone": self._timezone,
            "domains": lambda value: tuple(found for said in v.pieces(value) if (found := self._domain(said))),
            "trusted": self._yes,
            "handling": self._handling,
            "modes": self._modes,
        }

    def _field(self, name: str, read: Callable[[CellValue], object], values: dict[str, object]) -> None:
        entry = self.record.entries.get(name)
        if entry is None or entry.value is None:
            return
        try:
            values[name] = read(entry.value)
        except BadValueError as bad:
            self._problem(entry.place, entry.line, bad)

    def _problem(self, place: str, line: int, bad: BadValueError) -> None:
        self.problems.append(Problem(self.record.file, line, f"{place}: {bad.what}", bad.cure, warning=bad.soft))
        self.refused = self.refused or not bad.soft

    def _word(self, table: str, said: str) -> str:
        word = self.rules.word(table, said)
        if word is None:
            known = ", ".join(dict.fromkeys(self.rules.words.get(table, {}).values()))
            raise BadValueError(f"'{said}' is not known", f"write one of {known}, or add it to order_book.yaml")
        return word

    def _role(self, value: CellValue) -> Role:
        return Role(self._word("role", v.text(value)))

    def _handling(self, value: CellValue) -> Handling:
        return Handling(self._word("handling", v.text(value)))

    def _yes(self, value: CellValue) -> bool:
        return value if isinstance(value, bool) else self._word("yes_no", v.text(value)) == "yes"

    def _country(self, value: CellValue) -> str:
        said = v.text(value)
        word = self.rules.word("country", said)
        if word or (len(said) == 2 and said.isascii() and said.isalpha()):
            return word or said.upper()
        raise BadValueError(f"'{said}' is no country that is known", "write its two letters, such as CN", soft=True)

    def _language(self, value: CellValue) -> str:
        said = v.text(value)
        word = self.rules.word("language", said)
        if word or _LANGUAGE.fullmatch(said):
            return word or said
        raise BadValueError(f"'{said}' is no language that is known", "write zh, zh-Hant or en", soft=True)

    def _timezone(self, value: CellValue) -> str:
        said = v.text(value)
        try:
            return ZoneInfo(said).key
        except (OSError, ValueError, KeyError):
            cure = "write it as Asia/Shanghai"
            raise BadValueError(f"'{said}' is no time zone that is known", cure, soft=True) from None

    def _domain(self, said: str) -> str:
        domain = said.strip().casefold().rpartition("@")[2]
        if _DOMAIN.fullmatch(domain):
            return domain
        self._problem(
            "domains", self.record.line, BadValueError(f"'{said}' is no domain", "write a.example", soft=True)
        )
        return ""

    def _modes(self, value: CellValue) -> tuple[tuple[str, str], ...]:
        pairs = []
        for piece in v.pieces(value):
            letter, equals, mode = piece.replace(":", "=").replace("：", "=").partition("=")
            if not equals:
                raise BadValueError(f"'{piece}' is no letter with its mode", "write delay_notice=auto")
            pairs.append((letter.strip(), mode.strip()))
        entry = self.record.entries["modes"]
        return self._checked(tuple(pairs), entry.place, entry.line)

    def _checked(self, pairs: tuple[tuple[str, str], ...], place: str, line: int) -> tuple[tuple[str, str], ...]:
        for letter, mode in pairs:
            if mode not in _MODE_WORDS:
                bad = BadValueError(f"'{mode}' of '{letter}' is no mode", "write auto, veto, draft or off")
                self._problem(place, line, bad)
        return pairs

    def _from_country(self, values: dict[str, object]) -> None:
        """A country tells the time zone and the language where the book does not."""
        country = str(values.get("country", ""))
        for name, table in (("timezone", self.rules.timezones), ("language", self.rules.languages)):
            if found := (table or {}).get(country):
                values.setdefault(name, found)

    def _role_of_heading(self, entry: Entry, values: dict[str, object]) -> None:
        """A list headed 供应商 is one of suppliers."""
        heading = entry.place.partition("(")[2].rstrip(")")
        for word in (heading, heading.removesuffix("名称"), heading.casefold().removesuffix("name")):
            if role := self.rules.word("role", word):
                values.setdefault("role", Role(role))

    def _contact(self, said: ContactEntry) -> list[Contact]:
        found = v.emails(said.email)
        if not found:
            if said.email or said.name:
                what = f"'{said.email}' is no e-mail address" if said.email else f"'{said.name}' has no e-mail address"
                bad = BadValueError(what, "write it as name@company.example; the contact was left out", soft=True)
                self._problem(said.place, said.line, bad)
            return []
        name = "" if len(found) > 1 else said.name.strip()
        return [Contact(name, address, said.role.strip()) for address in found]


def names(parties: Mapping[str, str] | Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return party names by every plain way of writing them, from (name, short name); a short name of two is none's."""
    pairs = list(parties.items()) if isinstance(parties, Mapping) else list(parties)
    table: dict[str, str] = {}
    for name, short in pairs:
        if short:
            key = plain(short)
            table[key] = name if table.get(key, name) == name else ""
    table.update({plain(name): name for name, _ in pairs})
    return {key: name for key, name in table.items() if name}
