"""A line of an answer as tokens: numbers of items, letters of candidates, orders, dates, and words of the rules."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.date_grammar import Grammar
from mailflow.core.reading.finders.date_hits import DateHit, DateKind
from mailflow.core.reading.finders.dates import find_dates
from mailflow.core.reading.folding import Folder
from mailflow.core.steering.words import Meaning, SteeringRules, fold

LETTERS = "abcdef"
_RANGE = re.compile(r"(\d{1,2})\s*(?:-|–|—|~|\bto\b|到|至)\s*(\d{1,2})(?![\d/.-]|\s*(?:号|日|月))")
_PICK = re.compile(rf"(\d{{1,2}})\s*[.:,=)、-]*\s*([{LETTERS}])(?![a-z']|\d(?!\d?\s*[.:=)、-]*[{LETTERS}](?![a-z])))")
_NUMBER = re.compile(r"(\d{1,2})(?![\d/])")
_LETTER = re.compile(rf"([{LETTERS}])(?![a-z0-9'])")
_ORDER = re.compile(
    r"#?([a-z]{1,6}[ -]?\d{2,4}[ -]\d{3,}|[a-z]{1,6}[ -]?\d[\w/-]*\d[a-z]?|\d{2,}[\w/-]*\d{2,}[\w/-]*|\d{4,})(?!\w)"
)
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_GAP = re.compile(r"[\s,;:.。()=\[\]<>*·•!|\"“”-]+")
_WORD = re.compile(r"[a-z0-9'@._/+-]+|.", re.DOTALL)
_TWO_NUMBERS = re.compile(r"(\d{1,2})\s*[/.]\s*(\d{1,2})\Z")


class Kind(StrEnum):
    """What a token is; `word` has a meaning of the rules, `text` has none that we know."""

    ITEMS = "items"
    PICK = "pick"  # an item and its candidate: 1A
    LETTER = "letter"
    ORDER = "order"
    DAY = "day"
    WORD = "word"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a line. `numbers` are items, `orders` those that a name may mean, `unsure` a day of two readings."""

    kind: Kind
    text: str
    meaning: Meaning | None = None
    numbers: tuple[int, ...] = ()
    letter: str = ""
    orders: tuple[str, ...] = ()
    day: date | None = None
    unsure: bool = False


