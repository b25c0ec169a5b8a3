"""New words apart from history, signature and disclaimer, where the golden mails do not reach."""

import pytest

from mailflow.core.message.model import Line
from mailflow.core.message.phrases import Phrases, phrases_from
from tests.core.message.conftest import Read

HISTORY = (
    "\n\nOn Mon, 16 Nov 2026 at 16:12, Jana <orders@brightwater.example> wrote:\n> When will BW-20417 ship?\n> Jana\n"
)


@pytest.mark.parametrize(
    "said",
    [
        "OK",
        "9/12",
        "月底出",
        "Thanks, noted.",
        "BW-20417 ships 9 Dec, Tariq",
        "From Monday on we work in two shifts: 9 Dec is safe.",
        "As you wrote on 12 Nov, the date is fixed:\n9 Dec",
        "Please call me at +880 1711 555 019 if 9 Dec is too late.",
        "1200 pcs 5 Dec\n1800 pcs 9 Dec",
        "Dear Jana,\n\nTo: Hamburg\nFrom: Dhaka\nETD 9 Dec",
        "----\nplan A: 9 Dec\n----",
        "Thanks\nwill ship tomorrow",
        "谢谢\n明天出货",
        "Best price is USD 4.20",
        "Dear Jana,\n\nTomorrow",
        "Thanks\nFriday",
        "Samples are sent.\nSent via DHL 77 3349 2160",
        "Numune DHL ile gönderildi",
        "Goods handed over to Sinotrans Ltd",
        "货已交给\n请付款到青岛海润有限公司",
        "从我的角度看没问题",
        "这批料来自小米的供应商",
        "芯片来自华为",
        "The samples are sent from my office",
        "Track it here:\nhttps://dhl.example/track/7733492160",
        "pls ask mai@padma.example",
        "Please also tell our broker\nexternal email is slow today",
        "BW-1 5000 pcs\nT: 1200 pcs",
        "The sample is confidential and for you only: BW-20417, 9 Dec.",
        "Ship to:\nNordfaden Lager GmbH\nAm Kai 7\n20457 Hamburg\n\nwithout change",
    ],
)
def test_nothing_of_the_senders_is_lost(said: str, read: Read) -> None:
    for mail in (said, said + HISTORY):
        assert read(mail).new_text == said


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("Best regards,\nTariq Aziz", "Tariq Aziz"),
        ("Thanks & best regards,\n\nTARIQ AZIZ\nPadma Apparel Ltd. | Cell +880 1711 555 019", "Tariq Aziz"),
        ("Tariq", "Tariq Aziz"),
        ("Tariq\nSr. Merchandiser", "Tariq Aziz"),
        ("For Padma Apparel Ltd.\nTariq Aziz\nExport Dept.", "Tariq Aziz"),
        ("Mit freundlichen Grüßen\n\ni.A. Karl Huber\nHuber Textil GmbH, Am Kai 7, D-20457 Hamburg", "Karl Huber"),
        ("İyi çalışmalar,\nEmre", "Emre Kaya"),
        ("Cordialement,\nLuc", "Luc Morel"),
        ("何生", "何志远"),
        ("小何\n凯丰制衣 0769-8533 6621（微信同号）", "何志远"),
        ("凯丰 何志远", "何志远"),
        ("祝商祺！\n\n何志远\n手机 139 0532 7718", "何志远"),
        ("順頌 商祺\n\n林淑芬", "林淑芬"),
        ("以上、よろしくお願いいたします。\n森", "森 健一"),
        ("--\nanything at all\n9 Dec", "Tariq Aziz"),
        ("Sent from my iPhone", "Tariq Aziz"),
        ("发自我的小米手机", "何志远"),
        ("--------\n本邮件及附件含有保密信息，仅限发送给上述地址中列出的个人使用。", "何志远"),
    ],
)
def test_a_signature_is_told_apart(signature: str, name: str, read: Read) -> None:
    head = f"From: {name} <x@padma.example>\nContent-Type: text/plain; charset=utf-8\n\n"
    message = read(f"{head}BW-20417 ships 9 Dec.\n\n{signature}\n".encode())
    assert message.new_text == "BW-20417 ships 9 Dec."
    assert message.signature == signature.strip()


