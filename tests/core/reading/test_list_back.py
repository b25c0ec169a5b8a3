"""The list that we sent comes back filled in: in the quoted table, as text, or as the attached workbook."""

import io
import re
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from functools import cache

import pytest
from openpyxl import load_workbook

from mailflow.core.deciding.decide import MailInHand, decide
from mailflow.core.letters.build import Sender, compose
from mailflow.core.letters.model import Duty, LetterFacts, Mode, OrderLine, PlannedLetter
from mailflow.core.letters.workbook import XLSX
from mailflow.core.message.model import Address
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import finder
from mailflow.core.orders.events import DatePromised, ReviewOpened
from mailflow.core.orders.model import Contact, House, Order, OrderKind, Party, Role
from mailflow.core.reading.book import Book, build_book
from mailflow.core.reading.model import Reading
from mailflow.core.reading.reader import read_message
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.workbook import write_workbook
from tests.core.letters.samples import shipped_templates
from tests.core.reading.worlds import phrases, words

NOW = datetime(2026, 11, 17, 1, tzinfo=UTC)
HOUSE = House("Lanmei Trading", "followup@lanmei.example", "Asia/Shanghai")
DUE = {"KX-7701": date(2026, 12, 4), "KX-7702": date(2026, 12, 10), "KX-7703": date(2026, 12, 15)}
ANSWERS = {"KX-7701": "2026-12-09", "KX-7703": "18 Dec 2026"}
EXPECTED = {("KX-7701", "2026-12-09"), ("KX-7703", "2026-12-18")}


@cache
def letter(language: str) -> bytes:
    """Return the weekly list as it goes out."""
    lines = tuple(
        OrderLine(number, style=f"ST{n}", product="cotton towel", quantity="1,200 pcs", due=due, basis="exw")
        for n, (number, due) in enumerate(DUE.items())
    )
    duty = Duty("weekly_list", "*", "z@hengtai.example", "2026-11-17")
    planned = PlannedLetter(
        "weekly_list",
        "weekly_list",
        "Hengtai",
        (Address("z@hengtai.example", "Zheng"),),
        language,
        Mode.AUTO,
        (duty,),
        tuple(DUE),
        LetterFacts(lines),
        "main",
        NOW,
    )
    sender = Sender(Address(HOUSE.mailbox, HOUSE.company), HOUSE, b"s" * 16)
    return compose(shipped_templates(), planned, sender, 57, NOW, write_workbook=write_workbook).raw


def part(language: str, kind: str) -> bytes:
    found = next(p for p in message_from_bytes(letter(language)).walk() if p.get_content_type() == kind)
    data = found.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


