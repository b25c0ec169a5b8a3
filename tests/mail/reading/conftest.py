"""The shared book of the golden mails of reading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailflow.core.message.parse import parse_message
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import report
from mailflow.edges.files.attachments import open_attachment
from tests.core.reading.worlds import book_in, phrases, words

HERE = Path(__file__).parent


@pytest.fixture
def read_mail() -> Callable[..., dict[str, Any]]:
    """Return the function that reads a mail's bytes against the shared book."""

    def read(name: str, raw: bytes, authserv_id: str = "") -> dict[str, Any]:
        message = parse_message(raw, open_attachment, phrases(), authserv_id=authserv_id)
        return report(name, message, read_message(message, book_in(HERE), words()))

    return read
