"""What goes along with a letter besides its words, put together when its bytes are frozen."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from mailflow.core.documents.secrets import given_away, secrets_of
from mailflow.core.letters.calendar import CalendarFile
from mailflow.core.letters.mime import AttachedFile
from mailflow.core.letters.model import Enclosure, PlannedLetter
from mailflow.core.letters.workbook import XLSX, Workbook
from mailflow.core.message.model import FileContent
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases
from mailflow.core.reports.model import ReportFiles
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.described import described
from mailflow.jobs.claiming import Enclose
from mailflow.jobs.ports import Transaction

PNG = "image/png"


MOST = 15_000_000
"""So many bytes of documents go along with one letter; mail servers take little more."""


def encloser(company: str, now: datetime, phrases: Phrases) -> Enclose:
    """Return what gathers the files of a letter; `phrases` take mails apart."""

    def enclose(tx: Transaction, planned: PlannedLetter) -> tuple[AttachedFile, ...]:
        report = planned.facts.files
        made = () if report is None else report_files(report, company, now)
        return (*made, *documents(tx, planned, phrases)) if planned.enclosed else made

    return enclose


def documents(tx: Transaction, planned: PlannedLetter, phrases: Phrases) -> tuple[AttachedFile, ...]:
    """Return the documents of a letter under names of ours, looked over again for words of the other side.

    Raises ValueError where one is not there, names what its reader must not learn, or they are too big.
    """
    linked = tx.views.linked(planned.orders).values()
    bought = [state.order for state in linked if state.order.party != planned.party]
    secrets = secrets_of(planned.party, bought, tx.views.parties())
    found = tuple(_document(tx, one, secrets, phrases) for one in planned.enclosed)
    if sum(len(file.data) for file in found) > MOST:
        raise ValueError("the documents are too big for one mail: send them by hand")
    return found


def _document(tx: Transaction, one: Enclosure, secrets: Iterable[str], phrases: Phrases) -> AttachedFile:
    data = file_of(tx, one, phrases)
    content = open_attachment(one.file, one.content_type, data)
    cells = (cell.text for table in content.tables for row in table.rows for cell in row)
    said = "\n".join((content.text, *cells)).strip()
    if not one.released and not said:
        raise ValueError(f"{one.kind} cannot be read, and no person has released it")
    secret = given_away(f"{said}\n{described(one.file, data)}", secrets)
    if secret:
        raise ValueError(f"{one.kind} names {secret}, which its reader must not learn: send another by hand")
    return AttachedFile(one.name, _KINDS.get(PurePath(one.name).suffix, "application/octet-stream"), data)


def file_of(tx: Transaction, one: Enclosure, phrases: Phrases) -> bytes:
    """Return the bytes of a document out of its mail; raises ValueError where they are not there."""
    mail = tx.mails.get(one.mail)
    files: list[tuple[str, bytes]] = []

    def keep(name: str, content_type: str, data: bytes) -> FileContent:
        files.append((name, data))
        return FileContent()

    if mail is not None:
        parse_message(mail.raw, keep, phrases)
    found = next((data for name, data in files if (name, len(data)) == (one.file, one.size)), None)
    if found is None:
        raise ValueError(f"{one.kind} is no longer found in mail {one.mail}")
    return found


_KINDS = {
    ".pdf": "application/pdf",
    ".xlsx": XLSX,
    ".xls": "application/vnd.ms-excel",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": PNG,
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}


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


def write_workbook(workbook: Workbook) -> bytes:
    """Write the list of a letter as a file."""
    from mailflow.edges.files.workbook import write_workbook as write  # loaded where it is wanted: it takes 18 MB

    return write(workbook)


def write_calendar(calendar: CalendarFile) -> bytes:
    """Write the days of a letter as a file."""
    from mailflow.edges.files.calendar import write_calendar as write  # loaded where it is wanted, too

    return write(calendar)
