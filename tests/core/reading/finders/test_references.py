"""References: every format's own examples, and numbers that are none."""

import pytest

from mailflow.core.reading.finders.references import ReferenceFormat, find_references
from tests.core.reading.worlds import words

FORMATS = words().references.formats


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_examples_of_the_format(form: ReferenceFormat) -> None:
    for example in form.valid:
        found = find_references(words().folder.plain(example), words().references)
        assert [hit.type for hit in found] == [form.type], example
    for example in form.invalid:
        assert find_references(words().folder.plain(example), words().references) == [], example


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
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert find_references(words().folder.plain(text), words().references) == []


def test_values_are_plain() -> None:
    found = find_references(
        words().folder.plain("柜号/封号：CSNU6382045 / C2290417，提单号：COSU 6418 830150"), words().references
    )

    assert [(hit.type, hit.value) for hit in found] == [
        ("container", "CSNU6382045"),
        ("bill_of_lading", "COSU6418830150"),
    ]
