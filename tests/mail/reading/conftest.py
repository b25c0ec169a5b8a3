"""The shared book of the golden mails of reading."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases, phrases_from
from mailflow.core.reading.book import Book, build_book
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import report
from mailflow.core.reading.words import Words, load_words
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.configuration import read_folder
from mailflow.edges.files.defaults import default_rules
from mailflow.edges.files.order_book import load_book

HERE = Path(__file__).parent


@cache
def _setting() -> tuple[Phrases, Words, Book]:
    folder = default_rules() / "reading"
    words = load_words(read_folder(folder, (".yaml",)))
    source, _ = read_yaml((folder / "quoting.yaml").read_text("utf-8"), "quoting.yaml")
    assert source is not None
    orders, parties, house, _ = load_book(HERE / "orders.csv", HERE / "parties.yaml")
    return phrases_from(source.data), words, build_book(orders, parties, house)


@pytest.fixture
def read_mail() -> Callable[..., dict[str, Any]]:
    """Return the function that reads a mail's bytes against the shared book."""
    phrases, words, book = _setting()

    def read(name: str, raw: bytes, authserv_id: str = "") -> dict[str, Any]:
        message = parse_message(raw, open_attachment, phrases, authserv_id=authserv_id)
        return report(name, message, read_message(message, book, words))

    return read
