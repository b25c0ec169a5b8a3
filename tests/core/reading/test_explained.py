"""A promise is entered only where every word beside it is known: made-up mails whose dates belong to something else."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailflow.core.message.parse import parse_message
from mailflow.core.reading.model import Disposition, Reading
from mailflow.core.reading.plain_words import PlainWords
from mailflow.core.reading.reader import read_message
from mailflow.edges.files.attachments import open_attachment
from tests.core.reading.worlds import book_in, phrases, words

SECOND = Path(__file__).parents[2] / "corpus" / "second"
SENDERS = {
    "en": ("ha.pham@binhminh-furniture.example", "KX2608054"),
    "zh": ("dengyk@shenghui-light.example", "KX2608042"),
}


def _read(language: str, text: str) -> Reading:
    mail = EmailMessage()
    mail["From"], number = SENDERS[language]
    mail["To"] = "orders@corvane.example"
    mail["Subject"] = "Re: status"
    mail["Date"] = datetime(2026, 11, 20, 3, tzinfo=UTC)
    mail["Message-ID"] = "<1@mails.example>"
    mail.set_content(text.replace("{N}", number))
    return read_message(parse_message(mail.as_bytes(), open_attachment, phrases()), book_in(SECOND), words())


ELSEWHERE = (
    ("en", "{N}: our sales manager flies to Hong Kong on 28 Nov and will discuss the shipment with you."),
    ("en", "We sent you the quotation for the repeat of {N} on 12 Nov."),
    ("en", "{N}: ship date was 20 Nov in your PO, we asked you to amend it, please reply."),
    ("en", "{N} first container 1 Dec, second one we see later."),
    ("en", "{N}: half of the legs were rejected, repair till 29 Nov."),
    ("en", "{N}: the landlord cuts the electricity on 2 December."),
    ("en", "{N}: latest news from the mill - they ship the boards 28 Nov or a day later."),
    ("en", "{N}: vessel ETD 3 Dec is full, no space so far."),
    ("en", "{N}: ship date 4 Dec. It may slip."),
    ("en", "{N} shipment 4 Dec. Is it ok?"),
    ("en", "{N}: labels received 16 Nov but wrong."),
    ("en", "{N}: carton size was approved 12 Nov, printing now."),
    ("zh", "{N} 上个月15号出的那批有投诉。"),
    ("zh", "{N} 12月10日出货有点赶。"),
    ("zh", "{N}的营业执照12月1日到期，正在换证。"),
    ("zh", "{N}我们老板11月28号飞香港，到时跟您谈交期。"),
    ("zh", "{N}运费报价到12月5日有效。"),
    ("zh", "{N}客户说12月10号要货，我们有点悬。"),
    ("zh", "{N}的认证11月30号拿证，拿到才敢排产。"),
    ("zh", "{N}出货时间请以12月1号的会议纪要为准。"),
    ("zh", "{N}电镀厂环保检查停到11月29号。"),
    ("zh", "{N}第一批12月2号，剩下的排期中。"),
    ("zh", "{N}另外那个客户的12月1号先装，您的往后。"),
    ("zh", "{N}您说的12月2号出货，价格要重谈。"),
)
PLAIN = (
    ("en", "{N} can go out on 11 December. Best regards", "ship", "2026-12-11"),
    ("en", "12 Dec for {N}, thanks.", "ship", "2026-12-12"),
    ("en", "{N}: container positioned at our yard, stuffing 28 Nov.", "ship", "2026-11-28"),
    ("en", "The veneer for {N} will be in-house on 27 Nov.", "material", "2026-11-27"),
    ("en", "Sanding is nearly over for {N}; cargo ready date 30 Nov.", "production", "2026-11-30"),
    ("zh", "{N}这批货12月8日装车发走，谢谢您的耐心。", "ship", "2026-12-08"),
    ("zh", "林小姐，{N}我们安排12月15日走货，到时拍照给您。", "ship", "2026-12-15"),
    ("zh", "{N}可以安排12月5日验货。", "inspection", "2026-12-05"),
    ("zh", "关于{N}：我司最终确认12月20日交货。", "ship", "2026-12-20"),
)


@pytest.mark.parametrize(("language", "text"), ELSEWHERE)
def test_a_date_that_may_belong_to_something_else_is_asked_about(language: str, text: str) -> None:
    reading = _read(language, text)

    assert [update for update in reading.updates if update.applied] == []
    assert reading.disposition is Disposition.ATTENTION


@pytest.mark.parametrize(("language", "text", "milestone", "day"), PLAIN)
def test_a_plain_promise_is_entered(language: str, text: str, milestone: str, day: str) -> None:
    reading = _read(language, text)

    told = [(u.milestone, u.date.isoformat() if u.date else "", u.applied) for u in reading.updates]
    assert told == [(milestone, day, True)]
    assert reading.disposition is Disposition.UPDATE


def test_the_question_names_order_words_reason_and_what_a_yes_enters() -> None:
    reading = _read("en", "{N}: if the material comes in time we ship on 4 December.")

    (question,) = reading.questions
    assert question.text.startswith('KX2608054: "')
    assert question.text.endswith("depends on a condition. Enter ship 4 Dec?")
    assert [update.date for update in question.updates if update.date] != []
    assert all(update.confidence < words().apply_from for update in question.updates)


def test_one_sentence_opens_one_question() -> None:
    reading = _read("en", "{N}: if the varnish dries in time production ends 1 December and we ship on 4 December.")

    assert len(reading.questions) == 1
    assert len(reading.questions[0].updates) == 2


def test_a_mail_about_an_order_is_only_filed_when_it_was_understood() -> None:
    assert _read("en", "The kiln of {N} has collapsed.").disposition is Disposition.ATTENTION
    assert _read("en", "Thank you for {N}, well received.").disposition is Disposition.IGNORE
    assert _read("zh", "{N}收到，我问下生产再回您").disposition is Disposition.IGNORE


def test_unknown_runs_are_what_no_plain_word_covers() -> None:
    plain = PlainWords(words=frozenset(("carton", "supply", "开始", "包装")))

    def runs(text: str) -> list[str]:
        return [text[a:b] for a, b in plain.unknown(text, [(0, 2)], frozenset(("mug",)))]

    assert runs("xx cartons supplied zygote mugs") == ["zygote"]
    assert runs("甲乙开始包装抛光") == ["抛光"]