@pytest.mark.parametrize(
    "device",
    [
        "发自我的iPhone",
        "来自阿里邮箱 iPhone版",
        "发自阿里邮箱 安卓版",
        "来自钉钉邮箱",
        "发自我的网易邮箱手机智能版",
        "发自 网易邮箱大师",
        "发自网易邮箱大师",
        "来自QQ邮箱手机版",
        "发自QQ邮箱iPhone客户端",
        "来自我的华为手机",
        "从我的 iPad 发送",
        "發自我的 iPhone",
        "从我的 iPhone 发送",
        "發送自 iPhone 版 Yahoo奇摩",
        "发自我的企业微信",
        "Sent from my Huawei phone",
        "Sent from Alibaba Mail for iPhone",
        "Sent from Foxmail for iOS",
        "来自 Foxmail for iOS",
        "Sent from NetEase Mail Master",
        "iPhoneから送信",
        "Gửi từ iPhone của tôi",
        "Wysłane z iPhone'a",
        "iPhone'umdan gönderildi",
        "Enviado do meu iPhone",
        "Enviado desde mi iPhone",
        "Envoyé de mon iPhone",
        "Von meinem iPhone gesendet",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Отправлено с iPhone",
        "나의 iPhone에서 보냄",
        "Sent from Outlook for Android<https://mail.example/x>",
        "Sent from Yahoo Mail on Android",
        "获取 Outlook for iOS",
        "下载 Outlook for Android",
        "从 Windows 版邮件发送",
        "Obter o Outlook para iOS",
        "Pobierz aplikację Outlook dla systemu iOS",
        "iOS için Outlook'u edinin",
        "Outlook for iOS を入手",
        "Tải Outlook cho iOS",
        "Obtenir Outlook pour iOS",
        "Holen Sie sich Outlook für iOS",
        "Outlook für Android beziehen",
        "Enviado desde Outlook para Android",
        "발송: 네이버메일앱",
        "发自小米手机",
        "发自vivo电子邮件",
        "来自 vivo 手机",
        "来自OPPO手机",
        "发自我的荣耀手机",
    ],
)
def test_what_a_program_adds_is_no_word_of_the_senders(device: str, read: Read) -> None:
    message = read(f"BW-20417 ships 9 Dec.\n\n{device}{HISTORY}")
    assert message.new_text == "BW-20417 ships 9 Dec."
    assert message.signature == device


@pytest.mark.parametrize(
    "said",
    [
        "Ship to\nPadma Lager, Hamburg\n\nSubject to inspection: 9 Dec 2026 10:00, ask jana@brightwater.example",
        "To\nJana\n\n9 Dec 2026 10:00 is the loading",
        "Please ask jana@brightwater.example, quoting BW-20417:\n9 Dec",
        "A> 9 Dec\nB> 12 Dec",
        "Two choices:\nIt is 5 > 3 weeks",
    ],
)
def test_what_only_looks_like_a_heading_of_history_is_the_senders(said: str, read: Read) -> None:
    assert read(said).new_text == said


def test_a_name_does_not_take_along_what_is_said_beside_it(read: Read) -> None:
    head = "From: 吴刚 <w@padma.example>\nContent-Type: text/plain; charset=utf-8\n\n"
    for said in ("明天发货 吴刚", "可以出货 吴刚", "好的 吴刚", "吴刚 已安排"):
        assert read(f"{head}BW-1\n{said}".encode()).new_text == f"BW-1\n{said}"


def test_a_postscript_is_the_senders_again(read: Read) -> None:
    message = read("Done.\n\nBest regards,\nTariq Aziz\nPadma Apparel Ltd.\n\nP.S. BW-20433 ships 12 Dec.")
    assert message.new_text == "Done.\n\nP.S. BW-20433 ships 12 Dec."
    assert "Padma" in message.signature


