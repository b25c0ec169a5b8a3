"""What sort of mail it is, and what a bounce says."""

import pytest

from mailflow.core.message.model import Failure, MessageKind
from tests.core.message.conftest import Read


def mail(subject: str, body: str, sender: str = "Tariq Aziz <tariq@padma.example>", *headers: str) -> bytes:
    lines = (
        f"From: {sender}",
        "To: orders@brightwater.example",
        f"Subject: {subject}",
        *headers,
        "Content-Type: text/plain; charset=utf-8",
    )
    return ("\n".join(lines) + f"\n\n{body}\n").encode()


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Automatic reply: BW-20417", "I am out of the office until 27 November."),
        ("Out of Office: BW-20417", "On annual leave, back on 20 Nov."),
        ("自动回复: BW-20417", "您好，我正在出差，会尽快回复您。"),
        ("自動回覆：交期", "您的郵件已收到，謝謝。"),
        ("Automatische Antwort: BW", "Ich bin bis 27.11. nicht im Büro."),
        ("Réponse automatique : BW", "Je suis absent jusqu'au 20 novembre."),
        ("Respuesta automática: BW", "Estoy de vacaciones hasta el 20."),
        ("Resposta automática: BW", "Estou de férias até dia 20."),
        ("Odpowiedź automatyczna: BW", "Jestem na urlopie do 20.11."),
        ("Otomatik yanıt: BW", "20 Kasım'a kadar izindeyim."),
        ("Trả lời tự động: BW", "Tôi đang nghỉ phép đến 20/11."),
        ("【自動返信】不在のお知らせ", "11月24日まで休暇をいただいております。"),
        ("[#12] We got your request", 'Your request "ASN BW-20417" has been received and is ticket #12.'),
    ],
)
def test_auto_replies_without_a_header(subject: str, body: str, read: Read) -> None:
    assert read(mail(subject, body)).kind is MessageKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Annual leave 19-25 Nov",
            "I will be out of office from 19 to 25 Nov. Before I go: PO26-04840 leaves our factory EOM December.",
        ),
        ("自动回复：BW-20417", "刚出差回来，抱歉。\nBW-20417 12月9日出货。"),
        ("Re: Automatic reply: BW-20417", "BW-20417 ships 9 Dec."),
        ("Read: your mail", "We read your mail, BW-20417 ships 9 Dec."),
        ("Undeliverable mail", "Your mail came back as undeliverable, his mailbox is full. BW-20417 ships 9 Dec."),
        ("Delay of BW-20417", "Delivery is delayed, new date 9 Dec."),
        ("News", "BW-20417 ships 9 Dec. Reply STOP to unsubscribe."),
    ],
)
def test_people_are_not_taken_for_machines(subject: str, body: str, read: Read) -> None:
    assert read(mail(subject, body)).kind is MessageKind.PERSONAL


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Auto-Submitted: auto-replied"], MessageKind.AUTO_REPLY),
        (["Auto-Submitted: auto-replied (vacation)"], MessageKind.AUTO_REPLY),
        (["Precedence: auto_reply"], MessageKind.AUTO_REPLY),
        (["X-Autoreply: yes"], MessageKind.AUTO_REPLY),
        (["Auto-Submitted: auto-replied (disposition-notification)"], MessageKind.RECEIPT),
        (["Auto-Submitted: no"], MessageKind.PERSONAL),
        (["Auto-Submitted: auto-generated"], MessageKind.PERSONAL),
        (["X-Auto-Response-Suppress: All"], MessageKind.PERSONAL),
        (["Precedence: bulk"], MessageKind.BULK),
        (["Precedence: bulk", "In-Reply-To: <1@b>"], MessageKind.PERSONAL),
    ],
)
def test_headers(headers: list[str], kind: MessageKind, read: Read) -> None:
    assert read(mail("BW-20417", "BW-20417 ships 9 Dec.", "Tariq <t@padma.example>", *headers)).kind is kind


@pytest.mark.parametrize(
    ("subject", "body", "sender", "permanent"),
    [
        (
            "系统退信",
            "您的邮件被退回。\n收件人：lan@x.example\n退信原因：邮箱空间已满，暂时无法接收",
            "postmaster@163",
            False,
        ),
        ("来自x的退信", "您发往 lan@x.example 的邮件未能送达。\n550 Mailbox not found", "QQ邮箱管理员 <a@qq", True),
        ("Undeliverable: BW", "Delivery has failed to:\nlan@x.example\n'550 5.1.1 User unknown'", "postmaster@x", True),
        ("Warning: message delayed", "lan@x.example\nDelivery delayed. We will keep trying.", "Mailer-Daemon@b", False),
        ("Unzustellbar: BW", "Konnte nicht zugestellt werden: lan@x.example existiert nicht", "postmaster@x", True),
        ("配信不能", "lan@x.example に配信できませんでした。", "postmaster@x", True),
        ("Returned mail", "<lan@x.example>: 451 4.3.0 greylisted, delivery failed", "MAILER-DAEMON@b", False),
        ("Undeliverable", "Delivery has failed\nlan@x.example\n554 5.2.2 mailbox full", "postmaster@x", False),
    ],
)
def test_bounces_in_free_text(subject: str, body: str, sender: str, permanent: bool, read: Read) -> None:
    sender = f"{sender}.example>" if "<" in sender else f"{sender}.example"
    message = read(mail(subject, body, sender))
    assert message.kind is MessageKind.BOUNCE
    assert message.failure == Failure(("lan@x.example",), permanent)


def test_a_bounce_whose_address_only_its_header_names(read: Read) -> None:
    message = read(
        mail(
            "Mail delivery failed",
            "could not be delivered",
            "Mailer-Daemon@b.example",
            "X-Failed-Recipients: a@x.example, b@x.example",
        )
    )
    assert message.failure == Failure(("a@x.example", "b@x.example"), True)


def test_hostile_senders_do_not_break_the_search_for_addresses(read: Read) -> None:
    head = b"From: \xff\xfe MAILER-DAEMON\nX-Mailer: \xb3\xc2\nSubject: failure notice\nReturn-Path: <>\n"
    message = read(head + b"\ncould not be delivered\n")
    assert message.kind is MessageKind.BOUNCE
    assert message.failure == Failure((), True)
