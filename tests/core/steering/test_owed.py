"""Until when a customer's mail is to be answered, and when our people hear of those that nobody has answered."""

from dataclasses import replace
from datetime import datetime

import pytest

from mailflow.core.orders.events import AnswerWanted
from mailflow.core.orders.state import Correspondence
from mailflow.core.playbook.frame import Frame
from mailflow.core.steering.owed import OwedMail, owed_mails, owed_row
from tests.core.playbook.situations import at, customer, playbook_with, shipped_calendars, situation

TUESDAY, WEDNESDAY, MONDAY = "2026-11-24", "2026-11-25", "2026-11-30"


def owed(
    came: datetime, zone: str = "Europe/Berlin", country: str = "DE", now: datetime | None = None
) -> list[OwedMail]:
    mail = AnswerWanted(7, "<m@b.example>", "Bergmann", "kim@b.example", "Labels", came, words="Which side?")
    party = replace(customer(), party=replace(customer().party, timezone=zone, country=country))
    here = replace(situation(party), unanswered={"Bergmann": Correspondence("Bergmann", (mail,))})
    return owed_mails(Frame(here, playbook_with(), shipped_calendars(), now or came))


@pytest.mark.parametrize(
    ("zone", "country", "came", "until", "told_at"),
    [
        ("Europe/Berlin", "DE", (TUESDAY, "16:00"), (WEDNESDAY, "01:00"), (TUESDAY, "16:00")),
        ("Europe/Berlin", "DE", (TUESDAY, "16:01"), (WEDNESDAY, "01:00"), None),
        ("Australia/Sydney", "AU", (TUESDAY, "11:00"), (TUESDAY, "15:00"), (TUESDAY, "13:00")),
        ("Australia/Sydney", "AU", (TUESDAY, "13:30"), (TUESDAY, "15:00"), None),
        ("America/Los_Angeles", "US", (TUESDAY, "15:00"), (WEDNESDAY, "10:00"), (TUESDAY, "16:00")),
        ("America/Los_Angeles", "US", (TUESDAY, "09:00"), (TUESDAY, "10:00"), None),
        ("Europe/Berlin", "DE", ("2026-11-28", "16:00"), ("2026-12-01", "01:00"), (MONDAY, "16:00")),
        ("Asia/Shanghai", "CN", (TUESDAY, "18:30"), (WEDNESDAY, "18:00"), (WEDNESDAY, "16:00")),
    ],
    ids=["ours ends first", "too late for today", "theirs ends first", "too late there", "before our day begins",
         "their evening", "a weekend", "after hours"],
)  # fmt: skip
def test_hours(
    zone: str, country: str, came: tuple[str, str], until: tuple[str, str], told_at: tuple[str, str] | None
) -> None:
    (one,) = owed(at(*came), zone, country)
    assert (one.until, one.told_at) == (at(*until), at(*told_at) if told_at else None)


def test_it_is_told_for_some_days_and_only_of_who_is_live() -> None:
    came = at(TUESDAY, "12:00")
    assert owed(came, now=at("2026-11-27", "09:00"))
    assert owed(came, now=at(MONDAY, "09:00")) == []
    mail = AnswerWanted(7, "<m@b.example>", "Bergmann", "kim@b.example", "Labels", came)
    quiet = replace(situation(customer(live=False)), unanswered={"Bergmann": Correspondence("Bergmann", (mail,))})
    assert owed_mails(Frame(quiet, playbook_with(), shipped_calendars(), came)) == []


def test_a_line_says_until_when_here_and_there() -> None:
    came = at(TUESDAY, "12:00")
    frame = Frame(situation(), playbook_with(), shipped_calendars(), came)
    (one,) = owed(came)
    line = owed_row(frame, one).line
    assert (line.kind, str(line.day), line.hour) == ("owed", WEDNESDAY, "01:00 (Berlin 18:00)")
    (same,) = owed(came, "Asia/Shanghai", "CN")
    assert owed_row(frame, same).line.hour == "18:00"
    late = Frame(situation(), playbook_with(), shipped_calendars(), at(WEDNESDAY, "09:00"))
    assert owed_row(late, one).line.kind == "owed_late"
    quote = owed_row(frame, one).quote
    assert quote is not None
    assert quote.words == "Which side?"
