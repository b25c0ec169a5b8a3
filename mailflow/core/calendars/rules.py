"""The language of calendar files: closures, make-up days and silent stretches of a country, a party or our house."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Span(BaseModel):
    """A day (`day`), or the days `from` … `to` with both ends."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    day: date | None = None
    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="to")] = None
    name: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "Span":
        if self.day is None and (self.first is None or self.last is None):
            raise PydanticCustomError(
                "mailflow",
                "no days",
                {"what": "no days given", "cure": "write 'day: 2027-02-05', or 'from:' and 'to:'"},
            )
        if self.first and self.last and self.first > self.last:
            raise PydanticCustomError(
                "mailflow", "turned", {"what": "'to' lies before 'from'", "cure": "exchange the two days"}
            )
        return self

    @property
    def ends(self) -> tuple[date, date]:
        """Return the first and the last day."""
        if self.day is not None:
            return self.day, self.day
        assert self.first is not None
        assert self.last is not None
        return self.first, self.last


class CalendarFile(BaseModel):
    """One file of rules/calendars: of a `country`, a `party` (its name in the order book) or our `house`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    country: str = ""
    party: str = ""
    house: bool = False
    weekend: tuple[Weekday, ...] | None = None
    closed: tuple[Span, ...] = ()
    open: tuple[Span, ...] = ()
    silent: tuple[Span, ...] = ()

    @model_validator(mode="after")
    def _one_owner(self) -> "CalendarFile":
        if sum((bool(self.country), bool(self.party), self.house)) != 1:
            raise PydanticCustomError(
                "mailflow",
                "owner",
                {"what": "whose calendar is this?", "cure": "give exactly one of 'country', 'party' and 'house: true'"},
            )
        return self
