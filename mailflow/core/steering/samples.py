"""A made-up digest and reply, to try the templates on and to show in the gallery."""

from datetime import UTC, date, datetime

from mailflow.core.steering.model import (
    BookAnswer,
    BookChange,
    BookFault,
    BookList,
    BookPart,
    BookRow,
    BookRowCopy,
    BookSaying,
    BookSheet,
    Candidate,
    Digest,
    DigestItem,
    DigestList,
    DigestRow,
    Effect,
    Quote,
    SteeringReply,
    SteerLine,
)

DAY = date(2026, 12, 8)
_SAID = datetime(2026, 12, 7, 2, 15, tzinfo=UTC)
_SENDER = "zheng.jie@hengtai-garment.example"
_PROMISED = SteerLine("promised", "PO26-0042", "ship", date(2026, 12, 12))
_QUESTION = DigestItem(
    1,
    "R118.1",
    "PO26-0042: “大货5/12出”: the date can be read in two ways. Which is it?",
    ("PO26-0042",),
    "Hengtai Garment",
    (
        Candidate("A", _PROMISED, Effect.ENTER, (), "day_first", "mf-20261208-1A-abcdefghij"),
        Candidate(
            "B",
            SteerLine("promised", "PO26-0042", "ship", date(2027, 5, 12)),
            Effect.ENTER,
            (),
            "month_first",
            "mf-20261208-1B-abcdefghij",
        ),
    ),
    Quote("大货5/12出，尾数下周补", _SENDER, _SAID),
)
_LETTER = DigestItem(
    2,
    "L57",
    "",
    ("SO26-1100",),
    "Northwind Outfitters",
    (
        Candidate("A", SteerLine("c_send"), Effect.SEND, link="mf-20261208-2A-abcdefghij"),
        Candidate("B", SteerLine("c_stop"), Effect.DECLINE, link="mf-20261208-2B-abcdefghij"),
    ),
    line=SteerLine(
        "waits_draft", "SO26-1100", person="karen.whitfield@northwind.example", text="New delivery date of SO26-1100"
    ),
)
_BARE = DigestItem(3, "R119.1", "Who is wang@unknown.example?")


def sample_digest(count: int = 1) -> Digest:
    """Return a digest; with more than one order also lists that are not shown in full."""
    late = DigestRow(
        SteerLine("late", "PO26-0040", "ship", date(2026, 12, 3), 5, "Hengtai Garment"),
        Quote("3号可以出", _SENDER, _SAID),
    )
    risk = DigestRow(SteerLine("at_risk", "PO26-0043", "ship", date(2026, 12, 10), -2, "Hengtai Garment"))
    sent = DigestRow(SteerLine("row_sent", "PO26-0039", person=_SENDER, text="PO26-0039 逾期"), Quote("", said=_SAID))
    came = DigestRow(
        SteerLine("row_came", "PO26-0038", person=_SENDER, text="Re: PO26-0038"),
        Quote("已经全部出完", _SENDER, _SAID),
    )
    items = (_QUESTION, _LETTER, _BARE) if count > 1 else (_QUESTION,)
    more = max(0, count - 3)
    return Digest(
        DAY,
        date(2026, 12, 15),
        items,
        more,
        DigestList((late, risk), more),
        DigestList((sent,), more),
        DigestList((came,)),
        sample_owed(count),
    )


def sample_owed(count: int = 1) -> DigestList:
    """Return customers' mails that nobody has answered."""
    line = SteerLine(
        "owed",
        "SO26-1100",
        day=date(2026, 12, 9),
        party="Northwind Outfitters",
        person="karen.whitfield@northwind.example",
        text="Shoulder labels of SO26-1100",
        hour="07:00 (New York 18:00)",
    )
    asked = Quote("Can the labels be sewn in on the other side?", "", _SAID)
    late = SteerLine(
        "owed_late",
        day=date(2026, 12, 8),
        party="Fjord Outdoor",
        person="ingrid@fjord.example",
        text="Call",
        hour="01:00",
    )
    rows = (DigestRow(line, asked), DigestRow(late)) if count > 1 else (DigestRow(line, asked),)
    return DigestList(rows, max(0, count - 3))


def sample_reply() -> SteeringReply:
    """Return a reply with something of everything."""
    return SteeringReply(
        7,
        6,
        done=(_PROMISED, SteerLine("learned_alias", "PO26-0042", party="Hengtai Garment", text="HT-8812")),
        not_done=(SteerLine("unsure_date", text="5/12", words="2 ship 5/12"),),
        told=(SteerLine("help"),),
        undo=True,
        book=sample_book(),
    )


def sample_book() -> BookAnswer:
    """Return what an order book came to, with a list of each kind and a fault."""
    new = BookRow("PO26-0050", "Hengtai Garment", "denim jacket JK100, 1200 pcs", DAY, 7)
    changes = (BookChange("quantity", "1200", "1500"), BookChange("promised.ship", "", "2026-12-12"))
    fault = BookFault(
        BookSaying("'12a' is no number", "no_number", ("12a",)),
        BookSaying("write digits only, such as 1200", "digits"),
        9,
        "C",
        "Qty",
        "Orders",
    )
    copy = BookRowCopy(9, ("PO26-0052", "Hengtai Garment", "12a"), (2,), (fault,))
    return BookAnswer(
        "orders.xlsx",
        (
            BookList(BookPart.NEW, (new,)),
            BookList(BookPart.CHANGED, (BookRow("PO26-0042", "Hengtai Garment", row=8, changes=changes),)),
            BookList(BookPart.VANISHED, (BookRow("PO26-0051", "Hengtai Garment", "vest JK200", DAY),), waits=True),
        ),
        (fault,),
        (BookSheet("Orders", ("Order no", "Supplier", "Qty"), (copy,)),),
        same=14,
        new=1,
        changed=1,
        vanished=1,
        refused=1,
    )
