"""The week of sample mails: read from world/week.yaml, each with the moment at which it comes."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict
from ruamel.yaml import YAML

WORLD = files("mailflow.demo") / "world"

Cell = date | int | str
Rows = tuple[tuple[Cell, ...], ...]
Clock = Annotated[time, BeforeValidator(lambda text: time.fromisoformat(text) if isinstance(text, str) else text)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Note(_Frozen):
    """What a mail is here to show, in the languages of the show."""

    en: str
    zh: str


class Sheet(_Frozen):
    """A workbook to attach."""

    name: str
    rows: Rows


class Mail(_Frozen):
    """One sample mail; week.yaml says what each field means."""

    id: str
    day: int
    at: Clock
    sender: str
    note: Note
    subject: str
    to: str = ""
    zone: str = ""
    answers: str = ""
    charset: str = "utf-8"
    label: str = ""
    text: str = ""
    html: str = ""
    table: Rows = ()
    sheet: Sheet | None = None
    fills: dict[str, str] = {}
    failed: str = ""
    headers: dict[str, str] = {}


class Moment(_Frozen):
    """A time of day on a day of the week."""

    day: int
    at: Clock


class Week(_Frozen):
    """The whole week; nothing in it looks at the wall clock."""

    begins: date
    zone: str
    rounds: tuple[Clock, ...]
    ends: Moment
    mails: tuple[Mail, ...]

    @cached_property
    def home(self) -> ZoneInfo:
        """Return the time zone of the house."""
        return ZoneInfo(self.zone)

    def moment(self, day: int, at: time) -> datetime:
        """Return a time of day of the week as a moment."""
        return datetime.combine(self.begins + timedelta(days=day), at, self.home)

    @property
    def start(self) -> datetime:
        """When the demo sets in: on Monday at eight in the morning."""
        return self.moment(0, time(8))

    def days(self) -> list[tuple[date, list[tuple[datetime, Mail | None]]]]:
        """Return day by day the moments of the week, each with the mail that comes then, or None for a mere round.

        A minute before each mail there is a round, so that what follows the mail is what it led to.
        """
        last = self.moment(self.ends.day, self.ends.at)
        moments: list[tuple[datetime, Mail | None]] = [(self.moment(mail.day, mail.at), mail) for mail in self.mails]
        moments += [(at - timedelta(minutes=1), None) for at, _ in moments]
        moments += [(self.moment(day, at), None) for day in range(self.ends.day + 1) for at in self.rounds]
        moments.append((last, None))
        by_day: dict[date, list[tuple[datetime, Mail | None]]] = {}
        for moment, mail in sorted(moments, key=lambda entry: entry[0]):
            if self.start <= moment <= last:
                by_day.setdefault(moment.date(), []).append((moment, mail))
        return list(by_day.items())


def load_week() -> Week:
    """Read the week that comes with the package."""
    text = (WORLD / "week.yaml").read_text(encoding="utf-8")
    raw = YAML(typ="safe", pure=True).load(text)
    for mail in raw["mails"]:
        mail["sender"] = mail.pop("from")
    return Week.model_validate(raw)
