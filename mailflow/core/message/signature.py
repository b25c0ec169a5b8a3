"""The sender's signature block, disclaimers and "sent from my phone", told from the last words of a letter."""

import re
from collections.abc import Sequence
from functools import cache

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.model import Address
from mailflow.core.message.phrases import Phrases, alternation

Parts = tuple[list[BodyLine], list[BodyLine]]

_RULE = re.compile(r"[-_=*~—–─━]{2,}\Z")
_SENTENCE = re.compile(r"[，。！？；、]|[a-z\d][!?;]|[a-z]{2,}\.(?:\s|\Z)")
_DATE = re.compile(
    r"\d{1,2}\s?[./]\s?\d{1,2}(?:\s?[./]\s?\d{2,4})?\b|\d\s?[月号號日]|\b\d{1,2}(?:st|nd|rd|th)?[\s-]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d|\b20\d\d-\d",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"[A-Za-z]{2,5}\d{0,4}[-/ ]?\d{3,}(?![-\d ]{5})|\b\d{2,3}[-/]\d{4,}\b(?![-\d ]{4})|\d\s?(?:pcs|sets|件|套|个|個|箱|米)"
)
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{6,20}\d")
_MAILBOX = re.compile(r"[\w.+-]{1,80}@[\w-]{1,80}\.|\bwww\.|https?://")
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MOST = 16  # lines that a signature has at most
_JOINERS = r"[\s,.!:;&/+~，。！、：]|\band\b|\bwith\b|\bund\b|\bet\b|\by\b|\be\b"


def split_signature(lines: Sequence[BodyLine], sender: Address, phrases: Phrases) -> Parts:
    """Part a stretch of the sender's lines into what is said and what signs it."""
    body, signed = list(lines), []
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
    if len(text) <= 80 and _device(phrases).search(text) and not _DATE.search(text):
        return True
    return _disclaimer(phrases).search(text) is not None and not _IDENTIFIER.search(text)


def _closing(body: list[BodyLine], sender: Address, phrases: Phrases) -> Parts:
    """A signature that begins with words such as `Best regards`; what follows it as a postscript stays."""
    for number in range(len(body) - 1, max(len(body) - 30, -1), -1):
        line = body[number]
        if line.table is not None or line.blank or not _is_closing(line.text, phrases):
            continue
        end = _signed_until(body, number + 1, sender, phrases)
        bare = all(below.blank for below in body[number + 1 :])
        if end == number + 1 and not (bare and not _only_thanks(line.text, phrases)):
            continue
        start = number
        while start and (body[start - 1].blank or _is_closing(body[start - 1].text, phrases)) and number - start < 4:
            start -= 1
        while body[start].blank:
            start += 1
        rest = body[end:]
        return body[:start] + ([BodyLine("")] if rest else []) + rest, body[start:end]
    return body, []


def _signed_until(body: list[BodyLine], start: int, sender: Address, phrases: Phrases) -> int:
    """The end of the lines that sign, below a closing."""
    end, contact, paragraph = start, False, 0
    for number in range(start, min(start + _MOST, len(body))):
        line = body[number]
        if line.blank:
            paragraph += 1
            continue
        if line.table is not None or _postscript(phrases).match(line.text):
            return end
        details = _is_contact(line.text, phrases) or _is_trailer(line.text, phrases)
        contact = contact or details
        first = end == start
        weak = _is_weak(line.text, first) or _is_name(line.text, sender, phrases)
        if not details and not weak and not (contact and _is_address(line.text)):
            return end
        if not details and paragraph > 1 and not contact and not _is_name(line.text, sender, phrases):
            return end
        end = number + 1
    return end


def _named(body: list[BodyLine], sender: Address, phrases: Phrases) -> int:
    """Where a signature without a closing begins: the sender's name, a firm, or ways to reach them."""
    start = number = len(body)
    weak: int = 0
    while number and start - number <= _MOST:
        line = body[number - 1]
        if line.blank:
            number -= 1
            continue
        if line.table is not None or _postscript(phrases).match(line.text):
            break
        if _is_name(line.text, sender, phrases):
            number -= 1
            start = number
            return _thanks_above(body, start, phrases)
        if _is_contact(line.text, phrases) or _is_firm(line.text, phrases):
            number -= 1
            start, weak = number, 0
        elif _is_weak(line.text, start == len(body)) and weak < 3:
            number -= 1
            weak += 1
        else:
            break
    return _thanks_above(body, start, phrases) if start < len(body) else start


