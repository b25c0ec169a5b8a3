"""An order book that a merchandiser mails: what is entered at once, what waits for a yes, and what is answered."""

import io
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

import openpyxl
import pytest

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.orders.by_hand import Steered, SteeringRefused, SteeringUndone
from mailflow.core.orders.events import MailRead, OrderChanged, OrderImported
from mailflow.core.orders.state import OrderState
from mailflow.core.steering.model import BOOK_REPLY, BookAnswer, BookPart
from tests.mail.steering.test_conversations import Talk
from tests.mail.steering.world import AMY, BOB, HENGTAI, MAILBOX, Office, rendered

HEADINGS = ["订单号", "供应商", "款号", "数量", "交期"]
RUNNING = [
    ["PO26-04871", HENGTAI, "JK4871", 1000, date(2026, 12, 1)],
    ["PO26-04872", HENGTAI, "JK4872", 1000, date(2026, 12, 10)],
    ["PO26-04873", HENGTAI, "JK4873", 1000, date(2026, 12, 11)],
    ["PO26-04874", HENGTAI, "JK4874", 1000, date(2026, 12, 14)],
    ["PO26-04875", HENGTAI, "JK4875", 1000, date(2026, 12, 20)],
]
"""Amy's purchase orders as they stand."""
NEW = ["PO26-05001", HENGTAI, "JK5001", 700, date(2027, 1, 8)]

Row = list[object]