@dataclass(frozen=True)
class Tongue:
    """What a line is read with: the rules, the grammar of dates, the names of orders, the day that it was written."""

    rules: SteeringRules
    folder: Folder
    dates: Grammar
    orders: Callable[[str], Sequence[str]]
    today: date | None
    day_first: bool | None = None  # how 5/12 is meant; None: it is asked about
    parties: Callable[[str], Sequence[str]] = lambda text: ()
    people: Mapping[str, str] = field(default_factory=dict)  # folded names and addresses of ours → address
    writer: tuple[str, ...] = ()  # how the writer signs, folded: such words say nothing

    def tokens(self, line: str) -> list[Token]:
        """Take a line apart; what stands between tokens without a meaning becomes tokens of kind `text`."""
        text = self.folder.plain(fold(line))
        days = {hit.start: hit for hit in find_dates(text, self.dates)}
        found: list[Token] = []
        at = 0
        while at < len(text):
            gap = _GAP.match(text, at)
            if gap is not None:
                at = gap.end()
                continue
            token, at = self._next(text, at, days, found)
            if token.kind is Kind.TEXT and found and found[-1].kind is Kind.TEXT:
                joint = text[:at].rfind(found[-1].text)
                token = Token(Kind.TEXT, text[joint:at])
                found.pop()
            found.append(token)
        return found

    def _next(self, text: str, at: int, days: Mapping[int, DateHit], before: Sequence[Token]) -> tuple[Token, int]:
        readers = (self._range, self._order, self._day, self._pick, self._word, self._number, self._mailbox)
        for reader in readers:
            found = reader(text, at, days)
            if found is not None:
                return found
        word = _WORD.match(text, at)
        end = word.end() if word else at + 1
        return Token(Kind.TEXT, text[at:end]), end

    def _range(self, text: str, at: int, days: Mapping[int, DateHit]) -> tuple[Token, int] | None:
        hit = _RANGE.match(text, at)
        if hit is None or not 0 < int(hit[1]) < int(hit[2]):
            return None
        return Token(Kind.ITEMS, hit[0], numbers=tuple(range(int(hit[1]), int(hit[2]) + 1))), hit.end()

    def _order(self, text: str, at: int, days: Mapping[int, DateHit]) -> tuple[Token, int] | None:
        hit = _ORDER.match(text, at)
        if hit is None:
            return None
        orders = tuple(self.orders(hit[1]))
        named = " " not in hit[1] and at not in days and sum(sign.isdigit() for sign in hit[1]) >= 4
        if orders or named:
            return Token(Kind.ORDER, hit[0], orders=orders), hit.end()
        return None

    def _day(self, text: str, at: int, days: Mapping[int, DateHit]) -> tuple[Token, int] | None:
        hit = days.get(at)
        if hit is None or hit.kind is DateKind.SPAN or (hit.kind is DateKind.NUMBERS and "/" not in text[at : hit.end]):
            return None
        words = text[at : hit.end]
        numbers = (
            (int(words.rstrip("号日. ")),) if words.rstrip("号日. ").isdigit() and hit.kind is DateKind.DAY else ()
        )
        day_first, unsure = self._two_numbers(words)
        day = hit.resolve(DayContext(self.today, not day_first), Mode.AHEAD)
        return Token(Kind.DAY, words, numbers=numbers, day=day, unsure=unsure), hit.end

    def _two_numbers(self, words: str) -> tuple[bool, bool]:
        """Return whether the day comes first in a date of two numbers, and whether that can't be told."""
        hit = _TWO_NUMBERS.match(words)
        if hit is None or int(hit[1]) == int(hit[2]):
            return bool(self.day_first), False
        if int(hit[1]) > 12 or int(hit[2]) > 12:
            return int(hit[1]) > 12, False
        return bool(self.day_first), self.day_first is None

    def _pick(self, text: str, at: int, days: Mapping[int, DateHit]) -> tuple[Token, int] | None:
        hit = _PICK.match(text, at)
        if hit is None:
            return None
        return Token(Kind.PICK, hit[0], numbers=(int(hit[1]),), letter=hit[2].upper()), hit.end()

    def _word(self, text: str, at: int, days: Mapping[int, DateHit]) -> tuple[Token, int] | None:
        for phrase in self._phrases_from(text[at]):
            end = at + len(phrase)
            if text.startswith(phrase, at) and _ends(text, at, end):
                return Token(Kind.WORD, phrase, self.rules.phrases[phrase]), end
        return None

    def _phrases_from(self, sign: str) -> Sequence[str]:
        return self.rules.by_first.get(sign, ())

    def _number(self, text: str, at: int, days: Mapping[int, DateHit]) -> tuple[Token, int] | None:
        hit = _NUMBER.match(text, at)
        if hit is not None and (
            hit.end() == len(text) or not text[hit.end()].isascii() or not text[hit.end()].isalnum()
        ):
            return Token(Kind.ITEMS, hit[0], numbers=(int(hit[1]),)), hit.end()
        letter = _LETTER.match(text, at)
        return (Token(Kind.LETTER, letter[0], letter=letter[1].upper()), letter.end()) if letter else None

    def _mailbox(self, text: str, at: int, days: Mapping[int, DateHit]) -> tuple[Token, int] | None:
        hit = _MAILBOX.match(text, at)
        return (Token(Kind.TEXT, hit[0]), hit.end()) if hit else None


def _ends(text: str, start: int, end: int) -> bool:
    """Say whether what stands there is a word of its own: letters of an alphabet go on, Chinese ones need no blank."""
    first, last = text[start], text[end - 1]
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    joined_before = first.isascii() and first.isalnum() and before.isascii() and before.isalpha()
    joined_after = last.isascii() and last.isalnum() and after.isascii() and after.isalpha()
    return not (joined_before or joined_after)
