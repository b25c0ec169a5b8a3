"""Commands by mail: a verb of the rules, and what it is about, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mailflow.core.orders.model import Milestone
from mailflow.core.steering.answers import NotUnderstoodError
from mailflow.core.steering.said import Command
from mailflow.core.steering.tokens import Kind, Token, Tongue
from mailflow.core.steering.words import TOLD, Part, Verb, fold


@dataclass(frozen=True, slots=True)
class Takes:
    """What a verb takes beside its word; what it `needs` must be there."""

    orders: bool = False
    parties: bool = False
    day: bool = False
    milestone: bool = False
    person: bool = False
    everything: bool = False
    needs: tuple[str, ...] = ()


TAKES: dict[Verb, Takes] = {
    Verb.STATUS: Takes(orders=True, needs=("subject",)),
    Verb.LIST_LATE: Takes(),
    Verb.HOLD: Takes(orders=True, parties=True, day=True, needs=("subject",)),
    Verb.RESUME: Takes(orders=True, parties=True, needs=("subject",)),
    Verb.SET: Takes(orders=True, day=True, milestone=True, needs=("subject", "milestone", "day")),
    Verb.SPOKE: Takes(orders=True, day=True, milestone=True, needs=("subject",)),
    Verb.CLOSE: Takes(orders=True, needs=("subject",)),
    Verb.STOP_CHASING: Takes(orders=True, parties=True, needs=("subject",)),
    Verb.CHASE_NOW: Takes(orders=True, needs=("subject",)),
    Verb.AWAY: Takes(day=True, person=True, needs=("day",)),
    Verb.BACK: Takes(),
    Verb.HANDOVER: Takes(orders=True, parties=True, person=True, everything=True, needs=("subject", "person")),
    Verb.WHO: Takes(orders=True),
    Verb.LEARNED: Takes(),
    Verb.HELP: Takes(),
    Verb.UNDO: Takes(),
}
"""What each verb takes."""

_LINKS = {Part.UNTIL, Part.TO, Part.DELEGATE, Part.AND, Part.DATE, Part.ITEM}


def command_of(tokens: Sequence[Token], words: str, tongue: Tongue) -> Command:
    """Return the command that a line gives; raises NotUnderstoodError unless every token has its place."""
    verbs = [token.meaning for token in tokens if isinstance(token.meaning, Verb)]
    if len(verbs) != 1:
        raise NotUnderstoodError
    verb = verbs[0]
    takes = TAKES[verb]
    read = _Read()
    for token in tokens:
        if not isinstance(token.meaning, Verb):
            read.take(token, takes, tongue)
    subjects = tuple(dict.fromkeys(read.subjects))
    there = {
        "subject": bool(subjects) or read.everything,
        "milestone": bool(read.milestone),
        "day": read.day is not None,
        "person": bool(read.person),
    }
    missing = next((need for need in takes.needs if not there[need]), "")
    if missing:
        raise NotUnderstoodError(f"needs_{missing}", verb.value)
    return Command(verb, words, subjects, read.milestone, read.day, read.done, read.person, read.everything)


class _Read:
    """What has been read of a command so far."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.milestone = ""
        self.day: date | None = None
        self.done = False
        self.person = ""
        self.everything = False

    def take(self, token: Token, takes: Takes, tongue: Tongue) -> None:
        """Give a token its place, or raise."""
        meaning = token.meaning
        if token.kind is Kind.ORDER and takes.orders:
            if len(token.orders) != 1:
                why = "several_orders" if token.orders else "unknown_order"
                raise NotUnderstoodError(why, ", ".join(token.orders[:3]) or token.text)
            self.subjects.append(token.orders[0])
        elif token.kind is Kind.DAY and takes.day and self.day is None:
            if token.day is None or token.unsure:
                raise NotUnderstoodError("unsure_date", token.text)
            self.day = token.day
        elif (isinstance(meaning, Milestone) or meaning == TOLD) and takes.milestone and not self.milestone:
            self.milestone = str(meaning)
        elif meaning is Part.DONE and takes.milestone:
            self.done = True
        elif meaning is Part.ALL and takes.everything:
            self.everything = True
        elif token.kind is Kind.TEXT and (takes.person or takes.parties):
            self._name(token, takes, tongue)
        elif not (isinstance(meaning, Part) and meaning in _LINKS):
            raise NotUnderstoodError

    def _name(self, token: Token, takes: Takes, tongue: Tongue) -> None:
        """Give a name of a person of ours or of a party its place."""
        person = tongue.people.get(fold(token.text), "") if takes.person and not self.person else ""
        if person:
            self.person = person
            return
        parties = tongue.parties(token.text) if takes.parties else ()
        if len(parties) != 1:
            raise NotUnderstoodError("unknown_name", token.text)
        self.subjects.append(parties[0])
