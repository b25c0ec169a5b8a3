"""Questions: what a merchandiser is asked, in their words, and each matter once."""

from collections.abc import Sequence
from datetime import date

from mailflow.core.orders.model import Milestone
from mailflow.core.reading.milestones import Open
from mailflow.core.reading.model import Question, Update, UpdateKind

LONGEST = 110  # letters of the mail's words in a question
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SAYS = {
    "condition": "depends on a condition",
    "asked": "is a question",
    "it is asked": "is a question",
    "wished": "is a wish and no promise",
    "requested": "sounds like a request",
    "negated": "denies a date",
    "money": "waits for a payment",
    "unclear": "is not clear",
    "unknown words": "has words that mailflow does not know",
    "a word with dates of its own": "has a word that may take the date for itself",
    "a question follows": "is followed by a question",
    "no firm promise": "is no firm promise",
    "it waits for something": "waits for something",
    "part of the order without a quantity": "speaks of part of the order without a quantity",
    "the date ends something": "tells until when, not when",
    "a person, not goods": "speaks of a person, not of goods",
    "a date of yours": "repeats a date of ours",
    "others do it": "speaks of what others do",
    "one day or another": "leaves a choice of days",
    "something is denied beside it": "denies something beside it",
    "no word says that it happened": "does not say whether it has happened",
    "another date beside it": "has another date beside it",
    "not a plain answer": "says more than a date",
    "several dates for one milestone": "gives several dates for one thing",
    "a date is doubtful": "gives a doubtful date beside another",
}


def questions_of(items: Sequence[Open], others: Sequence[str], orders: tuple[str, ...]) -> tuple[Question, ...]:
    """Return the questions of a mail: the open ones, each sentence once, then what else must be asked."""
    matters: dict[tuple[str, bool], list[Open]] = {}
    for item in items:
        matters.setdefault((item.words, bool(item.updates)), []).append(item)
    out = [_question(words, matter) for (words, _), matter in matters.items()]
    out += [Question(text, orders[:3]) for text in others]
    seen: dict[tuple[str, tuple[str, ...], str], Question] = {}
    for question in out:
        seen.setdefault((question.text, question.candidates, question.words), question)
    return tuple(seen.values())


def _question(words: str, matter: Sequence[Open]) -> Question:
    candidates = tuple(dict.fromkeys(order for item in matter for order in item.orders))[:3]
    updates = tuple(dict.fromkeys(update for item in matter for update in item.updates))
    quoted = f'"{_short(words)}"' if words.strip() else "the mail"
    reasons = list(dict.fromkeys(_says(reason) for item in matter for reason in item.why.split("; ")))
    if not updates:
        told = ", ".join(dict.fromkeys(item.why for item in matter))
        return Question(f"{quoted}: {told}. What shall be done?", candidates, (), words[:300])
    named = ", ".join(dict.fromkeys(update.order for update in updates))
    asked = " and ".join(dict.fromkeys(_entry(update) for update in updates))
    return Question(f"{named}: {quoted} {' and '.join(reasons[:2])}. Enter {asked}?", candidates, updates, words[:300])


def _says(reason: str) -> str:
    name, _, told = reason.partition(": ")
    said = _SAYS.get(name, name)
    return f"{said} ({told})" if told else said


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"


def _entry(update: Update) -> str:
    what = update.milestone.value if isinstance(update.milestone, Milestone) else update.kind.value
    done = " as done" if update.kind is UpdateKind.DONE else ""
    return f"{what}{done}{_day(update.date)}" + (f" of {update.quantity}" if update.quantity is not None else "")


def _day(day: date | None) -> str:
    return f" {day.day} {_MONTHS[day.month - 1]}" if day is not None else ""
