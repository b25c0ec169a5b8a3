"""The demo's mail server, as real clients see it."""

import smtplib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from imap_tools import MailboxLoginError, MailBoxUnencrypted

from mailflow.demo.sandbox import HOST, KEYWORDS, Sandbox

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
HOUSE = "followup@qinghe.example"
MAIL = "From: Mei <mei@mill.example>\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n交期确认\r\n"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox([HOUSE], clock=lambda: NOON, refused=["gone@shop.example"]) as running:
        yield running


def send(sandbox: Sandbox, *to: str, subject: str = "hello", login: str = "", password: str = "demo") -> None:
    with smtplib.SMTP(HOST, sandbox.smtp_port, timeout=10) as smtp:
        if login:
            smtp.login(login, password)
        smtp.sendmail("mei@mill.example", to, MAIL.format(to=", ".join(to), subject=subject).encode("utf-8"))


def open_mailbox(sandbox: Sandbox, address: str, password: str = "demo") -> MailBoxUnencrypted:
    return MailBoxUnencrypted(HOST, sandbox.imap_port, timeout=10).login(address, password)


def subjects(sandbox: Sandbox, address: str, folder: str = "INBOX") -> list[str]:
    with open_mailbox(sandbox, address) as box:
        box.folder.set(folder)
        return [mail.subject for mail in box.fetch(mark_seen=False)]


def test_every_recipient_has_a_mailbox_of_their_own(sandbox: Sandbox) -> None:
    send(sandbox, HOUSE, subject="to the house")
    send(sandbox, "anna@shop.example", "OLE@shop.example", subject="to both")

    assert subjects(sandbox, HOUSE) == ["to the house"]
    assert subjects(sandbox, "anna@shop.example") == ["to both"]
    assert subjects(sandbox, "ole@shop.example") == ["to both"]


def test_mail_arrives_byte_for_byte_at_the_time_of_the_given_clock(sandbox: Sandbox) -> None:
    send(sandbox, HOUSE)

    with open_mailbox(sandbox, HOUSE) as box:
        [[answer, *_]] = [box.client.uid("FETCH", "1:*", "(INTERNALDATE BODY.PEEK[])")[1]]
    assert MAIL.format(to=HOUSE, subject="hello").encode("utf-8") in answer[1]
    assert b'INTERNALDATE "16-Nov-2026 04:00:00 +0000"' in answer[0]
    assert [(d.recipients, d.at) for d in sandbox.delivered] == [((HOUSE,), NOON)]


def test_an_address_that_nobody_has_is_refused_and_the_other_recipient_is_served(sandbox: Sandbox) -> None:
    send(sandbox, "gone@shop.example", "anna@shop.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(sandbox, "gone@shop.example")

    assert refused.value.recipients["gone@shop.example"][0] == 550
    assert subjects(sandbox, "anna@shop.example") == ["hello"]


def test_wrong_passwords_and_strangers_are_turned_away(sandbox: Sandbox) -> None:
    send(sandbox, HOUSE, login=HOUSE)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(sandbox, HOUSE, login=HOUSE, password="guess")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(sandbox, HOUSE, login="stranger@shop.example")
    with pytest.raises(MailboxLoginError):
        open_mailbox(sandbox, HOUSE, "guess")
    with pytest.raises(MailboxLoginError):
        open_mailbox(sandbox, "stranger@shop.example")


def test_folders_drafts_and_keywords_are_kept(sandbox: Sandbox) -> None:
    send(sandbox, HOUSE)
    with open_mailbox(sandbox, HOUSE) as box:
        assert {"INBOX", "Drafts", "Sent", "Trash"} == {folder.name for folder in box.folder.list()}
        box.append(MAIL.format(to=HOUSE, subject="draft").encode("utf-8"), "Drafts", flag_set=[r"\Draft"])
        for word in sorted(bytes(keyword).decode() for keyword in KEYWORDS):
            box.client.uid("STORE", "1:*", "+FLAGS", f"({word})")

    with open_mailbox(sandbox, HOUSE) as box:
        [mail] = box.fetch(mark_seen=False)
        assert {flag.lower() for flag in mail.flags} >= {bytes(keyword).decode().lower() for keyword in KEYWORDS}
    assert subjects(sandbox, HOUSE, "Drafts") == ["draft"]


def test_idle_tells_of_a_new_mail(sandbox: Sandbox) -> None:
    with open_mailbox(sandbox, HOUSE) as box:
        box.client.send(b"x1 IDLE\r\n")
        assert box.client.readline().startswith(b"+ ")
        sender = threading.Thread(target=send, args=(sandbox, HOUSE))
        sender.start()
        assert box.client.readline() == b"* 1 EXISTS\r\n"
        sender.join()
        box.client.send(b"DONE\r\n")
        while not (line := box.client.readline()).startswith(b"x1 "):
            assert line.startswith(b"* ")
        assert b" OK " in line


def test_stopping_frees_the_ports_though_a_client_is_connected() -> None:
    first = Sandbox([HOUSE], clock=lambda: NOON)
    first.start()
    client = open_mailbox(first, HOUSE)
    first.stop()
    first.stop()
    client.client.shutdown()

    with Sandbox([HOUSE], clock=lambda: NOON, imap_port=first.imap_port, smtp_port=first.smtp_port) as second:
        assert (second.imap_port, second.smtp_port) == (first.imap_port, first.smtp_port)
        assert subjects(second, HOUSE) == []


def test_a_port_that_is_taken_is_an_error_at_the_start(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match=str(sandbox.imap_port)):
        Sandbox([HOUSE], clock=lambda: NOON, imap_port=sandbox.imap_port).start()


def test_dates_of_real_mail_programs_become_those_of_the_sandbox(sandbox: Sandbox) -> None:
    sandbox.redate = True
    header = "From: a@mill.example\r\nSubject: x\r\ndate: Sat,\r\n 1 Jan 2000 00:00:00 +0000\r\nTo: b@shop.example\r\n"
    with smtplib.SMTP(HOST, sandbox.smtp_port, timeout=10) as smtp:
        smtp.sendmail("a@mill.example", HOUSE, f"{header}\r\nDate: 5 December\r\n")

    assert sandbox.delivered[0].raw.decode() == (
        "From: a@mill.example\r\nSubject: x\r\nDate: Mon, 16 Nov 2026 04:00:00 +0000\r\nTo: b@shop.example\r\n"
        "\r\nDate: 5 December\r\n"
    )
