"""Reports as letters to our own people: which period is told now, what is each reader's share, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailflow.core.letters.model import Duty, Figure, LetterFacts, Mode, OrderLine, PlannedLetter, ReviewLine
from mailflow.core.letters.traditional import Words
from mailflow.core.message.model import Address
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.disclosure import line_for_house
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.moments import Daily, Periodic
from mailflow.core.playbook.slots import Slot, period_start, slot_of
from mailflow.core.reports.charts import charts_of
from mailflow.core.reports.journal import Journal, OrderJournal, share
from mailflow.core.reports.model import ReportFiles
from mailflow.core.reports.report import Kind, OrderRow, Report
from mailflow.core.reports.rules import ReportMail
from mailflow.core.reports.sheets import sheets_of
from mailflow.core.steering.model import Colleague

STEPS: Mapping[str, Kind] = {f"report_{kind}": kind for kind in Kind}
"""The steps of reports that are mailed; a newer one takes the place of one that has not gone."""
LETTERS: Mapping[Kind, str] = {
    Kind.DAILY: "evening_report",
    Kind.WEEKLY: "weekly_report",
    Kind.MONTHLY: "monthly_report",
}
_PERIODS = 40
"""So many periods back the last one whose hour has come is looked for; longer than any holiday."""
_FIGURES = frozenset(
    {"mails_in", "letters_out", "orders_moved", "shipped", "slips", "complaints", "overdue", "at_risk", "questions"}
) | {"drafts"}
"""What a day or a week is told by; shares and medians mean little in so short a time."""
_MOST_LINES = 60
_MOST_ROWS = 2_000
"""So many rows of a list go along as a workbook; `mailflow report --xlsx` writes all."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader is told beside the report: what stands in its orders now, and the questions that are open."""

    states: Mapping[str, OrderState]
    reviews: Sequence[ReviewLine] = ()


def latest_slot(frame: Frame, when: Periodic) -> Slot | None:
    """Return the slot of ours whose hour came last; None where there was none in a long time."""
    day = frame.house_today
    for _ in range(_PERIODS):
        if not isinstance(when, Daily) or frame.house_days.working(day):
            slot = slot_of(frame, when, None, day)
            if slot.at <= frame.now:
                return slot
        day = period_start(when, day)
    return None


def day_told(mail: ReportMail, slot: Slot) -> date:
    """Return a day in the period that the report of a slot is about."""
    nominal = date.fromisoformat(slot.about)
    return nominal if mail.of == "this" else period_start(_regular(mail), nominal)


def readers(mail: ReportMail, people: Sequence[Colleague]) -> tuple[Colleague, ...]:
    """Return who of our people gets a report."""
    return tuple(one for one in people if ("managers" if one.manager else "merchandisers") in mail.to)


def share_of(journal: Journal, person: Colleague, people: Sequence[Colleague]) -> Journal:
    """Return what a person answers for: a manager for all; an order of nobody known is the first's of our people."""
    if person.manager:
        return journal
    known = {one.email for one in people}

    def mine(one: OrderJournal) -> bool:
        owner = one.merchandiser if one.merchandiser in known else people[0].email
        return owner == person.email

    return share(journal, mine)


def newer(step: str, occasion: str, mails: Mapping[str, ReportMail], frame: Frame) -> str:
    """Return why a report that has not gone yet is not to go any more, or nothing."""
    mail = mails.get(STEPS[step])
    slot = latest_slot(frame, _regular(mail)) if mail else None
    if slot is None:
        return "it is no longer mailed"
    return "" if slot.about == occasion else f"the one of {slot.about} takes its place"


def report_letter(
    report: Report,
    slot: Slot,
    mail: ReportMail,
    person: Colleague,
    told: Told,
    words: Words,
    account: str,
    frame: Frame,
) -> PlannedLetter | None:
    """Return the letter that tells a person of a report; None where there is nothing to tell and that is not told."""
    lines = _lines(report, told.states)
    empty = not (lines or told.reviews or any(count.value for count in report.counts.values()))
    if empty and mail.empty == "nothing":
        return None
    facts = LetterFacts((), day=report.period.last)
    if not empty:
        reviews = tuple(told.reviews) if report.kind is Kind.DAILY else ()
        facts = replace(facts, lines=lines, figures=_figures(report), reviews=reviews, files=_files(report, words))
    step = f"report_{report.kind}"
    return PlannedLetter(
        template=LETTERS[report.kind],
        step=step,
        party="",
        to=(Address(person.email, person.name),),
        language=person.language,
        mode=Mode.AUTO,
        duties=(Duty(step, "*", person.email, slot.about),),
        orders=(),
        facts=facts,
        account=account,
        not_before=frame.now,
        urgent=True,
        why=f"{step}: {report.period.first} to {report.period.last}",
    )


def _regular(mail: ReportMail) -> Periodic:
    assert isinstance(mail.when, Periodic)
    return mail.when


def _figures(report: Report) -> tuple[Figure, ...]:
    return tuple(one for one in report.figures if report.kind is Kind.MONTHLY or one.name in _FIGURES)


def _lines(report: Report, states: Mapping[str, OrderState]) -> tuple[OrderLine, ...]:
    """Return the orders that a letter lists: today's exceptions, what is open, or what endangers the next month."""
    rows: tuple[OrderRow, ...] = (*report.at_risk, *report.overdue)
    if report.kind is Kind.WEEKLY:
        rows = report.open
    seen = {row.number: row for row in rows}
    return tuple(
        line_for_house(state, row.party, row.expected or row.planned, report.period.last)
        for row in list(seen.values())[:_MOST_LINES]
        if (state := states.get(row.number)) is not None
    )


def _files(report: Report, words: Words) -> ReportFiles | None:
    """Return what goes along: of a month the lists as a workbook, and the charts."""
    if report.kind is not Kind.MONTHLY:
        return None
    sheets = tuple(replace(one, rows=_storable(one.rows[:_MOST_ROWS])) for one in sheets_of(report, words))
    return ReportFiles(f"report-{report.period.first:%Y-%m}.xlsx", sheets, charts_of(report, words))


def _storable(rows: Sequence[tuple[object, ...]]) -> tuple[tuple[str | int | float | None, ...], ...]:
    return tuple(tuple(_text(value) for value in row) for row in rows)


def _text(value: object) -> str | int | float | None:
    return value if value is None or isinstance(value, str | int | float) else str(value)
