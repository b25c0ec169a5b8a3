"""Properties of reading from bytes to JSON: nothing raises, limits hold, history changes nothing, twice is the same."""

import json
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailflow.core.message.limits import Limits
from mailflow.core.message.model import Message
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases, phrases_from
from mailflow.core.reading.model import Disposition
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import as_line, report
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.defaults import default_rules
from tests.core.message.histories import ABOVE, LINES_WITH_MARKS, history
from tests.core.message.test_any_bytes import MAILS
from tests.core.reading.test_properties import BOOK
from tests.core.reading.worlds import words

SMALL = Limits(
    raw_bytes=4_000,
    depth=3,
    nested_mails=1,
    parts=6,
    body_chars=600,
    html_chars=900,
    html_nodes=60,
    lines=20,
    line_chars=80,
    cells=12,
    attachments=3,
    attachment_chars=200,
)
HEAD = (
    b"From: A <a@works.example>\nTo: orders@brightwell.example\nDate: Wed, 10 Mar 2027 10:00:00 +0530\n"
    b"Subject: Re: our orders\nContent-Type: text/plain; charset=utf-8\n\n"
)


@cache
def phrases() -> Phrases:
    """Return the shipped phrases."""
    source, _ = read_yaml((default_rules() / "reading" / "quoting.yaml").read_text("utf-8"), "quoting.yaml")
    assert source is not None
    return phrases_from(source.data)


def line_of(raw: bytes, limits: Limits | None = None) -> tuple[Message, str]:
    """Return what is read of a mail's bytes, and its line of JSON."""
    message = parse_message(raw, open_attachment, phrases(), limits or Limits())
    return message, as_line(report("x", message, read_message(message, BOOK, words())))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=st.one_of(MAILS, st.binary(max_size=300), st.binary(max_size=200).map(lambda tail: HEAD + tail)))
@example(raw=HEAD + b"KX/2027/1187 ships 15 April\x00\xff\xfe" + b"(" * 500)
def test_any_bytes_become_one_line_and_the_same_one_twice(raw: bytes) -> None:
    _, first = line_of(raw)
    _, second = line_of(raw)

    assert first == second
    assert "\n" not in first
    found = json.loads(first)
    assert Disposition(found["disposition"])
    assert "error" not in found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pieces=st.lists(
        st.sampled_from(("a" * 90, "> b\n", "\n", "<table><tr><td>1<td>2", "<div>", "x\ty\n", "9 Dec ")), max_size=60
    )
)
@example(pieces=["x\n"] * 60)
@example(pieces=["<div>"] * 60)
def test_a_mail_is_read_within_its_limits_and_a_cut_is_told(pieces: list[str]) -> None:
    body = "".join(pieces)
    for kind in ("plain", "html"):
        message, _ = line_of(HEAD.replace(b"plain", kind.encode()) + body.encode(), SMALL)

        assert len(message.lines) <= SMALL.lines
        assert all(len(line.text) <= SMALL.line_chars for line in message.lines)
        cells = sum(len(row) for line in message.lines if line.table is not None for row in line.table.rows)
        assert cells <= 2 * SMALL.cells
        if kind == "plain" and (body.count("\n") >= SMALL.lines or len(body) > SMALL.body_chars):
            assert any("cut there" in problem for problem in message.problems)


@pytest.mark.parametrize("depth", [1, 30, 3_000])
def test_parts_nested_without_end_are_read_as_deep_as_the_limit(depth: int) -> None:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    message, line = line_of(HEAD.rpartition(b"Content-Type")[0] + opened + b"\n\nKX/2027/1187 ships 15 April\n")

    assert json.loads(line)["id"] == "x"
    assert bool(message.problems) or depth == 1


SAID = st.lists(
    st.sampled_from(
        (
            "KX/2027/1187 will ship on 15 April.",
            "KX/2027/1187 was shipped yesterday, 200 pcs of it.",
            "KX/2027/1189: material arrived 3 March",
            "KX/2027/1189 is late, no date yet.",
            "KX/2027/1187 3月15日出货",
            "Please send the drawing for KX/2027/1187.",
            "Thanks, noted.",
        )
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
CHASE = """Dear partner,

KX/2027/1191  ST-8337  500 pcs  due 2027-04-01
Please tell us when KX/2027/1193 (due 5 April) will be inspected and shipped. Is it delayed?

Best regards,
Brightwell Sourcing"""


@settings(max_examples=200, deadline=None)
@given(said=SAID, name=st.sampled_from(sorted(ABOVE)), marks=st.booleans())
def test_a_quoted_chase_below_never_changes_the_facts(said: list[str], name: str, marks: bool) -> None:
    answer = "\n".join(said)
    below = history(name, CHASE, marks=marks and name in LINES_WITH_MARKS)
    _, alone = line_of(HEAD + answer.encode())
    message, quoting = line_of(HEAD + (answer + below).encode())

    assert "inspected" in message.quoted
    one, other = json.loads(alone), json.loads(quoting)
    for field in ("updates", "new_text", "mentions"):
        assert one[field] == other[field]
