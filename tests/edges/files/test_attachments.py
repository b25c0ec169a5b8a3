"""Attachments opened: by content, within bounds, never raising."""

import io
import os
import signal
import zipfile
from collections.abc import Iterator

import openpyxl
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.message.model import FileContent
from mailflow.edges.files import pdf_worker
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.pdf import PdfReader


def pdf(*lines: str, encrypted: bool = False) -> bytes:
    """A one-page PDF, each line at its place (`x,y text`), with the least that a reader accepts."""
    shown = "\n".join(f"BT /F1 12 Tf {x} {y} Td ({text}) Tj ET" for x, y, text in (_placed(line) for line in lines))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(shown)}>>stream\n{shown}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Filter/Standard/V 1/R 2/O<{'28' * 32}>/U<{'29' * 32}>/P -1>>",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    extra = f"/Encrypt 6 0 R/ID[<{'00' * 16}><{'00' * 16}>]" if encrypted else ""
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R{extra}>>\nstartxref\n{len(out)}\n%%EOF"
    return (out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + table + end).encode("latin-1")


def _placed(line: str) -> tuple[str, str, str]:
    place, _, text = line.partition(" ")
    x, _, y = place.partition(",")
    return x, y, text


def cells(content: FileContent) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in table.rows] for table in content.tables]


def test_pdf_lines_stand_as_on_the_page_and_columns_become_a_table() -> None:
    content = open_attachment(
        "plan.pdf",
        "application/octet-stream",
        pdf(
            "50,740 Loading plan", "50,700 Order", "200,700 Style", "350,700 Ship",
            "50,680 BW-20417", "350,680 9 Dec", "200,680 KT118", "50,640 as agreed",
        ),
    )  # fmt: skip
    assert content.text == "Loading plan\nas agreed"
    assert cells(content) == [[["Order", "Style", "Ship"], ["BW-20417", "KT118", "9 Dec"]]]
    assert content.problem == ""


def test_a_pdf_without_text_or_under_a_password_says_so() -> None:
    assert "scan" in open_attachment("scan.pdf", "application/pdf", pdf()).problem
    assert "password" in open_attachment("secret.pdf", "application/pdf", pdf("9,9 x", encrypted=True)).problem
    assert "no PDF" in open_attachment("broken.pdf", "application/pdf", b"%PDF-1.4 nothing").problem
    assert open_attachment("a.pdf", "application/pdf", b"not at all").problem


@pytest.fixture
def reader() -> Iterator[PdfReader]:
    reader = PdfReader()
    yield reader
    reader.close()


def test_a_pdf_that_takes_too_long_is_given_up_and_the_next_is_read(reader: PdfReader) -> None:
    reader.seconds = 0.0
    assert "took longer" in reader.read(pdf("50,700 BW-20417")).problem
    reader.seconds = 20.0
    assert reader.read(pdf("50,700 BW-20417")).text == "BW-20417"


def test_a_process_that_died_is_replaced(reader: PdfReader) -> None:
    assert reader.read(pdf("50,700 one")).text == "one"
    process = reader._helper._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert reader.read(pdf("50,700 two")).text == "two"


def test_one_process_serves_many_files(reader: PdfReader) -> None:
    reader.read(pdf("50,700 one"))
    first = reader._helper.pid
    reader.read(pdf("50,700 two"))
    assert reader._helper.pid == first


def test_the_worker_answers_file_after_file() -> None:
    files = [pdf("50,700 one"), b"rubbish", pdf("50,700 two")]
    sink = io.BytesIO()
    pdf_worker.serve(io.BytesIO(b"".join(b"%d 20000000\n%s" % (len(data), data) for data in files)), sink)
    answers = sink.getvalue().splitlines()
    assert [b"one" in answers[0], b"no PDF" in answers[1], b"two" in answers[2]] == [True, True, True]