def answer(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "z@hengtai.example", HOUSE.mailbox
    mail["Subject"], mail["Date"] = "Re: your list", "Tue, 17 Nov 2026 15:30:00 +0800"
    mail["In-Reply-To"] = "<57@lanmei.example>"
    mail.set_content(text)
    return mail


def in_html(language: str) -> EmailMessage:
    """Return the list filled in where Outlook quotes it."""
    page = part(language, "text/html").decode()
    for number, said in ANSWERS.items():
        row = rf'({re.escape(number)}.*?<td class="answer"[^>]*>).*?(</td>)'
        page = re.sub(row, rf"\g<1>{said}\g<2>", page, count=1, flags=re.DOTALL)
    inner = re.sub(r"(?s).*<body[^>]*>|</body>.*", "", page)
    sent = "<b>Sent:</b> Tuesday, November 17, 2026 9:00 AM<br>"
    head = f"<p>Filled in below.</p><hr><b>From:</b> {HOUSE.mailbox}<br>{sent}"
    mail = answer("Filled in below.")
    mail.set_content(f"<html><body>{head}<b>To:</b> z@hengtai.example<br><br>{inner}</body></html>", subtype="html")
    return mail


def in_text(language: str) -> EmailMessage:
    """Return the list filled in behind the marks of quoted text."""
    lines = part(language, "text/plain").decode().splitlines()
    for number, said in ANSWERS.items():
        lines = [line.replace("________", said) if number in line else line for line in lines]
    quoted = "\n".join(f"> {line}" for line in lines)
    return answer(f"See below.\n\nOn Tue, Nov 17, 2026 at 9:00 AM Lanmei <{HOUSE.mailbox}> wrote:\n{quoted}\n")


def in_workbook(language: str) -> EmailMessage:
    """Return the workbook that went along, filled in."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    book = load_workbook(io.BytesIO(part(language, kind)))
    page = book.worksheets[0]
    for row in page.iter_rows(min_row=2):
        if said := ANSWERS.get(str(row[0].value)):
            row[-1].value = said
    written = io.BytesIO()
    book.save(written)
    mail = answer("Please see attached.")
    main, _, sub = kind.partition("/")
    mail.add_attachment(written.getvalue(), maintype=main, subtype=sub, filename="orders.xlsx")
    return mail


@cache
def book() -> Book:
    orders = [
        Order(number, OrderKind.PURCHASE, "Hengtai", style=f"ST{n}", due_date=due)
        for n, (number, due) in enumerate(DUE.items())
    ]
    party = Party("Hengtai", Role.SUPPLIER, country="CN", contacts=(Contact("Z", "z@hengtai.example"),))
    return build_book(orders, [party], HOUSE)


def read(mail: EmailMessage) -> Reading:
    return read_message(parse_message(mail.as_bytes(), open_attachment, phrases()), book(), words())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("fill", [in_html, in_text, in_workbook])
def test_each_row_that_was_filled_in_is_entered_and_no_other(fill, language: str) -> None:  # type: ignore[no-untyped-def]
    reading = read(fill(language))
    entered = {(u.order, str(u.date)) for u in reading.updates if u.applied}
    assert entered == EXPECTED
    assert not reading.questions


def test_a_list_that_comes_back_empty_says_nothing() -> None:
    blank = "\n".join(f"> {line}" for line in part("en", "text/plain").decode().splitlines())
    quoted = f"On Tue, Nov 17, 2026 at 9:00 AM Lanmei <{HOUSE.mailbox}> wrote:\n{blank}\n"
    assert not read(answer(f"Well received, thanks.\n\n{quoted}")).updates


def test_who_writes_of_their_own_is_not_held_to_an_old_list() -> None:
    mail = in_text("en")
    mail.set_content(mail.get_content().replace("See below.", "KX-7701 will ship on 20 Dec 2026."))
    reading = read(mail)
    assert {(u.order, str(u.date)) for u in reading.updates} == {("KX-7701", "2026-12-20")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_heading_that_our_letters_use_is_known(language: str) -> None:
    heading = shipped_templates().words.of(language)["columns"]
    assert isinstance(heading, dict)
    assert finder(phrases(), "fill_in").search(str(heading["answer"]))


def renumbered(changes: dict[str, str], *, turned: bool = False) -> EmailMessage:
    """Return the filled-in workbook with other order numbers in its first column, or its rows in another order."""
    mail = in_workbook("en")
    raw = next(p for p in mail.walk() if p.get_filename() == "orders.xlsx").get_payload(decode=True)
    assert isinstance(raw, bytes)
    book_back = load_workbook(io.BytesIO(raw))
    page = book_back.worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    for row, values in zip(page.iter_rows(min_row=2), rows[::-1] if turned else rows, strict=True):
        for cell, value in zip(row, values, strict=True):
            cell.value = changes.get(str(value), value)
    written = io.BytesIO()
    book_back.save(written)
    back = answer("Please see attached.")
    main, _, sub = XLSX.partition("/")
    back.add_attachment(written.getvalue(), maintype=main, subtype=sub, filename="orders.xlsx")
    return back


@pytest.mark.parametrize(
    ("changes", "turned", "swapped"),
    [
        ({}, False, ()),
        ({}, True, ()),
        ({"KX-7701": "KX-7702", "KX-7702": "KX-7701"}, False, ()),
        ({"KX-7701": "KX-7710"}, False, (("KX-7701", "KX-7710"),)),
        ({"KX-7701": "KX-7710"}, True, (("KX-7701", "KX-7710"),)),
        ({"KX-7701": " kx-7701 "}, False, ()),
    ],
    ids=["as it went", "sorted", "rows exchanged", "another number", "another number, sorted", "spelled otherwise"],
)
def test_a_number_that_is_another_now_is_seen(
    changes: dict[str, str], turned: bool, swapped: tuple[tuple[str, str], ...]
) -> None:
    message = parse_message(renumbered(changes, turned=turned).as_bytes(), open_attachment, phrases())
    assert message.attachments[0].content.swapped == swapped
    assert message.attachments[0].content.hidden == ()


@pytest.mark.parametrize("other", ["KX-7710", "KX-9999"], ids=["another order of theirs", "nobody's order"])
def test_a_row_with_another_number_is_entered_nowhere_and_a_person_asked_with_both(other: str) -> None:
    known = Order("KX-7710", OrderKind.PURCHASE, "Hengtai", due_date=date(2026, 12, 20))
    orders = [Order(number, OrderKind.PURCHASE, "Hengtai", due_date=due) for number, due in DUE.items()]
    party = Party("Hengtai", Role.SUPPLIER, country="CN", contacts=(Contact("Z", "z@hengtai.example"),))
    message = parse_message(renumbered({"KX-7701": other}).as_bytes(), open_attachment, phrases())
    reading = read_message(message, build_book([*orders, known], [party], HOUSE), words())
    events = [new.event for new in decide(MailInHand(7, message, reading), {}, {})]
    assert [(one.order, str(one.date)) for one in events if isinstance(one, DatePromised)] == [
        ("KX-7703", "2026-12-18")
    ]
    asked = [one for one in events if isinstance(one, ReviewOpened) and "where ours had KX-7701" in one.question]
    assert len(asked) == 1
    assert other in asked[0].question
