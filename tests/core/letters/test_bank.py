"""No letter of ours holds bank details."""

from dataclasses import replace

import pytest

from mailflow.core.letters.bank import bank_details
from mailflow.core.letters.build import compose
from mailflow.core.letters.manifest import Side
from mailflow.core.letters.samples import facts
from mailflow.core.letters.templates import Templates
from tests.core.letters.samples import NOW, SENDER, planned, shipped_texts


@pytest.mark.parametrize(
    "text",
    [
        "Please pay to DE89 3704 0044 0532 0130 00 today",
        "IBAN: GB82WEST12345698765432",
        "SWIFT code: DEUTDEFF500",
        "BIC DEUTDEFF",
        "Account No. 1234 5678 9012",
        "our bank account is 123456789",
        "A/C: 0012345678",
        "账号：6222 0212 3456 7890",
        "收款帳號 0021234567890",
        "卡号为62220212345678",
    ],
)
def test_an_account_is_seen(text: str) -> None:
    assert bank_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "PO26-0042, 4500005619, TCLU4711223, COSU6263748590",
        "DE12 3456 7890 1234 5678 90",
        "a SWIFT answer, please",
        "on account of the holidays 2026-12-01",
        "账号请见合同",
        "USD 7,440.00 payable by 15 Dec 2026",
        "GB/T 19001-2016 and EN 71",
    ],
)
def test_what_is_no_account_is_none(text: str) -> None:
    assert bank_details(text) == ""


def test_no_shipped_letter_says_anything_of_a_bank() -> None:
    for path, text in shipped_texts().items():
        if path.endswith(".j2"):
            assert not any(word in text for word in ("IBAN", "SWIFT", "BIC", "开户行", "账号", "beneficiary")), path


def test_a_letter_with_an_account_in_it_is_not_written(templates: Templates) -> None:
    said = facts(Side.CUSTOMER)
    said = replace(said, lines=(replace(said.lines[0], payment_terms="T/T to DE89 3704 0044 0532 0130 00"),))
    letter = planned("sales_contract", Side.CUSTOMER, said=said)
    with pytest.raises(ValueError, match="it holds bank details"):
        compose(templates, letter, SENDER, 57, NOW)
