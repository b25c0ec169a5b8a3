"""Plain words: phrases are found as whole words, the longest first, wherever they stand."""

import re

import pytest

from mailflow.core.reading.plain_words import any_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("may be late", "may be"),
        ("may", "may"),
        ("dismay", None),
        ("mayor", None),
        ("ok, may", "may"),
        ("we may ask a. b", "may"),
        ("大概5号", "大概"),
        ("x大约", "大约"),
        ("a.b", None),
        ("a. b", "a. b"),
    ],
)
def test_the_longest_phrase_at_the_first_place_is_found(text: str, found: str | None) -> None:
    hit = any_of(["may", "may be", "大概", "大约", "a. b", ""]).search(text)
    assert (hit.group() if hit else None) == found


def test_what_stands_before_the_place_of_a_search_counts() -> None:
    assert any_of(["may"]).search("dismay", 3) is None


def test_no_phrases_find_nothing() -> None:
    assert re.search(any_of([]), "may") is None