def _thanks_above(body: list[BodyLine], start: int, phrases: Phrases) -> int:
    """Take a firm's name or a closing right above into the signature."""
    number = start
    while number:
        line = body[number - 1]
        if line.blank and start - number < 3:
            number -= 1
        elif (
            line.table is None and not line.blank and (_is_closing(line.text, phrases) or _is_firm(line.text, phrases))
        ):
            number -= 1
            start = number
        else:
            break
    return start


def _is_closing(text: str, phrases: Phrases) -> bool:
    return 0 < len(text) <= 80 and _closings(phrases).match(text) is not None


def _only_thanks(text: str, phrases: Phrases) -> bool:
    return _thanks(phrases).match(text) is not None


def _is_weak(text: str, first: bool) -> bool:
    """A short line that could be a name, a title, a place: it says nothing by itself."""
    if _SENTENCE.search(text) or _DATE.search(text) or _IDENTIFIER.search(text):
        return False
    if any(char.isdigit() for char in text):
        return not first and len(text) <= 90
    cjk = len(_CJK.findall(text))
    return len(text) <= 28 if cjk > 3 else len(text) <= 70 and len(text.split()) <= 9


def _is_address(text: str) -> bool:
    return len(text) <= 120 and not _DATE.search(text)


def _is_contact(text: str, phrases: Phrases) -> bool:
    """A line of telephone numbers, addresses of mail or web."""
    if len(text) > 160 or re.search(r"[，。！？]", text):
        return False
    labelled = _contact(phrases).search(text) is not None and any(char.isdigit() for char in text)
    if not labelled and not _MAILBOX.search(text) and not _PHONE.fullmatch(text.strip("() ")):
        return False
    left = _PHONE.sub(" ", _MAILBOX.sub(" ", text))
    prose = [word for word in _LATIN_WORD.findall(left) if word.islower() and len(word) > 2 and "." not in word]
    return len(prose) <= 3


def _is_firm(text: str, phrases: Phrases) -> bool:
    return (
        len(text) <= 90
        and not _SENTENCE.search(text.replace("Co.,", "Co"))
        and not _DATE.search(text)
        and _firm(phrases).search(text) is not None
    )


def _is_name(text: str, sender: Address, phrases: Phrases) -> bool:
    """Whether a line is the sender's name, perhaps with a firm or a title."""
    if (
        not sender.name
        or len(text) > 60
        or any(char.isdigit() for char in text)
        or re.search(r"[，。！？!?;:：]", text)
    ):
        return False
    words = [word for word in re.split(r"[\s,|/()·]+", text) if word]
    if not words or len(words) > 7 or any(word.lower() in phrases.answer_word for word in words):
        return False
    own = [word for word in re.split(r"[\s,|/()·.]+", sender.name) if word]
    if not any(_same_name(word, name, phrases) for word in words for name in own):
        return False
    return all(_CJK.search(word) or word[0].isupper() or not word[0].isalpha() or len(words) == 1 for word in words)


def _same_name(word: str, name: str, phrases: Phrases) -> bool:
    if _CJK.search(name):
        if len(word) <= 4 and word[0] == name[0] and word[1:] in phrases.honorific:
            return True  # 何生 of 何志远
        if len(word) == 2 and word[0] in "小老阿" and word[1] == name[0]:
            return True
        return len(word) >= 2 and (word in name or name in word or (len(name) >= 4 and word[:2] == name[:2]))
    one, other = word.strip(".").casefold(), name.casefold()
    return len(one) >= 2 and (one == other or (len(one) >= 4 and other.startswith(one)))


@cache
def _closings(phrases: Phrases) -> re.Pattern[str]:
    words = alternation(phrases.closing + phrases.thanks)
    return re.compile(rf"\W{{0,3}}{words}(?:(?:{_JOINERS}){{0,6}}{words}){{0,4}}[\W_]{{0,6}}\Z", re.IGNORECASE)


@cache
def _thanks(phrases: Phrases) -> re.Pattern[str]:
    words = alternation(phrases.thanks)
    return re.compile(rf"\W{{0,3}}{words}(?:(?:{_JOINERS}){{0,6}}{words}){{0,4}}[\W_]{{0,6}}\Z", re.IGNORECASE)


@cache
def _device(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(alternation(phrases.device), re.IGNORECASE)


@cache
def _disclaimer(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(alternation(phrases.disclaimer), re.IGNORECASE)


@cache
def _contact(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(rf"{alternation(phrases.contact)}\s{{0,3}}[:：.]?\s{{0,3}}[+(\d]", re.IGNORECASE)


@cache
def _firm(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(alternation(phrases.company), re.IGNORECASE)


@cache
def _postscript(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(rf"\W{{0,2}}{alternation(phrases.postscript)}", re.IGNORECASE)
