"""What stands in for Postfix where the tests do not run as root: SMTP in, LMTP to Dovecot out."""

import asyncio
import base64
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.dovecot import Dovecot


class _ToDovecot:
    """Hands each mail on before it answers, so that what is accepted is delivered."""

    def __init__(self, dovecot: Dovecot) -> None:
        self._dovecot = dovecot

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        try:
            await asyncio.to_thread(
                self._dovecot.deliver, envelope.rcpt_tos, envelope.original_content or b"", envelope.mail_from or ""
            )
        except (OSError, smtplib.SMTPException) as problem:
            return f"451 4.3.0 {problem}"
        return "250 2.0.0 Ok: delivered"

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        """Take a token that Dovecot would take, as Postfix does with Dovecot's help."""
        user, _, token = base64.b64decode(words[1]).decode().rstrip("\x01").partition("\x01auth=Bearer ")
        return AuthResult(success=token == self._dovecot.token(user.removeprefix("user=")), handled=False)


@contextmanager
def running_relay(dovecot: Dovecot, smtp_port: int, submission_port: int) -> Iterator[None]:
    """Run an SMTP port for everybody and a submission port with login in front of Dovecot."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(dovecot.certificates.server, dovecot.certificates.key)

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=data.password == dovecot.password.encode(), handled=False)

    common: dict[str, Any] = {
        "hostname": dovecot.host,
        "tls_context": tls,
        "data_size_limit": 52428800,
        "enable_SMTPUTF8": True,
    }
    login: dict[str, Any] = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    controllers = [
        Controller(_ToDovecot(dovecot), port=smtp_port, **common),
        Controller(_ToDovecot(dovecot), port=submission_port, **common, **login),
    ]
    for controller in controllers:
        controller.start()
    try:
        yield
    finally:
        for controller in controllers:
            controller.stop()
