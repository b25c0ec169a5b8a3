"""Questions: what a merchandiser is asked, in their words, and each matter once."""

from collections.abc import Sequence

from mailflow.core.orders.model import Milestone
from mailflow.core.reading.asking import ENGLISH, Asking
from mailflow.core.reading.milestones import Open
from mailflow.core.reading.model import Question, Update, UpdateKind

LONGEST = 110  # letters of the mail's words in a question
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
    "no word says what happens on that day": "says what no rule explains on that day",
    "several dates for one milestone": "gives several dates for one thing",
    "a date is doubtful": "gives a doubtful date beside another",
    "something else than the goods": "speaks of something else than the goods",
    "not all of it": "says that not all of it is done",
    "it is still here": "says that it has gone and is still here",
    "it is called off": "calls the day off",
    "we are asked to do it": "asks us to do it",
    "another order is compared": "compares two orders",
    "a sample of something else": "speaks of a sample of something else",
    "another thing is late": "tells of something else that is late",
    "no word says where it arrives": "does not say where it arrives",
    "we are asked to confirm it": "asks us to confirm it",
    "it will be told on that day": "says when we shall be told",
    "papers or people of it": "speaks of papers, people or costs",
    "it is inspected again": "tells of another inspection",
    "an order is left out": "leaves an order out, or gives several their days in one row",
    "counted from another day": "counts from another order's day",
    "money is to come first": "waits for a payment",
    "one of two days": "leaves a choice of days",
    "only after that day": "says from when, not when",
    "it is no goods that came": "speaks of papers or mails that came",
    "in the forwarder's own store": "speaks of the forwarder's own store",
    "it did not happen so": "says what should have happened",
    "a number that is not explained": "has a number that is not explained",
    "a day before the order was placed": "gives a day before the order was placed",
    "a day far away": "gives a day far away",
    "an order of days that cannot be": "gives days that cannot follow upon each other",
    "there before it should leave": "has it there before it should leave",
}


def questions_of(
    items: Sequence[Open], others: Sequence[str], orders: tuple[str, ...], asking: Asking = ENGLISH
) -> tuple[Question, ...]:
    """Return the questions of a mail: the open ones, each sentence once, then what else must be asked."""
    matters: dict[tuple[str, bool], list[Open]] = {}
    for item in items:
        matters.setdefault((item.words, bool(item.updates)), []).append(item)
    out = [_question(words, matter, asking) for (words, _), matter in matters.items()]
    out += [Question(asking.say(text), tuple(dict.fromkeys(orders))[:3]) for text in others]
    seen: dict[tuple[str, tuple[str, ...], str], Question] = {}
    for question in out:
        seen.setdefault((question.text, question.candidates, question.words), question)
    return tuple(seen.values())


def _question(words: str, matter: Sequence[Open], asking: Asking) -> Question:
    candidates = tuple(dict.fromkeys(order for item in matter for order in item.orders))[:3]
    updates = tuple(dict.fromkeys(update for item in matter for update in item.updates))
    quoted = f'"{_short(words)}"' if words.strip() else asking.say("the mail")
    if not updates:
        told = ", ".join(dict.fromkeys(asking.say(item.why) for item in matter))
        return Question(asking.fill("*: *. What shall be done?", quoted, told), candidates, (), words[:300])
    reasons = list(dict.fromkeys(_says(reason, asking) for item in matter for reason in item.why.split("; ")))
    named = ", ".join(dict.fromkeys(update.order for update in updates))
    both = asking.say(" and ")
    asked = both.join(dict.fromkeys(_entry(update, asking) for update in updates))
    text = asking.fill("*: * *. Enter *?", named, quoted, both.join(reasons[:2]), asked)
    return Question(text, candidates, updates, words[:300])


def _says(reason: str, asking: Asking) -> str:
    name, _, told = reason.partition(": ")
    said = asking.say(_SAYS.get(name, name))
    return f"{said} ({told})" if told else said


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"


def _entry(update: Update, asking: Asking) -> str:
    what = update.milestone.value if isinstance(update.milestone, Milestone) else update.kind.value
    done = asking.say(" as done") if update.kind is UpdateKind.DONE else ""
    amount = asking.fill(" of *", str(update.quantity)) if update.quantity is not None else ""
    return asking.say(what) + done + asking.day(update.date) + amount
