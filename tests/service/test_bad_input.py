"""Bad mails, files and servers: a clear word to a person, nothing lost, and everything behind them goes on."""

import base64
import os
import re
import signal
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner, Result

from mailflow.cli import build_app
from mailflow.core.letters.model import LetterState
from mailflow.core.mails import MailState, StoredMail
from mailflow.core.orders.events import MailRead, MailSetAside
from mailflow.edges.database import DatabaseStore
from mailflow.edges.files.starting import write_starter
from tests.servers.ports import free_ports
from tests.servers.postfix import MailSystem
from tests.service.disk import logging_service, service_on_a_small_disk
from tests.service.runner import running
from tests.service.test_end_to_end import database, promised
from tests.service.world import DUE, NOW, World, make_world, wait_until

pytestmark = pytest.mark.service

LATER = DUE + timedelta(days=9)


@pytest.fixture
def world(tmp_path: Path, mail_system: MailSystem) -> World:
    return make_world(tmp_path / "world", mail_system, orders=2, customers=2, mode=lambda customer: "off")


@pytest.fixture
def store(world: World) -> Iterator[DatabaseStore]:
    opened = database(world)
    yield opened
    opened.close()


# ── mails ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def handle(world: World, store: DatabaseStore, bad: bytes) -> tuple[StoredMail, list[str]]:
    """Let the service have a bad mail and a good one behind it; return the bad one and what a person is asked.

    The good one must have been entered, and both must still lie in the mailbox, untouched.
    """
    world.system.dovecot.deliver([world.mailbox], bad)
    world.system.dovecot.deliver([world.mailbox], world.promise(2, LATER).encode())
    with running(world.config):
        wait_until(lambda: promised(store, "PO26-00002") == LATER)
    assert len(world.inbox(world.mailbox)) == 2
    assert not [mail for mail in world.inbox(world.mailbox) if mail.flags and "\\Seen" in mail.flags]
    with store.look() as tx:
        mail = tx.mails.get(1)
        reviews = tx.views.reviews().values()
    assert mail is not None
    return mail, [review.opened.question for review in reviews if review.opened.mail == 1]


def head(world: World, more: str) -> str:
    return (
        f"From: {world.supplier}\r\nTo: {world.mailbox}\r\nSubject: PO26-00001\r\nMessage-ID: <bad@mail.example>\r\n"
        f"Date: {format_datetime(NOW)}\r\nMIME-Version: 1.0\r\n{more}\r\n"
    )


def same(stored: bytes, sent: bytes) -> bool:
    """Whether the database has the mail as it was sent, but for what the servers put in front."""
    return stored.replace(b"\r\n", b"\n").rstrip().endswith(sent.replace(b"\r\n", b"\n").rstrip())


def test_a_mail_that_was_cut_off_is_asked_about_and_enters_nothing(world: World, store: DatabaseStore) -> None:
    bad = head(world, 'Content-Type: multipart/mixed; boundary="b"\r\n') + (
        "--b\r\nContent-Type: text/plain\r\n\r\nPO26-00001: new ex-factory date is 24 Dec 2026, provided that you ac"
    )
    mail, questions = handle(world, store, bad.encode())
    assert any("could not be read as a whole: the mail is cut off" in question for question in questions), questions
    assert promised(store, "PO26-00001") is None
    assert same(mail.raw, bad.encode())


def test_a_mail_of_30_megabytes_is_told_and_left_in_the_mailbox(world: World, store: DatabaseStore) -> None:
    picture = base64.encodebytes(os.urandom(22 * 1024 * 1024)).replace(b"\n", b"\r\n")
    assert len(picture) > 30_000_000
    more = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
    mail, questions = handle(world, store, head(world, more).encode() + picture)
    assert mail.state is MailState.SKIPPED
    assert mail.raw == b""
    assert [
        re.search(r"has [\d,]+ bytes, more than the 26,214,400 that are fetched", q) is None for q in questions
    ] == [False]
    assert "look at it in the mailbox" in questions[0]


def test_a_mail_nested_200_deep_is_asked_about(world: World, store: DatabaseStore) -> None:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(200))
    closed = "".join(f"\r\n--b{n}--\r\n" for n in reversed(range(200)))
    body = "Content-Type: text/plain\r\n\r\nPO26-00001 ships on 24 Dec 2026.\r\n"
    bad = head(world, "").removesuffix("\r\n") + opened + body + closed
    mail, questions = handle(world, store, bad.encode())
    assert any("nested" in question for question in questions), questions
    assert promised(store, "PO26-00001") is None
    assert same(mail.raw, bad.encode())


def in_charset(world: World, text: bytes) -> bytes:
    more = "Content-Type: text/plain; charset=x-klingon-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    return head(world, more).encode() + text