def test_a_document_of_many_pages_is_cut() -> None:
    document = pypdfium2.PdfDocument(pdf("50,700 page"))
    for _ in range(3):
        document.import_pages(pypdfium2.PdfDocument(pdf("50,700 page")))
    saved = io.BytesIO()
    document.save(saved)
    answer = pdf_worker.answer(saved.getvalue(), pages=2)
    assert answer["text"].count("page") == 2
    assert "cut" in answer["problem"]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ROWS = [["Order", "Ship"], ["BW-20417", "9 Dec"]]


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("a.xlsx", "application/octet-stream", workbook(("Order", "Ship"), ("BW-20417", "9 Dec"))),
        ("a.csv", "text/csv", b"Order,Ship\nBW-20417,9 Dec\n"),
        ("a.csv", "application/vnd.ms-excel", b"Order;Ship\nBW-20417;9 Dec\n"),
        ("A.XLS", "application/vnd.ms-excel", b"<html><table><tr><td>Order<td>Ship<tr><td>BW-20417<td>9 Dec</table>"),
        ("a.html", "text/html", b"<table><tr><td>Order<td>Ship<tr><td>BW-20417<td>9 Dec</table>"),
        ("a.txt", "text/plain", b"Order\tShip\nBW-20417\t9 Dec\n"),
    ],
)
def test_tables_of_many_kinds_of_file(name: str, kind: str, data: bytes) -> None:
    content = open_attachment(name, kind, data)
    assert cells(content) == [ROWS]
    assert content.problem == ""


def test_chinese_csv_and_what_was_struck_out_in_a_web_page() -> None:
    assert cells(open_attachment("进度.csv", "", "订单,交期\nBW-1,12月9日\n".encode("gb18030")))[0][1] == [
        "BW-1",
        "12月9日",
    ]
    page = b"<table><tr><td>BW-1<td>x<tr><td>BW-2<td><s>5 Dec</s> 9 Dec</table>"
    cell = open_attachment("a.xls", "", page).tables[0].rows[1][1]
    assert (cell.text, cell.struck) == ("9 Dec", "5 Dec")


def test_an_invitation_says_what_and_when() -> None:
    ics = b"BEGIN:VCALENDAR\r\nSUMMARY:Inspection\r\n  BW-20417\r\nDTSTART;TZID=Asia/Dhaka:20261204T090000\r\nUID:1\r\n"
    content = open_attachment("invite.ics", "text/calendar", ics)
    assert content.text == "Summary: Inspection BW-20417\nDtstart: 20261204T090000"


@pytest.mark.parametrize(
    ("name", "kind", "data", "problem"),
    [
        ("a.zip", "application/zip", b"PK\x03\x04rest", ".zip"),
        ("winmail.dat", "application/octet-stream", b"anything", "TNEF"),
        ("ATT00001.dat", "application/ms-tnef", b"anything", "TNEF"),
        ("part.bin", "application/octet-stream", b"\x78\x9f\x3e\x22\x01\x00", "TNEF"),
        ("smime.p7m", "application/pkcs7-mime", b"\x30\x80", ".p7m"),
        ("a.xlsx", "", b"PK\x03\x04rest", "damaged"),
        ("a.txt", "text/plain", b"\x00\x01\x02", "not the text"),
        ("nothing.pdf", "application/pdf", b"", "empty"),
        ("noname", "", b"\x01\x02", "not opened"),
        ("photo.jpg", "image/jpeg", b"\xff\xd8", ""),
        ("card.vcf", "text/vcard", b"BEGIN:VCARD", ""),
    ],
)
def test_what_cannot_be_opened_says_why(name: str, kind: str, data: bytes, problem: str) -> None:
    content = open_attachment(name, kind, data)
    assert content.text == ""
    assert problem in content.problem
    assert bool(content.problem) is bool(problem)


def test_a_workbook_that_unpacks_to_a_huge_one_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 130_000_000)
    content = open_attachment("bomb.xlsx", "", out.getvalue())
    assert content.tables == ()
    assert content.problem


_NAMES = st.sampled_from(["a.xlsx", "a.xls", "a.csv", "a.txt", "a.html", "a.ics", "a", "a.doc", "a.jpg"])
_STARTS = st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<table><tr>", b"SUMMARY:", b"\xff\xfe"])


@settings(max_examples=150, deadline=None)
@given(name=_NAMES, start=_STARTS, data=st.binary(max_size=300))
def test_no_file_raises(name: str, start: bytes, data: bytes) -> None:
    content = open_attachment(name, "", start + data)
    assert isinstance(content, FileContent)
