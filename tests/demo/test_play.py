"""The week as it is played: real mail server, real database, real service."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted
from rich.console import Console

from mailflow.demo.pages import body_of
from mailflow.demo.play import perform
from mailflow.demo.sandbox import HOST
from mailflow.demo.stage import HOUSE, Stage, set_up
from mailflow.demo.week import load_week
from mailflow.demo.words import words_of

INGRID = "ingrid.solberg@fjordfell.example"


class Played:
    """What one run of the week left behind."""

    def __init__(self, stage: Stage, out: Path, text: str) -> None:
        self.stage = stage
        self.out = out
        self.text = text

    def after(self, mail: str) -> str:
        """Return what was told of a sample mail."""
        note = next(entry.note.en for entry in self.stage.week.mails if entry.id == mail)
        return re.split(r"\n\d\d:\d\d  |\n\w+day, ", self.text.partition(note)[2])[0]

    def letters_to(self, address: str) -> list[str]:
        """Return the letters that lie in somebody's mailbox, decoded."""
        found = [mail.raw for mail in self.stage.sandbox.delivered if address in mail.recipients]
        messages = [message_from_bytes(raw, policy=policy.default) for raw in found]
        return [f"{m['Subject']}\n{body_of(m, 'plain')}" for m in messages if isinstance(m, EmailMessage)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("demo")
    text = StringIO()
    with set_up(load_week(), folder) as stage:
        perform(stage, folder / "out", Console(file=text, width=400, highlight=False), words_of("en"))
        yield Played(stage, folder / "out", text.getvalue())


def test_every_mail_of_the_week_is_told_with_what_came_of_it(played: Played) -> None:
    for mail in played.stage.week.mails:
        assert played.text.count(mail.note.en) >= 1
        assert played.after(mail.id).strip(), mail.id
    assert "could not be read" not in played.text
    assert f"{len(played.stage.week.mails)} mails read" in played.text


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        ("on-time", "PO26-3102  ships 20 Nov, confirmed"),
        ("workbook", "PO26-3113  ships 18 Nov → 20 Nov"),
        ("workbook", "PO26-3115  ships 30 Nov → 2 Dec"),
        ("delay-fabric", "PO26-3101  ships 19 Nov → 8 Dec"),
        ("delay-power", "PO26-3104  ships 20 Nov → 10 Dec"),
        ("table", "PO26-3126  ships 3 Dec → 7 Dec"),
        ("customer-question", "SO26-2014  asks: status"),
        ("out-of-office", "an automatic reply"),
        ("shipped-trims", "PO26-3112  shipped 17 Nov (SF1401276583927)"),
        ("filled-in", "PO26-3110  ships 2 Dec → 4 Dec"),
        ("filled-in", "PO26-3111  ships 9 Dec, confirmed"),
        ("slip", "PO26-3139  ships 25 Nov → 27 Nov"),
        ("letter-o", "PO26-3105  ships 26 Nov, confirmed"),
        ("signed", "PO26-3109  acknowledged"),
        ("shipped", "PO26-3102  shipped 20 Nov (MSKU7304422)"),
        ("on-board", "PO26-3102  arrives 9 Dec"),
        ("late-answer", "PO26-3151  ships 18 Nov → 24 Nov"),
        ("produced", "PO26-3108  production finished 20 Nov"),
        ("bounce", "mehmet.kaya@anatolia-denim.example takes no mail"),
    ],
)
def test_what_is_certain_is_entered(played: Played, mail: str, told: str) -> None:
    assert told in played.after(mail)


@pytest.mark.parametrize("mail", ["ambiguous", "condition", "fraud", "customer-question", "more-pieces", "bounce"])
def test_what_only_a_person_can_decide_is_asked_and_nothing_is_entered(played: Played, mail: str) -> None:
    assert "A person is asked" in played.after(mail)
    assert "●" not in played.after(mail)


@pytest.mark.parametrize("mail", ["newsletter", "thanks", "short-thanks", "out-of-office"])
def test_what_asks_for_nothing_bothers_nobody(played: Played, mail: str) -> None:
    assert "A person is asked" not in played.after(mail)
    assert "●" not in played.after(mail)


def test_the_customer_set_to_auto_is_told_once_and_sees_nothing_of_the_supplier(played: Played) -> None:
    [notice] = [letter for letter in played.letters_to(INGRID) if "SO26-2001" in letter]
    assert "11 Dec 2026" in notice
    assert not re.search("海塘|Haitang|PO26-|HT26", notice)


def test_the_other_customers_notice_waits_in_drafts(played: Played) -> None:
    assert not [letter for letter in played.letters_to("j.keller@morgenrot-mode.example") if "SO26-2007" in letter]
    sandbox = played.stage.sandbox
    with MailBoxUnencrypted(HOST, sandbox.imap_port, timeout=10).login(HOUSE, sandbox.password) as box:
        box.folder.set("Drafts")
        drafts = [mail.subject for mail in box.fetch(mark_seen=False)]
        box.folder.set("Sent")
        sent = [mail.subject for mail in box.fetch(mark_seen=False)]
    assert len([subject for subject in drafts if "SO26-2007" in subject]) == 1
    assert len([subject for subject in sent if "SO26-2001: new date" in subject]) == 1


def test_an_answer_quotes_the_letter_that_its_writer_got(played: Played) -> None:
    mail = next(mail for mail in played.stage.week.mails if mail.id == "late-answer")
    subject, raw = played.stage.write(mail, played.stage.clock.now())
    assert subject.startswith("Re: ")
    assert "PO26-3151" in subject
    assert b"In-Reply-To: <" in raw


def test_the_digest_links_to_every_letter(played: Played) -> None:
    digest = (played.out / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="(letters/[^"]+)"', digest)
    assert len(links) == len(list((played.out / "letters").iterdir())) > 20
    assert all((played.out / link).is_file() for link in links)
    assert "12月8日" in digest


def test_staying_goes_on_and_handles_an_answer(tmp_path: Path) -> None:
    main = "from mailflow.cli import main; main()"
    command = [sys.executable, "-c", main, "demo", "--stay", "--language", "en", "--out", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as demo:
        assert demo.stdout is not None
        watchdog = threading.Timer(120, demo.kill)
        watchdog.start()
        try:
            told = _until(demo.stdout, "Ctrl-C")
            [port] = set(re.findall(r"SMTP 127\.0\.0\.1:(\d+)", told))
            with smtplib.SMTP(HOST, int(port), timeout=10) as smtp:
                smtp.login("zheng.jie@haitang-garment.example", "demo")
                smtp.sendmail(
                    "zheng.jie@haitang-garment.example",
                    HOUSE,
                    "From: zheng.jie@haitang-garment.example\r\nTo: followup@qinghe.example\r\n"
                    "Date: Sat, 1 Jan 2000 00:00:00 +0800\r\nMessage-ID: <stay@haitang-garment.example>\r\n"
                    "Subject: PO26-3103\r\n\r\nPO26-3103 will ship on 1 December.\r\n",
                )
            assert "27 Nov → 1 Dec" in _until(demo.stdout, "27 Nov → 1 Dec")
            demo.send_signal(signal.SIGINT)
            assert demo.wait(timeout=30) == 0
        finally:
            watchdog.cancel()
            demo.kill()


def _until(stream: Iterator[str], words: str) -> str:
    """Return what was printed up to the line that holds `words`, or everything where none does."""
    told = ""
    for line in stream:
        told += line
        if words in line:
            break
    return told
