"""Reports by mail: each of our people gets theirs once a period; after an outage the latest and no other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mailflow.core.letters.model import PlannedLetter, ReviewLine
from mailflow.core.letters.traditional import Words
from mailflow.core.orders.events import LetterQueued, NewEvent
from mailflow.core.orders.model import Order
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Situation
from mailflow.core.playbook.moments import Periodic
from mailflow.core.playbook.slots import Slot
from mailflow.core.playbook.standing import planned
from mailflow.core.reports.journal import Journal, keep
from mailflow.core.reports.mails import Told, day_told, latest_slot, readers, report_letter, share_of
from mailflow.core.reports.report import Kind, report_of
from mailflow.core.reports.rules import ReportMail, ReportRules
from mailflow.core.steering.authority import is_away
from mailflow.core.steering.model import Colleague
from mailflow.jobs.ports import Store, Transaction
from mailflow.jobs.rules import FollowUpRules

SINCE = "reports.since"
"""The note that says since when reports are mailed: nothing is told of the time before."""
_CHUNK = 5_000
_MOST_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who gets reports, by which rules; `words` gives the phrases of a language."""

    people: tuple[Colleague, ...]
    rules: ReportRules
    plan: FollowUpRules
    words: Callable[[str], Words]


@dataclass(frozen=True, slots=True)
class _Turn:
    """A report that is to be written now, and for whom."""

    kind: Kind
    mail: ReportMail
    slot: Slot
    people: tuple[Colleague, ...]


class Planned:
    """The planned days of orders, each computed once: reports ask for them again and again."""

    def __init__(self, plan: FollowUpRules, journal: Journal) -> None:
        self._plan = plan
        self._journal = journal
        self._known: dict[tuple[str, str], date | None] = {}

    def day(self, order: Order, milestone: str) -> date | None:
        """Return the day that the playbook plans for a milestone of an order."""
        key = (order.number, milestone)
        if key not in self._known:
            party = self._journal.parties.get(order.party)
            calendars, house = self._plan.calendars, self._plan.playbook.house.country
            days = calendars.of(party) if party else calendars.of_house(house)
            self._known[key] = planned(self._plan.playbook, days, order, milestone)
        return self._known[key]


def journal_of(tx: Transaction) -> Journal:
    """Return what the whole ledger tells, read in pieces."""
    journal, last = Journal(), 0
    while events := tx.ledger.after(last, _CHUNK):
        keep(journal, events)
        last = events[-1].id
    return journal


def frame_of(plan: FollowUpRules, now: datetime) -> Frame:
    """Return our own calendar at a time."""
    return Frame(Situation({}, {}, plan.house), plan.playbook, plan.calendars, now)


def send_reports(store: Store, reporting: Reporting, now: datetime) -> tuple[tuple[int, PlannedLetter], ...]:
    """Plan the reports whose hour has come; return them with their numbers."""
    frame = frame_of(reporting.plan, now)
    turns = _turns(store, reporting, frame)
    if not turns:
        return ()
    with store.look() as tx:
        journal = journal_of(tx)
        letters = [found for turn in turns for found in _letters(tx, journal, turn, reporting, frame)]
    done: list[tuple[int, PlannedLetter]] = []
    with store.begin() as tx:
        for note, letter in letters:
            if tx.notes.get(note) is not None:
                continue  # another worker was faster
            number = tx.outbox.plan(letter, now) if letter is not None else None
            tx.notes.put(note, str(number or "none"))
            if number is not None and letter is not None:
                tx.ledger.record([NewEvent(_queued(number, letter))], now)
                done.append((number, letter))
    return tuple(done)


def _turns(store: Store, reporting: Reporting, frame: Frame) -> list[_Turn]:
    """Return the reports that somebody has not got yet; nothing of the time before reports were mailed."""
    slots = {
        kind: slot
        for kind, mail in reporting.rules.mails.by_kind.items()
        if isinstance(mail.when, Periodic) and (slot := latest_slot(frame, mail.when)) is not None
    }
    with store.look() as tx:
        since = tx.notes.get(SINCE)
        waiting = tx.mails.waiting()
        away = tx.views.people()
        open_turns = [
            _Turn(Kind(kind), reporting.rules.mails.by_kind[kind], slot, people)
            for kind, slot in slots.items()
            if since is not None
            and slot.at >= datetime.fromisoformat(since)
            and (people := _unwritten(tx, kind, slot, reporting))
        ]
    if since is None:
        with store.begin() as tx:
            tx.notes.first(SINCE, frame.now.isoformat())
    if waiting:  # what lies unread may be told of
        return []
    gone = {email for email, state in away.items() if is_away(state, frame.house_today)}
    here = [(turn, tuple(one for one in turn.people if one.email not in gone)) for turn in open_turns]
    return [_Turn(turn.kind, turn.mail, turn.slot, people) for turn, people in here if people]


def _unwritten(tx: Transaction, kind: str, slot: Slot, reporting: Reporting) -> tuple[Colleague, ...]:
    mail = reporting.rules.mails.by_kind[kind]
    found = readers(mail, reporting.people)
    return tuple(one for one in found if tx.notes.get(_note(kind, one, slot)) is None)


def _letters(
    tx: Transaction, journal: Journal, turn: _Turn, reporting: Reporting, frame: Frame
) -> Iterable[tuple[str, PlannedLetter | None]]:
    plan, day = Planned(reporting.plan, journal).day, day_told(turn.mail, turn.slot)
    for person in turn.people:
        part = share_of(journal, person, reporting.people)
        report = report_of(turn.kind, day, part, plan, reporting.rules, frame.house_zone, frame.house_today)
        told = Told(_named(tx, report.named), _questions(tx, part, person))
        words = reporting.words(person.language)
        account = reporting.plan.account
        letter = report_letter(report, turn.slot, turn.mail, person, told, words, account, frame)
        yield _note(turn.kind, person, turn.slot), letter


def _named(tx: Transaction, numbers: Sequence[str]) -> Mapping[str, OrderState]:
    return tx.views.orders(numbers) if numbers else {}


def _questions(tx: Transaction, part: Journal, person: Colleague) -> tuple[ReviewLine, ...]:
    """Return the open questions that are a person's to answer, the oldest first."""
    found = [
        (state.opened_at, state.opened)
        for state in tx.views.reviews().values()
        if state.choice is None and (person.manager or not part.orders.keys().isdisjoint(state.opened.orders))
    ]
    shown = sorted(found, key=lambda one: (one[0], one[1].item))[:_MOST_QUESTIONS]
    return tuple(ReviewLine(one.item, one.question, one.orders, one.party, opened=at.date()) for at, one in shown)


def _queued(number: int, letter: PlannedLetter) -> LetterQueued:
    to = tuple(address.email for address in letter.to)
    return LetterQueued(number, letter.template, "", to, (), letter.mode, letter.why)


def _note(kind: str, person: Colleague, slot: Slot) -> str:
    return f"report:{kind}:{person.email}:{slot.about}"
