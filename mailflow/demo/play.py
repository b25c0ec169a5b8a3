"""Plays the week: each mail at its time, a round of the real service after it, and what came of it on the screen."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from rich.console import Console

from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.orders.events import Recorded
from mailflow.core.orders.state import OrderState
from mailflow.daemon import Daemon, one_round
from mailflow.demo.narrate import ASKED, MOVED, Line, Scene, count, narrate
from mailflow.demo.pages import Digest, Entry, save
from mailflow.demo.sandbox import HOST
from mailflow.demo.show import Show, new_console, order_rows
from mailflow.demo.stage import HOUSE, Stage, set_up
from mailflow.demo.week import Mail, load_week
from mailflow.demo.words import Language, Words, words_of
from mailflow.logs import set_up_logs

WATCH_SECONDS = 0.5
MAILBOXES = (HOUSE, "zheng.jie@haitang-garment.example", "ingrid.solberg@fjordfell.example")


@dataclass(slots=True)
class Story:
    """What has happened so far."""

    entries: list[Entry] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def play(out: Path, *, language: Language, stay: bool, console: Console | None = None) -> int:
    """Play the week, save letters and digest under `out`, with `stay` go on until interrupted; return 0."""
    began = time.monotonic()
    words, week = words_of(language), load_week()
    out.mkdir(parents=True, exist_ok=True)
    with (
        _logs_in(out / "mailflow.log"),
        TemporaryDirectory(prefix="mailflow-demo-") as folder,
        set_up(week, Path(folder)) as stage,
    ):
        show = perform(stage, out, console or new_console(), words)
        show.plain(words.took.format(seconds=time.monotonic() - began))
        if stay:
            _stay(stage, show, words)
    return 0


@contextmanager
def _logs_in(path: Path) -> Iterator[None]:
    """Keep the service's log out of the show: it goes to a file for as long as the block lasts."""
    before = structlog.get_config()
    with path.open("w", encoding="utf-8", buffering=1) as log, redirect_stderr(log):
        set_up_logs("json")
        try:
            yield
        finally:
            structlog.configure(**before)


def perform(stage: Stage, out: Path, console: Console, words: Words) -> Show:
    """Play the week on a stage and save letters and digest; return what shows it."""
    stage.import_world()
    stage.news()
    parties = stage.parties()
    show, story = Show(console, words, parties), Story()
    before = stage.orders()
    earlier = order_rows(before, parties, words)
    show.opening(before)
    show.orders(words.before, earlier)
    show.heading(words.live)
    stage.go_live()
    with stage.service.working():
        for day, moments in stage.week.days():
            show.day(day)
            for at, mail in moments:
                _moment(stage, show, story, words, at, mail)
    rows = order_rows(stage.orders(), parties, words)
    show.orders(words.after, rows, earlier)
    letters = _letters(stage)
    sums = _sums(story, letters, words)
    show.heading(sums)
    saved = save(out, words, Digest(sums, story.entries, rows, earlier), letters)
    show.plain(words.saved.format(path=saved.resolve()))
    return show


def _moment(stage: Stage, show: Show, story: Story, words: Words, at: datetime, mail: Mail | None) -> None:
    """Let it be `at`: the mail arrives, the service does a round, and what came of it is told."""
    stage.clock.set(at)
    before = stage.orders()
    subject = ""
    if mail is not None:
        subject, raw = stage.write(mail, at)
        stage.send(mail, raw)
        show.mail(at, mail, subject)
    one_round(stage.service, at)
    lines = tell(stage, stage.news(), before, words)
    if mail is None:
        show.round(at, lines)
    else:
        show.lines(lines)
    story.lines += lines
    story.entries.append(_entry(at, mail, subject, lines, words))


def tell(stage: Stage, news: list[Recorded], before: dict[str, OrderState], words: Words) -> list[Line]:
    """Return the lines that events come to, with the letters that they name at hand."""
    numbers = {number for recorded in news if (number := getattr(recorded.event, "letter", None))}
    with stage.service.store.look() as tx:
        letters = {number: letter for number in numbers if (letter := tx.outbox.get(number))}
    at = stage.clock.now().astimezone(stage.week.home)
    return narrate(news, Scene(words, before, letters, at))


def _entry(at: datetime, mail: Mail | None, subject: str, lines: list[Line], words: Words) -> Entry:
    when = f"{words.weekdays[at.weekday()]} {at:%H:%M}"
    if mail is None:
        return Entry(when, tuple(lines))
    name, address = parseaddr(mail.sender)
    return Entry(when, tuple(lines), f"{name} <{address}>", subject, getattr(mail.note, words.language))


def _letters(stage: Stage) -> list[OutboxLetter]:
    with stage.service.store.look() as tx:
        return sorted(tx.outbox.letters(list(LetterState)), key=lambda letter: letter.id)


def _sums(story: Story, letters: list[OutboxLetter], words: Words) -> str:
    counts = count(story.lines)
    states = [letter.state for letter in letters]
    return words.sums.format(
        mails=sum(bool(entry.sender) for entry in story.entries),
        moved=counts[MOVED],
        asked=counts[ASKED],
        sent=states.count(LetterState.SENT),
        drafts=states.count(LetterState.DRAFTED),
    )


def _stay(stage: Stage, show: Show, words: Words) -> None:
    """Let the service run on as `mailflow run` does, tell what it does, and end on Ctrl-C."""
    sandbox = stage.sandbox
    show.heading(words.stay.format(password=sandbox.password))
    for address in MAILBOXES:
        show.plain(f"  {address}   IMAP {HOST}:{sandbox.imap_port}   SMTP {HOST}:{sandbox.smtp_port}")
    show.heading(words.stop)
    stage.clock.go_on()
    sandbox.redate = True
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(stage, show, words, ended), name="watch", daemon=True)
    daemon = Daemon(stage.service)
    daemon.obey_signals()
    watcher.start()
    try:
        daemon.run()
    finally:
        ended.set()
        watcher.join()


def _watch(stage: Stage, show: Show, words: Words, ended: threading.Event) -> None:
    before = stage.orders()
    while not ended.wait(WATCH_SECONDS):
        news = stage.news()
        if news:
            show.round(stage.clock.now().astimezone(stage.week.home), tell(stage, news, before, words))
            before = stage.orders()
