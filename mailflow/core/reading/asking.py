"""Asking in a person's language: the program's English texts and what they are in others, by the rules' table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Asking:
    """One language's texts; a text that the table lacks stays English."""

    language: str = "en"
    texts: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str) -> str:
        """Return a text in this language; a star of the table's stands for any words, which are kept."""
        exact = self.texts.get(text)
        if exact is not None:
            return exact
        for pattern, into in self._open:
            hit = pattern.fullmatch(text)
            if hit is not None:
                return self._filled(into, hit.groups())
        return text

    def fill(self, frame: str, *words: str) -> str:
        """Return a frame with words put in for its stars."""
        return self._filled(self.texts.get(frame, frame), words)

    def day(self, day: date | None) -> str:
        """Return a day as this language writes it, with a blank before it."""
        if day is None:
            return ""
        return f" {day.month}月{day.day}日" if self.language == "zh" else f" {day.day} {_MONTHS[day.month - 1]}"

    @cached_property
    def _open(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        starred = [(key, into) for key, into in self.texts.items() if "*" in key and key.count("*") == 1]
        return tuple(
            (re.compile("(.+)".join(map(re.escape, key.split("*"))), re.DOTALL), into) for key, into in starred
        )

    @staticmethod
    def _filled(frame: str, words: tuple[str, ...]) -> str:
        pieces = frame.split("*")
        filled = [part for pair in zip(pieces, (*words, ""), strict=False) for part in pair]
        return "".join(filled)


ENGLISH = Asking()


def askings(data: Mapping[str, Mapping[str, str]]) -> Mapping[str, Asking]:
    """Return the languages of the rules' table."""
    return {language: Asking(language, dict(texts)) for language, texts in data.items()}
