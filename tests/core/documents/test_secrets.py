"""Words of the other side are found in a document however they are spaced; what is chance is not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from mailflow.core.documents.secrets import given_away, secrets_of
from mailflow.core.orders.model import Contact, Party, Role
from tests.core.playbook.situations import customer, party_state, purchase, supplier

ORDER = replace(purchase("PO26-0042", "2026-12-15", supplier_ref="HT-8812", unit_price=Decimal("6.20")).order)
MILL = Party("宁波恒泰制衣有限公司", Role.SUPPLIER, "Hengtai Garment", contacts=(Contact("Wu", "wu@hengtai.example"),))
PARTIES = {
    "宁波恒泰制衣有限公司": party_state(MILL),
    "Bergmann": customer(),
    "Northwind": customer("Northwind"),
    "Harbour": party_state(Party("Harbour Gate", Role.FORWARDER)),
}
SECRETS = secrets_of("Bergmann", [ORDER], PARTIES)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Shipper: HENGTAI  GARMENT", "Hengtai Garment"),
        ("宁波 恒泰制衣有限公司", "宁波恒泰制衣有限公司"),
        ("Ref. PO26 0042", "PO26-0042"),
        ("factory no. ht-8812", "HT-8812"),
        ("Total 7,440.00", "7440.00"),
        ("mail wu@hengtai.example", "wu@hengtai.example"),
        ("Notify: Northwind", "Northwind"),
        ("Consignee: Bergmann, Hamburg; carrier Harbour Gate; HD5420; Wuhan", ""),
        ("", ""),
    ],
)
def test_a_word_of_the_other_side_is_found(text: str, secret: str) -> None:
    found = given_away(text, SECRETS)
    assert found.replace(",", "") == secret


def test_the_reader_s_own_name_is_no_secret() -> None:
    assert given_away("Northwind", secrets_of("Northwind", [ORDER], PARTIES)) == ""
    assert supplier().party.name not in SECRETS, "who is not in the book is not looked for"
