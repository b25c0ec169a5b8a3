"""The sender's signature block, disclaimers and "sent from my phone", told from the last words of a letter."""

import re
from collections.abc import Sequence
from functools import cache

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.model import Address
from mailflow.core.message.names import is_name, looks_like_name
from mailflow.core.message.phrases import Phrases, alternation, finder
from mailflow.core.message.prose import CJK, DATE, IDENTIFIER, PHONE, SAYS_CHINESE, is_prose, small_words

Parts = tuple[list[BodyLine], list[BodyLine]]

_RULE = re.compile(r"[-_=*~—–─━]{2,}\Z")
# the address of a firm, not of a page: a link to a parcel's track is no signature
_MAILBOX = re.compile(r"[\w.+-]{1,80}@[\w-]{1,80}\.[\w.-]{2,80}|\b(?:https?://|www\.)[\w.-]{3,80}/?(?=[\s,;|]|\Z)")
_LEADING = 1  # marks before a line's first word, or behind its last
_MOST = 16  # lines that a signature has at most
_JOINERS = r"[\s,.!:;&/+~，。！、：]|\band\b|\bwith\b|\bund\b|\bet\b|\by\b|\be\b"


def split_signature(lines: Sequence[BodyLine], sender: Address, phrases: Phrases) -> Parts:
    """Part a stretch of the sender's lines into what is said and what signs it."""
    body: list[BodyLine] = list(lines)
    signed: list[BodyLine] = []
    at = _delimiter(body)
    if at is not None:
        body, signed = body[:at], body[at:]
    at = _trailer(body, phrases)
    body, signed = body[:at], body[at:] + signed
    body, own = _closing(body, sender, phrases)
    if not own:
        at = _named(body, sender, phrases)
        body, own = body[:at], body[at:]
    return body, own + signed


def _delimiter(body: list[BodyLine]) -> int | None:
    """The line `-- ` that programs put above a signature."""
    for number in range(max(len(body) - 25, 0), len(body)):
        text = body[number].text
        if text == "--" or (text.startswith("-- ") and len(text) < 60):
            return number
    return None


def _trailer(body: list[BodyLine], phrases: Phrases) -> int:
    """Where disclaimers and device lines at the end begin."""
    end = len(body)
    number = end
    while number:
        line = body[number - 1]
        if line.blank or (line.table is None and _RULE.match(line.text)):
            number -= 1
            continue
        if line.table is not None or not _is_trailer(line.text, phrases):
            break
        number -= 1
        end = number
        while end and body[end - 1].table is None and _RULE.match(body[end - 1].text):
            end -= 1
        number = end
    return end


def _is_trailer(text: str, phrases: Phrases) -> bool:
    if IDENTIFIER.search(text):
        return False
    if len(text) <= 80 and not DATE.search(text) and _names_device(text, phrases):
        return True
    return finder(phrases, "disclaimer").search(text) is not None


def _names_device(text: str, phrases: Phrases) -> bool:
    """Whether a line says what it was sent from: it begins or ends so, or names a program (`Get Outlook for iOS`)."""
    named = finder(phrases, "device").search(text)
    if named is None:
        return False
    words = named.group()
    ends = named.end() >= len(text) - _LEADING and CJK.search(words) is None  # 芯片来自华为: chips come from there
    return named.start() <= _LEADING or ends or "outlook" in words.lower()


def _closing(body: list[BodyLine], sender: Address, phrases: Phrases) -> Parts:
    """A signature that begins with words such as `Best regards`; what follows it as a postscript stays."""
    for number in range(len(body) - 1, max(len(body) - 30, -1), -1):
        line = body[number]
        if line.table is not None or line.blank or not _is_closing(line.text, phrases):
            continue
        thanks = _only_thanks(line.text, phrases)
        end = _signed_until(body, number + 1, thanks, sender, phrases)
        bare = all(below.blank for below in body[number + 1 :])
        if end == number + 1 and (thanks or not bare):
            continue
        start = _closings_above(body, number, phrases)
        rest = body[end:]
        return body[:start] + ([BodyLine("")] if rest else []) + rest, body[start:end]
    return body, []


def end_of_letter(lines: Sequence[BodyLine], phrases: Phrases) -> int | None:
    """Return where the first letter in some lines ends, behind its closing and who signs; None where none closes."""
    body = list(lines)
    for number, line in enumerate(body):
        if line.table is None and not line.blank and _is_closing(line.text, phrases):
            thanks = _only_thanks(line.text, phrases)
            end = _signed_until(body, number + 1, thanks, Address(""), phrases)
            if end > number + 1 or not thanks:
                return end
    return None


def is_postscript(text: str, phrases: Phrases) -> bool:
    """Say whether a line begins as a postscript does."""
    return _postscript(phrases).match(text) is not None


