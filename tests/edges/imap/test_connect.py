"""Connecting and logging in: every way that works, and what is said of those that do not."""

import dataclasses

import pytest

from mailflow.core.mailbox import (
    DisconnectedError,
    LoginError,
    LoginLimitError,
    MailboxError,
    TlsError,
    UnreachableError,
)
from mailflow.edges.imap import ImapAccount, Tls, connect
from mailflow.edges.imap.errors import login_refused
from tests.edges.imap.rigs import plain_account
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from tests.servers.scripted_imap import ScriptedImap


def account(dovecot: Dovecot, port: int, tls: Tls) -> ImapAccount:
    known = {"password": dovecot.password, "ca_file": dovecot.ca_file, "tls": tls, "timeout": 20}
    return ImapAccount("localhost", port, dovecot.address(), **known)  # type: ignore[arg-type]


def scripted_account(server: ScriptedImap, user: str = "me@mail.example", password: str = "secret") -> ImapAccount:
    return plain_account(server.host, server.port, user, password)


def problem_of(wanted: ImapAccount) -> MailboxError:
    with pytest.raises(MailboxError) as caught:
        connect(wanted)
    return caught.value


@pytest.mark.parametrize("tls", list(Tls))
def test_every_kind_of_encryption_works(dovecot: Dovecot, tls: Tls) -> None:
    port = dovecot.imaps_port if tls is Tls.TLS else dovecot.imap_port
    mailbox = connect(account(dovecot, port, tls))
    assert mailbox.select("INBOX").exists == 0
    assert "MOVE" in mailbox.capabilities  # not offered before the login
    mailbox.close()


def test_a_token_opens_the_mailbox(dovecot: Dovecot) -> None:
    wanted = account(dovecot, dovecot.imaps_port, Tls.TLS)
    token = dovecot.token(wanted.user)
    assert connect(dataclasses.replace(wanted, token=token)).select("INBOX").exists == 0
    problem = problem_of(dataclasses.replace(wanted, token=token[:-4] + "AAAA"))
    assert isinstance(problem, LoginError)


def test_a_password_beyond_ascii_is_sent(dovecot: Dovecot) -> None:
    wanted = dataclasses.replace(account(dovecot, dovecot.imap_port, Tls.NONE), password="密码")
    assert isinstance(problem_of(wanted), LoginError)


def test_a_wrong_password_is_for_good_and_not_shown(dovecot: Dovecot) -> None:
    wanted = dataclasses.replace(account(dovecot, dovecot.imap_port, Tls.STARTTLS), password="not-this-one")
    problem = problem_of(wanted)
    assert isinstance(problem, LoginError)
    assert problem.permanent
    assert wanted.user in str(problem)
    assert "not-this-one" not in str(problem) + repr(wanted)


def test_nobody_there_may_be_tried_again() -> None:
    problem = problem_of(plain_account("127.0.0.1", free_ports(1)[0], "me", "secret"))
    assert isinstance(problem, UnreachableError)
    assert not problem.permanent
    assert isinstance(problem_of(plain_account("no-such-host.invalid", 143, "me", "secret")), UnreachableError)


def test_an_unknown_authority_is_named(dovecot: Dovecot) -> None:
    for port, tls in ((dovecot.imaps_port, Tls.TLS), (dovecot.imap_port, Tls.STARTTLS)):
        problem = problem_of(dataclasses.replace(account(dovecot, port, tls), ca_file=None))
        assert isinstance(problem, TlsError)
        assert problem.permanent
        assert "certificate" in str(problem)


def test_tls_at_the_wrong_port_says_what_to_try(dovecot: Dovecot) -> None:
    problem = problem_of(account(dovecot, dovecot.imap_port, Tls.TLS))
    assert isinstance(problem, TlsError)
    assert "starttls" in str(problem)


def test_a_server_without_starttls_says_what_to_try(scripted_imap: ScriptedImap) -> None:
    problem = problem_of(dataclasses.replace(scripted_account(scripted_imap), tls=Tls.STARTTLS))
    assert isinstance(problem, TlsError)
    assert "STARTTLS" in str(problem)


