"""Every event of the ledger has a sentence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.cli.wording import amount, reason, sentence
from mailflow.core.orders.codec import EVENTS
from mailflow.core.orders.events import Event
from tests.core.orders.strategies import anything


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_a_sentence_of_its_own(name: str) -> None:
    @given(anything(EVENTS[name]))
    def told(event: Event) -> None:
        words = sentence(event)
        assert words
        assert name not in words

    told()


@pytest.mark.parametrize(
    ("quantity", "shown"), [(None, ""), ("1200", "1,200 pcs"), ("1.50", "1.5 pcs"), ("1E+3", "1,000 pcs")]
)
def test_quantities(quantity: str | None, shown: str) -> None:
    assert amount(Decimal(quantity) if quantity else None, "pcs") == shown


def test_reasons_go_without_the_names_of_steps() -> None:
    assert reason("ask_ship: P1 ship planned; ask_ship: P2 ship planned") == "P1 ship planned; P2 ship planned"
    assert reason("P1: late") == "P1: late"


@given(st.text())
def test_any_reason_stays_a_reason(why: str) -> None:
    assert len(reason(why)) <= len(why)
