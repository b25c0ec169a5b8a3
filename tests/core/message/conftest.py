"""The phrases of the checkout's own rules, and a reader that opens no files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mailflow.core.message.limits import LIMITS, Limits
from mailflow.core.message.model import FileContent, Message
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases, phrases_from

Read = Callable[..., Message]


@pytest.fixture(scope="session")
def phrases() -> Phrases:
    rules = Path(__file__).parents[3] / "rules" / "reading" / "quoting.yaml"
    return phrases_from(YAML(typ="safe").load(rules))


def unopened(filename: str, content_type: str, data: bytes) -> FileContent:
    """Stands for the edge that opens files: says only how much came."""
    return FileContent(text=f"{len(data)} bytes")


@pytest.fixture(scope="session")
def read(phrases: Phrases) -> Read:
    """Read bytes, or text that becomes the body of a small mail."""

    def read(raw: bytes | str, limits: Limits = LIMITS) -> Message:
        if isinstance(raw, str):
            raw = (
                b"From: Tariq Aziz <tariq@padma.example>\nTo: orders@brightwater.example\nSubject: Re: BW-20417\n"
                b"In-Reply-To: <1@brightwater.example>\nDate: Tue, 17 Nov 2026 10:20:00 +0600\n"
                b"Content-Type: text/plain; charset=utf-8\n\n"
            ) + raw.encode("utf-8", "surrogatepass")
        return parse_message(raw, unopened, phrases, limits)

    return read
