"""`python -m bench.reading`: what `mailflow read` takes for small mails in one process, from bytes to JSON.

Rules and order book are read before the clock runs; mails with attachments are left out, those cost what is in them.
"""

import argparse
import email
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bench.mails import derive
from bench.measure import Measured, in_fresh_process
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import phrases_from
from mailflow.core.reading.book import build_book
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import as_line, report
from mailflow.core.reading.words import load_words
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.configuration import read_layers
from mailflow.edges.files.defaults import default_rules
from mailflow.edges.files.order_book import load_book

GOAL = 400  # mails a second on one core
_QUOTING = "reading/quoting.yaml"


def main() -> None:
    """Measure, tell, and fail where the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description="Measure reading alone.")
    parser.add_argument("--mails", type=int, default=2_000, help="mails to read (default 2000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each in a fresh process (default 3)")
    parser.add_argument("--no-goals", action="store_true", help="end well even where the goal is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailflow-bench-") as name:
        world = prepare(Path(name), options.mails)
        rounds = [in_fresh_process("bench.reading:read", world / "log", world=world) for _ in range(options.rounds)]
    rate = median(each.count / each.cpu for each in rounds)
    print(
        f"mailflow read: {rounds[0].count:,} mails, {rate:,.0f} a second of one core (goal ≥ {GOAL}), "
        f"{1000 / rate:.2f} ms each, {median(each.rate for each in rounds):,.0f} a second by the clock, "
        f"peak memory {max(each.peak_mb for each in rounds):.0f} MB"
    )
    if rate < GOAL and not options.no_goals:
        sys.exit("the goal is missed: reading")


def prepare(world: Path, count: int) -> Path:
    """Write so many mails without attachments, and the book that they are about."""
    (world / "mail").mkdir()
    derived = derive(count * 3 // 2)
    (world / "orders.csv").write_text(derived.orders, encoding="utf-8")
    (world / "parties.yaml").write_text(derived.parties, encoding="utf-8")
    plain = [raw for raw in derived.mails if not any(p.get_filename() for p in email.message_from_bytes(raw).walk())]
    for number, raw in enumerate(plain[:count]):
        (world / "mail" / f"{number:06}.eml").write_bytes(raw)
    return world


def read(world: str) -> Measured:
    """Read every mail of a folder into a line of JSON, as the command does."""
    texts = read_layers([default_rules()], (".yaml",))
    source, _ = read_yaml(texts[_QUOTING], _QUOTING)
    assert source is not None
    phrases = phrases_from(source.data)
    words = load_words({name.removeprefix("reading/"): t for name, t in texts.items() if name.startswith("reading/")})
    orders, parties, house, _ = load_book(Path(world) / "orders.csv", Path(world) / "parties.yaml")
    book = build_book(orders, parties, house)
    paths = sorted((Path(world) / "mail").iterdir())
    begun, cpu = perf_counter(), process_time()
    size = 0
    for path in paths:
        message = parse_message(path.read_bytes(), open_attachment, phrases)
        size += len(as_line(report(path.stem, message, read_message(message, book, words))).encode("utf-8", "replace"))
    assert size
    return Measured(len(paths), perf_counter() - begun, process_time() - cpu)


if __name__ == "__main__":
    main()
