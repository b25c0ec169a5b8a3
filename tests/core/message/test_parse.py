"""The whole reading: limits, identity, what is told of in `problems`."""

from mailflow.core.message.limits import Limits
from mailflow.core.message.model import FileContent
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases
from tests.core.message.conftest import Read

HEAD = b"From: a@b.example\nTo: c@d.example\nSubject: x\nDate: Tue, 17 Nov 2026 10:20:00 +0600\nMIME-Version: 1.0\n"


def nested(deep: int) -> bytes:
    begin = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(deep))
    return HEAD + begin + b"Content-Type: text/plain\n\nhello\n"


def test_a_mail_bomb_keeps_its_headers(read: Read) -> None:
    for deep in (200, 3000):
        message = read(nested(deep))
        assert message.sender.email == "a@b.example"
        assert message.subject == "x"
        assert any("nested" in problem for problem in message.problems)


def test_mails_in_mails_are_opened_only_so_deep(read: Read) -> None:
    message = read(HEAD + b"Content-Type: message/rfc822\n\nSubject: y\n" * 100 + b"\nhello\n")
    assert 1 <= len(message.attachments) <= 10
    assert "too deep" in message.attachments[-1].content.problem


def test_what_is_larger_than_the_limit_is_cut_and_told(read: Read) -> None:
    body = b"BW-1 ships 9 Dec\n--b\nContent-Type: application/zip; name=a.zip\n\n" + b"A" * 5000 + b"\n--b--\n"
    mail = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + body
    message = read(mail, Limits(raw_bytes=2000))
    assert message.new_text == "BW-1 ships 9 Dec"
    assert any("larger than" in problem for problem in message.problems)
    assert read(mail).problems == ()


def test_parts_lines_and_headers_are_bounded(read: Read) -> None:
    parts = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50
    assert any("more than 10 parts" in problem for problem in read(parts, Limits(parts=10)).problems)
    assert len(read(HEAD + b"\n" + b"x\n" * 500, Limits(lines=100)).lines) == 100
    assert len(read(b"Subject: " + b"x" * 5000 + b"\n\ny", Limits(header_chars=100)).subject) == 100


def test_the_content_hash_ignores_the_way_a_mail_came() -> None:
    def hashed(raw: bytes) -> str:
        return parse_message(raw, lambda *_: FileContent(), Phrases()).content_hash

    mail = HEAD + b"Message-ID: <1@b>\nContent-Type: text/plain\n\nBW-1 ships 9 Dec\n"
    assert hashed(b"Received: from x\n" + mail) == hashed(mail)
    assert hashed(mail.replace(b"<1@b>", b"<2@b>")) == hashed(mail)
    coded = mail.replace(b"text/plain\n", b"text/plain\nContent-Transfer-Encoding: base64\n").replace(
        b"BW-1 ships 9 Dec", b"QlctMSBzaGlwcyA5IERlYw=="
    )
    assert hashed(coded) == hashed(mail)
    for change in (
        (b"9 Dec", b"8 Dec"),
        (b"a@b", b"z@b"),
        (b"c@d", b"z@d"),
        (b"10:20", b"10:21"),
        (b"Subject: x", b"Subject: y"),
    ):
        assert hashed(mail.replace(*change)) != hashed(mail)


def test_a_port_that_breaks_its_promise_loses_no_mail() -> None:
    def broken(filename: str, content_type: str, data: bytes) -> FileContent:
        raise OSError("gone")

    raw = HEAD + b"Content-Type: application/pdf; name=a.pdf\n\n%PDF"
    message = parse_message(raw, broken, Phrases())
    assert message.attachments[0].content.problem == "could not be opened (OSError)"


def test_the_two_forms_of_a_body(read: Read) -> None:
    def both(text: str, html: str) -> bytes:
        return (
            HEAD
            + b"In-Reply-To: <1@b>\nContent-Type: multipart/alternative; boundary=b\n\n"
            + b"--b\nContent-Type: text/plain; charset=utf-8\n\n"
            + text.encode()
            + b"\n--b\nContent-Type: text/html; charset=utf-8\n\n"
            + html.encode()
            + b"\n--b--\n"
        )

    disagree = {
        ("BW-1 ships 9 Dec", "<p>BW-1 ships 19 Dec</p>"): True,
        ("BW-1 ships 9 Nov", "<p>BW-1 ships 9 Dec</p>"): True,
        ("交期12月5日", "<p>交期12月15日</p>"): True,
        ("BW-1 ships 9 Dec", "<p>BW-1 <b>ships</b><br>9&nbsp;Dec</p>"): False,
        ("BW-1 ships 8 Dec 9 Dec", "<p>BW-1 ships <s>8 Dec</s> 9 Dec</p>"): False,
        ("no HTML here", "<p>BW-1 ships 9 Dec, 1200 pcs</p>"): False,
        ("BW-1 ships 9 Dec [cid:image001.png@01DC]", "<p>BW-1 ships 9 Dec<img src='cid:1'></p>"): False,
        ("1. cut\n2. sewn", "<ol><li>cut<li>sewn</ol>"): False,
        ("plan <https://x.example/2026>", "<a href='https://x.example/2026'>plan</a>"): False,
        ("BW-1 ships 9 Dec", "<p>all goods of this season are late, we write again</p>"): True,
        (
            "BW-1 ships 9 Dec\n\n> due 5 Dec",
            "<p>BW-1 ships 9 Dec</p><blockquote type=cite>due 6 Dec</blockquote>",
        ): False,
    }
    for (text, html), expected in disagree.items():
        assert read(both(text, html)).parts_disagree is expected, (text, html)
    assert read(both("BW-1 ships 9 Dec", "<p></p>")).new_text == "BW-1 ships 9 Dec"
