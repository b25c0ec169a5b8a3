"""Some letters have a list that goes along as a workbook."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mailflow.core.letters.build import compose
from mailflow.core.letters.mime import AttachedFile, message_bytes
from mailflow.core.letters.samples import SUPPLIER
from mailflow.core.letters.templates import Rendered, Templates
from mailflow.core.letters.tokens import our_letters
from mailflow.core.letters.workbook import Workbook
from tests.core.letters.samples import NOW, SENDER, planned


def listed(templates: Templates, language: str, count: int = 3) -> EmailMessage:
    """Return a weekly list as it is sent, with a workbook that only holds its own description."""

    def write(workbook: Workbook) -> bytes:
        return repr(workbook).encode()

    letter = planned("weekly_list", language=language, count=count)
    envelope = compose(templates, letter, SENDER, 57, NOW, party=SUPPLIER, write_workbook=write)
    message = message_from_bytes(envelope.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize(("language", "heading"), [("en", "You promised"), ("zh", "贵司承诺"), ("zh-TW", "貴司承諾")])
def test_a_list_goes_along_as_a_workbook(templates: Templates, language: str, heading: str) -> None:
    message = listed(templates, language)
    assert message.get_content_type() == "multipart/mixed"
    words, attached = message.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in words.iter_parts()] == ["text/plain", "text/html"]
    assert attached.get_filename() == "orders-2026-12-08.xlsx"
    assert attached.get_content_disposition() == "attachment"
    written = attached.get_content().decode()
    assert heading in written
    assert "fill_in=6" in written
    for number in ("PO26-0042", "PO26-0043", "PO26-0044"):
        assert number in written
    assert our_letters(SENDER.secret, written) == (57,)


def test_a_letter_without_a_list_has_no_attachment(templates: Templates) -> None:
    letter = planned("ask_ship", count=3)
    envelope = compose(templates, letter, SENDER, 57, NOW, party=SUPPLIER, write_workbook=lambda workbook: b"x")
    assert b"multipart/mixed" not in envelope.raw


@pytest.mark.parametrize("name", ["a\r\nBcc: b@c", 'a"b.xlsx', "订单.xlsx", "../x", ""])
def test_a_name_that_is_no_plain_one_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no plain name of a file"):
        message_bytes([], Rendered("a", "b", "c", "en"), "<x@y>", [AttachedFile(name, "application/pdf", b"x")])