def test_a_mail_in_an_unknown_charset_is_asked_about_with_its_name(world: World, store: DatabaseStore) -> None:
    bad = in_charset(world, b"PO26-00001: new ex-factory date is 24 Dec 2026 \xff\xff\x81\x20\xff.\r\n")
    mail, questions = handle(world, store, bad)
    assert any("unknown charset 'x-klingon-8'" in question for question in questions), questions
    assert promised(store, "PO26-00001") is None, "in doubt a person is asked"
    assert same(mail.raw, bad)


def test_a_mail_whose_charset_has_a_wrong_name_is_read_all_the_same(world: World, store: DatabaseStore) -> None:
    bad = in_charset(world, "PO26-00001 预计12月24日出货。\r\n".encode("gb18030"))
    mail, questions = handle(world, store, bad)
    assert not questions, "its bytes leave no doubt"
    assert promised(store, "PO26-00001") == LATER
    assert same(mail.raw, bad)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `mailflow init` writes."""
    write_starter(tmp_path / "house")
    secret = tmp_path / "house" / "secrets" / "followup"
    secret.write_text("made up", encoding="utf-8")
    secret.chmod(0o600)
    return tmp_path / "house"


def mailflow(folder: Path, *words: str) -> Result:
    env = {"COLUMNS": "250", "MAILFLOW_CONFIG": str(folder / "mailflow.yaml")}
    return CliRunner().invoke(build_app(), list(words), env=env, catch_exceptions=False)


def test_a_spreadsheet_with_merged_cells_and_a_date_typed_as_text(folder: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Order book of the spring season"])
    sheet.merge_cells("A1:E1")
    sheet.append(["PO no.", "Supplier", "Style", "Qty", "Due date"])
    sheet.append(["PO26-00001", "Hengtai Garment", "HD5420", 1200, "5 Dec 2026"])
    sheet.append(["PO26-00002", None, "HD5421", 800, "2026-12-06"])
    sheet.merge_cells("B3:B4")
    sheet.append(["PO26-00003", "Hengtai Garment", "HD5422", 300, "soon after the holiday"])
    book.save(folder / "orders.xlsx")
    (folder / "parties.yaml").write_text("parties: [{name: Hengtai Garment, role: supplier}]\n", encoding="utf-8")
    done = mailflow(folder, "import", str(folder / "orders.xlsx"), str(folder / "parties.yaml"))
    assert done.exit_code == 1, done.output
    assert re.search(r"orders\.xlsx\[Sheet\]:5: column E .*'soon after the holiday' is no day; write", done.output), (
        done.output
    )
    listed = mailflow(folder, "orders").output
    assert "2026-12-05" in listed
    assert "2026-12-06" in listed, "the merged cell is the supplier of both its rows"
    assert "PO26-00003" not in listed


def test_a_rule_with_an_unknown_key_names_the_right_one(folder: Path) -> None:
    playbook = folder / "rules" / "playbook.yaml"
    text = playbook.read_text(encoding="utf-8").replace("    rest: 3 working days", "    resst: 3 working days", 1)
    playbook.write_text(text, encoding="utf-8")
    line = text.splitlines().index(next(line for line in text.splitlines() if "resst" in line)) + 1
    for command in (["check", "--offline"], ["once"]):
        done = mailflow(folder, *command)
        assert done.exit_code == 1
        assert f"rules/playbook.yaml:{line}: unknown key 'resst'; did you mean 'rest'?" in done.output, done.output


def test_a_template_with_an_unknown_field_names_the_right_one(folder: Path) -> None:
    letter = folder / "templates" / "ask_ship" / "text.en.j2"
    letter.write_text("Dear friend,\nis {{ letter.lines[0].numbr }} on time?\n", encoding="utf-8")
    done = mailflow(folder, "check", "--offline")
    assert done.exit_code == 1
    assert "templates/ask_ship/text.en.j2:2: numbr is unknown; did you mean number?" in done.output


def test_a_running_service_keeps_the_last_good_rules(world: World, store: DatabaseStore, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with logging_service(world.config, log) as service:
        wait_until(lambda: "running" in log.read_text())
        (world.folder / "rules" / "playbook.yaml").write_text("stpes: []\n")
        service.send_signal(signal.SIGHUP)
        wait_until(lambda: "the last good ones stay" in log.read_text())
        world.send(world.promise(1, LATER))
        wait_until(lambda: promised(store, "PO26-00001") == LATER)
    assert "unknown key 'stpes'" in log.read_text()
    assert "did you mean 'steps'?" in log.read_text()


# ── servers and disk ─────────────────────────────────────────────────────────────────────────────────────────────────


def rewrite(world: World, old: str, new: str) -> None:
    text = world.config.read_text()
    assert old in text
    world.config.write_text(text.replace(old, new))


def test_a_mailbox_that_nobody_serves_is_told_and_its_mails_come_later(
    world: World, store: DatabaseStore, tmp_path: Path
) -> None:
    (closed,) = free_ports(1)
    world.send(world.promise(1, LATER))
    rewrite(world, f"port: {world.system.imap_port}", f"port: {closed}")
    log = tmp_path / "log"
    with logging_service(world.config, log):
        wait_until(lambda: f"127.0.0.1:{closed}: cannot reach an IMAP server" in log.read_text())
    assert "Traceback" not in log.read_text()
    rewrite(world, f"port: {closed}", f"port: {world.system.imap_port}")
    with running(world.config):
        wait_until(lambda: promised(store, "PO26-00001") == LATER)


def test_letters_wait_for_a_server_that_cannot_be_reached(tmp_path: Path, mail_system: MailSystem) -> None:
    (closed,) = free_ports(1)
    world = make_world(tmp_path / "world", mail_system, orders=1, customers=1, smtp_port=closed)
    store = database(world)
    world.send(world.promise(1, LATER))

    def replies() -> list[str]:
        with store.look() as tx:
            return [letter.reply for letter in tx.outbox.letters([LetterState.QUEUED]) if letter.reply]

    with running(world.config):
        wait_until(replies)
    assert f"127.0.0.1:{closed}: cannot reach an SMTP server" in replies()[0]
    assert not world.inbox(world.customers[0])
    rewrite(world, f"port: {closed}", f"port: {mail_system.smtp_port}")
    with running(world.config, now=NOW + timedelta(minutes=20)):
        wait_until(lambda: world.inbox(world.customers[0]))
    assert len(world.inbox(world.customers[0])) == 1


def test_a_wrong_password_is_tried_once_told_once_and_tried_again_when_asked(
    world: World, store: DatabaseStore, tmp_path: Path
) -> None:
    def questions() -> list[str]:
        with store.look() as tx:
            return [review.opened.question for review in tx.views.reviews().values()]

    def refusals() -> int:
        return log.read_text().count("refuses the login")

    log = tmp_path / "log"
    rewrite(world, f"password: {world.system.password}", "password: wrong")
    with logging_service(world.config, log) as service:
        wait_until(questions)
        wait_until(refusals)
        assert re.search(r"again_in=2\d{4}", log.read_text()), "a refused login rests for hours"
        service.send_signal(signal.SIGHUP)
        wait_until(lambda: refusals() == 2)
    assert len(questions()) == 1
    assert "refuses the login" in questions()[0]
    assert "check user and password" in questions()[0]
    rewrite(world, "password: wrong", f"password: {world.system.password}")
    world.send(world.promise(1, LATER))
    with running(world.config):
        wait_until(lambda: promised(store, "PO26-00001") == LATER)
    assert not questions(), "it opens again: the question has settled itself"


MAILS = 12


def test_a_full_disk_is_told_loses_nothing_and_room_mends_it(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path / "world", mail_system, orders=MAILS, customers=MAILS)
    for number in range(1, MAILS + 1):
        mail_system.dovecot.deliver([world.mailbox], with_picture(world, number))
    with service_on_a_small_disk(world.config, tmp_path / "log", free=3_000_000, room=40_000_000) as service:
        wait_until(lambda: "the disk is full; make room, nothing was lost" in service.log, 60)
        service.make_room()
        wait_until(lambda: service.log.count("event_type=MailRead") == MAILS, 60)
        service.stop()
    assert "Traceback" not in service.log
    (world.folder / "data").rmdir()
    (world.folder / "saved").rename(world.folder / "data")
    with running(world.config, now=NOW + timedelta(hours=4)):  # letters are spread over the morning
        wait_until(lambda: all(world.inbox(customer) for customer in world.customers))
    store = database(world)
    with store.look() as tx:
        events = [recorded.event for recorded in tx.ledger.after(0, 100_000)]
    assert len({event.message_id for event in events if isinstance(event, MailRead)}) == MAILS
    assert sum(isinstance(event, MailRead) for event in events) == MAILS
    assert not [event for event in events if isinstance(event, MailSetAside)]
    assert [len(world.inbox(customer)) for customer in world.customers] == [1] * MAILS


def with_picture(world: World, number: int) -> bytes:
    """Return a supplier's mail with a new date and a picture that takes room."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = world.supplier, world.mailbox, f"PO26-{number:05}"
    mail["Date"] = format_datetime(NOW)
    mail["Message-ID"] = f"<{number}@supplier.example>"
    mail.set_content(f"PO26-{number:05}: we are short of workers, new ex-factory date is {LATER:%d %b %Y}.\n\nChen")
    mail.add_attachment(os.urandom(500_000), maintype="image", subtype="jpeg", filename="goods.jpg")
    return mail.as_bytes()
