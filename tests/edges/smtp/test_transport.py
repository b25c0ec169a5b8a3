"""Handing letters over: to a server that fails as told, and to a real Postfix."""

import imaplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller

from mailflow.core.letters.model import Envelope
from mailflow.edges.smtp import Security, SmtpAccount, SmtpDelivery, SmtpTransport, connect, try_login
from tests.servers.certificates import make_certificates
from tests.servers.ports import free_ports
from tests.servers.postfix import MailSystem
from tests.servers.scripted_smtp import ScriptedSmtp, Stage, running_scripted_smtp

RAW = b"From: us@lanmei.example\r\nSubject: hi\r\n\r\n.a line that begins with a dot\r\nlast\r\n"


def account(server: ScriptedSmtp) -> SmtpAccount:
    return SmtpAccount(server.host, server.port, security=Security.NONE, timeout=5, data_timeout=0.3)


def letter(number: int = 1, *recipients: str) -> Envelope:
    return Envelope(f"<{number}@lanmei.example>", "us@lanmei.example", recipients or (f"r{number}@x.example",), RAW)


@contextmanager
def opened(server: ScriptedSmtp, connections: int = 1) -> Iterator[SmtpTransport]:
    transport = connect(account(server))
    try:
        assert transport.open(connections) == []
        yield transport
    finally:
        transport.close()


def sent_one(server: ScriptedSmtp, envelope: Envelope | None = None) -> SmtpDelivery:
    with opened(server) as transport:
        (delivery,) = transport.send([envelope or letter()])
    return delivery


def test_an_accepted_letter_arrives_byte_for_byte(scripted_smtp: ScriptedSmtp) -> None:
    delivery = sent_one(scripted_smtp, letter(1, "a@x.example", "b@x.example"))
    assert delivery == SmtpDelivery("accepted", "250 2.0.0 accepted")
    (mail,) = scripted_smtp.mails
    assert (mail.sender, mail.recipients, mail.raw) == ("us@lanmei.example", ("a@x.example", "b@x.example"), RAW)
    assert "EHLO [127.0.0.1]" in scripted_smtp.commands
    assert scripted_smtp.commands[-1] == "QUIT"


def test_several_letters_share_connections_and_answers_keep_their_order(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.RCPT, "550 5.1.1 nobody", recipient="r5@x.example")
    with opened(scripted_smtp, connections=3) as transport:
        first = transport.send([letter(number) for number in range(8)])
        second = transport.send([letter(number) for number in range(8, 11)])
    assert [d.outcome for d in first] == ["accepted"] * 5 + ["refused"] + ["accepted"] * 2
    assert [d.outcome for d in second] == ["accepted"] * 3
    assert scripted_smtp.connections == 3
    assert len(scripted_smtp.mails) == 10


@pytest.mark.parametrize(
    ("stage", "said", "outcome", "stops"),
    [
        (Stage.MAIL, "451 4.3.0 busy", "later", False),
        (Stage.MAIL, "553 Mail from must equal authorized user", "refused", True),
        (Stage.MAIL, "552 5.3.4 message too big", "refused", False),
        (Stage.RCPT, "450 4.2.1 greylisted", "later", False),
        (Stage.RCPT, "550 5.1.1 nobody here", "refused", False),
        (Stage.RCPT, "554 5.7.1 Relay access denied", "refused", True),
        (Stage.DATA, "451 4.3.0 try later", "later", False),
        (Stage.MESSAGE, "451 4.7.1 try later", "later", False),
        (Stage.MESSAGE, "421 4.3.2 shutting down", "later", False),
        (Stage.MESSAGE, "554 5.6.0 malformed", "refused", False),
        (Stage.MESSAGE, "554 DT:SPM 163 smtp7", "refused", True),
        (Stage.MESSAGE, "550 5.4.5 Daily user sending limit exceeded", "later", False),
    ],
)
def test_a_refusal_is_told_with_its_words(
    scripted_smtp: ScriptedSmtp, stage: Stage, said: str, outcome: str, stops: bool
) -> None:
    scripted_smtp.fail(stage, said)
    with opened(scripted_smtp) as transport:
        (failed,) = transport.send([letter(1)])
        (after,) = transport.send([letter(2)])
    assert (failed.outcome, failed.stops_mailbox) == (outcome, stops)
    assert said in failed.reply
    assert after.outcome == "accepted"  # the fault did not spoil the next letter
    assert [mail.recipients for mail in scripted_smtp.mails] == [("r2@x.example",)]


