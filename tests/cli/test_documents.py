"""`mailflow documents`: what came by mail, released for the customer, taken away."""

from mailflow.core.orders.papers import DocumentFiled
from tests.cli.installation import Installation

ORDER = "PO26-101"


def test_documents_are_listed_released_and_taken_away(installation: Installation) -> None:
    assert "No document" in installation.told("documents", ORDER)
    filed = DocumentFiled(ORDER, "packing_list", 7, 0, "PL.pdf", party="Haitang Garment Co.", readable=True)
    names = DocumentFiled(ORDER, "bill_of_lading", 7, 1, "BL.pdf", party="Harbour", readable=True, names="Haitang")
    installation.record(filed, names)
    told = installation.told("documents", ORDER)
    assert "packing list" in told
    assert "names Haitang" in told
    assert "is for the customer" in installation.told("documents", ORDER, "7.1", "--for-customer")
    assert "PL.pdf" in installation.told("show", ORDER)
    assert "names Haitang" in installation.refused("documents", ORDER, "7.2", "--for-customer")
    assert "none of its documents" in installation.told("documents", ORDER, "7.2", "--withdraw")
    assert "has no document 7.2" in installation.refused("documents", ORDER, "7.2", "--withdraw")


def test_what_is_wanted_must_be_said(installation: Installation) -> None:
    assert "which document" in installation.refused("documents", ORDER, "--withdraw")
    assert "what shall be done" in installation.refused("documents", ORDER, "7.1")
    assert "not both" in installation.refused("documents", ORDER, "7.1", "--withdraw", "--for-customer")
