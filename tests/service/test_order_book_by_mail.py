"""An order book of 2,000 rows with 30 faults, mailed by a merchandiser, on real servers."""

import io
import re
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import openpyxl
import pytest
from imap_tools import MailMessage

from mailflow.edges.database import open_store
from tests.servers.postfix import MailSystem
from tests.service.runner import running
from tests.service.world import NOW, make_world, reply, wait_until

pytestmark = pytest.mark.service

ROWS, RUNNING, KEPT = 2_000, 5, 4
HEADINGS = ("Order no", "Supplier", "Style", "Qty", "Order date", "Delivery date")
FAULTS = [*range(100, 200, 10), *range(500, 600, 10), *range(900, 1000, 10)]
"""Rows of the sheet with a fault: in the quantity, in the date, in the supplier."""
ON_MONDAY = NOW + timedelta(hours=1)


def order_book() -> bytes:
    """Return the sheet: the running orders but the last, as they stand, then new ones."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    for n in range(1, ROWS + 1):
        if n <= KEPT:
            row = [f"PO26-{n:05}", "Hidden Supplier", f"ST{n:04}", 1000 + n, "2026-11-02", "2026-12-15"]
        else:
            row = [f"PO26-{n + 10_000:05}", "Hidden Supplier", f"NEW{n:04}", 500 + n, "2026-11-10", "2027-02-15"]
        if n + 1 in FAULTS[:10]:
            row[3] = "about 500"
        elif n + 1 in FAULTS[10:20]:
            row[5] = "end of season"
        elif n + 1 in FAULTS[20:]:
            row[1] = ""
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def workbook_of(mail: MailMessage) -> list[list[str]]:
    """Return the first sheet that came with a mail."""
    (attached,) = mail.attachments
    sheet = openpyxl.load_workbook(io.BytesIO(attached.payload)).worksheets[0]
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def test_two_thousand_rows_with_thirty_faults(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=RUNNING, customers=1, mode=lambda customer: "off")
    service = world.service()
    service.store.close()
    store = open_store(service.settings.database_url)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = world.merchandiser, world.mailbox, "our list of this week"
    mail["Date"], mail["Message-ID"] = format_datetime(ON_MONDAY), "<book@client.example>"
    mail.set_content("Hi, attached the list of this week.\n\nAmy")
    mail.add_attachment(order_book(), maintype="application", subtype="octet-stream", filename="orders.xlsx")

    def told() -> list[MailMessage]:
        return world.inbox(world.merchandiser)

    def numbers() -> set[str]:
        with store.look() as tx:
            return {number for number, state in tx.views.orders().items() if not state.vanished}

    before = numbers()
    with running(world.config, now=ON_MONDAY):
        world.send(mail.as_string(), world.merchandiser)
        wait_until(lambda: told(), 120)
        (asked,) = told()
        assert numbers() == before, "nothing without a yes"
        new = ROWS - KEPT - len(FAULTS)
        assert f"New, waiting for your yes: {new}" in asked.text
        assert "No longer in the book, waiting for your yes: 1" in asked.text
        assert "PO26-00005" in asked.text
        assert "Faults: 30; rows not entered because of them: 30" in asked.text
        assert "D100 (Qty): “about 500” is no quantity" in asked.text
        assert len(re.findall(r"^- Sheet", asked.text, re.MULTILINE)) == 15, "the rest stands in the workbook"
        page = workbook_of(asked)
        assert page[0][: len(HEADINGS)] == list(HEADINGS)
        assert [row[-2] for row in page[1:]] == [str(row) for row in FAULTS]
        yes = reply(world.merchandiser, world.mailbox, asked.subject, "yes", ON_MONDAY, asked.headers["message-id"][0])
        world.send(yes, world.merchandiser)
        wait_until(lambda: len(told()) == 2, 120)
    assert f"New, entered: {new}" in told()[1].text
    assert len(numbers()) == len(before) + new - 1
    assert numbers() >= {"PO26-12000", "PO26-00004"}
    assert not numbers() & {"PO26-00005", "PO26-10099"}
    store.close()
