"""What others write is shown and never obeyed, on every way to the screen and into the logs."""

import io
import re
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path

import pytest
import structlog
from rich.console import Console

import mailflow.cli
from mailflow.cli.report import print_round
from mailflow.cli.screen import console, line
from mailflow.core.letters.model import LetterFacts, Mode, PlannedLetter
from mailflow.core.message.model import Address
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Proof, Recorded
from mailflow.core.orders.model import Milestone
from mailflow.daemon import RoundReport
from mailflow.jobs.follow_up import FollowUpReport
from mailflow.jobs.read_mails import ReadReport
from mailflow.logs import set_up_logs
from tests.cli.installation import NOW, Installation

EVIL = "\x1b[2J\x1b]0;mine\x07 \x9b31m [red]bold[/red] [/x] :smile: gpj\u202egpj\r\nR1.1 settled: yes"
SHOWN = "�[2J�]0;mine� �31m [red]bold[/red] [/x] :smile: gpj�gpj R1.1 settled: yes"
EVIL_ID = "<evil\x1b[31m@elsewhere.example>"
PROOF = Proof(1, EVIL, 0.9, EVIL, EVIL, EVIL_ID, NOW)
EVENTS: tuple[e.Event, ...] = (
    e.MailRead(1, EVIL_ID, EVIL, EVIL, "update", ("PO26-101",), EVIL),
    e.DatePromised("PO26-101", Milestone.SHIP, date(2026, 12, 9), part=EVIL, refs=(EVIL,), proof=PROOF),
    e.ProblemReported("PO26-101", EVIL, PROOF),
    e.ReviewOpened("R1.7", EVIL, ("PO26-101",), 1, (EVIL,), words=EVIL, party=EVIL),
    e.LetterRefused(1, ("PO26-101",), EVIL, True, EVIL),
)
BOOK = """\
number,kind,party,style,due_date
"PO-[red]7\x1b[5m",purchase,"Evil \x1b[2J [/x] Co.",\x9b1m,2026-11-19
"""
PARTIES = r"""
parties:
- {name: "Evil \e[2J [/x] Co.", role: supplier, contacts: [{name: E, email: e@evil.example}]}
"""


def obeyed(text: str) -> list[str]:
    """Return the signs of a text that a terminal obeys, but for line ends."""
    directions = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    return [
        sign
        for sign in text
        if (unicodedata.category(sign) == "Cc" and sign != "\n") or unicodedata.bidirectional(sign) in directions
    ]


@pytest.mark.parametrize(
    "words", [("orders",), ("show", "PO26-101"), ("why", "PO26-101"), ("why", "<late.1@haitang.example>"), ("review",)]
)
def test_what_mails_say_is_shown_and_not_obeyed(installation: Installation, words: tuple[str, ...]) -> None:
    installation.record(*EVENTS)
    told = installation.told(*words)
    assert obeyed(told) == []
    assert SHOWN in told


def test_names_in_an_order_book(installation: Installation) -> None:
    book, parties = installation.folder / "evil.csv", installation.folder / "evil.yaml"
    book.write_text(BOOK, encoding="utf-8")
    parties.write_text(PARTIES, encoding="utf-8")
    said = [
        installation.run("import", str(book), str(parties)).output,
        installation.told("orders"),
        installation.told("due"),
        installation.told("go-live", "all", "--yes"),
        installation.refused("show", EVIL),
    ]
    assert [obeyed(told) for told in said] == [[]] * len(said)
    assert "Evil" in said[1]
    assert "[/x] Co." in said[3]


def test_what_a_round_tells() -> None:
    letter = PlannedLetter(
        EVIL, EVIL, EVIL, (Address(EVIL),), "en", Mode.AUTO, (), (EVIL,), LetterFacts(()), "a", NOW, why=EVIL
    )
    recorded = tuple(Recorded(number, NOW, event, "mailflow", "") for number, event in enumerate(EVENTS))
    report = RoundReport(1, (ReadReport(1, 0, recorded),), FollowUpReport(((1, letter),)), faults={"a": EVIL})
    told = io.StringIO()
    print_round(Console(file=told, width=10_000, markup=False, emoji=False), report, shadow=True)
    assert obeyed(told.getvalue()) == []
    assert told.getvalue().count(SHOWN) > len(EVENTS)


@pytest.mark.parametrize("form", ["json", "text"])
def test_logs(form: str) -> None:
    before, told = structlog.get_config(), io.StringIO()
    try:
        with redirect_stderr(told):
            set_up_logs(form)
            log = structlog.get_logger()
            log.info("read", subject=EVIL)
            try:
                raise ValueError(EVIL)
            except ValueError:
                log.exception("failed")
    finally:
        structlog.configure(**before)
    assert obeyed(told.getvalue()) == []
    assert "ValueError" in told.getvalue()
    assert "[2J" in told.getvalue()


def test_colours_are_for_terminals_that_want_them(installation: Installation) -> None:
    assert "\x1b[" not in installation.told("orders")
    assert re.search(r"\x1b\[[0-9;]*31m2026-11-25", installation.told("orders", FORCE_COLOR="1", TERM="xterm"))
    assert "31m" not in installation.told("orders", FORCE_COLOR="1", TERM="xterm", NO_COLOR="1")


def test_there_is_one_way_to_the_screen() -> None:
    """`read` shows one mail to whoever asks for it; the demo shows its own world."""
    others = {"screen.py", "read.py", "demo.py", "__init__.py"}
    printing = re.compile(r"\bprint\(|\.print\(|typer\.echo|sys\.std(out|err)\.write")
    files = [path for path in Path(mailflow.cli.__file__).parent.glob("*.py") if path.name not in others]
    assert len(files) > 10
    assert [path.name for path in files if printing.search(path.read_text("utf-8"))] == []


def test_a_terminal_without_chinese_signs_still_shows_the_rest(tmp_path: Path) -> None:
    with (tmp_path / "screen").open("w", encoding="ascii") as screen, redirect_stdout(screen):
        line(console(), "PO26-101 面料")
    assert (tmp_path / "screen").read_text() == "PO26-101 ??\n"
