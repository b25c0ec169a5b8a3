"""Bytes to text: the label, then UTF-8, then GB18030, a detector last."""

import pytest

from mailflow.core.message.charsets import decode, known

CHINESE = "您好，大货预计十二月九日出货"


@pytest.mark.parametrize(
    "label", ["gb2312", "GBK", "x-gbk", "GB2312_CHARSET", "134", "cp936", '"gb2312"', "", "us-ascii", "nonsense"]
)
def test_chinese_under_any_label(label: str) -> None:
    assert decode(CHINESE.encode("gb18030"), label)[0] == CHINESE


@pytest.mark.parametrize("label", ["gb2312", "big5", "iso-8859-1", "windows-1252", "utf-8", ""])
def test_utf8_under_a_wrong_label(label: str) -> None:
    assert decode(CHINESE.encode(), label) == (CHINESE, True)


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("朱镕基", "gbk", "gb2312"),
        ("交期延後一週", "big5", "Big5"),
        ("碁銹恒裏", "cp950", "big5"),
        ("①12月9日", "cp932", "Shift_JIS"),
        ("12月9日に出荷", "iso2022_jp", "ISO-2022-JP"),
        ("출고일은 12월 9일", "cp949", "ks_c_5601-1987"),
        ("出货", "hz", "HZ-GB-2312"),
        ("Saygılarımla İzmir", "cp1254", "iso-8859-9"),
        ("„Grüße“ – 5 €", "cp1252", "iso-8859-1"),
        ("Отгрузка 9 декабря", "koi8-r", "koi8-r"),
        ("9 Dec – é", "utf-16", "utf-16"),
    ],
)
def test_labels_as_browsers_read_them(text: str, codec: str, label: str) -> None:
    assert decode(text.encode(codec), label) == (text, True)


def test_two_chinese_letters_that_are_valid_utf8_stay_chinese() -> None:
    assert decode("联通".encode("gbk"), "gb2312")[0] == "联通"


def test_western_letters_without_a_label_are_not_taken_for_chinese() -> None:
    assert decode(b"Mit freundlichen Gr\xfc\xdfen, Karl M\xfcller")[0] == "Mit freundlichen Grüßen, Karl Müller"


def test_a_few_broken_bytes_do_not_lose_the_rest() -> None:
    text, whole = decode("预计十二月九日出货，谢谢配合".encode() + b"\xff", "utf-8")
    assert text.startswith("预计十二月九日出货")
    assert not whole


def test_known_labels() -> None:
    assert known("x-gbk")
    assert not known("nonsense")
    assert not known("\udcb7")