def test_one_recipient_refused_for_good_does_not_keep_the_others_waiting(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.RCPT, "550 5.1.1 nobody", recipient="gone@x.example")
    scripted_smtp.fail(Stage.RCPT, "552 5.2.2 mailbox full", recipient="full@x.example")
    delivery = sent_one(scripted_smtp, letter(1, "a@x.example", "gone@x.example", "full@x.example"))
    assert delivery.outcome == "accepted"
    assert delivery.refused == ("gone@x.example", "full@x.example")
    assert delivery.bad_addresses == ("gone@x.example",)
    assert "gone@x.example: 550 5.1.1 nobody" in delivery.reply
    assert scripted_smtp.mails[0].recipients == ("a@x.example",)


def test_one_recipient_who_must_wait_lets_all_wait(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.RCPT, "450 greylisted", recipient="slow@x.example")
    delivery = sent_one(scripted_smtp, letter(1, "a@x.example", "slow@x.example"))
    assert delivery.outcome == "later"
    assert scripted_smtp.mails == []


def test_nobody_there_names_the_bad_addresses(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.RCPT, "550 5.1.1 nobody", times=None)
    delivery = sent_one(scripted_smtp, letter(1, "a@x.example", "b@x.example"))
    assert delivery.outcome == "refused"
    assert delivery.refused == delivery.bad_addresses == ("a@x.example", "b@x.example")


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT])
@pytest.mark.parametrize("said", ["421 4.3.2 closing", ""])
def test_a_connection_that_closes_before_the_letter_is_opened_again(
    scripted_smtp: ScriptedSmtp, stage: Stage, said: str
) -> None:
    scripted_smtp.fail(stage, said, drop=not said)
    assert sent_one(scripted_smtp).outcome == "accepted"
    assert scripted_smtp.connections == 2
    assert len(scripted_smtp.mails) == 1


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT])
def test_a_server_that_always_closes_leaves_the_letter_untried(scripted_smtp: ScriptedSmtp, stage: Stage) -> None:
    scripted_smtp.fail(stage, "421 4.7.0 go away", times=None)
    delivery = sent_one(scripted_smtp)
    assert delivery.outcome == "untried"
    assert "421 4.7.0 go away" in delivery.reply
    assert not delivery.stops_mailbox


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("how", ["drop", "silent"])
def test_silence_after_the_letter_is_unknown_and_never_tried_at_once(
    scripted_smtp: ScriptedSmtp, how: str, keeps: bool
) -> None:
    scripted_smtp.fail(Stage.MESSAGE, drop=how == "drop", silent=how == "silent", keeps=keeps)
    with opened(scripted_smtp) as transport:
        (lost,) = transport.send([letter(1)])
        (after,) = transport.send([letter(2)])
    assert lost.outcome == "unknown"
    assert after.outcome == "accepted"
    assert len(scripted_smtp.mails) == 1 + keeps
    assert scripted_smtp.connections == 2


def test_after_a_letter_that_stops_the_account_no_other_is_tried(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.MESSAGE, "554 DT:SPM 163 smtp7")
    with opened(scripted_smtp) as transport:
        deliveries = transport.send([letter(number) for number in range(4)])
    assert [d.outcome for d in deliveries] == ["refused", "untried", "untried", "untried"]
    assert [d.stops_mailbox for d in deliveries] == [True, False, False, False]


