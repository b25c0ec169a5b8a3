"""Whatever comes in, a Message comes out; and history below an answer never changes what is new."""

import string

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailflow.core.message.model import Line
from tests.core.message.conftest import Read

_HEADERS = st.sampled_from(
    [
        b"From: a@b.example",
        b'From: "\xb3\xc2" <a@b.example>',
        b"Subject: =?gb2312?B?u9i4tA==?= =?utf-8?Q?=ff?=",
        b"Date: Tue, 17 Nov 2026 10:20:00 +9999",
        b"Content-Type: text/html; charset=gb2312",
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: x-uuencode",
        b"Content-Disposition: attachment; filename*0*=gb18030''%BD",
        b"Auto-Submitted: auto-replied",
        b"From: MAILER-DAEMON@b.example",
    ]
)
_PIECES = st.sampled_from(
    [b"--b", b"--b--", b"", b"<table><tr><td>a<td rowspan=9>", b"<s>5 Dec</s>", b"> x", b"begin 644 a"]
)
MAILS = st.tuples(
    st.lists(_HEADERS, max_size=6), st.lists(st.one_of(_PIECES, _HEADERS, st.binary(max_size=60)), max_size=12)
).map(lambda parts: b"\n".join(parts[0]) + b"\n\n" + b"\n".join(parts[1]))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.one_of(MAILS, st.binary(max_size=400)))
@example(raw=b"From: " + b"(" * 3000 + b"\n\nx")
@example(raw=b"")
def test_no_bytes_raise(raw: bytes, read: Read) -> None:
    message = read(raw)
    assert message.content_hash
    assert not any("cannot be read" in problem for problem in message.problems)  # the last net was not needed
    assert message.date is None or message.date.tzinfo is not None


_WORDS = st.text(alphabet=string.ascii_letters + string.digits + " .,/-()月日件号出货可以", min_size=1, max_size=60)
_SAID = st.lists(_WORDS, min_size=1, max_size=8)
_HISTORIES = st.sampled_from(
    [
        "\n\nOn Mon, 16 Nov 2026 at 16:12, Jana <orders@brightwater.example> wrote:\n> When will BW-20417 ship?\n",
        "\n\n-----Original Message-----\nFrom: Jana <orders@brightwater.example>\nSent: Monday, 16 Nov 2026 16:12\n"
        "To: tariq@padma.example\nSubject: BW-20417\n\nWhen will BW-20417 ship? It is due on 5 Dec.\n",
        "\n\n------------------ 原始邮件 ------------------\n发件人: Jana <orders@brightwater.example>;\n"
        "发送时间: 2026年11月16日(星期一) 下午4:12\n主题: BW-20417\n\n请确认交期 12月5日\n",
        "\n> When will BW-20417 ship?\n> It is due on 5 Dec.\n> Please answer today.\n> Jana\n",
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=_SAID, history=_HISTORIES)
def test_a_quoted_chase_below_changes_nothing(said: list[str], history: str, read: Read) -> None:
    answer = "\n".join(said)
    alone, quoting = read(answer), read(answer + history)
    assert quoting.lines == alone.lines
    assert quoting.signature == alone.signature
    assert "BW-20417" in quoting.quoted or "交期" in quoting.quoted


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=_SAID)
def test_every_word_is_new_or_signs(said: list[str], read: Read) -> None:
    message = read("\n".join(said))
    kept = message.new_text + message.signature
    assert sorted("".join(kept.split())) == sorted("".join("".join(said).split()))


def test_blank_lines_never_stand_at_the_ends(read: Read) -> None:
    lines = read("\n\n\nBW-20417 ships 9 Dec\n\n\n\nand the rest later\n\n").lines
    assert lines == (Line("BW-20417 ships 9 Dec"), Line(""), Line("and the rest later"))
