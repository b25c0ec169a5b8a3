"""Looking in: what a merchandiser sees of orders, of one of them, of a mail, and of what waits."""

import re

from mailflow.core.orders import events as e
from tests.cli.installation import MAIL, STRANGE, UNREAD, WORDS, Installation


def lines(text: str) -> list[list[str]]:
    """Return the cells of a table that was printed for no screen."""
    return [re.split(r" {2,}", line) for line in text.splitlines()]


def numbers(text: str) -> list[str]:
    return [row[0] for row in lines(text) if re.match(r"[PS]O26-", row[0])]


def test_orders_come_by_due_date_with_what_is_promised(installation: Installation) -> None:
    told = installation.told("orders")
    assert numbers(told) == ["PO26-102", "PO26-101", "SO26-201", "PO26-103"]
    assert "PO26-101  Haitang  FH1208  2026-11-25  2026-12-08  a problem with material" in told
    assert "4 of 4 orders" in told
    assert "Quiet, nothing is sent to them: Fjord & Fell AS." in told


def test_only_late_orders_or_those_of_a_party_also_by_its_short_name(installation: Installation) -> None:
    assert numbers(installation.told("orders", "--late")) == ["PO26-102", "PO26-101"]
    assert numbers(installation.told("orders", "--party", "fjord")) == ["SO26-201"]
    assert numbers(installation.told("orders", "--late", "--party", "Fjord & Fell AS")) == []


def test_what_has_shipped_is_late_no_more(installation: Installation) -> None:
    installation.told("set", "PO26-102", "ship", "2026-11-17", "--done")
    assert numbers(installation.told("orders", "--late")) == ["PO26-101"]
    assert "✓ 2026-11-17" in installation.told("orders")


def test_eighty_columns_hold_every_number_and_day(installation: Installation) -> None:
    told = installation.told("orders", COLUMNS="80")
    assert max(map(len, told.splitlines())) <= 80
    assert len(numbers(told)) == 4
    assert "2026-12-08" in told
    assert "…" not in told


def test_show_an_order_from_every_side(installation: Installation) -> None:
    told = installation.told("show", "PO26-101")
    head, rest = told.split("Milestones\n")
    assert "PO26-101  purchase order, Haitang Garment Co." in head
    assert "2,400 pcs" in head
    assert "due 2026-11-25 ex-factory" in head
    assert "serves SO26-201" in head
    milestones, rest = rest.split("Letters that wait\n")
    table = {row[0]: row[1:] for row in lines(milestones)}
    assert table["ship"] == ["2026-11-25", "2026-12-08", "ex-factory"]
    assert table["acknowledged"][1] == "2026-11-18"
    waiting, history = rest.split("History\n")
    assert "shipping mark" in waiting
    assert "PO26-101 came in with orders.csv:2" in history
    assert f"“{WORDS}”" in history
    assert f"zheng@haitang.example, 2026-11-18 10:00  {MAIL}  (the number, exact, 97% sure)" in history


def test_the_history_says_who_and_why(installation: Installation) -> None:
    installation.told("set", "PO26-103", "ship", "2026-12-28", "--why", "by telephone", "--who", "amy@company.example")
    told = installation.told("show", "PO26-103")
    assert "ship promised for 2026-12-28  by amy@company.example: by telephone" in told
    installation.told("decide", "L1", "decline", "--why", "too early")
    assert "L1 settled: decline  by amy: too early" in installation.told("show", "PO26-101")


def test_why_an_order_stands_as_it_does(installation: Installation) -> None:
    told = [line.strip() for line in installation.told("why", "PO26-101").splitlines()]
    assert told[:4] == [
        "PO26-101  Haitang Garment Co.",
        "due 2026-11-25",
        "2026-11-18 10:00  from orders.csv:2, import of book",
        "acknowledged 2026-11-18",
    ]
    at = told.index("ship promised for 2026-12-08")
    assert told[at + 1] == f"“{WORDS}”"
    assert MAIL in told[at + 2]
    assert told[at + 3] == "before: ship promised for 2026-11-27 ex-factory"
    assert told[told.index("a problem with material") + 1] == f"“{WORDS}”"


