"""Check digits by name, as the files of references and masks call them; a value is in capitals, without blanks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import stdnum.cn.uscc
import stdnum.ean
import stdnum.iban
import stdnum.iso6346
import stdnum.luhn
from stdnum.eu import vat
from stdnum.iso7064 import mod_37_36

Check = Callable[[str], bool]


def holds(name: str, value: str) -> bool:
    """Say whether a value's check digit is right; without a name there is none to be wrong."""
    return not name or CHECKS[name](value)


def _air_waybill(value: str) -> bool:
    """The last digit is the serial number, without the airline's prefix, modulo 7 (IATA resolution 600a)."""
    digits = _digits(value)
    return len(digits) == 11 and int(value[3:10]) % 7 == digits[10]


def _mod7(value: str) -> bool:
    return value.isdigit() and len(value) > 1 and int(value[:-1]) % 7 == int(value[-1])


def _s10(value: str) -> bool:
    """Eight digits with weights, modulo 11, between two letters and the country (UPU S10)."""
    digits = _digits(value[2:11])
    if len(digits) != 9 or not (value[:2].isalpha() and value[11:].isalpha()):
        return False
    rest = 11 - _weighed(digits[:8], (8, 6, 4, 2, 3, 5, 9, 7)) % 11
    return digits[8] == {10: 0, 11: 5}.get(rest, rest)


def _ups(value: str) -> bool:
    """Letters count as A 2, B 3 … modulo 10, every second place doubled, behind 1Z."""
    places = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in value[2:17]]
    return len(value) == 18 and value[17].isdigit() and (-_weighed(places, (1, 2) * 8)) % 10 == int(value[17])


def _fedex(value: str) -> bool:
    digits = _digits(value)
    return len(digits) == 12 and _weighed(digits[:11], (3, 1, 7) * 4) % 11 % 10 == digits[11]


def _weighed(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _digits(text: str) -> list[int]:
    return [int(c) for c in text if c.isdecimal()] if text.isdecimal() else []


def _library(module: Any) -> Check:
    def check(value: str) -> bool:
        return bool(module.is_valid(value))

    return check


CHECKS: Mapping[str, Check] = {
    "air_waybill": _air_waybill,
    "fedex": _fedex,
    "gs1": lambda value: value.isdigit() and stdnum.ean.calc_check_digit(value[:-1]) == value[-1],
    "iban": _library(stdnum.iban),
    "iso6346": _library(stdnum.iso6346),
    "luhn": _library(stdnum.luhn),
    "mod7": _mod7,
    "mod37_36": _library(mod_37_36),
    "s10": _s10,
    "ups": _ups,
    "uscc": _library(stdnum.cn.uscc),
    "vat": _library(vat),
}
