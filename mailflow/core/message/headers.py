"""Headers as people sent them: encoded words, raw 8-bit text, parameters, addresses, dates; nothing here raises."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_tz
from functools import cache
from urllib.parse import unquote_to_bytes

from mailflow.core.message.charsets import decode
from mailflow.core.message.limits import LIMITS, Limits
from mailflow.core.message.model import Address
from mailflow.core.message.transfer import base64_bytes

_HEAD_BYTES = 256 * 1024
_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,20})(?:\?=|$)")
_BETWEEN = re.compile(r"\s*\Z")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_Q_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_ID = re.compile(r"<[^<>\s]{1,500}>")
_PLAIN_ADDRESS = re.compile(r'\s*(?:"([^"\\<>]*)"|([^"\\<>,;:()]*?))\s*<\s*([^<>\s,;"]+@[^<>\s,;"]+)\s*>\s*;?\s*\Z')
_ANY_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:]{1,100}@[^\s<>()\[\]\",;:]{1,200}")
_BARE_ADDRESS = re.compile(r"\s*<?\s*([^<>\s,;:\"()]+@[^<>\s,;:\"()]+?)\s*>?\s*;?\s*\Z")


class Headers:
    """The headers of one part, by lower-case name; values as sent until they are asked for."""

    def __init__(self, items: Iterable[tuple[str, str]], hint: str = "", limits: Limits = LIMITS) -> None:
        self._raw: dict[str, list[str]] = {}
        self._hint = hint
        for number, (name, value) in enumerate(items):
            if number >= limits.headers:
                break
            self._raw.setdefault(name.lower(), []).append(str(value)[: limits.header_chars])

    def with_hint(self, charset: str) -> "Headers":
        """The same headers, whose raw 8-bit text is read as `charset` first."""
        self._hint = charset
        return self

    def has(self, name: str) -> bool:
        """Whether the header is there at all."""
        return name in self._raw

    def raw(self, name: str) -> str:
        """The first value as sent, unfolded."""
        values = self._raw.get(name)
        return _FOLD.sub(" ", values[0]).strip() if values else ""

    def all_raw(self, name: str) -> list[str]:
        """Every value as sent, unfolded."""
        return [_FOLD.sub(" ", value).strip() for value in self._raw.get(name, ())]

    def text(self, name: str) -> str:
        """The first value as people read it."""
        return decode_words(self.raw(name), self._hint)

    def ids(self, name: str) -> tuple[str, ...]:
        """Message ids, with their angle brackets, in order and once each."""
        return tuple(dict.fromkeys(_ID.findall(_eight_bit(" ".join(self.all_raw(name)), self._hint))))

    def message_id(self) -> str:
        """The Message-ID with its angle brackets; empty where there is none."""
        found = self.ids("message-id")
        if found:
            return found[0]
        bare = _eight_bit(self.raw("message-id"), self._hint).strip("<> ")
        return f"<{bare}>" if bare and " " not in bare else ""

    def addresses(self, name: str, limits: Limits = LIMITS) -> tuple[Address, ...]:
        """The addresses of a header, names decoded, addresses in lower case."""
        found: list[Address] = []
        for value in self.all_raw(name):
            found.extend(_addresses(value, self._hint))
        return tuple(found[: limits.addresses])

    def params(self, name: str) -> tuple[str, dict[str, str]]:
        """The value before the first semicolon in lower case, and the decoded parameters."""
        return split_params(self.raw(name), self._hint)


def headers_of(raw: bytes) -> Headers:
    """Return the headers of a mail without looking at its body."""
    return Headers(BytesHeaderParser(policy=compat32).parsebytes(raw[:_HEAD_BYTES]).items())


def decode_words(value: str, hint: str = "") -> str:
    """Decode encoded words and raw 8-bit text; what cannot be decoded stays as it was sent."""
    if "=?" not in value:
        return _clean(_eight_bit(value, hint))
    out: list[str] = []
    run: list[tuple[str, bytes]] = []  # adjacent words: a character may be cut in two by their border
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        if not (run and _BETWEEN.match(between)):
            out.append(_joined(run))
            run = []
            out.append(_eight_bit(between, hint))
        charset, coding, text = word.group(1), word.group(2).lower(), word.group(3)
        run.append((charset.lower(), _word_bytes(coding, text)))
        end = word.end()
    out.extend((_joined(run), _eight_bit(value[end:], hint)))
    return _clean("".join(out))


def _joined(run: list[tuple[str, bytes]]) -> str:
    out: list[str] = []
    while run:
        charset = run[0][0]
        same = b""
        while run and run[0][0] == charset:
            same += run.pop(0)[1]
        out.append(decode(same, charset)[0])
    return "".join(out)


def _word_bytes(coding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if coding == "b":
        return base64_bytes(data)
    return _Q_BYTE.sub(lambda m: bytes((int(m.group(1), 16),)), data.replace(b"_", b" "))


def _eight_bit(value: str, hint: str) -> str:
    if value.isascii():
        return value
    return decode(value.encode("utf-8", "surrogateescape"), hint)[0]


def _clean(text: str) -> str:
    return _CONTROL.sub("", _FOLD.sub(" ", text)).strip()


def _addresses(value: str, hint: str) -> list[Address]:
    single = _PLAIN_ADDRESS.match(value)
    if single:
        name = decode_words(single.group(1) or single.group(2) or "", hint)
        return [Address(_eight_bit(single.group(3), hint).lower(), _name(name))]
    bare = _BARE_ADDRESS.match(value)
    if bare:
        return [Address(_eight_bit(bare.group(1), hint).lower())]
    found = []
    for name, address in _pairs(value.replace(";", ",")):
        clean = _eight_bit(address, hint).strip("<>'\" ").lower()
        if "@" not in clean or " " in clean or not clean.isprintable():
            clean = ""
        name = name or ("" if clean else address)
        if clean or name:
            found.append(Address(clean, _name(decode_words(name, hint))))
    return found


def _pairs(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value])
    except (RecursionError, ValueError, IndexError):  # comments nested without end
        return [("", address) for address in _ANY_ADDRESS.findall(value)]


def _name(name: str) -> str:
    return name.strip().strip("\"'").strip()


_PARAM = re.compile(r';\s*([^\s=;"]{1,100}?)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_NUMBERED = re.compile(r"(.+?)\*(\d{1,3})(\*?)\Z")


def split_params(value: str, hint: str = "") -> tuple[str, dict[str, str]]:
    """Split `text/plain; charset=x` into its value and parameters, those of RFC 2231 joined and decoded."""
    main = _eight_bit(value.split(";", 1)[0], hint).strip().lower()
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAM.finditer(value):
        name, text = match.group(1).lower(), match.group(2).strip()
        if text.startswith('"'):
            # only quotation marks: what sends a path with bare backslashes is commoner than what escapes them
            text = (text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:]).replace('\\"', '"')
        numbered = _NUMBERED.match(name)
        if numbered:
            pieces.setdefault(numbered.group(1), {})[int(numbered.group(2))] = (bool(numbered.group(3)), text)
        elif name.endswith("*"):
            pieces.setdefault(name[:-1], {})[0] = (True, text)
        else:
            found.setdefault(name, decode_words(text, hint))
    for name, parts in pieces.items():
        found[name] = _rfc2231([parts[number] for number in sorted(parts)], hint)
    return main, found


def _rfc2231(parts: list[tuple[bool, str]], hint: str) -> str:
    charset, data = "", b""
    for number, (extended, text) in enumerate(parts):
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        plain = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(plain) if extended else plain
    text = decode(data, charset or hint)[0]
    return decode_words(text) if "=?" in text else _clean(text)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_LOCAL = re.compile(
    r"(\d{1,2})[\s-]+([^\s\d,-]{1,12}?)月?[.,]?[\s-]+(\d{4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(Z|GMT|UTC?|[+-]\d{4})?"
)


def parse_date(value: str) -> datetime | None:
    """The date of a Date header in the sender's own zone; None where it is missing, broken, or names no zone."""
    parsed = _standard(value)
    if parsed is None:
        parsed = _iso(value) or _localised(value)
    return parsed if parsed is not None and 1980 <= parsed.year <= 2100 else None