def _closings_above(body: list[BodyLine], start: int, phrases: Phrases) -> int:
    number = start
    while number and start - number < 3:
        line = body[number - 1]
        if line.table is None and not line.blank:
            if not _is_closing(line.text, phrases):
                break
            start = number - 1
        number -= 1
    return start


def _signed_until(body: list[BodyLine], start: int, thanks: bool, sender: Address, phrases: Phrases) -> int:
    """The end of the lines that sign, below a closing."""
    end, contact, gaps = start, False, 0
    for number in range(start, min(start + _MOST, len(body))):
        line = body[number]
        if line.blank:
            gaps += number > start
            continue
        if line.table is not None or _postscript(phrases).match(line.text):
            return end
        named = is_name(line.text, sender, phrases)
        details = _is_contact(line.text, phrases) or _is_firm(line.text, phrases) or _is_trailer(line.text, phrases)
        if end == start and not (named or details or looks_like_name(line.text, thanks, phrases)):
            return end
        if not (named or details) and (not _is_weak(line.text, gaps > 0) or (gaps and not contact)):
            return end
        contact = contact or details
        end = number + 1
    return end


def _named(body: list[BodyLine], sender: Address, phrases: Phrases) -> int:
    """Where a signature without a closing begins: the sender's name, a firm, or ways to reach them."""
    start = number = len(body)
    weak = 0
    while number and len(body) - number <= _MOST:
        line = body[number - 1]
        number -= 1
        if line.blank:
            continue
        if line.table is not None or _postscript(phrases).match(line.text):
            break
        if is_name(line.text, sender, phrases):
            return _above(body, number, sender, phrases)
        if _is_contact(line.text, phrases) or _is_firm(line.text, phrases):
            start, weak = number, 0
        elif weak < 3 and _is_weak(line.text, True) and _harmless(line.text):
            weak += 1
        else:
            break
    return _above(body, start, sender, phrases) if start < len(body) else start


def _above(body: list[BodyLine], start: int, sender: Address, phrases: Phrases) -> int:
    """Take names, a firm, or a closing right above into the signature."""
    number = start
    while number and start - number < 3:
        line = body[number - 1]
        number -= 1
        if line.blank:
            continue
        if line.table is not None or not _belongs(line.text, sender, phrases):
            break
        start = number
    return start


def _belongs(text: str, sender: Address, phrases: Phrases) -> bool:
    return _is_closing(text, phrases) or _is_firm(text, phrases) or is_name(text, sender, phrases)


def _is_closing(text: str, phrases: Phrases) -> bool:
    return 0 < len(text) <= 80 and _closings(phrases).match(text) is not None


def _only_thanks(text: str, phrases: Phrases) -> bool:
    return _thanks(phrases).match(text) is not None


def _is_weak(text: str, strict: bool) -> bool:
    """A short line that could be a title, a street, a place: it says nothing by itself."""
    if len(text) > 90 or DATE.search(text) or is_prose(text):
        return False
    return not (strict and IDENTIFIER.search(PHONE.sub(" ", text)))


def _harmless(text: str) -> bool:
    """Whether the digits of a line, if any, are a telephone's."""
    return not any(char.isdigit() for char in PHONE.sub("", text))


def _is_contact(text: str, phrases: Phrases) -> bool:
    """A line of telephone numbers, addresses of mail or web."""
    if len(text) > 160 or re.search(r"[，。！？]", text):
        return False
    labelled = _contact(phrases).search(text) is not None
    if not labelled and not _MAILBOX.search(text) and not PHONE.fullmatch(text.strip("() ")):
        return False
    left = _MAILBOX.sub(" ", text)
    return len(small_words(left)) <= (3 if labelled else 1) and not DATE.search(PHONE.sub(" ", left))


def _is_firm(text: str, phrases: Phrases) -> bool:
    return (
        len(text) <= 90
        and finder(phrases, "company").search(text) is not None
        and len(small_words(text)) <= 1
        and not SAYS_CHINESE.search(text)
        and not is_prose(text)
        and not DATE.search(text)
        and not IDENTIFIER.search(text)
    )


@cache
def _closings(phrases: Phrases) -> re.Pattern[str]:
    return _only_these(phrases.closing + phrases.thanks)


@cache
def _thanks(phrases: Phrases) -> re.Pattern[str]:
    return _only_these(phrases.thanks)


def _only_these(words: tuple[str, ...]) -> re.Pattern[str]:
    one = alternation(words)
    return re.compile(rf"\W{{0,3}}{one}(?:(?:{_JOINERS}){{0,6}}{one}){{0,4}}[\W_]{{0,6}}\Z", re.IGNORECASE)


@cache
def _contact(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(rf"{alternation(phrases.contact)}\s{{0,3}}[:：.]?\s{{0,3}}[+(]?\d[\d\s().+-]{{5}}", re.IGNORECASE)


@cache
def _postscript(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(rf"\W{{0,2}}{alternation(phrases.postscript)}", re.IGNORECASE)
