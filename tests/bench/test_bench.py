"""The benchmark runs and counts right, and its mails are many, distinct, and say what the corpus says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from email import message_from_bytes
from pathlib import Path

import pytest

from bench import reading
from bench.mails import LARGEST, SMALLEST, Derived, derive
from bench.measure import Comparison, Measured
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import phrases_from
from mailflow.core.reading.book import build_book
from mailflow.core.reading.model import Reading
from mailflow.core.reading.reader import read_message
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.defaults import default_rules
from mailflow.edges.files.order_book import load_book
from tests.core.reading.worlds import words

ROOT = Path(__file__).resolve().parents[2]
CORPUS_SIZE = 160


@pytest.fixture(scope="module")
def derived() -> Derived:
    return derive(2 * CORPUS_SIZE)


def test_every_mail_is_a_mail_of_its_own(derived: Derived) -> None:
    messages = [message_from_bytes(raw) for raw in derived.mails]
    assert len({message["Message-ID"] for message in messages}) == 2 * CORPUS_SIZE
    sizes = [len(raw) for raw in derived.mails]
    assert sum(SMALLEST <= size <= LARGEST + 500 for size in sizes) > 0.97 * len(sizes)
    assert min(sizes) > SMALLEST


def test_a_copy_says_of_its_own_orders_what_the_corpus_says(derived: Derived, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(derived.orders, encoding="utf-8")
    (tmp_path / "parties.yaml").write_text(derived.parties, encoding="utf-8")
    orders, parties, house, _ = load_book(tmp_path / "orders.csv", tmp_path / "parties.yaml")
    book = build_book(orders, parties, house)
    source, _ = read_yaml((default_rules() / "reading" / "quoting.yaml").read_text("utf-8"), "quoting.yaml")
    assert source is not None
    said: dict[str, dict[str, set[tuple[object, ...]]]] = {"00": {}, "01": {}}
    for raw in derived.mails:
        message = parse_message(raw, open_attachment, phrases_from(source.data))
        copy, which, _ = message.message_id.strip("<>").split(".", 2)
        said[copy][which] = facts(read_message(message, book, words()))
    assert any(said["00"].values())
    same = sum(said["01"][which] == found for which, found in said["00"].items())
    assert same > 0.93 * CORPUS_SIZE, "but for numbers inside PDFs, which stay"


def facts(reading: Reading) -> set[tuple[object, ...]]:
    """Return what is entered, orders by the digits that all copies share."""
    return {(u.order[-3:], u.kind, u.milestone, u.date, u.quantity) for u in reading.updates if u.applied}


def measured(rates: Iterable[float]) -> list[Measured]:
    return [Measured(count=100, seconds=100 / rate, peak_mb=rate) for rate in rates]


def test_rounds_are_compared_by_their_medians() -> None:
    compared = Comparison("x", 0.15, "ours", "theirs", measured([20, 200, 10]), measured([100, 100, 1]))
    assert compared.ratio == pytest.approx(0.2)
    assert compared.peak_mb == 200


@pytest.mark.service
def test_the_benchmark_runs_on_a_few_mails_and_letters(tmp_path: Path) -> None:
    letters = 12 if os.geteuid() == 0 else 0  # its yardstick needs a Postfix, and that needs root
    command = [sys.executable, "-m", "bench", "--mails", "30", "--letters", str(letters), "--rounds", "1", "--no-goals"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "bench-out").iterdir()}
    assert told["receiving"]["ours"][0]["count"] == told["receiving"]["yardstick"][0]["count"] == 30
    assert told["receiving"]["peak_mb"] > 10
    assert "facts are the same in both" in " ".join(told["receiving"]["agreement"])
    assert "mailflow bench" in done.stdout
    if letters:
        assert told["sending"]["ours"][0]["count"] == letters


def test_reading_alone_is_measured_on_mails_without_attachments(tmp_path: Path) -> None:
    world = reading.prepare(tmp_path, 12)
    measured = reading.read(str(world))
    assert measured.count == 12
    assert measured.cpu > 0
    raws = [path.read_bytes() for path in (world / "mail").iterdir()]
    assert not any(part.get_filename() for raw in raws for part in message_from_bytes(raw).walk())
