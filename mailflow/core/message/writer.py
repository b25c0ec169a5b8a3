"""Lines written from the words of an HTML body: their depth, their colour, and the tables between them."""

from dataclasses import dataclass, field

from mailflow.core.message.limits import Limits
from mailflow.core.message.lines import BodyLine, tidy, unprefixed
from mailflow.core.message.model import Table

_BLANK = " "


@dataclass(frozen=True, slots=True)
class State:
    """What a node hands down to what stands in it."""

    depth: int = 0
    struck: bool = False
    pre: bool = False
    color: str = ""
    background: str = "ffffff"


@dataclass(slots=True)
class Writer:
    """Collects words into lines; what is struck out or hidden is kept apart."""

    limits: Limits
    lines: list[BodyLine] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    colors: list[str] = field(default_factory=list)  # of each of the words; `_BLANK` of blanks
    struck: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    depth: int = 0
    pending: str = ""
    cut: bool = False
    kept_blank: bool = False  # a blank that must not be broken: people make empty lines with it

    def add(self, text: str, state: State) -> None:
        if self.words and self.depth != state.depth:
            self.end()
        self.depth = state.depth
        if self.pending and text.strip():
            text, self.pending = self.pending + text.lstrip(), ""
        self.kept_blank = self.kept_blank or "\xa0" in text
        if not text.strip() and (not self.words or not text):
            return
        self.colors.append(state.color if text.strip() else _BLANK)
        self.words.append(text)

    def end(self) -> None:
        """Close the line, if there is any."""
        text = tidy("".join(self.words))
        if len(text) > self.limits.line_chars:
            text, self.cut = text[: self.limits.line_chars], True
        if text:
            colors = set(self.colors) - {_BLANK}
            color = next(iter(colors)) if len(colors) == 1 else ""
            tail = self._tail() if len(colors) == 2 else ""
            self._put(unprefixed(BodyLine(text, self.depth, None, color, tail)))
        elif self.kept_blank and self.lines and not self.lines[-1].blank:
            self._put(BodyLine("", self.depth))
        self.words, self.colors, self.kept_blank = [], [], False

    def _tail(self) -> str:
        """The words of one colour that a line of no colour ends with."""
        at = len(self.words)
        last = next(color for color in reversed(self.colors) if color != _BLANK)
        while at and self.colors[at - 1] in (last, _BLANK):
            at -= 1
        return tidy("".join(self.words[at:])) if last and not set(self.colors[:at]) - {"", _BLANK} else ""

    def newline(self, depth: int) -> None:
        """A line break: closes the line, or leaves a blank one."""
        if self.words:
            self.end()
        else:
            self.gap(depth)

    def gap(self, depth: int) -> None:
        self.end()
        if self.lines and not self.lines[-1].blank:
            self._put(BodyLine("", depth))

    def table(self, table: Table, depth: int) -> None:
        self.end()
        self._put(BodyLine("", depth, table))

    def _put(self, line: BodyLine) -> None:
        if len(self.lines) >= self.limits.lines:
            self.cut = True
            return
        self.lines.append(line)
