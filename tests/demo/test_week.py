"""The week of sample mails and the bytes that are made of it."""

import email
import email.policy
import io
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import Message

import pytest
from openpyxl import load_workbook

from mailflow.demo.compose import Answered, compose
from mailflow.demo.week import Mail, Week, load_week

HOUSE = "followup@qinghe.example"
ANSWERED = Answered(
    "<letter@qinghe.example>", "<first@qinghe.example>", "催交 PO26-3101", "16 Nov 2026", "何时出货?\n请答复"
)


@pytest.fixture(scope="module")
def week() -> Week:
    return load_week()


def mail_called(week: Week, name: str) -> Mail:
    return next(mail for mail in week.mails if mail.id == name)


def parsed(week: Week, name: str, answered: Answered | None = None) -> Message:
    mail = mail_called(week, name)
    return email.message_from_bytes(compose(mail, week.moment(mail.day, mail.at), HOUSE, answered))


def test_the_week_is_in_order_and_no_two_mails_share_a_moment(week: Week) -> None:
    moments = [week.moment(mail.day, mail.at) for mail in week.mails]
    assert moments == sorted(set(moments))
    assert len({mail.id for mail in week.mails}) == len(week.mails) >= 25


def test_days_hold_every_mail_once_between_the_start_and_the_end(week: Week) -> None:
    days = week.days()
    moments = [moment for _, entries in days for moment, _ in entries]
    assert [mail for _, entries in days for _, mail in entries if mail] == list(week.mails)
    assert moments == sorted(moments)
    assert week.start < moments[0]
    assert moments[-1] == week.moment(week.ends.day, week.ends.at)


@pytest.mark.parametrize("mail", load_week().mails, ids=lambda mail: mail.id)
def test_every_mail_is_sound_and_dated_in_the_writers_zone(week: Week, mail: Mail) -> None:
    at = week.moment(mail.day, mail.at)
    raw = compose(mail, at, HOUSE)
    message = email.message_from_bytes(raw)
    header = raw.partition(b"\r\n\r\n")[0]
    assert header.isascii()
    assert max(map(len, header.split(b"\r\n"))) <= 998
    assert email.message_from_bytes(raw, policy=email.policy.default)["Date"].datetime == at
    assert message["To"] == HOUSE
    assert not message.defects


def test_chinese_mail_is_gb18030_under_another_label(week: Week) -> None:
    message = parsed(week, "on-time")
    assert message.get_content_charset() == "gb2312"
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "按期出货" in body.decode("gb18030")
    assert "=?gb2312?B?" in message["From"]


def test_an_answer_continues_the_thread_and_quotes_the_letter(week: Week) -> None:
    message = parsed(week, "delay-fabric", ANSWERED)
    assert message["In-Reply-To"] == ANSWERED.message_id
    assert message["References"].split() == ["<first@qinghe.example>", "<letter@qinghe.example>"]
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    says, _, quoted = body.decode("gb18030").partition("原始邮件")
    assert "12月8日" in says
    assert "何时出货?" in quoted


def test_an_english_answer_quotes_line_by_line(week: Week) -> None:
    body = parsed(week, "late-answer", ANSWERED).get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "> 何时出货?\n> 请答复" in body.decode("utf-8").replace("\r\n", "\n")


def test_our_table_comes_back_filled_in_above_the_quote(week: Week) -> None:
    row = '<tr><td class="order">{}</td><td>4,000 kg</td><td class="answer">&nbsp;</td></tr>'
    letter = f'<table class="list"><tr><th>Order</th></tr>{row.format("PO26-3110")}{row.format("PO26-9")}</table>'
    body = parsed(week, "filled-in", replace(ANSWERED, html=letter)).get_payload(decode=True)
    assert isinstance(body, bytes)
    says, _, quoted = body.decode("utf-8").partition("<blockquote")
    assert '>PO26-3110</td><td>4,000 kg</td><td class="answer">12月4日</td></tr>' in says
    assert '>PO26-9</td><td>4,000 kg</td><td class="answer">&nbsp;</td></tr>' in says
    assert "何时出货" in quoted


def test_the_workbook_holds_real_dates(week: Week) -> None:
    whole = parsed(week, "workbook")
    [_, attachment] = whole.get_payload()
    assert isinstance(attachment, Message)
    content = attachment.get_payload(decode=True)
    assert isinstance(content, bytes)
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[1] == ("PO26-3112", "织唛", 20000, datetime(2026, 11, 17))  # noqa: DTZ001 - a workbook knows no zones


def test_the_failure_notice_is_a_report_that_names_the_address(week: Week) -> None:
    report = parsed(week, "bounce")
    assert report.get_content_type() == "multipart/report"
    [_, status] = report.get_payload()
    assert isinstance(status, Message)
    assert "Final-Recipient: rfc822; mehmet.kaya@anatolia-denim.example" in status.as_string()
    assert status.as_string().count("Action: failed") == 1


def test_the_week_lasts_seven_days(week: Week) -> None:
    assert week.days()[-1][0] - week.begins == timedelta(days=7)
