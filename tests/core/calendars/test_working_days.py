from datetime import date

import pytest

from mailflow.core.calendars.working_days import Calendars, Days, load_calendars
from mailflow.core.orders.model import Party, Role


def calendars(**texts: str) -> Calendars:
    found, problems = load_calendars({f"{name}.yaml": text for name, text in texts.items()})
    assert found is not None, problems
    return found


def party(country: str, name: str = "Hengtai") -> Party:
    return Party(name, Role.SUPPLIER, country=country)


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("CN", date(2026, 11, 20), True),
        ("CN", date(2026, 11, 21), False),
        ("CN", date(2026, 10, 1), False),
        ("CN", date(2026, 10, 10), True),  # a Saturday worked in exchange for the holiday week
        ("BD", date(2026, 11, 20), False),  # Friday
        ("BD", date(2026, 11, 22), True),  # Sunday
        ("DE", date(2026, 12, 25), False),
        ("", date(2026, 12, 25), True),
        ("XX", date(2026, 11, 21), False),
    ],
)
def test_a_country_has_its_weekend_holidays_and_make_up_days(country: str, day: date, works: bool) -> None:
    assert Days(country).working(day) is works


@pytest.mark.parametrize(
    ("start", "count", "wanted"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the holiday week
    ],
)
def test_working_days_are_counted_over_weekends_and_holidays(start: date, count: int, wanted: date) -> None:
    assert Days("CN").add(start, count) == wanted


def test_a_calendar_that_never_opens_ends() -> None:
    days = calendars(x="country: CN\nclosed: [{from: 2026-01-01, to: 2036-01-01}]").of(party("CN"))
    assert days.add(date(2026, 11, 20), 3) == date(2026, 11, 23)


def test_working_days_between_two_days() -> None:
    assert Days("CN").between(date(2026, 11, 20), date(2026, 11, 24)) == 2
    assert Days("CN").between(date(2026, 11, 24), date(2026, 11, 20)) == 0


def test_what_a_file_says_outranks_the_holidays() -> None:
    found = calendars(
        cn="country: CN\nclosed: [{day: 2026-11-20}]\nopen: [{day: 2026-10-01}]",
        hengtai="party: Hengtai\nclosed: [{from: 2026-11-24, to: 2026-11-26, name: stocktaking}]",
        house="house: true\nopen: [{day: 2026-11-21}]",
    )
    assert not found.of(party("CN")).working(date(2026, 11, 20))
    assert found.of(party("CN")).working(date(2026, 10, 1))
    assert not found.of(party("CN")).working(date(2026, 11, 25))
    assert found.of(party("CN", "Jinxiu")).working(date(2026, 11, 25))
    assert found.of_house("CN").working(date(2026, 11, 21))
    assert not found.of(party("CN")).working(date(2026, 11, 21))


def test_a_party_of_any_name_is_not_our_house() -> None:
    found = calendars(house="house: true\nclosed: [{day: 2026-11-24}]")
    assert not found.of_house("CN").working(date(2026, 11, 24))
    assert found.of(party("CN", "house")).working(date(2026, 11, 24))


def test_nothing_is_sent_in_a_silent_stretch_although_some_are_at_work() -> None:
    days = calendars(cn="country: CN\nsilent: [{from: 2027-01-27, to: 2027-02-20}]").of(party("CN"))
    assert days.working(date(2027, 1, 28))
    assert not days.sendable(date(2027, 1, 28))
    assert days.last_sendable(date(2027, 2, 10)) == date(2027, 1, 26)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("country: CN\ncosed: []", 2, "did you mean 'closed'"),
        ("closed: []", 1, "whose calendar"),
        ("country: CN\nhouse: true", 1, "whose calendar"),
        ("country: CN\nclosed:\n  - {form: 2027-01-01}", 3, "did you mean 'from'"),
        ("country: CN\nclosed:\n  - {from: 2027-01-05, to: 2027-01-01}", 3, "exchange the two days"),
        ("country: CN\nopen:\n  - {name: x}", 3, "no days given"),
        ("country: CN\nweekend: [funday]", 2, "did you mean 'sunday'"),
        ("country: CN\nclosed: [", 2, "not valid YAML"),
    ],
)
def test_a_faulty_file_is_refused_with_line_and_cure(text: str, line: int, words: str) -> None:
    found, problems = load_calendars({"CN.yaml": text})
    assert found is None
    assert any(problem.line == line and words in str(problem) for problem in problems), problems


def test_a_country_without_known_holidays_is_a_warning() -> None:
    found, problems = load_calendars({"XX.yaml": "country: XX"})
    assert found is not None
    assert [problem.warning for problem in problems] == [True]
