"""References: every form's own examples, what yields to what, and numbers that are none."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.reading.check_digits import CHECKS, holds
from mailflow.core.reading.finders.references import Found, find_references, under_heading
from mailflow.core.reading.number_forms import NOTHING, NumberForm
from tests.core.reading.worlds import words

FORMS = words().references.forms


def _find(text: str) -> Found:
    return find_references(words().folder.plain(text), words().references)


def _values(text: str) -> list[str]:
    return [hit.value for hit in _find(text).references]


def _kinds(form: NumberForm, found: Found) -> list[str]:
    return [mask.kind for mask in found.masks] if form.type == NOTHING else [hit.type for hit in found.references]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.name}-{form.place}")
def test_examples_of_the_form(form: NumberForm) -> None:
    assert form.valid
    wanted = form.name if form.type == NOTHING else form.type
    for example in form.valid:
        assert _kinds(form, _find(example)) == [wanted], example
    for example in form.invalid:
        assert wanted not in _kinds(form, _find(example)), example


@pytest.mark.parametrize(
    "text",
    [
        "封条 CN7730418",
        "seal SB0049921",
        "S/O no. 4471120098",
        "电话 0755-82618840",
        "手机 13806645102",
        "invoice no. 20261118",
        "B/L copy follows",
        "B/L copy dated 12.11.2026, 3 originals",
        "waybill follows on 12 December 2026",
        "DHL picks it up on 12.11.",
        "we send it by DHL for order 4500 7712 091",
        "运单号明天给",
        "AWB 2026-11-12",
        "tracking 12-11-2026",
        "UPS tracking for PO 4500771209 follows",
        "柜号待定 3月8日",
        "booking no. COSU6418830150",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert _find(text).references == []


def test_values_are_plain() -> None:
    found = _find("柜号/封号：CSNU6382045 / C2290417，提单号：COSU 6418 830150").references

    assert [(hit.type, hit.value) for hit in found] == [
        ("container", "CSNU6382045"),
        ("bill_of_lading", "COSU6418830150"),
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Waybill ZPX 88 214 0976", ["ZPX882140976"]),
        ("提单 QNX MZ0 26110 339，柜号 KXMU 730418-6", ["QNXMZ026110339", "KXMU7304186"]),
        ("waybill ZPX 88 214 0976 12 ctns", ["ZPX882140976"]),
        ("HBL no.      : XHB26110774", ["XHB26110774"]),
        ("B/L\tQNX2611208", ["QNX2611208"]),
        ("B/L QNX2611208 12/5", ["QNX2611208"]),
        ("Tracking no (DHL): 6610448272", ["6610448272"]),
        ("tracking nos 123456789012, 123456789023 and 123456789034", ["123456789012", "123456789023", "123456789034"]),
        ("快递单号：ZPX-88-2194403、ZPX-88-2194404", ["ZPX882194403", "ZPX882194404"]),
        ("柜号：ＫＸＭＵ７３０４１８６", ["KXMU7304186"]),
        ("KXMU 730\n418 6", ["KXMU7304186"]),
        ("КXMU 730418\u200b-6", ["KXMU7304186"]),
        ("Bill of lading number is 903 118 2077 of yesterday", ["9031182077"]),
    ],
)
def test_a_called_number_is_taken_whole(text: str, values: list[str]) -> None:
    assert _values(text) == values


@pytest.mark.parametrize("text", ["Container no. KXMU 730418-7", "柜号：KXMU7304187", "MAWB 160-9104 2771"])
def test_a_wrong_check_digit_is_asked_about(text: str) -> None:
    found = _find(text)

    assert found.references == []
    assert len(found.doubtful) == 1


def test_a_wrong_check_digit_that_nothing_calls_so_is_another_number() -> None:
    assert _find("order KXMU7304187 goes on") == Found()


def test_a_number_with_a_right_check_digit_may_still_be_called_a_bill_of_lading() -> None:
    assert [hit.type for hit in _find("B/L no. KXMU7304187").references] == ["bill_of_lading"]


def test_the_heading_of_a_column_calls_its_cells() -> None:
    found = under_heading("b/l no.", "qnx mz0 26110 339", words().references)

    assert [(hit.type, hit.value, hit.start, hit.end) for hit in found] == [("bill_of_lading", "QNXMZ026110339", 0, 17)]


@given(st.text(alphabet="0123456789 -/.:ABKUZb柜号单运\n#", max_size=60))
def test_places_never_overlap(text: str) -> None:
    found = _find("B/L " + text)

    places = sorted([(h.start, h.end) for h in found.references] + [(m.start, m.end) for m in found.masks])

    assert all(a[1] <= b[0] for a, b in pairwise(places))


@pytest.mark.parametrize(
    ("check", "right"),
    [
        ("air_waybill", "16091042770"),
        ("fedex", "618840275534"),
        ("gs1", "961104827730552"),
        ("iban", "DE24500400600470118820"),
        ("iso6346", "ZYTU6120340"),
        ("luhn", "79927398713"),
        ("mod37_36", "008182709980000020033350276C"),
        ("mod7", "6610448272"),
        ("s10", "EA730418228CN"),
        ("ups", "1ZR580E10461882307"),
        ("uscc", "91440300MA5FKX7X9D"),
        ("vat", "DE277041884"),
    ],
)
def test_check_digits(check: str, right: str) -> None:
    digit = max(index for index, char in enumerate(right) if char.isdigit())
    slipped = right[:digit] + str((int(right[digit]) + 1) % 10) + right[digit + 1 :]

    assert holds(check, right)
    assert not holds(check, slipped)
    assert not holds(check, "")


def test_every_check_digit_is_tried_here() -> None:
    assert {f.check for f in FORMS} - {""} <= set(CHECKS)
    assert holds("", "anything")