def _standard(value: str) -> datetime | None:
    try:
        found = parsedate_tz(value)
        if found is None or found[9] is None or (found[9] == 0 and not _names_zone(value)):
            return None
        if re.search(r"\bCST\b", value) and not re.search(r"[+-]\d{4}", value):
            return None  # China's or Chicago's, half a day apart
        return datetime(*found[:6], tzinfo=timezone(timedelta(seconds=found[9])))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _names_zone(value: str) -> bool:
    return re.search(r"[+-]00:?00|\b(?:GMT|UTC?|Z)\b", value) is not None


def _iso(value: str) -> datetime | None:
    match = _ISO.search(value)
    return _built(match.groups()[:3], match.groups()[3:6], match.group(7)) if match else None


def _localised(value: str) -> datetime | None:
    match = _LOCAL.search(value)
    if not match:
        return None
    month = _month_number(match.group(2).lower())
    if not month:
        return None
    return _built((match.group(3), str(month), match.group(1)), match.groups()[3:6], match.group(7))


@cache
def _month_names() -> dict[str, int]:
    names = {name: number for number, name in enumerate(_MONTHS, 1)}
    return names | {name: number for number, name in enumerate(_CHINESE_MONTHS, 1)}


def _month_number(name: str) -> int:
    return _month_names().get(name[:3] if name.isascii() else name, 0)


def _built(day: tuple[str, ...], clock: tuple[str | None, ...], zone: str | None) -> datetime | None:
    if zone is None:
        return None
    offset = UTC
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        offset = timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes)) if minutes < 1440 else UTC
    try:
        hour, minute, second = (int(part or 0) for part in clock)
        return datetime(int(day[0]), int(day[1]), int(day[2]), hour, minute, min(second, 59), tzinfo=offset)
    except ValueError:
        return None
