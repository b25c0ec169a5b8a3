"""The servers do what the tests that use them rely on."""

import imaplib
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import psycopg
import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports, wait_for_port
from tests.servers.postfix import MailSystem
from tests.servers.process import running
from tests.servers.scripted_smtp import ScriptedSmtp, Stage

pytestmark = pytest.mark.service


def letter(sender: str, *recipients: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(recipients), "PO-2026-0118"
    mail.set_content("Shipped.\n.a line that starts with a dot")
    return mail.as_bytes(policy=SMTP)


def wait_for_mail(dovecot: Dovecot, address: str, count: int = 1) -> list[bytes]:
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port) as imap:
        imap.login(address, dovecot.password)
        while True:
            imap.select("INBOX", readonly=True)
            uids = imap.uid("SEARCH", "ALL")[1][0].split()
            if len(uids) >= count:
                return [imap.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in uids]


def test_a_mail_goes_from_smtp_to_the_mailbox_of_each_address(mail_system: MailSystem) -> None:
    one, two = mail_system.address("one"), mail_system.address("two")
    with smtplib.SMTP(mail_system.host, mail_system.smtp_port) as smtp:
        smtp.sendmail("sales@partner.example", [one, two], letter("sales@partner.example", one, two))
    for address in (one, two):
        (raw,) = wait_for_mail(mail_system.dovecot, address)
        assert b"PO-2026-0118" in raw


def test_submission_wants_tls_and_a_login(mail_system: MailSystem) -> None:
    sender, recipient = mail_system.address("me"), mail_system.address("you")
    with smtplib.SMTP("localhost", mail_system.submission_port) as smtp:
        smtp.starttls(context=ssl.create_default_context(cafile=mail_system.ca_file))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(sender, "wrong")
        smtp.login(sender, mail_system.password)
        smtp.sendmail(sender, [recipient], letter(sender, recipient))
    assert len(wait_for_mail(mail_system.dovecot, recipient)) == 1


def test_submission_refuses_who_has_not_logged_in(mail_system: MailSystem) -> None:
    with (
        smtplib.SMTP(mail_system.host, mail_system.submission_port) as smtp,
        pytest.raises((smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused)),
    ):
        smtp.sendmail("a@partner.example", ["b@partner.example"], letter("a@partner.example", "b@partner.example"))


def test_dovecot_takes_a_token_and_offers_tls(dovecot: Dovecot) -> None:
    address = dovecot.address()
    context = ssl.create_default_context(cafile=dovecot.ca_file)
    with imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=context) as imap:
        said = f"user={address}\1auth=Bearer {dovecot.token(address)}\1\1"
        assert imap.authenticate("XOAUTH2", lambda _: said.encode())[0] == "OK"


def test_a_test_run_that_is_killed_leaves_no_server_behind() -> None:
    killed = """
import os, signal
from tests.servers.dovecot import running_dovecot
from tests.servers.postgres import running_postgres
with running_dovecot() as dovecot, running_postgres() as postgres:
    print(dovecot.imap_port, postgres.port, dovecot.folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", killed], capture_output=True, text=True, check=False, cwd=root)
    assert run.returncode == -signal.SIGKILL, run.stderr
    imap, postgres, folder = run.stdout.split()
    wait_until(lambda: not listens(int(imap)) and not listens(int(postgres)))
    wait_until(lambda: not Path(folder).exists())


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "echo unknown setting; sleep 60"]
    with (
        pytest.raises(TimeoutError) as caught,
        running(command, folder=tmp_path / "none", log=tmp_path / "log"),
    ):
        wait_for_port(free_ports(1)[0], seconds=0.2)
    assert "unknown setting" in "".join(caught.value.__notes__)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_every_database_is_new(fresh_postgres: Callable[[], str], postgres_url: str) -> None:
    urls = {fresh_postgres(), fresh_postgres(), postgres_url}
    assert len(urls) == 3
    for url in urls:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE the_same_everywhere (id int)")


def test_scripted_server_says_421_once_and_then_accepts(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.MAIL, "421 4.3.2 try later")
    raw = letter("a@partner.example", "b@partner.example")
    with pytest.raises(smtplib.SMTPSenderRefused), smtplib.SMTP(scripted_smtp.host, scripted_smtp.port) as smtp:
        smtp.sendmail("a@partner.example", ["b@partner.example"], raw)
    with smtplib.SMTP(scripted_smtp.host, scripted_smtp.port) as smtp:
        smtp.sendmail("a@partner.example", ["b@partner.example"], raw)
    (mail,) = scripted_smtp.mails
    assert mail.recipients == ("b@partner.example",)
    assert b"\r\n.a line that starts with a dot" in mail.raw
    assert scripted_smtp.connections == 2


def test_scripted_server_refuses_one_recipient(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.RCPT, "550 5.1.1 unknown", recipient="gone@partner.example", times=None)
    with smtplib.SMTP(scripted_smtp.host, scripted_smtp.port) as smtp:
        refused = smtp.sendmail("a@partner.example", ["gone@partner.example", "b@partner.example"], b"Subject: x\r\n")
    assert refused == {"gone@partner.example": (550, b"5.1.1 unknown")}
    assert scripted_smtp.mails[0].recipients == ("b@partner.example",)


@pytest.mark.parametrize("keeps", [True, False])
def test_scripted_server_hangs_up_after_the_mail(scripted_smtp: ScriptedSmtp, keeps: bool) -> None:
    scripted_smtp.fail(Stage.MESSAGE, drop=True, keeps=keeps)
    with pytest.raises(smtplib.SMTPServerDisconnected), smtplib.SMTP(scripted_smtp.host, scripted_smtp.port) as smtp:
        smtp.sendmail("a@partner.example", ["b@partner.example"], b"Subject: x\r\n")
    assert len(scripted_smtp.mails) == keeps


def test_scripted_server_falls_silent_after_the_mail(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.MESSAGE, silent=True)
    smtp = smtplib.SMTP(scripted_smtp.host, scripted_smtp.port, timeout=0.3)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        smtp.sendmail("a@partner.example", ["b@partner.example"], b"Subject: x\r\n")
