"""Answers to numbered items: `1A 2B 3 none`, `ok 1-8`, `all A except 3`, `2 ship 12 Dec`, `发4,停5`."""

from collections.abc import Sequence
from dataclasses import replace

from mailflow.core.orders.model import Milestone
from mailflow.core.steering.said import ALL, Answer, Choice
from mailflow.core.steering.tokens import Kind, Token
from mailflow.core.steering.words import TOLD, Part

_VERBS = {Part.YES: Choice.YES, Part.NONE: Choice.NONE, Part.SEND: Choice.SEND, Part.STOP: Choice.STOP}


class NotUnderstoodError(Exception):
    """A line is not understood; `why` names the phrase that says so."""

    def __init__(self, why: str = "not_understood", about: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.about = about


def answers_of(tokens: Sequence[Token], words: str, above: int = 0) -> list[Answer]:
    """Return the answers of a line; raises NotUnderstoodError unless every token has its place."""
    return _Reader(tokens, words, above).read()


class _Reader:
    def __init__(self, tokens: Sequence[Token], words: str, above: int) -> None:
        self._tokens = list(tokens)
        self._words = words
        self._above = above
        self._at = 0

    def read(self) -> list[Answer]:
        found: list[Answer] = []
        while self._at < len(self._tokens):
            if self._skipped(Part.AND):
                continue
            found += self._entry(alone=not found)
        return found

    def _entry(self, *, alone: bool) -> list[Answer]:
        token = self._tokens[self._at]
        if token.meaning is Part.ITEM:
            self._at += 1
            if self._done():
                raise NotUnderstoodError
            token = self._tokens[self._at]
        if token.kind is Kind.PICK:
            self._at += 1
            return self._made(token.numbers, Answer(0, Choice.LETTER, self._words, letter=token.letter))
        verb = _VERBS.get(token.meaning) if isinstance(token.meaning, Part) else None
        if verb is not None:
            return self._verb_first(verb, alone=alone)
        if token.meaning is Part.ALL or token.kind is Kind.ITEMS or self._is_ordinal(token):
            numbers, without = self._items()
            return self._made((*numbers, *self._last_of_list()), self._choice(), without)
        if self._above and alone:
            return self._made((self._above,), self._choice())
        raise NotUnderstoodError

    def _verb_first(self, verb: Choice, *, alone: bool) -> list[Answer]:
        self._at += 1
        answer = Answer(0, verb, self._words)
        if self._done():
            if alone and self._above:
                return self._made((self._above,), answer)
            if alone:
                return self._made((ALL,), replace(answer, implied=True))
            raise NotUnderstoodError
        numbers, without = self._items()
        return self._made(numbers, answer, without)

    def _last_of_list(self) -> tuple[int, ...]:
        """Return the last item of a list whose letter stands apart (`1, 2, 3 A`); the letter stays to be read."""
        token = self._tokens[self._at] if not self._done() else None
        if token is None or token.kind is not Kind.PICK or token.text[-2:-1].isalnum():
            return ()
        self._tokens[self._at] = replace(token, kind=Kind.LETTER)
        return token.numbers

    def _items(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Read items: all (but for some), or numbers and ranges."""
        if self._skipped(Part.ALL):
            return (ALL,), self._without()
        numbers = self._numbers()
        if not numbers:
            raise NotUnderstoodError
        return numbers, ()

    def _without(self) -> tuple[int, ...]:
        if not self._skipped(Part.EXCEPT):
            return ()
        numbers = self._numbers()
        if not numbers:
            raise NotUnderstoodError
        return numbers

    def _numbers(self) -> tuple[int, ...]:
        found: list[int] = []
        while not self._done():
            token = self._tokens[self._at]
            if token.kind is Kind.ITEMS or self._is_ordinal(token):
                found += token.numbers
                self._at += 1
            elif token.meaning is Part.ITEM or (token.meaning is Part.AND and found and self._items_next()):
                self._at += 1
            else:
                break
        return tuple(found)

    def _items_next(self) -> bool:
        following = self._tokens[self._at + 1 : self._at + 2]
        return any(token.kind is Kind.ITEMS or token.meaning is Part.ITEM for token in following)

    def _is_ordinal(self, token: Token) -> bool:
        return token.kind is Kind.DAY and bool(token.numbers)

    def _choice(self) -> Answer:
        """Read how items are decided."""
        if self._done():
            raise NotUnderstoodError
        token = self._tokens[self._at]
        if token.kind is Kind.LETTER:
            self._at += 1
            return Answer(0, Choice.LETTER, self._words, letter=token.letter)
        if token.kind is Kind.ORDER:
            self._at += 1
            return Answer(0, Choice.ORDER, self._words, order=_one_order(token))
        verb = _VERBS.get(token.meaning) if isinstance(token.meaning, Part) else None
        if verb is not None:
            self._at += 1
            return Answer(0, verb, self._words)
        return self._dated()

    def _dated(self) -> Answer:
        milestone, done = "", False
        while not self._done():
            token = self._tokens[self._at]
            if (isinstance(token.meaning, Milestone) or token.meaning == TOLD) and not milestone:
                milestone = str(token.meaning)
            elif token.meaning is Part.DONE and not done:
                done = True
            elif token.meaning not in (Part.DATE, Part.TO, Part.UNTIL):
                break
            self._at += 1
        if self._done() or self._tokens[self._at].kind is not Kind.DAY:
            raise NotUnderstoodError
        token = self._tokens[self._at]
        self._at += 1
        if token.day is None or token.unsure:
            raise NotUnderstoodError("unsure_date", token.text)
        return Answer(0, Choice.DATE, self._words, milestone=milestone, day=token.day, done=done)

    def _made(self, numbers: Sequence[int], answer: Answer, without: tuple[int, ...] = ()) -> list[Answer]:
        without = without or (self._without() if ALL in numbers else ())
        return [replace(answer, number=number, without=without) for number in numbers]

    def _skipped(self, part: Part) -> bool:
        if not self._done() and self._tokens[self._at].meaning is part:
            self._at += 1
            return True
        return False

    def _done(self) -> bool:
        return self._at >= len(self._tokens)


def _one_order(token: Token) -> str:
    if len(token.orders) != 1:
        why = "several_orders" if token.orders else "unknown_order"
        raise NotUnderstoodError(why, ", ".join(token.orders[:3]) or token.text)
    return token.orders[0]
