"""Heads: what the matches of a pattern begin with."""

import re

import pytest

from mailflow.core.reading.finders.date_grammar import RULES
from mailflow.core.reading.finders.dates import find_dates
from mailflow.core.reading.finders.heads import heads, is_odd
from tests.core.reading.worlds import words


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [
        ("may", {"ma"}),
        ("a?b", {"ab", "b"}),
        ("(?:on|by) x", {"on", "by"}),
        ("[a-c]d|(e)f", {"ad", "bd", "cd", "ef"}),
        (r"\.x", {".x"}),
        ("x*y", {"xx", "xy", "y"}),
        ("x+y", {"xx", "xy"}),
        ("x{2}y", {"xx"}),
        ("x{0,1}?yz", {"xy", "yz"}),
        ("(?!no)(?<=a)b(?=c)d", {"bd"}),
        ("a.", {"a"}),
        ("a[^b]", {"a"}),
        (r"a\2", {"a"}),
        (r"\bab$", {"ab"}),
        ("a|bc", {"a", "bc"}),
        ("(?:(?!))?bc|(?:(?!))d", {"bc"}),
        (r"[\d-]a", {*(f"{digit}a" for digit in range(10)), "-a"}),
        (r"a\s", {f"a{chr(code)}" for code in range(128) if chr(code).isspace()}),
    ],
)
def test_heads_are_what_a_match_can_begin_with(pattern: str, begins: set[str]) -> None:
    assert heads(pattern) == begins


@pytest.mark.parametrize("pattern", ["a?", ".a", "[^a]b", "", "a|", "(?P<name>a)", "a)"])
def test_a_pattern_that_may_begin_with_anything_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"begin with anything|unknown group|bracket too many"):
        heads(pattern)


def test_digits_and_blanks_of_other_scripts_are_odd() -> None:
    assert [head for head in ("1月", "w٣", "a\u2003", "月底", "12") if is_odd(head)] == ["w٣", "a\u2003"]


def test_no_rule_for_a_number_can_fit_inside_one() -> None:
    """Places are whole words and numbers: a rule that could begin within one would never be tried."""
    for name, starts, behind, *_ in RULES:
        if "d" in starts:
            assert not re.compile(behind).match("12", 1), name


def test_dates_with_digits_of_other_scripts_are_found() -> None:
    found = find_dates("٢٠٢٦年١٢月٥日 or w ٤٩", words().dates)
    assert [(hit.year, hit.a, hit.b) for hit in found] == [(2026, 12, 5)]
