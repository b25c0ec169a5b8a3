"""Cells as values: numbers that are texts, days that are texts, words that stand for ours."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from mailflow.core.order_book.mapping import plain
from mailflow.core.order_book.model import CellError, CellValue

NOTHING = frozenset({"-", "--", "—", "/", "\\", "n/a", "na", "none", "nil", "无", "無"})
EVERY_ORDER = frozenset({"day_first", "month_first", "year_first"})
_NEVER_BEFORE, _NEVER_AFTER = 2000, 2099
_LIKELY = range(2015, 2061)  # of a year in two digits
_ISO = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[t ]\s*[\d:.]+z?)?")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_THREE = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?:[t ]\s*[\d:.]+)?")
_DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-./,]*([a-z]{3,9})\.?[\s\-./,]*(\d{4}|\d{2})")
_NAME_DAY = re.compile(r"([a-z]{3,9})\.?[\s\-./]*(\d{1,2})(?:st|nd|rd|th)?[\s,\-./]+(\d{4}|\d{2})")
_NO_YEAR = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_THOUSANDS = re.compile(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?")
_AMOUNT = re.compile(r"([^\d.,+\-]*)([+-]?\d[\d.,' ]*\d|[+-]?\d)\s*(万|萬)?\s*(.*)", re.S)
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


class BadValueError(Exception):
    """A cell that cannot be understood; `soft`: the field alone is left out, the row stands."""

    def __init__(self, what: str, cure: str, soft: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure
        self.soft = soft


def is_nothing(value: CellValue) -> bool:
    """Tell whether a cell says that there is none, in so many words."""
    return isinstance(value, str) and unicodedata.normalize("NFKC", value).strip().casefold() in NOTHING


def text(value: CellValue) -> str:
    """Return a cell as text; a number that is a whole one has no `.0`."""
    if value is None or is_nothing(value):
        return ""
    if isinstance(value, CellError):
        raise BadValueError(f"holds {value.text}", "mend the formula, or write the value")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else " ".join(value.split())


def cell_text(value: CellValue) -> str:
    """Return a cell the way a person would write it."""
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def number_text(value: CellValue) -> str:
    """Return an order's number or reference; spreadsheet programs shorten long ones and add `.0`."""
    said = unicodedata.normalize("NFKC", text(value)).strip()
    if isinstance(value, Decimal) and abs(value) >= 10**15:
        raise BadValueError(f"'{said}' has lost its last digits", "format the column as text and enter it again")
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", said):
        raise BadValueError(f"'{said}' was shortened", "format the column as text and enter the whole number")
    return re.sub(r"(?<=\d)\.0+$", "", said) if re.fullmatch(r"\d+\.0+", said) else said


def amount(value: CellValue, whole: bool) -> tuple[Decimal | None, str, str]:
    """Return a number with what stands before and behind it; `whole`: a point before three digits is in doubt."""
    if isinstance(value, Decimal):
        return value, "", ""
    said = unicodedata.normalize("NFKC", text(value)).strip()
    if not said:
        return None, "", ""
    match = _AMOUNT.fullmatch(said)
    if isinstance(value, bool | date) or match is None:
        raise BadValueError(f"'{said}' is no number", "write digits only, such as 1200")
    before, digits, myriad, behind = match.groups()
    if re.search(r"\d", behind):
        raise BadValueError(f"'{said}' is more than one number", "write one number, such as 1200")
    number = _decimal(digits.strip(), said, whole)
    return number * 10_000 if myriad else number, before.strip(), behind.strip()


def _decimal(digits: str, said: str, whole: bool) -> Decimal:
    if whole and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", digits):
        raise BadValueError(f"'{said}' can be {digits.replace('.', '')} or {digits}", "write it without a point")
    if _THOUSANDS.fullmatch(digits):
        digits = re.sub(r"[,' ]", "", digits)
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise BadValueError(f"'{said}' is no number", "write digits only, such as 1200") from None