def test_a_server_that_wants_encryption_gets_no_password(scripted_imap: ScriptedImap) -> None:
    scripted_imap.answers["CAPABILITY"] = (b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED", b"{tag} OK done")
    assert isinstance(problem_of(scripted_account(scripted_imap)), TlsError)
    assert scripted_imap.said("LOGIN") == []


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (b"LOGIN Login error password error", LoginError, "password error"),
        ("密码错误".encode("gbk"), LoginError, "密码错误"),
        ("登录频繁，请稍后再试".encode("gbk"), LoginLimitError, "登录频繁"),
        ("登录过于频繁".encode(), LoginLimitError, "登录过于频繁"),
        (b"[ALERT] Too many simultaneous connections. (Failure)", LoginLimitError, "Too many"),
        (b"Request is throttled. Suggested Backoff Time: 289861 milliseconds", LoginLimitError, "throttled"),
        (
            b"Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
            b"or system is busy.",
            LoginLimitError,
            "frequency limited",
        ),
        (b"[UNAVAILABLE] Temporary authentication failure.", UnreachableError, "Temporary"),
    ],
)
@pytest.mark.parametrize("way", ["no", "bye"])
def test_a_refused_login_tells_wrong_from_too_often(
    scripted_imap: ScriptedImap, said: bytes, kind: type[MailboxError], words: str, way: str
) -> None:
    scripted_imap.answers["LOGIN"] = (b"{tag} NO " + said,) if way == "no" else (b"* BYE " + said,)
    problem = problem_of(scripted_account(scripted_imap))
    assert type(problem) is kind
    assert words in str(problem)
    assert problem.permanent is (kind is LoginError)
    assert (problem.retry_after > 60) is (kind is LoginLimitError)


def test_providers_that_want_another_password_are_told_apart() -> None:
    assert "授权码" in str(login_refused("imap.exmail.qq.com", "me@lanmei.example", "password error"))
    assert "授权码" in str(login_refused("imap.163.com", "me@163.com", "password error"))
    assert "OAuth2" in str(login_refused("outlook.office365.com", "me@lanmei.example", "LOGIN failed."))
    assert "授权码" not in str(login_refused("mail.notqq.company.example", "me", "no"))


def test_we_say_who_we_are_between_login_and_select(scripted_imap: ScriptedImap) -> None:
    connect(scripted_account(scripted_imap)).select("INBOX")
    names = [command.split(" ")[0] for command in scripted_imap.commands]
    assert names.index("LOGIN") < names.index("ID") < names.index("EXAMINE")
    assert "mailflow" in scripted_imap.said("ID")[0]


def test_a_server_that_refuses_or_lacks_id_is_used_all_the_same(scripted_imap: ScriptedImap) -> None:
    scripted_imap.answers["ID"] = (b"{tag} BAD what",)
    assert connect(scripted_account(scripted_imap)).select("INBOX").exists == 1
    scripted_imap.commands.clear()
    scripted_imap.answers["CAPABILITY"] = (b"* CAPABILITY IMAP4rev1", b"{tag} OK done")
    assert connect(scripted_account(scripted_imap)).select("INBOX").exists == 1
    assert scripted_imap.said("ID") == []


def test_an_unsafe_login_is_for_a_person(scripted_imap: ScriptedImap) -> None:
    scripted_imap.answers["EXAMINE"] = (b"{tag} NO EXAMINE Unsafe Login. Please contact kefu for help",)
    with pytest.raises(LoginError, match="Unsafe Login"):
        connect(scripted_account(scripted_imap)).select("INBOX")


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [(b"* BYE Too many connections from you", LoginLimitError), (b"* BYE closed for repairs", UnreachableError)],
)
def test_a_server_that_says_goodbye_at_once(
    scripted_imap: ScriptedImap, greeting: bytes, kind: type[MailboxError]
) -> None:
    scripted_imap.greeting = greeting
    assert type(problem_of(scripted_account(scripted_imap))) is kind


def test_a_connection_that_breaks_at_the_login_may_be_tried_again(scripted_imap: ScriptedImap) -> None:
    scripted_imap.answers["LOGIN"] = (b"garbage",)
    assert isinstance(problem_of(scripted_account(scripted_imap)), DisconnectedError)