def test_why_tells_what_became_of_a_mail_questions_included(installation: Installation) -> None:
    told = installation.told("why", STRANGE.strip("<>"))
    assert "from who@elsewhere.example, who is nobody's contact: “shipping”" in told
    assert "The sender has no say in this order. Who is it?" in told
    assert "“102 ships 20 Nov”" in told
    assert "settled" not in told
    installation.told("decide", "R2.1", "seen")
    assert "settled: seen, by amy" in installation.told("why", STRANGE)
    assert "ship promised for 2026-12-08" in installation.told("why", MAIL)
    assert "received and not read yet" in installation.told("why", UNREAD)


def test_review_lists_questions_with_their_words_and_letters_with_their_reason(installation: Installation) -> None:
    told = installation.told("review")
    questions, letters = told.split("2 letters waiting\n")
    assert questions.startswith("1 open question\n")
    assert f"who@elsewhere.example, “shipping”  {STRANGE}" in questions
    assert "“102 ships 20 Nov”" in questions
    assert "could be: PO26-102, PO26-103" in questions
    assert "yes enters: PO26-102: ship promised for 2026-11-20" in questions
    assert "L1      PO26-101 shipment notice" in letters
    assert "to zheng@haitang.example" in letters
    assert "PO26-101 ship planned 2026-11-25" in letters
    assert "held; missing: shipping mark" in letters


def test_review_when_nothing_waits(installation: Installation) -> None:
    for item, choice in (("R2.1", "no"), ("L1", "decline"), ("L2", "decline")):
        installation.told("decide", item, choice)
    assert installation.told("review") == "Nothing waits for a person.\n"


def test_a_question_about_a_letter_that_waits_no_more_can_be_settled(installation: Installation) -> None:
    installation.told("decide", "L1", "decline")
    installation.record(e.ReviewOpened("L1", "zheng@haitang.example refuses our mail", ("PO26-101",)))
    assert "refuses our mail" in installation.told("review").split("letter waiting")[0]
    installation.told("decide", "L1", "seen")
    assert "refuses our mail" not in installation.told("review")


def test_due_today_tells_what_is_held_back_and_why(installation: Installation) -> None:
    due, held = installation.told("due").split("Held back today\n")
    assert due == "Nothing is due on 2026-11-18 that is not planned already.\n"
    assert ["question R2.1 about PO26-102 is open", "overdue", "PO26-102"] in lines(held)
    assert ["Fjord & Fell AS is quiet: nothing is sent until it goes live", "delay notice", "SO26-201"] in lines(held)
    installation.told("decide", "R2.1", "no")
    due, held = installation.told("due").split("Held back today\n")
    assert "PO26-102" not in due, "one letter a day"
    assert ["a letter goes to Haitang Garment Co. on 2026-11-18 already", "overdue", "PO26-102"] in lines(held)


def test_due_today_tells_what_the_next_round_writes(installation: Installation) -> None:
    installation.told("go-live", "Fjord", "--yes")
    assert [
        "delay notice",
        "Fjord & Fell AS",
        "draft",
        "PO26-101 is now expected so late that SO26-201 moves from 2026-12-05 to 2026-12-08",
    ] in lines(installation.told("due"))


def test_due_on_another_day_is_that_days_slot(installation: Installation) -> None:
    assert installation.told("due", "--date", "2026-12-23") == "Nothing is due on 2026-12-23.\n", "R2.1 is open"
    installation.told("decide", "R2.1", "no")
    told = installation.told("due", "--date", "2026-12-23")
    assert "PO26-103 ship planned 2026-12-30" in told
    assert "Held back" not in told
    assert installation.told("due", "--date", "2027-06-05") == "Nothing is due on 2027-06-05.\n"
