"""What the pages for merchandisers say one may write is understood."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.steering.tongues import PEOPLE, said

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("merchandisers.en.md", "merchandisers.zh.md")


def promised(page: str) -> Iterator[str]:
    """Yield what stands in the first column of the tables, and in the sentences, as something to write."""
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        text = cells[1] if line.startswith("|") else line
        yield from re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("words", [words for page in PAGES for words in promised(page)])
def test_what_the_pages_promise_is_understood(words: str) -> None:
    for known in ("Wei", "小魏"):
        words = words.replace(known, next(iter(PEOPLE)))
    understood = said(words)
    assert not understood.unclear
    assert understood.answers or understood.commands


def test_both_pages_promise_as_much() -> None:
    english, chinese = (len(list(promised(page))) for page in PAGES)
    assert english == chinese