def test_an_answer_between_the_lines_knows_its_question(read: Read) -> None:
    message = read(
        "See between.\n> BW-1 ships when?\n9 Dec\n> BW-2 ships when?\n\n12 Dec\nlate fabric\n> Regards\n> Jana\n\nTariq"
    )
    assert [line for line in message.lines if line.text] == [
        Line("See between."),
        Line("9 Dec", above="BW-1 ships when?"),
        Line("12 Dec", above="BW-2 ships when?"),
        Line("late fabric", above="BW-2 ships when?"),
    ]
    assert message.signature == "Tariq"


def test_an_answer_below_a_whole_letter_stands_under_nothing(read: Read) -> None:
    message = read("> When will BW-1 ship?\n>\n> Best regards\n> Jana Voss\n> Tel +49 40 555 0188\n\n9 Dec")
    assert message.lines == (Line("9 Dec"),)


def test_answers_said_to_be_between_the_lines_but_not_marked_are_a_problem(read: Read) -> None:
    message = read(
        "pls see my comments in red\n\nFrom: Jana <j@b.example>\nSent: 16 Nov 2026 16:12\nSubject: x\n\nWhen?\n9 Dec\n"
    )
    assert message.new_text == "pls see my comments in red"
    assert any("cannot be told" in problem for problem in message.problems)


def test_a_few_arrows_in_a_mail_that_answers_nothing_are_no_quotation(read: Read) -> None:
    head = b"From: a@b.example\nSubject: plan\n\n"
    assert read(head + b"> 9 Dec BW-1\n> 12 Dec BW-2\n").new_text == "9 Dec BW-1\n12 Dec BW-2"
    assert read(b"In-Reply-To: <1@b>\n" + head + b"> 9 Dec BW-1\n").new_text == ""


def test_phrases_are_checked_as_a_whole() -> None:
    with pytest.raises(ValueError, match=r"unknown list 'clossing'.*'wrote: en' must be a list"):
        phrases_from({"clossing": {}, "wrote": {"en": "wrote"}})
    assert phrases_from({"wrote": {"en": ["wrote"], "de": ["schrieb", "wrote"]}}).wrote == ("wrote", "schrieb")


def test_no_phrases_no_harm() -> None:
    assert Phrases().wrote == ()


LETTER = (
    "On Mon, 16 Nov 2026 at 16:12, Jana <orders@brightwater.example> wrote:\n\n"
    "Dear Tariq,\nWhen will BW-20417 ship?\nBest regards,\nJana Novak\nBrightwater Ltd\nTel +44 20 7946 0101\n\n"
)


def test_what_stands_below_an_unmarked_letter_is_said_now_where_nothing_else_is(read: Read) -> None:
    message = read(LETTER + "Dear Jana, it ships 9 Dec.\n")

    assert message.new_text == "Dear Jana, it ships 9 Dec."
    assert "When will" in message.quoted
    assert not message.problems


@pytest.mark.parametrize(
    "below", ["", "On Fri, 13 Nov 2026 at 10:00, Tariq <tariq@padma.example> wrote:\n\nIt ships 9 Dec.\n"]
)
def test_an_unmarked_letter_with_nothing_of_the_senders_below_stays_history(below: str, read: Read) -> None:
    message = read(LETTER + below)

    assert message.new_text == ""
    assert not message.problems


@pytest.mark.parametrize(
    "body",
    [
        LETTER + "PS: please ship by 9 Dec.\n",
        "On Mon, 16 Nov 2026 at 16:12, Jana <orders@brightwater.example> wrote:\n\nWhen will BW-20417 ship\n\n9 Dec\n",
    ],
)
def test_words_below_an_unmarked_letter_that_may_be_anybodys_go_to_a_person(body: str, read: Read) -> None:
    message = read(body)

    assert message.new_text == ""
    assert any("below the quoted letter" in problem for problem in message.problems)


def test_words_above_an_unmarked_letter_leave_what_stands_below_it_quoted(read: Read) -> None:
    assert read("9 Dec\n\n" + LETTER + "Please answer.\n").new_text == "9 Dec"
