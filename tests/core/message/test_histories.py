"""Our own chase never counts as new, whichever program and language quotes it."""

import pytest

from tests.core.message.conftest import Read
from tests.core.message.histories import ABOVE, LINES_WITH_MARKS, history

CHASE = """Dear partner,

Please tell us when BW-20417 (3000 pcs, due 2026-12-05) will ship.
Please tell us when BW-20433 (800 pcs, due 2026-12-12) will ship.

Best regards,
Brightwater Sourcing"""


@pytest.mark.parametrize("signature", ["", "\n\nBest regards\nTariq Aziz"], ids=["bare", "signed"])
@pytest.mark.parametrize("name", ABOVE)
def test_history_below(name: str, signature: str, read: Read) -> None:
    message = read(f"Goods ready 9/12.{signature}{history(name, CHASE)}")
    assert message.new_text == "Goods ready 9/12."
    assert "due 2026-12-12" in message.quoted
    assert message.signature == signature.strip()


@pytest.mark.parametrize("name", LINES_WITH_MARKS)
def test_history_with_marks(name: str, read: Read) -> None:
    message = read(f"Goods ready 9/12.{history(name, CHASE, marks=True)}")
    assert message.new_text == "Goods ready 9/12."


@pytest.mark.parametrize("name", LINES_WITH_MARKS)
def test_an_answer_below_history_with_marks(name: str, read: Read) -> None:
    message = read(f"{history(name, CHASE, marks=True)}\nGoods ready 9/12.")
    assert message.new_text == "Goods ready 9/12."
