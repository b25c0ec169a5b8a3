"""Whatever somebody writes, a terminal shows it and does nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.visible import visible

DIRECTIONS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("PO26-04871 船期改为12月5日", "PO26-04871 船期改为12月5日"),
        ("\x1b[2J\x1b]0;owned\x07ready", "�[2J�]0;owned�ready"),
        ("\x9b31mred", "�31mred"),
        ("invoice\u202egnp.exe", "invoice�gnp.exe"),
        ("first line\r\nR1.1  yes was recorded", "first line R1.1  yes was recorded"),
        ("  a\tb\u2028c ", "  a b c "),
        ("half a sign \ud83d", "half a sign �"),
        ("\x00", "�"),
        ("می‌خواهم 👩‍🔧", "می‌خواهم 👩‍🔧"),  # joiners are part of how Persian and pictures are written
    ],
)
def test_what_is_shown(written: str, shown: str) -> None:
    assert visible(written) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in shown)
    assert not any(unicodedata.bidirectional(sign) in DIRECTIONS for sign in shown)
    shown.encode()
    assert visible(shown) == shown
