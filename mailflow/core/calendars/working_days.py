"""Working days of countries, parties and our own house: public holidays, and what calendar files say beyond them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Protocol

from mailflow.core.calendars.rules import WEEKDAYS, CalendarFile, Span
from mailflow.core.orders.model import Party
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import read_yaml, validate

FARTHEST = 400
"""A calendar that is closed for longer than this many days in a row is taken as open."""


_BEHIND, _AHEAD = 60, 150
"""How far around a day long closures are looked for."""


class PublicHolidays(Protocol):
    weekend: set[int]
    weekend_workdays: set[date]

    def __contains__(self, day: date) -> bool: ...


class Days:
    """The working days of somebody; answers are remembered, since many orders ask for the same ones."""

    __slots__ = ("_closed", "_closures", "_known", "_moved", "_open", "_public", "_sendable", "_silent", "_weekend")

    def __init__(self, country: str, files: Iterable[CalendarFile] = ()) -> None:
        self._public = _public_holidays(country.upper())
        self._weekend = frozenset(self._public.weekend if self._public else {5, 6})
        self._closed: list[Span] = []
        self._open: list[Span] = []
        self._silent: list[Span] = []
        for file in files:
            if file.weekend is not None:
                self._weekend = frozenset(WEEKDAYS.index(name) for name in file.weekend)
            self._closed += file.closed
            self._open += file.open
            self._silent += file.silent
        self._known: dict[date, bool] = {}
        self._sendable: dict[date, bool] = {}
        self._moved: dict[tuple[date, int], date] = {}
        self._closures: dict[tuple[date, int], tuple[tuple[date, date], ...]] = {}

    def working(self, day: date) -> bool:
        """Say whether work is done on a day; what a file says outranks the public holidays."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._works(day)
        return known

    def silent(self, day: date) -> bool:
        """Say whether a day lies in a stretch in which nothing is sent, although some may be at work."""
        return _within(self._silent, day)

    def sendable(self, day: date) -> bool:
        """Say whether a letter that is not urgent may go on a day."""
        known = self._sendable.get(day)
        if known is None:
            known = self._sendable[day] = self.working(day) and not self.silent(day)
        return known

    def add(self, day: date, count: int) -> date:
        """Return the working day that lies `count` working days after (before, where negative) a day; with 0 the
        day itself or, where nobody works on it, the next working day."""
        key = (day, count)
        moved = self._moved.get(key)
        if moved is None:
            moved = self._moved[key] = self._add(day, count)
        return moved

    def between(self, first: date, last: date) -> int:
        """Count the working days after `first` up to and with `last`; 0 where last is not later."""
        return sum(self.working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def closures(self, day: date, least: int) -> tuple[tuple[date, date], ...]:
        """Return first and last days of the long closures (`least` days or more) some weeks before and after a day."""
        key = (day, least)
        if key not in self._closures:
            near = (day + timedelta(days=n) for n in range(-_BEHIND, _AHEAD))
            runs: list[tuple[date, date]] = []
            for one in near:
                if self.sendable(one):
                    continue
                if runs and runs[-1][1] == one - timedelta(days=1):
                    runs[-1] = (runs[-1][0], one)
                else:
                    runs.append((one, one))
            self._closures[key] = tuple(run for run in runs if (run[1] - run[0]).days + 1 >= least)
        return self._closures[key]

    def last_sendable(self, day: date) -> date:
        """Return a day, or where nothing is sent on it the last day before it on which something is."""
        for back in range(FARTHEST):
            if self.sendable(day - timedelta(days=back)):
                return day - timedelta(days=back)
        return day

    def _works(self, day: date) -> bool:
        if _within(self._open, day):
            return True
        if _within(self._closed, day):
            return False
        if self._public is not None:
            if day in self._public:  # asking for a day makes the library fill in that year, make-up days too
                return False
            if day in self._public.weekend_workdays:
                return True
        return day.weekday() not in self._weekend

    def _add(self, day: date, count: int) -> date:
        step = timedelta(days=-1 if count < 0 else 1)
        here, left, walked = day, abs(count), 0
        if count == 0:
            here, left = day - step, 1
        while left and walked < FARTHEST:
            here += step
            walked += 1
            if self.working(here):
                left -= 1
        return here if not left else day + timedelta(days=count)


class Calendars:
    """Everybody's working days, made when first asked for."""

    __slots__ = ("_by_country", "_by_party", "_days", "_house", "fingerprint", "house_country")

    def __init__(self, files: Iterable[CalendarFile] = (), house_country: str = "") -> None:
        files = tuple(files)
        self.fingerprint = repr((house_country, files))
        self.house_country = house_country
        self._by_country: dict[str, list[CalendarFile]] = {}
        self._by_party: dict[str, list[CalendarFile]] = {}
        self._house = [file for file in files if file.house]
        for file in files:
            if file.country:
                self._by_country.setdefault(file.country.upper(), []).append(file)
            if file.party:
                self._by_party.setdefault(file.party, []).append(file)
        self._days: dict[tuple[str, str], Days] = {}

    def of(self, party: Party) -> Days:
        """Return the working days of a party."""
        own = party.name if party.name in self._by_party else ""
        return self._made(party.country.upper(), own, self._by_party.get(own, []))

    def of_house(self, country: str = "") -> Days:
        """Return our own working days."""
        return self._made((country or self.house_country).upper(), "\0house", self._house)

    def _made(self, country: str, own: str, files: list[CalendarFile]) -> Days:
        key = (country, own)
        if key not in self._days:
            self._days[key] = Days(country, [*self._by_country.get(country, []), *files])
        return self._days[key]


def load_calendars(texts: Mapping[str, str], house_country: str = "") -> tuple[Calendars | None, tuple[Problem, ...]]:
    """Build the calendars from the texts of the calendar files, by file name; None where any has a fault."""
    files: list[CalendarFile] = []
    problems: list[Problem] = []
    for name in sorted(texts):
        source, found = read_yaml(texts[name], name)
        problems += found
        if source is None:
            continue
        file, found = validate(CalendarFile, source)
        problems += found
        if file is not None:
            files.append(file)
            problems += _unknown_country(file, source.problem(("country",), "").line, name)
    fatal = any(not problem.warning for problem in problems)
    return (None if fatal else Calendars(files, house_country)), tuple(problems)


def _unknown_country(file: CalendarFile, line: int, name: str) -> list[Problem]:
    if not file.country or _public_holidays(file.country.upper()) is not None:
        return []
    cure = "use the two letters of ISO 3166-1, or list every closure here"
    return [Problem(name, line, f"no public holidays are known for country '{file.country}'", cure, warning=True)]


def _within(spans: list[Span], day: date) -> bool:
    return any(first <= day <= last for first, last in (span.ends for span in spans))


@cache
def _public_holidays(country: str) -> PublicHolidays | None:
    """Return the public holidays of a country, or None where the library has none."""
    if not country:
        return None
    import holidays  # slow to import, and not every command needs it

    try:
        found: PublicHolidays = holidays.country_holidays(country)
    except NotImplementedError:
        return None
    return found