def day(value: CellValue, orders: frozenset[str]) -> date | None:
    """Return a day, or None for an empty cell; `orders` are the ways in which day, month and year may stand."""
    if isinstance(value, date):
        return _sane(value, value.isoformat())
    if isinstance(value, Decimal) and value == value.to_integral_value() and 36_526 <= value <= 73_050:
        return date(1899, 12, 30) + timedelta(days=int(value))  # a day that lost its format
    said = unicodedata.normalize("NFKC", text(value)).strip().casefold()
    if not said:
        return None
    for pattern in (_ISO, _EIGHT):
        if match := pattern.fullmatch(said):
            return _made(said, *(int(part) for part in match.groups()))
    if match := _DAY_NAME.fullmatch(said):
        return _made(said, _year(match[3]), _month(match[2], said), int(match[1]))
    if match := _NAME_DAY.fullmatch(said):
        return _made(said, _year(match[3]), _month(match[1], said), int(match[2]))
    if _NO_YEAR.fullmatch(said):
        raise BadValueError(f"'{said}' has no year, and was left out", "write the day as 2026-12-05", soft=True)
    readings = _readings(said)
    days = {found for order, found in readings.items() if order in orders}
    if len(days) > 1:
        shown = " or ".join(found.isoformat() for found in sorted(days))
        cure = "write the day as 2026-12-05, or set date_order in rules/order_book.yaml"
        raise BadValueError(f"'{said}' can be {shown}, and was left out", cure, soft=True)
    if not days:
        raise BadValueError(f"'{said}' is no day", "write the day as 2026-12-05")
    return days.pop()


def possible_orders(values: Iterable[CellValue]) -> frozenset[str]:
    """Return in which ways all the days of a column can be read: one 25/12/2026 settles the others."""
    orders = EVERY_ORDER
    for value in values:
        readings = _readings(unicodedata.normalize("NFKC", value).strip().casefold()) if isinstance(value, str) else {}
        if readings and orders & readings.keys():
            orders = orders & readings.keys()
    return orders


def _readings(said: str) -> dict[str, date]:
    match = _THREE.fullmatch(said)
    if match is None:
        return {}
    first, second, third = (int(part) for part in match.groups())
    tries = {"day_first": (_year(match[3]), second, first), "month_first": (_year(match[3]), first, second)}
    if len(match[3]) == 2 and len(match[1]) == 2:
        tries["year_first"] = (2000 + first, second, third)
    found = {}
    for order, (year, month, number) in tries.items():
        try:
            if len(match[3]) == 4 or year in _LIKELY:
                found[order] = date(year, month, number)
        except ValueError:
            continue
    return found


def _year(said: str) -> int:
    return int(said) if len(said) == 4 else 2000 + int(said)


def _month(name: str, said: str) -> int:
    if name[:3] in _MONTHS:
        return _MONTHS.index(name[:3]) + 1
    raise BadValueError(f"'{said}' is no day", "write the day as 2026-12-05")


def _made(said: str, year: int, month: int, number: int) -> date:
    try:
        return _sane(date(year, month, number), said)
    except ValueError:
        raise BadValueError(f"'{said}' is no day of the calendar", "write the day as 2026-12-05") from None


def _sane(found: date, said: str) -> date:
    if not _NEVER_BEFORE <= found.year <= _NEVER_AFTER:
        raise BadValueError(f"'{said}' is in the year {found.year}", "check the year")
    return found


def pieces(value: CellValue) -> tuple[str, ...]:
    """Return what a cell lists, without blanks and repetitions."""
    said = re.split(r"[,;，；、/\n|]+", value if isinstance(value, str) else text(value))
    return tuple(dict.fromkeys(part.strip() for part in said if part.strip() and not is_nothing(part)))


def emails(said: str) -> tuple[str, ...]:
    """Return the addresses in a text, in lower case."""
    found = _EMAIL.findall(unicodedata.normalize("NFKC", said))
    return tuple(dict.fromkeys(address.removeprefix("mailto:").strip(".").lower() for address in found))


def same(left: str, right: str) -> bool:
    """Tell whether two names are one but for width, capitals and blanks."""
    return plain(left) == plain(right)
