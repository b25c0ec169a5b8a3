"""Reports from the ledger of an installation, and as files."""

from collections.abc import Sequence
from datetime import date, datetime

from mailflow.core.calendars.working_days import Calendars
from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import load_words
from mailflow.core.orders.model import Order
from mailflow.core.playbook.rules import Playbook
from mailflow.core.playbook.standing import planned
from mailflow.core.problems import errors
from mailflow.core.reports.journal import Journal, keep
from mailflow.core.reports.model import Picture, Sheet
from mailflow.core.reports.report import Kind, Report, report_of
from mailflow.core.reports.rules import load_report_rules
from mailflow.core.reports.sheets import said, sheets_of, title_of
from mailflow.edges.files.configuration import read_layers
from mailflow.edges.files.defaults import default_rules, default_templates
from mailflow.edges.reports.charts import supplier_chart, trend_chart
from mailflow.edges.reports.page import write_page
from mailflow.edges.reports.workbook import write_report
from mailflow.jobs.ports import Transaction
from mailflow.wiring.database import CannotStartError
from mailflow.wiring.desk import Desk

REPORTS = "reports.yaml"
_CHUNK = 5_000


def journal_of(tx: Transaction) -> Journal:
    """Return what the whole ledger tells, read in pieces."""
    journal, last = Journal(), 0
    while events := tx.ledger.after(last, _CHUNK):
        keep(journal, events)
        last = events[-1].id
    return journal


def make_report(desk: Desk, kind: Kind, day: date) -> Report:
    """Compute a report; raises CannotStartError where the rules have a fault."""
    texts = read_layers([default_rules(), desk.settings.rules], (".yaml",))
    rules, problems = load_report_rules(texts.get(REPORTS, ""))
    if rules is None:
        raise CannotStartError(errors(problems))
    with desk.store.look() as tx:
        journal = journal_of(tx)
    playbook, calendars = desk.plan.playbook, desk.plan.calendars
    return report_of(kind, day, journal, _Plan(playbook, calendars, journal).day, rules, desk.zone, desk.today())


class _Plan:
    """The planned days of orders, each computed once: reports ask for them again and again."""

    def __init__(self, playbook: Playbook, calendars: Calendars, journal: Journal) -> None:
        self._playbook = playbook
        self._calendars = calendars
        self._journal = journal
        self._known: dict[tuple[str, str], date | None] = {}

    def day(self, order: Order, milestone: str) -> date | None:
        """Return the day that the playbook plans for a milestone of an order."""
        key = (order.number, milestone)
        if key not in self._known:
            party = self._journal.parties.get(order.party)
            house = self._playbook.house.country
            days = self._calendars.of(party) if party else self._calendars.of_house(house)
            self._known[key] = planned(self._playbook, days, order, milestone)
        return self._known[key]


def words_in(desk: Desk, language: str) -> Words:
    """Return the phrases of a language; raises CannotStartError where the templates' phrases have a fault."""
    letters = read_layers([default_templates(), desk.settings.templates])
    phrasebook, problems = load_words(letters, "templates/")
    if errors(problems):
        raise CannotStartError(errors(problems))
    return phrasebook.of(language)


def as_page(report: Report, words: Words, language: str, company: str) -> str:
    """Return a report as a page with its charts."""
    pictures: list[Picture] = []
    if any(count.of for _, count in report.trend):
        title = said(words, "chart_trend")
        pictures.append(Picture(trend_chart(report.trend, title), title))
    if any(card.score is not None for card in report.cards):
        title = said(words, "chart_suppliers")
        pictures.append(Picture(supplier_chart(report.cards, title), title))
    sheets, title = sheets_of(report, words), title_of(report, words)
    return write_page(title, sheets, pictures, language=language, company=company, defined=said(words, "defined"))


def as_workbook(sheets: Sequence[Sheet], company: str, made: datetime) -> bytes:
    """Return a report's lists as an XLSX file."""
    return write_report(sheets, company, made)
