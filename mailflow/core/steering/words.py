"""The rules of steering (rules/steering.yaml): how a digest looks, who may do what, and the words of answers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mailflow.core.orders.model import Milestone
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Source, propose, read_yaml, validate

TOLD = "told"
"""The one name that a date may have beside the milestones: what was agreed with the customer."""


class Verb(StrEnum):
    """What may be ordered by mail."""

    STATUS = "status"
    LIST_LATE = "list_late"
    HOLD = "hold"
    RESUME = "resume"
    SET = "set"
    SPOKE = "spoke"
    CLOSE = "close"
    STOP_CHASING = "stop_chasing"
    CHASE_NOW = "chase_now"
    AWAY = "away"
    BACK = "back"
    HANDOVER = "handover"
    WHO = "who"
    LEARNED = "learned"
    HELP = "help"
    UNDO = "undo"


class Part(StrEnum):
    """What a word in an answer is."""

    YES = "yes"
    NONE = "none"
    ALL = "all"
    EXCEPT = "except"
    SEND = "send"
    STOP = "stop"
    DATE = "date"
    DONE = "done"
    UNTIL = "until"
    TO = "to"
    DELEGATE = "delegate"
    ITEM = "item"
    AND = "and"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class DigestRules:
    """How much a digest holds, and until when in the morning (our time) it is still sent."""

    latest: time = time(12)
    questions: int = 12
    rows: int = 8
    at_risk_days: int = 3
    one_line: bool = False  # on days without anything to tell; else nothing is sent


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """For how long answers count, whose orders one may decide about, and how much is written back in a day."""

    valid_days: int = 7
    others_orders: bool = False
    asks_a_day: int = 5
    replies_a_day: int = 60


@dataclass(frozen=True, slots=True)
class MailedBookRules:
    """What becomes of an order book that one of ours mails: how much of it is asked about before it is entered."""

    managers_only: bool = False
    headings: int = 3  # known ones that a sheet must have at least to be taken for an order book
    rows: int = 20_000
    new: int = 200  # more new orders are asked about, …
    changed: int = 50  # … more changed ones, …
    changed_percent: int = 30  # … more of those it names (where they are more than a handful), …
    weighty: int = 10  # … and more whose date, quantity or party changes
    shown: int = 15


Meaning = Part | Verb | Milestone | str  # the one text is TOLD


@dataclass(frozen=True)
class SteeringRules:
    """Everything of rules/steering.yaml; `phrases` maps a folded phrase to what it means."""

    digest: DigestRules = DigestRules()
    answers: AnswerRules = AnswerRules()
    book: MailedBookRules = MailedBookRules()
    phrases: Mapping[str, Meaning] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    managers_only: frozenset[Verb] = frozenset()
    by_first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # first sign → phrases, longest first


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Digest(_Section):
    latest: str = Field(default="12:00", pattern=r"([01]\d|2[0-3]):[0-5]\d")
    questions: int = Field(default=12, ge=1, le=40)
    rows: int = Field(default=8, ge=1, le=40)
    at_risk_days: int = Field(default=3, ge=0, le=30)
    quiet_days: Literal["nothing", "line"] = "nothing"


class _Answers(_Section):
    valid_days: int = Field(default=7, ge=1, le=60)
    others_orders: Literal["yes", "no"] = "no"
    asks_a_day: int = Field(default=5, ge=0, le=100)
    replies_a_day: int = Field(default=60, ge=1, le=1000)


class _Book(_Section):
    by: Literal["everybody", "managers"] = "everybody"
    headings: int = Field(default=3, ge=2, le=20)
    rows: int = Field(default=20_000, ge=1, le=100_000)
    new: int = Field(default=200, ge=0)
    changed: int = Field(default=50, ge=0)
    changed_percent: int = Field(default=30, ge=0, le=100)
    weighty: int = Field(default=10, ge=0)
    shown: int = Field(default=15, ge=1, le=200)


class _Command(_Section):
    words: tuple[str, ...] = Field(min_length=1)
    by: Literal["everybody", "managers"] = "everybody"


class _File(_Section):
    """The keys that steering.yaml may have."""

    digest: _Digest = _Digest()
    answers: _Answers = _Answers()
    order_book: _Book = _Book()
    words: dict[str, tuple[str, ...]]
    doubts: tuple[str, ...] = ()
    milestones: dict[str, tuple[str, ...]]
    commands: dict[str, _Command]


def fold(text: str) -> str:
    """Return a text as words are compared: full-width signs as plain ones, small letters, single blanks."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'")
    return re.sub(r"\s+", " ", plain).strip()


def load_steering(text: str, file: str) -> tuple[SteeringRules | None, tuple[Problem, ...]]:
    """Read the rules of steering; every problem at once."""
    source, problems = read_yaml(text, file)
    if source is None:
        return None, problems
    said, problems = validate(_File, source)
    if said is None:
        return None, problems
    found: list[Problem] = []
    phrases = _phrases(said, source, found)
    if found:
        return None, tuple(found)
    digest, answers = said.digest, said.answers
    return SteeringRules(
        DigestRules(
            time.fromisoformat(digest.latest),
            digest.questions,
            digest.rows,
            digest.at_risk_days,
            digest.quiet_days == "line",
        ),
        AnswerRules(answers.valid_days, answers.others_orders == "yes", answers.asks_a_day, answers.replies_a_day),
        _book(said.order_book),
        phrases,
        tuple(fold(word) for word in said.doubts),
        frozenset(Verb(name) for name, command in said.commands.items() if command.by == "managers"),
        _by_first(phrases),
    ), ()


def _book(said: _Book) -> MailedBookRules:
    limits = said.model_dump(exclude={"by"})
    return MailedBookRules(managers_only=said.by == "managers", **limits)


def _by_first(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        found.setdefault(phrase[0], []).append(phrase)
    return {sign: tuple(some) for sign, some in found.items()}


def _phrases(said: _File, source: Source, found: list[Problem]) -> dict[str, Meaning]:
    groups: list[tuple[str, Mapping[str, Iterable[str]], Mapping[str, Meaning]]] = [
        ("commands", {name: command.words for name, command in said.commands.items()}, {v: v for v in Verb}),
        ("milestones", said.milestones, {**{m: m for m in Milestone}, TOLD: TOLD}),
        ("words", said.words, {p: p for p in Part}),
    ]
    phrases: dict[str, Meaning] = {}
    for group, lists, meanings in groups:
        missing = sorted(set(meanings) - set(lists))
        cure = "copy it from the file that was shipped"
        found += [source.problem((group,), f"'{name}' is missing", cure) for name in missing]
        for name, words in lists.items():
            if name not in meanings:
                cure = propose(name, sorted(map(str, meanings)))
                found.append(source.problem((group, name), f"unknown name '{name}'", cure))
                continue
            for word in words:
                key = fold(word)
                if not key:
                    continue
                known = phrases.setdefault(key, meanings[name])
                if known is not meanings[name]:
                    what = f"'{word}' already means {known}"
                    found.append(source.problem((group, name), what, "let it stand in one list alone"))
    return phrases