def test_a_refused_greeting_waits(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.fail(Stage.CONNECT, "421 4.7.0 too many connections")
    transport = connect(account(scripted_smtp))
    (failed,) = transport.open(2)
    transport.close()
    assert "too many connections" in failed.reply
    assert not failed.stops_mailbox
    assert failed.outcome in ("later", "untried")


def test_an_unreachable_server_is_named() -> None:
    (told,) = try_login(SmtpAccount("127.0.0.1", 9, security=Security.NONE, timeout=2))
    assert told.startswith("127.0.0.1:9: cannot reach an SMTP server")


def test_a_wrong_password_is_tried_once_and_stops(scripted_smtp: ScriptedSmtp) -> None:
    with running_scripted_smtp(password="right") as server:
        wrong = replace(account(server), user="amy", password="wrong")
        transport = connect(wrong)
        (failed,) = transport.open(4)
        transport.close()
        assert failed.stops_mailbox
        assert "check user and password" in failed.reply
        assert "wrong user or password" in failed.reply
        assert len([line for line in server.commands if line.startswith("AUTH")]) == 1
        assert server.connections == 1
        assert try_login(replace(wrong, password="right")) == []


def test_the_password_is_not_shown() -> None:
    shown = repr(SmtpAccount("h", 1, "amy", "sesame", "token"))
    assert "sesame" not in shown
    assert "token" not in shown.replace("token=", "")


def test_starttls_is_wanted_and_never_given_up(
    tmp_path_factory: pytest.TempPathFactory, scripted_smtp: ScriptedSmtp
) -> None:
    certificates = make_certificates(tmp_path_factory.mktemp("certificates"))
    with running_scripted_smtp(certificates=certificates, password="right") as server:
        safe = SmtpAccount(server.host, server.port, "amy", "right", security=Security.STARTTLS, timeout=5)
        assert try_login(replace(safe, ca_file=certificates.authority)) == []
        (told,) = try_login(safe)
        assert "certificate" in told
    (told,) = try_login(replace(safe, port=scripted_smtp.port))
    assert "STARTTLS" in told
    assert not [line for line in scripted_smtp.commands if line.startswith("AUTH")]


class _Taking:
    """Accepts everything."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        return "250 2.0.0 taken"


def test_tls_from_the_start(tmp_path_factory: pytest.TempPathFactory) -> None:
    certificates = make_certificates(tmp_path_factory.mktemp("certificates"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.server, certificates.key)
    (port,) = free_ports(1)
    server = Controller(_Taking(), hostname="127.0.0.1", port=port, ssl_context=context)
    server.start()
    try:
        safe = SmtpAccount("127.0.0.1", port, timeout=5)
        (told,) = try_login(safe)
        assert "certificate" in told
        transport = connect(replace(safe, ca_file=certificates.authority))
        assert transport.open(1) == []
        assert [delivery.outcome for delivery in transport.send([letter()])] == ["accepted"]
        transport.close()
    finally:
        server.stop()


@pytest.mark.service
def test_postfix_takes_letters_over_starttls_and_dovecot_has_them(mail_system: MailSystem) -> None:
    us, supplier = mail_system.address("us"), mail_system.address("supplier")
    login = SmtpAccount(
        mail_system.host, mail_system.submission_port, us, mail_system.password,
        security=Security.STARTTLS, ca_file=mail_system.ca_file, timeout=10,
    )  # fmt: skip
    assert try_login(login) == []
    (told,) = try_login(replace(login, password="wrong"))
    assert "check user and password" in told
    transport = connect(login)
    assert transport.open(2) == []
    deliveries = transport.send([Envelope(f"<{n}@x>", us, (supplier,), RAW) for n in range(5)])
    transport.close()
    assert [d.outcome for d in deliveries] == ["accepted"] * 5
    assert count(mail_system, supplier, 5) == 5


@pytest.mark.service
def test_postfix_takes_a_token(mail_system: MailSystem) -> None:
    us = mail_system.address("us")
    login = SmtpAccount(
        mail_system.host, mail_system.submission_port, us, token=mail_system.dovecot.token(us),
        security=Security.STARTTLS, ca_file=mail_system.ca_file, timeout=10,
    )  # fmt: skip
    assert try_login(login) == []
    (told,) = try_login(replace(login, token="expired"))
    assert "refuses the login" in told


def count(mail_system: MailSystem, address: str, wanted: int) -> int:
    """Wait until so many mails have arrived; return how many there are."""
    imap = imaplib.IMAP4(mail_system.host, mail_system.imap_port)
    imap.login(address, mail_system.password)
    deadline = time.monotonic() + 20
    while (found := int(imap.select("INBOX", readonly=True)[1][0] or b"0")) < wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    imap.logout()
    return found
