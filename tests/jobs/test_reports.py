"""Reports by mail: at their hour, to each their own, once a period, and after an outage the latest alone."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from openpyxl import load_workbook

from mailflow.core.letters.build import Sender, compose
from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import Duty, LetterState, PlannedLetter
from mailflow.core.message.model import Address
from mailflow.core.orders.by_hand import HandedOver, WentAway
from mailflow.core.orders.events import LetterQueued, MailRead, ReviewOpened
from mailflow.core.reports.mails import newer
from mailflow.core.reports.rules import ReportRules, load_report_rules
from mailflow.core.steering.model import Colleague
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.claiming import Limits
from mailflow.jobs.reports import Reporting, frame_of, send_reports
from mailflow.wiring.enclosures import encloser
from tests.core.letters.samples import SENDER, shipped_templates
from tests.core.playbook.situations import HOUSE, RULES, at
from tests.core.reading.worlds import phrases
from tests.jobs.house import PURCHASE, SALE, TradingHouse
from tests.jobs.posting import Post

AMY = Colleague(HOUSE.merchandisers[0], "Amy", "zh")
BOB = Colleague("bob@lanmei.example", "Bob", "en")
HEAD = Colleague("chen.bo@lanmei.example", "Chen Bo", "en", manager=True)
PEOPLE = (AMY, BOB, HEAD)
MONDAY = at("2026-11-23", "09:00")
EVENING = at("2026-11-24", "17:45")
SHIPPED_RULES = (RULES / "reports.yaml").read_text("utf-8")


def rules(text: str = SHIPPED_RULES) -> ReportRules:
    read, problems = load_report_rules(text)
    assert read is not None, problems
    return read


class Desk:
    """A trading house whose reports are mailed since a Monday morning."""

    def __init__(self, store: DatabaseStore, text: str = SHIPPED_RULES) -> None:
        self.house = TradingHouse(store, due="2026-11-20")
        self.reporting = Reporting(PEOPLE, rules(text), self.house.rules(), shipped_templates().words.of)
        assert self.mailed(MONDAY) == []

    def send(self, now: datetime) -> Sequence[PlannedLetter]:
        return [letter for _, letter in send_reports(self.house.store, self.reporting, now)]

    def mailed(self, now: datetime) -> list[tuple[str, str]]:
        return sorted((letter.template, letter.to[0].name) for letter in self.send(now))


@pytest.fixture
def desk(store: DatabaseStore) -> Desk:
    return Desk(store)


def test_nothing_is_told_of_the_time_before_reports_were_mailed(desk: Desk) -> None:
    assert desk.mailed(MONDAY + timedelta(hours=1)) == [], "the weekly list of this morning is over"


def test_at_its_hour_and_once(desk: Desk) -> None:
    assert desk.mailed(at("2026-11-23", "18:00")) != []
    assert desk.mailed(EVENING - timedelta(minutes=1)) == [], "Monday's was told on Monday"
    both = [("evening_report", "Amy"), ("evening_report", "Chen Bo")]
    assert desk.mailed(EVENING) == both, "nothing of Bob's has happened"
    assert desk.mailed(EVENING) == []
    assert desk.mailed(EVENING + timedelta(hours=6)) == []


def test_after_a_week_without_a_service_the_latest_alone(desk: Desk) -> None:
    back = at("2026-12-10", "10:00")
    found = desk.send(back)
    assert sorted(letter.step for letter in found if letter.to[0].name == "Chen Bo") == [
        "report_daily",
        "report_monthly",
        "report_weekly",
    ]
    (daily,) = [letter for letter in found if letter.step == "report_daily" and letter.to[0].name == "Amy"]
    assert daily.duties[0].occasion == "2026-12-09", "this evening's hour has not come"
    assert desk.mailed(back + timedelta(minutes=5)) == []


def test_no_report_on_a_day_without_work(desk: Desk) -> None:
    assert desk.mailed(at("2026-11-27", "18:00")) != []
    assert desk.mailed(at("2026-11-28", "18:00")) == [], "a Saturday"


def test_each_reads_of_their_own_orders_and_the_head_of_all(desk: Desk) -> None:
    desk.house.record(HandedOver(PURCHASE, BOB.email), HandedOver(SALE, BOB.email), now=MONDAY)
    found = {letter.to[0].name: letter for letter in desk.send(EVENING)}
    assert set(found) == {"Bob", "Chen Bo"}, "Amy has no order any more"
    for letter in found.values():
        assert [line.number for line in letter.facts.lines] == [PURCHASE]
        assert {one.name: one.value for one in letter.facts.figures}["overdue"] == "1"


def test_in_the_reader_s_language_with_what_is_left(desk: Desk) -> None:
    asked = ReviewOpened("R1.1", "Which order is meant?", (PURCHASE,))
    desk.house.record(asked, MailRead(1, "<a@b>", "x@y.example", "hi", "attention", (PURCHASE,), "Ningbo"), now=EVENING)
    found = {letter.to[0].name: letter for letter in desk.send(EVENING + timedelta(minutes=1))}
    letters = shipped_templates()
    amy = letters.render("evening_report", found["Amy"].language, found["Amy"].facts, HOUSE, found["Amy"].to[0])
    head = letters.render("evening_report", "en", found["Chen Bo"].facts, HOUSE, found["Chen Bo"].to[0])
    assert "未完成事项" in amy.text
    assert "[R1.1] Which order is meant?" in amy.text
    assert "Left for tomorrow" in head.text
    assert "Mails in: 1" in head.text


def test_who_is_away_gets_none(desk: Desk) -> None:
    desk.house.record(WentAway(AMY.email, EVENING.date() + timedelta(days=3)), now=MONDAY)
    assert desk.mailed(EVENING) == [("evening_report", "Chen Bo")]


def test_a_duty_that_stands_in_the_ledger(desk: Desk) -> None:
    desk.send(EVENING)
    queued = [event for event in desk.house.events(LetterQueued) if isinstance(event, LetterQueued)]
    assert {(one.template, one.party, one.mode) for one in queued} == {("evening_report", "", "auto")}


@pytest.mark.parametrize(("empty", "mailed"), [("nothing", 0), ("line", 1)])
def test_a_period_without_anything_to_tell(store: DatabaseStore, empty: str, mailed: int) -> None:
    text = f"mails:\n  daily: {{when: daily at 17:45, to: [merchandisers], of: this, empty: {empty}}}\n"
    desk = Desk(store, text)
    desk.reporting = Reporting((AMY, BOB), desk.reporting.rules, desk.reporting.plan, desk.reporting.words)
    found = [letter for letter in desk.send(EVENING) if letter.to[0].name == "Bob"]
    assert len(found) == mailed
    for letter in found:
        said = shipped_templates().render(letter.template, "en", letter.facts, HOUSE, letter.to[0])
        assert "Nothing to report" in said.text


def test_a_report_that_has_not_gone_gives_way_to_a_newer_one(desk: Desk) -> None:
    (duty,) = desk.send(EVENING)[0].duties
    mails = desk.reporting.rules.mails.by_kind
    assert newer(duty.step, duty.occasion, mails, frame_of(desk.reporting.plan, EVENING)) == ""
    later = frame_of(desk.reporting.plan, EVENING + timedelta(days=1))
    assert "takes its place" in newer(duty.step, duty.occasion, mails, later)
    assert "no longer" in newer(duty.step, duty.occasion, {}, later)


def test_the_month_comes_with_charts_in_the_letter_and_a_workbook(desk: Desk) -> None:
    found = desk.send(at("2026-12-02", "09:00"))
    letter = next(one for one in found if one.template == "monthly_report" and one.to[0].name == "Chen Bo")
    with desk.house.store.look() as tx:
        enclosed = encloser("Lanmei", MONDAY, phrases())(tx, letter)
    sender = Sender(Address("followup@lanmei.example"), SENDER.house, SENDER.secret)
    raw = compose(shipped_templates(), letter, sender, 7, MONDAY, enclosed=enclosed).raw
    mail: Any = message_from_bytes(raw, policy=default)
    assert mail.get_content_type() == "multipart/mixed"
    body, workbook = mail.iter_parts()
    assert workbook.get_filename() == "report-2026-11.xlsx"
    plain, related = body.iter_parts()
    assert (plain.get_content_type(), related.get_content_type()) == ("text/plain", "multipart/related")
    page, *pictures = related.iter_parts()
    assert pictures
    assert pictures[0].get_content().startswith(b"\x89PNG")
    for picture in pictures:
        assert f"cid:{picture['Content-ID'].strip('<>')}" in page.get_content()
    sheets: Any = load_workbook(io.BytesIO(workbook.get_content()))
    assert "Overdue" in sheets.sheetnames
    assert isinstance(sheets["Overdue"]["D2"].value, datetime), "a date is one in the workbook, too"


def test_a_stored_letter_comes_back_as_it_was(desk: Desk) -> None:
    done = send_reports(desk.house.store, desk.reporting, at("2026-12-02", "09:00"))
    for number, letter in done:
        assert desk.house.letter(number).planned == letter


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mails:\n  daily: {when: weekly on monday at 08:30}\n", "reports.yaml:2: the daily report has no daily hour"),
        ("mails:\n  daily: {when: daly at 17:45}\n", "cannot read when: 'daly at 17:45'"),
        ("mails:\n  weekly: {when: weekly on monday at 08:30, to: [manager]}\n", "did you mean 'managers'"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, told: str) -> None:
    read, problems = load_report_rules(text)
    assert read is None
    assert told in "\n".join(map(str, problems))


def test_a_report_does_not_wait_for_another_day_because_much_was_written(post: Post) -> None:
    """The next one would take its place, and its reader never hear of the day."""
    post.limits = Limits(per_address_a_day=1)
    to = (Address("head@lanmei.example", "Head"),)
    post.plan("alarm", Side.HOUSE, 1, to=to)
    post.deliver()
    duty = Duty("report_daily", "*", to[0].email, "2026-12-08")
    report = post.plan("evening_report", Side.HOUSE, 2, to=to, step="report_daily", duties=(duty,), orders=())
    post.deliver()
    assert post.state(report) is LetterState.SENT
