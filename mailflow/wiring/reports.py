"""Reports from the ledger of an installation, and as files."""

from collections.abc import Sequence
from datetime import date, datetime

from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import load_words
from mailflow.core.problems import errors
from mailflow.core.reports.charts import charts_of
from mailflow.core.reports.model import Picture, Sheet
from mailflow.core.reports.report import Kind, Report, report_of
from mailflow.core.reports.rules import load_report_rules
from mailflow.core.reports.sheets import said, sheets_of, title_of
from mailflow.edges.files.configuration import read_layers
from mailflow.edges.files.defaults import default_rules, default_templates
from mailflow.edges.reports.charts import draw
from mailflow.edges.reports.page import write_page
from mailflow.edges.reports.workbook import write_report
from mailflow.jobs.reports import Planned, journal_of
from mailflow.wiring.database import CannotStartError
from mailflow.wiring.desk import Desk
from mailflow.wiring.rules import REPORTS


def make_report(desk: Desk, kind: Kind, day: date) -> Report:
    """Compute a report; raises CannotStartError where the rules have a fault."""
    texts = read_layers([default_rules(), desk.settings.rules], (".yaml",))
    rules, problems = load_report_rules(texts.get(REPORTS, ""))
    if rules is None:
        raise CannotStartError(errors(problems))
    with desk.store.look() as tx:
        journal = journal_of(tx)
    return report_of(kind, day, journal, Planned(desk.plan, journal).day, rules, desk.zone, desk.today())


def words_in(desk: Desk, language: str) -> Words:
    """Return the phrases of a language; raises CannotStartError where the templates' phrases have a fault."""
    letters = read_layers([default_templates(), desk.settings.templates])
    phrasebook, problems = load_words(letters, "templates/")
    if errors(problems):
        raise CannotStartError(errors(problems))
    return phrasebook.of(language)


def as_page(report: Report, words: Words, language: str, company: str) -> str:
    """Return a report as a page with its charts."""
    pictures = [Picture(draw(chart), chart.told) for chart in charts_of(report, words)]
    sheets, title = sheets_of(report, words), title_of(report, words)
    return write_page(title, sheets, pictures, language=language, company=company, defined=said(words, "defined"))


def as_workbook(sheets: Sequence[Sheet], company: str, made: datetime) -> bytes:
    """Return a report's lists as an XLSX file."""
    return write_report(sheets, company, made)