def xlsx(rows: list[Row], headings: list[str] = HEADINGS, title: str = "订单") -> bytes:
    """Write rows as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in (headings, *rows):
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


class Sender(Talk):
    """One of ours who mails order books."""

    def mail(
        self,
        data: bytes,
        text: str = "",
        *,
        to: OutboxLetter | None = None,
        name: str = "orders.xlsx",
        sender: str = "",
        subject: str = "orders",
    ) -> BookAnswer | None:
        """Mail a file, in answer to a letter or by itself; return what mailflow answers."""
        self.now += timedelta(minutes=5)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender or self.person, MAILBOX, subject
        mail["Date"] = format_datetime(self.now)
        mail["Message-ID"] = f"<{self.now.timestamp():.0f}@client.example>"
        if to is not None and to.envelope is not None:
            mail["In-Reply-To"] = mail["References"] = to.envelope.message_id
        mail.set_content(text)
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        known = {letter.id for letter in self.office.letters()}
        self.office.put(mail.as_bytes(), self.now)
        self.office.read(self.now)
        self.office.send(self.now)
        new = [one for one in self.office.letters() if one.id not in known]
        assert all(one.planned.to[0].email == self.person for one in new)
        return self.answer if any(one.planned.template == BOOK_REPLY for one in new) else None

    def proven(self, rows: list[Row], text: str = "") -> BookAnswer:
        """Mail rows as an answer to the digest, which proves whose it is."""
        found = self.mail(xlsx(rows), text, to=self.digest)
        assert found is not None
        return found

    @property
    def answer(self) -> BookAnswer:
        """What the last answer told of a book."""
        steering = self.reply.planned.facts.steering
        assert steering is not None
        assert steering.book is not None
        return steering.book

    def find(self, number: str) -> OrderState | None:
        with self.office.store.look() as tx:
            return tx.views.orders([number]).get(number)


@pytest.fixture
def amy(office: Office) -> Sender:
    return Sender(office)


def told(answer: BookAnswer) -> dict[str, tuple[int, bool]]:
    """Return how many orders each list has, and whether they wait."""
    return {str(one.part): (len(one.rows), one.waits) for one in answer.lists}


def test_what_is_new_and_changed_a_little_is_entered_and_told(amy: Sender) -> None:
    changed = [*RUNNING[0][:3], 1200, RUNNING[0][4]]
    answer = amy.proven([changed, *RUNNING[1:], NEW], "Hi, please find attached our latest list.\nAmy")
    assert told(answer) == {"new": (1, False), "changed": (1, False)}
    assert (answer.same, answer.faults) == (4, ())
    assert amy.order("PO26-04871").order.quantity == 1200
    new = amy.find("PO26-05001")
    assert new is not None
    assert (new.order.merchandiser, new.order.due_date) == (AMY, date(2027, 1, 8))
    text = rendered(amy.reply).text
    assert "- PO26-04871: quantity: 1000 → 1200 (row 2)" in text
    assert "- PO26-05001: Hengtai Garment, JK5001, 700, 8 Jan 2027 (row 7)" in text
    assert "not understood" not in text
    (read,) = [one for one in amy.recorded(MailRead) if isinstance(one, MailRead) and one.subject == "orders"]
    assert (read.disposition, read.orders) == ("command", ())


def test_the_same_book_again_says_that_nothing_changes(amy: Sender) -> None:
    amy.proven([*RUNNING, NEW])
    events = amy.office.last()
    answer = amy.proven([*RUNNING, NEW])
    assert (told(answer), answer.same) == ({}, 6)
    assert not [line for line in amy.office.since(events) if "changed" in line or "new order" in line]
    assert len(amy.recorded(OrderImported)) == 8


def test_undo_takes_a_book_back(amy: Sender) -> None:
    changed = [*RUNNING[0][:3], 1200, date(2026, 12, 24)]
    amy.proven([changed, *RUNNING[1:], NEW])
    lines = amy.say("undo", amy.reply)
    assert any("what the order book entered is taken back (2)" in line for line in lines)
    order = amy.order("PO26-04871").order
    assert (order.quantity, order.due_date) == (1000, date(2026, 12, 1))
    new = amy.find("PO26-05001")
    assert new is not None
    assert new.vanished
    assert len(amy.recorded(SteeringUndone)) == 1
    assert told(amy.proven([*RUNNING, NEW])) == {"changed": (1, False)}, "sent again, it is there again"


def test_what_vanishes_waits_for_a_yes(amy: Sender) -> None:
    answer = amy.proven([*RUNNING[:3], NEW])
    assert told(answer) == {"new": (1, False), "vanished": (2, True)}
    assert amy.find("PO26-05001") is not None
    assert not amy.order("PO26-04874").vanished
    asked = amy.reply
    assert "2 running orders are no longer in it" in rendered(asked).text
    amy.say("yes", asked)
    assert told(amy.answer) == {"vanished": (2, False)}
    assert amy.order("PO26-04874").vanished
    amy.say("yes", asked)
    assert "that was done already" in rendered(amy.reply).text
    amy.say("undo", asked)
    assert not amy.order("PO26-04874").vanished
    new = amy.find("PO26-05001")
    assert new is not None
    assert new.vanished, "undo takes back all that the book led to"
    amy.say("yes", asked)
    assert "that order book was taken back" in rendered(amy.reply).text
    assert not amy.order("PO26-04874").vanished


def test_a_no_leaves_it(amy: Sender) -> None:
    amy.proven(RUNNING[:3])
    amy.say("no", amy.reply)
    assert "nothing was done" in rendered(amy.reply).text
    assert not amy.order("PO26-04874").vanished


def test_a_part_of_the_book_makes_nothing_vanish(amy: Sender) -> None:
    answer = amy.proven([RUNNING[0], NEW])
    assert told(answer) == {"new": (1, False)}
    assert "4 of your running orders are not in it" in rendered(amy.reply).text


def test_many_changes_wait_and_what_has_moved_since_is_asked_again(amy: Sender) -> None:
    later = [[*row[:4], date(2027, 2, 1)] for row in RUNNING]
    many = [[f"PO26-06{n:03}", HENGTAI, f"JK{n}", 100, date(2027, 2, 1)] for n in range(12)]
    amy.proven([*RUNNING, *many])
    moved = [[*row[:4], date(2027, 3, 1)] for row in many]
    answer = amy.proven([*later, *moved])
    assert told(answer) == {"changed": (17, True)}
    asked = amy.reply
    assert "date, quantity or party of 17 orders change" in rendered(asked).text
    assert amy.order("PO26-06001").order.due_date == date(2027, 2, 1)
    other = amy.order("PO26-06001").order
    book = xlsx([[other.number, HENGTAI, "JK1", 111, date(2027, 2, 1)]])
    amy.mail(book, to=amy.digest)
    amy.say("yes", asked)
    assert told(amy.answer) == {"changed": (17, True)}
    assert "the record has moved since you were asked" in rendered(amy.reply).text
    assert amy.order("PO26-06002").order.due_date == date(2027, 2, 1)
    amy.say("yes", amy.reply)
    assert told(amy.answer) == {"changed": (17, False)}
    assert amy.order("PO26-06001").order.due_date == date(2027, 3, 1)


def test_faults_are_told_by_row_and_cell_and_come_back_to_be_mended(amy: Sender) -> None:
    rows = [
        *RUNNING,
        ["PO26-05002", HENGTAI, "JK1", "many", date(2027, 1, 8)],
        ["PO26-05003", HENGTAI, "JK2", 100, "31/02/2027"],
        ["PO26-05004", HENGTAI, "JK3", "=1+1", date(2027, 1, 8)],
        NEW,
    ]
    answer = amy.proven(rows)
    assert told(answer) == {"new": (1, False)}
    text = rendered(amy.reply).text
    assert "订单, D7 (数量): “many” is no number; write digits only, such as 1200" in text
    assert "订单, E8 (交期): “31/02/2027” is no date; write the date as 2026-12-05" in text
    assert "订单, D9 (数量): holds a formula whose value was not saved" in text
    assert amy.find("PO26-05002") is None
    assert amy.reply.envelope is not None
    mail = message_from_bytes(amy.reply.envelope.raw, policy=policy.default)
    (part,) = [one for one in mail.walk() if one.get_filename()]
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:5] == HEADINGS
    red = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "00F8C9C4"]
    assert red == ["D2", "E3", "D4"]
    sheet["D2"], sheet["E3"], sheet["D4"] = "1200", "2027-01-09", "5"
    mended = io.BytesIO()
    book = sheet.parent
    assert book is not None
    book.save(mended)
    again = amy.mail(mended.getvalue(), to=amy.reply)
    assert again is not None
    assert told(again) == {"new": (3, False)}
    assert amy.find("PO26-05002") is not None


def test_a_book_without_proof_is_shown_and_waits_whole(amy: Sender) -> None:
    answer = amy.mail(xlsx([*RUNNING, NEW]))
    assert answer is not None
    assert told(answer) == {"new": (1, True)}
    assert amy.find("PO26-05001") is None
    assert len(amy.recorded(SteeringRefused)) == 1
    amy.say("是", amy.reply)
    assert amy.find("PO26-05001") is not None
    assert len(amy.recorded(Steered)) == 1


def test_a_doubtful_word_makes_it_wait(amy: Sender) -> None:
    answer = amy.proven([*RUNNING, NEW], "Amy here, do not enter this before Monday")
    assert told(answer) == {"new": (1, True)}


def test_who_pretends_is_not_shown_anything(amy: Sender) -> None:
    assert amy.mail(xlsx([*RUNNING, NEW]), sender="Amy Lin <mallory@evil.example>") is None
    assert amy.find("PO26-05001") is None


def test_orders_of_a_colleague_stay_as_they_are(amy: Sender) -> None:
    his = ["PO26-04880", HENGTAI, "JK4880", 5, date(2026, 11, 20)]
    answer = amy.proven([*RUNNING, his])
    assert told(answer) == {"not_yours": (1, False)}
    assert amy.order("PO26-04880").order.quantity == 1000
    bob = Sender(amy.office, BOB)
    assert told(bob.proven([his])) == {"changed": (1, False)}
    assert amy.order("PO26-04880").order.quantity == 5


def test_new_parties_always_wait(amy: Sender) -> None:
    book = xlsx(
        [["Yuanda", "supplier", "Mr Xu", "xu@yuanda.example", "CN"]], ["name", "role", "contact", "email", "country"]
    )
    answer = amy.mail(book, to=amy.digest)
    assert answer is not None
    assert told(answer) == {"parties": (1, True)}
    amy.say("yes", amy.reply)
    with amy.office.store.look() as tx:
        assert "Yuanda" in tx.views.parties()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (xlsx([["PO26-04871", "see the photo"]], ["订单号", "备注"]), "notes.xlsx"),
        (xlsx([["PO26-04871", HENGTAI, 5, "12 Dec"]], ["Order", "Supplier", "Qty", "Your date / remark"]), "list.xlsx"),
        (b"a,b\n1,2\n", "x.csv"),
        (xlsx([["PO26-04871", "JK4871", 40, 9]], ["PO No", "Style", "Qty", "Unit price"]), "packing.xlsx"),
        (
            xlsx([["PO26-04871", "JK4871", 1000, date(2026, 12, 30)]], ["订单号", "款号", "数量", "交期"]),
            "schedule.xlsx",
        ),
    ],
    ids=["two headings", "a list of ours that came back", "no headings", "a packing list", "a supplier's schedule"],
)
def test_any_other_sheet_is_no_order_book(amy: Sender, data: bytes, name: str) -> None:
    assert amy.mail(data, to=amy.digest, name=name) is None


def test_a_sheet_that_cannot_be_read_is_told(amy: Sender) -> None:
    answer = amy.mail(b"PK\x03\x04 nothing", to=amy.digest)
    assert answer is not None
    assert "is a damaged workbook" in rendered(amy.reply).text


def test_a_sheet_that_is_too_long_is_told(amy: Sender) -> None:
    rows = "订单号,供应商,数量\n" + f"PO26-05001,{HENGTAI},5\n" * 5_001
    assert amy.mail(rows.encode(), to=amy.digest, name="long.csv") is not None
    assert "- has more than 5000 rows; split it" in rendered(amy.reply).text
    assert amy.find("PO26-05001") is None


def test_who_reads_chinese_is_answered_in_chinese(amy: Sender) -> None:
    bob = Sender(amy.office, BOB)
    fresh = [["PO26-07001", HENGTAI, "JK1", "约500", date(2027, 1, 8)], ["PO26-07002", HENGTAI, "JK2", 500, "年底"]]
    bob.proven([["PO26-04880", HENGTAI, "JK4880", 900, date(2026, 11, 20)], *fresh])
    text = rendered(bob.reply).text
    assert "- PO26-04880：数量：1000 → 900（第 2 行）" in text
    assert "- 订单、D3（数量）：“约500”不是数量；请只写数字，例如 1200" in text
    assert "- 订单、E4（交期）：“年底”不是日期；请写成 2026-12-05" in text


def test_a_csv_of_an_old_program_is_read(amy: Sender) -> None:
    text = "订单号,供应商,款号,数量,交期\nPO26-05001,Hengtai Garment,JK5001,700,2027-01-08\n"
    answer = amy.mail(text.encode("gb18030"), to=amy.digest, name="订单.csv")
    assert answer is not None
    assert told(answer) == {"new": (1, False)}


def test_two_changes_are_events_of_the_order(amy: Sender) -> None:
    amy.proven([[*RUNNING[0][:3], 1200, RUNNING[0][4]], *RUNNING[1:]])
    (changed,) = amy.recorded(OrderChanged)
    assert isinstance(changed, OrderChanged)
    assert changed.source == "orders.xlsx[订单]:2"
    assert any(one.part is BookPart.CHANGED for one in amy.answer.lists)
