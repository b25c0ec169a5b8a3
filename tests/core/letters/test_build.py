"""What was written is read again: by the standard library, and by our own reader."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mailflow.core.letters.build import compose, place_of
from mailflow.core.letters.headers import AddressError
from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import Envelope, PlannedLetter, ThreadPlace
from mailflow.core.letters.samples import CUSTOMER, SUPPLIER, facts
from mailflow.core.letters.templates import Templates
from mailflow.core.letters.tokens import our_letters
from mailflow.core.message.model import Address, FileContent
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import phrases_from
from tests.core.letters.samples import NOW, SENDER, hostile_names, planned

RULES = Path(__file__).parents[3] / "rules"
LONG_ID = f"<{'AM6PR08MB' * 12}@AM6PR08MB4321.eurprd08.prod.outlook.example>"


def written(
    templates: Templates, letter: PlannedLetter, place: ThreadPlace | None = None
) -> tuple[Envelope, EmailMessage]:
    envelope = compose(templates, letter, SENDER, 57, NOW, party=SUPPLIER, place=place)
    message = message_from_bytes(envelope.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return envelope, message


def header(envelope: Envelope, name: str) -> str:
    """Return a header as it stands in the bytes, folds included."""
    head = envelope.raw.partition(b"\r\n\r\n")[0].decode("ascii")
    (found,) = re.findall(rf"^{name}:((?:[^\r]*)(?:\r\n[ \t][^\r]*)*)", head, re.MULTILINE)
    return str(found).strip()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("count", [1, 40])
def test_both_parts_come_back_as_they_were_rendered(templates: Templates, language: str, count: int) -> None:
    letter = planned("overdue_2", language=language, count=count)
    _, message = written(templates, letter)
    rendered = templates.render("overdue_2", language, letter.facts, SENDER.house, letter.to[0], SUPPLIER)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n").rstrip("\n") == rendered.html.rstrip("\n")


def test_headers_say_who_we_are_and_that_no_machine_need_answer(templates: Templates) -> None:
    letter = replace(planned(), cc=(Address("wu.gang@hengtai-garment.example", "吴刚"),))
    envelope, message = written(templates, letter)
    assert message["From"] == "蓝湄贸易 跟单 <followup@lanmei.example>"
    assert message["To"] == "郑洁 <zheng.jie@hengtai-garment.example>"
    assert message["Cc"] == "吴刚 <wu.gang@hengtai-garment.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "AutoReply"  # OOF, NDR and DR would silence what we need to hear
    assert message["Date"].datetime == NOW
    assert header(envelope, "Date").endswith("+0800")
    assert our_letters(SENDER.secret, str(message["X-Mailflow-Letter"])) == (57,)
    assert our_letters(SENDER.secret, str(message["Subject"])) == (57,)
    assert our_letters(SENDER.secret, envelope.message_id) == (57,)
    assert envelope.message_id == header(envelope, "Message-ID")
    assert envelope.sender == "followup@lanmei.example"
    assert envelope.recipients == ("zheng.jie@hengtai-garment.example", "wu.gang@hengtai-garment.example")
    assert not [name for name in message if name.lower().startswith("list-")]


def test_the_same_letter_gives_the_same_bytes(templates: Templates) -> None:
    assert written(templates, planned())[0] == written(templates, planned())[0]


def test_bytes_are_fit_for_every_server(templates: Templates) -> None:
    for language in ("en", "zh"):
        letter = planned("weekly_list", language=language, said=hostile_names(facts(Side.SUPPLIER, 40)))
        envelope, _ = written(templates, letter)
        assert envelope.raw.isascii()
        assert b"\n" not in envelope.raw.replace(b"\r\n", b"")
        assert b"\r" not in envelope.raw.replace(b"\r\n", b"")
        assert max(map(len, envelope.raw.split(b"\r\n"))) <= 998


def test_a_thread_goes_on_with_ids_whole(templates: Templates) -> None:
    place = ThreadPlace(LONG_ID, ("<first@x.example>", "<中文@x.example>", "<bad id@x.example>", "<a@b>"), "别的事情")
    envelope, message = written(templates, planned(), place)
    assert header(envelope, "In-Reply-To") == LONG_ID
    assert header(envelope, "References").split() == ["<first@x.example>", "<a@b>", LONG_ID]
    assert "=?" not in header(envelope, "References")
    assert str(message["Subject"]).startswith("Order PO26-0042: on schedule? [mf57.")


def test_a_long_conversation_keeps_its_first_and_latest_ids(templates: Templates) -> None:
    old = tuple(f"<{n}@x.example>" for n in range(60))
    envelope, _ = written(templates, planned(), ThreadPlace("<last@x.example>", old))
    kept = header(envelope, "References").split()
    assert kept[0] == "<0@x.example>"
    assert kept[-2:] == ["<59@x.example>", "<last@x.example>"]
    assert len(kept) == 20


@pytest.mark.parametrize("before", ["Re: PO26-0042 hoodie", "回复:AW: PO26-0042 hoodie", "PO26-0042 hoodie"])
def test_a_chase_keeps_the_subject_of_its_thread(templates: Templates, before: str) -> None:
    _, message = written(templates, planned(), ThreadPlace("<a@b>", (), before))
    assert re.fullmatch(r"Re: PO26-0042 hoodie \[mf57\.\w{8}\]", str(message["Subject"]))


def test_our_token_stays_in_a_subject_that_has_one(templates: Templates) -> None:
    first, _ = written(templates, planned())
    place = place_of(first)
    second = compose(templates, planned(), SENDER, 58, NOW, place=ThreadPlace("<a@b>", (), f"回复: {place.subject}"))
    assert place_of(second).subject == f"Re: {place.subject}"
    assert our_letters(SENDER.secret, second.message_id) == (58,)


@pytest.mark.parametrize("before", ["Re: PO26-00421 hoodie", "Re: your mail", "PO26-0042 " + "x" * 300])
def test_a_subject_that_does_not_name_the_order_is_not_kept(templates: Templates, before: str) -> None:
    _, message = written(templates, planned(), ThreadPlace("<a@b>", (), before))
    assert str(message["Subject"]).startswith("Order PO26-0042: on schedule?")


def test_a_notice_has_its_own_subject_even_in_a_thread(templates: Templates) -> None:
    letter = planned("delay_notice", Side.CUSTOMER)
    envelope = compose(templates, letter, SENDER, 57, NOW, party=CUSTOMER, place=ThreadPlace("<a@b>", (), "SO26-1100"))
    assert place_of(envelope).subject.startswith("Order SO26-1100: new date ETD Ningbo 17 Dec 2026 [mf57.")
    assert place_of(envelope).references == ("<a@b>",)


ANY_TEXT = st.text(st.characters(codec=None), max_size=120)


@given(name=ANY_TEXT, number=ANY_TEXT, before=ANY_TEXT)
@settings(deadline=None)
def test_no_value_can_start_a_header_of_its_own(templates: Templates, name: str, number: str, before: str) -> None:
    said = facts(Side.SUPPLIER)
    said = replace(said, lines=(replace(said.lines[0], number=number, product=f"{name}\r\nBcc: thief@x.example"),))
    letter = planned(said=said)
    letter = replace(letter, to=(Address("a@b.example", f"{name}\r\nBcc: thief@x.example"),))
    place = ThreadPlace(f"<a@b>\r\nBcc: {name}", (name, f"<x{number}@y>"), f"{before}\r\nBcc: {number}")
    envelope = compose(templates, letter, SENDER, 57, NOW, party=SUPPLIER, place=place)
    head = message_from_bytes(envelope.raw, policy=policy.compat32)
    assert head["Bcc"] is None
    assert envelope.recipients == ("a@b.example",)
    assert [line for line in envelope.raw.partition(b"\r\n\r\n")[0].split(b"\r\n") if not line.strip()] == []


@given(
    text=st.text(
        st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")) | st.just(" "), min_size=1, max_size=90
    )
)
@settings(deadline=None)
def test_names_and_subjects_come_back_without_a_blank_more_or_less(templates: Templates, text: str) -> None:
    wanted = " ".join(text.split())
    letter = replace(planned(), to=(Address("a@b.example", text),), orders=("PO26-0042",))
    place = ThreadPlace("<a@b>", (), f"PO26-0042 {text}")
    envelope = compose(templates, letter, SENDER, 57, NOW, party=SUPPLIER, place=place)
    assert place_of(envelope).subject.rpartition(" [")[0] == f"Re: PO26-0042 {wanted}".strip()
    name, email = parseaddr(message_from_bytes(envelope.raw, policy=policy.compat32)["To"].replace("\r\n", ""))
    assert (str(make_header(decode_header(name))) if name else "", email) == (wanted, "a@b.example")


@pytest.mark.parametrize(
    "email", ["nobody", "a b@x.example", "a@b@c", "a@x.example\r\nBcc: b@c", "@x.example", "中@x.example", ""]
)
def test_an_address_that_is_none_is_refused_with_what_to_do(templates: Templates, email: str) -> None:
    with pytest.raises(AddressError, match="correct the contact"):
        written(templates, replace(planned(), to=(Address(email, "Nobody"),)))


def test_a_domain_beyond_ascii_is_sent_to_in_ascii(templates: Templates) -> None:
    envelope, _ = written(templates, replace(planned(), to=(Address("chen@例子.example", "陈"),)))
    assert envelope.recipients == ("chen@xn--fsqu00a.example",)


def test_one_recipient_named_twice_gets_the_letter_once(templates: Templates) -> None:
    letter = planned()
    assert written(templates, replace(letter, cc=letter.to))[0].recipients == ("zheng.jie@hengtai-garment.example",)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_our_own_reader_reads_what_we_write(templates: Templates, language: str) -> None:
    letter = planned("weekly_list", language=language, count=3)
    place = ThreadPlace(LONG_ID, ("<a@b>",))
    envelope = compose(
        templates, letter, SENDER, 57, NOW, party=SUPPLIER, place=place, write_workbook=lambda workbook: b"a list"
    )
    phrases = phrases_from(YAML(typ="safe").load(RULES / "reading" / "quoting.yaml"))
    message = parse_message(envelope.raw, lambda name, kind, data: FileContent(), phrases)
    assert message.problems == ()
    assert message.message_id == envelope.message_id
    assert message.in_reply_to == (LONG_ID,)
    assert message.references == ("<a@b>", LONG_ID)
    assert message.sender == Address("followup@lanmei.example", "蓝湄贸易 跟单")
    assert message.to == (Address("zheng.jie@hengtai-garment.example", "郑洁"),)
    assert message.date == NOW
    assert our_letters(SENDER.secret, message.subject) == (57,)
    assert not message.parts_disagree
    rows = [line.table.rows for line in message.lines if line.table]
    assert rows[0][1][0].text == "PO26-0042"
    assert len(rows[0]) == 4
    assert [one.filename for one in message.attachments] == ["orders-2026-12-08.xlsx"]
