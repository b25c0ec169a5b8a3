"""What goes along with a letter besides its words, put together when its bytes are frozen."""

from datetime import datetime

from mailflow.core.letters.mime import AttachedFile
from mailflow.core.letters.model import PlannedLetter
from mailflow.core.letters.workbook import XLSX
from mailflow.core.reports.model import ReportFiles
from mailflow.jobs.claiming import Enclose
from mailflow.jobs.ports import Transaction

PNG = "image/png"


def encloser(company: str, now: datetime) -> Enclose:
    """Return what gathers the files of a letter."""

    def enclose(tx: Transaction, planned: PlannedLetter) -> tuple[AttachedFile, ...]:
        report = planned.facts.files
        return () if report is None else report_files(report, company, now)

    return enclose


def report_files(report: ReportFiles, company: str, made: datetime) -> tuple[AttachedFile, ...]:
    """Return a report's workbook and its charts as pictures."""
    from mailflow.edges.reports.charts import draw  # loaded where they are wanted: drawing takes much memory
    from mailflow.edges.reports.workbook import write_report

    shown = tuple(
        AttachedFile(f"chart-{number}.png", PNG, draw(chart), f"chart-{number}@report.mailflow")
        for number, chart in enumerate(report.charts, start=1)
    )
    if not report.sheets:
        return shown
    return (*shown, AttachedFile(report.name, XLSX, write_report(report.sheets, company, made)))
