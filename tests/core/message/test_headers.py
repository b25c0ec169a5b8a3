"""Headers as people sent them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailflow.core.message.headers import Headers, decode_words, parse_date, split_params
from mailflow.core.message.model import Address
from mailflow.core.message.repair import repaired


def raw(data: bytes) -> str:
    return data.decode("ascii", "surrogateescape")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?gb2312?B?u9i4tA==?=", "回复"),
        ("=?GB2312*zh?B?u9i4tA==?=", "回复"),
        ("=?utf-8?Q?est=C3=A1_pronto?=", "está pronto"),
        ("=?utf-8?Q?est=C3=A1 pronto?=", "está pronto"),
        ("=?utf-8?B?5Zue5aSN?= =?utf-8?B?77yaUE8=?=", "回复：PO"),
        ("=?utf-8?B?5Zue5aSN?= PO26", "回复 PO26"),
        ("=?utf-8?B?5Zue5aSN", "回复"),
        ("Re: =?utf-8?B?5Zue5aS?= =?utf-8?B?jQ==?=", "Re: 回复"),
        ("=?nonsense?Q?abc?=", "abc"),
        ("a =? b", "a =? b"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    assert decode_words(value) == text


def test_raw_bytes_are_read_by_the_charset_of_the_body_first() -> None:
    value = raw("訂單確認".encode("big5"))
    assert decode_words(value, "big5") == "訂單確認"
    assert decode_words(raw("回复：交期".encode("gbk"))) == "回复：交期"
    assert decode_words(raw(b"=?gb2312?Q?" + "回复".encode("gbk") + b"?=")) == "回复"


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("Lan <LAN@x.example>", [Address("lan@x.example", "Lan")]),
        ("lan@x.example", [Address("lan@x.example")]),
        ('"Voss, Jana" <jana@x.example>', [Address("jana@x.example", "Voss, Jana")]),
        ("<lan@x.example>;", [Address("lan@x.example")]),
        ("a@x.example, B <b@x.example>", [Address("a@x.example"), Address("b@x.example", "B")]),
        ("a@x.example; B <b@x.example>", [Address("a@x.example"), Address("b@x.example", "B")]),
        ("undisclosed-recipients:;", []),
        ("\"'lan@x.example'\" <lan@x.example>", [Address("lan@x.example", "lan@x.example")]),
        ("=?gb2312?B?zuK41Q==?= <w@x.example>", [Address("w@x.example", "吴刚")]),
        ("", []),
    ],
)
def test_addresses(value: str, addresses: list[Address]) -> None:
    found = [address for address in Headers([("From", value)]).addresses("from") if address.email or address.name]
    assert found == addresses


def test_ids_keep_their_brackets_and_come_once() -> None:
    headers = Headers([("References", "<a@x>\r\n <b@x> <a@x>"), ("Message-ID", "bare@x")])
    assert headers.ids("references") == ("<a@x>", "<b@x>")
    assert headers.message_id() == "<bare@x>"
    assert Headers([]).message_id() == ""


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("attachment; filename*=gb18030''%BD%F8%B6%C8.xlsx", "进度.xlsx"),
        ("attachment; filename*0*=utf-8''%E8%BF%9B; filename*1*=%E5%BA%A6; filename*2=.xlsx", "进度.xlsx"),
        ('attachment; filename="=?utf-8?B?6L+b5bqmLnhsc3g=?="', "进度.xlsx"),
        (raw('attachment; filename="进度.xlsx"'.encode("gbk")), "进度.xlsx"),
        ("attachment; filename=plain name.pdf", "plain name.pdf"),
        ('attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'),
    ],
)
def test_file_names(value: str, name: str) -> None:
    assert split_params(value)[1]["filename"] == name


CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Tue, 17 Nov 2026 10:20:00 +0800", datetime(2026, 11, 17, 10, 20, tzinfo=CHINA)),
        ("Tue, 17 Nov 2026 10:20:00 +0800 (CST)", datetime(2026, 11, 17, 10, 20, tzinfo=CHINA)),
        ("17 Nov 2026 10:20 GMT", datetime(2026, 11, 17, 10, 20, tzinfo=UTC)),
        ("Tue, 17 Nov 2026 10:20:00 -0000", datetime(2026, 11, 17, 10, 20, tzinfo=UTC)),
        ("2026-11-17 10:20:00 +0800", datetime(2026, 11, 17, 10, 20, tzinfo=CHINA)),
        ("2026-11-17T10:20:00Z", datetime(2026, 11, 17, 10, 20, tzinfo=UTC)),
        ("周二, 17 十一月 2026 10:20:00 +0800", datetime(2026, 11, 17, 10, 20, tzinfo=CHINA)),
        ("Tue, 17 Nov 2026 10:20:00", None),
        ("Tue, 17 Nov 2026 10:20:00 CST", None),
        ("Tue, 37 Nov 2026 10:20:00 +0800", None),
        ("Tue, 17 Nov 0026 10:20:00 +9999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_aware_or_none(value: str, date: datetime | None) -> None:
    found = parse_date(value)
    assert found == date
    assert found is None or found.utcoffset() == (date.utcoffset() if date else None)


@pytest.mark.parametrize(
    "junk",
    [
        b"\r\n\r\n",
        b"\xef\xbb\xbf",
        b"From lan Tue Nov 17 10:20:00 2026\n",
        b"+OK 200 octets\r\n",
        b">From lan x\n",
        b"a line\nand: not\n",
    ],
)
def test_junk_before_the_headers_is_taken_away(junk: bytes) -> None:
    mail = b"From: a@x.example\nSubject: hi\n\nbody\n"
    assert repaired(junk + mail).endswith(mail)
    assert b"octets" not in repaired(junk + mail)
