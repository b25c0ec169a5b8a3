"""One connection to an SMTP server: log in once, then one letter after the other."""

import ssl
from contextlib import suppress

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mailflow.core.letters.model import Envelope
from mailflow.edges.smtp.account import Security, SmtpAccount
from mailflow.edges.smtp.replies import Reply, SmtpDelivery, login_refused, reply_of

_CLOSING = 421
_MAIL_TOO_BIG = 552
_LOST = (SMTPServerDisconnected, SMTPTimeoutError, OSError)


class NotOpenError(Exception):
    """No connection that can send came about; `delivery` says why."""

    def __init__(self, delivery: SmtpDelivery) -> None:
        super().__init__(delivery.reply)
        self.delivery = delivery


class _ReconnectError(Exception):
    """The server closed the connection before a letter was handed over: a new one may serve."""


class Session:
    """A logged-in connection. Letters go through it one at a time."""

    def __init__(self, account: SmtpAccount) -> None:
        self._account = account
        self._client: SMTP | None = None

    async def open(self) -> None:
        """Connect and log in; raises `NotOpenError`."""
        account = self._account
        self._client = _client(account)
        where = f"{account.host}:{account.port}"
        try:
            await self._client.connect()
            await self._client.ehlo()
            if account.user:
                await self._log_in(self._client)
        except SMTPAuthenticationError as error:
            self.drop()
            raise NotOpenError(login_refused(account.host, account.user, _reply(error))) from error
        except SMTPResponseException as error:
            self.drop()
            raise NotOpenError(SmtpDelivery("later", f"{where} takes no connection now: {_reply(error)}")) from error
        except (SMTPException, OSError, ValueError) as error:
            self.drop()
            why = str(error.__cause__ or error) or type(error).__name__
            raise NotOpenError(SmtpDelivery("untried", f"{where}: cannot reach an SMTP server: {why}")) from error

    async def _log_in(self, client: SMTP) -> None:
        """Try one way of logging in, once: more tries with a wrong password lock accounts."""
        user, password = self._account.user, self._account.password
        offered = client.server_auth_methods
        if self._account.token:
            await client.auth_xoauth2(user, self._account.token)
        elif "plain" in offered:
            await client.auth_plain(user, password)
        elif "login" in offered:
            await client.auth_login(user, password)
        elif "cram-md5" in offered:
            await client.auth_crammd5(user, password)
        else:
            raise SMTPAuthenticationError(530, "the server offers no way to log in; is the encryption set right?")

    async def send(self, envelope: Envelope) -> SmtpDelivery:
        """Hand a letter over; over a connection that the server has closed meanwhile, once more over a new one."""
        for fresh in (False, True):
            try:
                if self._client is None or not self._client.is_connected:
                    await self.open()
                return await self._transact(envelope)
            except NotOpenError as error:
                return error.delivery
            except _ReconnectError as error:
                self.drop()
                reply = str(error)
                if fresh:
                    break
        return SmtpDelivery("untried", reply)

    async def _transact(self, envelope: Envelope) -> SmtpDelivery:
        client = self._client
        assert client is not None
        try:
            refusal = await self._introduce(client, envelope)
        except _LOST as error:
            raise _ReconnectError(f"the connection broke before the letter was handed over: {error}") from error
        if isinstance(refusal, SmtpDelivery):
            await self._reset(client)
            return refusal
        return await self._data(client, envelope, refusal)

    async def _introduce(self, client: SMTP, envelope: Envelope) -> SmtpDelivery | dict[str, Reply]:
        """Name sender and recipients; return who of them is refused for good, or what became of the whole letter."""
        refused: dict[str, Reply] = {}
        try:
            await client.mail(envelope.sender)
            for recipient in envelope.recipients:
                try:
                    await client.rcpt(recipient)
                except SMTPRecipientRefused as error:
                    reply = _reply(error)
                    if reply.temporary or reply.blames_account:
                        raise  # one who cannot take it now must not miss it: all of them get it later
                    refused[recipient] = reply
        except SMTPResponseException as error:
            reply = _reply(error)
            if reply.code == _CLOSING or reply.code < 0:
                raise _ReconnectError(str(reply)) from error
            if reply.temporary:
                return SmtpDelivery("later", str(reply))
            at_fault = not isinstance(error, SMTPRecipientRefused) and reply.code != _MAIL_TOO_BIG
            return SmtpDelivery("refused", str(reply), stops_mailbox=at_fault or reply.blames_account)
        if len(refused) == len(envelope.recipients):
            return SmtpDelivery("refused", _told(refused), tuple(refused), _nobody(refused))
        return refused

    async def _data(self, client: SMTP, envelope: Envelope, refused: dict[str, Reply]) -> SmtpDelivery:
        """Hand the bytes over; from here on silence means that nobody knows."""
        try:
            answer = await client.data(envelope.raw, timeout=self._account.data_timeout)
        except SMTPResponseException as error:
            reply = _reply(error)
            if reply.code < 0:
                self.drop()
                return SmtpDelivery("unknown", str(reply))
            if reply.code == _CLOSING:
                self.drop()
            if reply.temporary:
                return SmtpDelivery("later", str(reply))
            return SmtpDelivery("refused", str(reply), stops_mailbox=reply.blames_account)
        except _LOST as error:
            self.drop()
            return SmtpDelivery("unknown", f"no answer after the letter was handed over: {error}")
        reply = reply_of(answer.code, answer.message)
        told = f"{reply}; {_told(refused)}" if refused else str(reply)
        return SmtpDelivery("accepted", told, tuple(refused), _nobody(refused))

    async def _reset(self, client: SMTP) -> None:
        try:
            await client.rset()
        except (SMTPException, OSError):  # the next letter opens a new connection
            self.drop()

    async def close(self) -> None:
        """Say good-bye; a server that does not answer is left alone."""
        client = self._client
        if client is not None and client.is_connected:
            with suppress(SMTPException, OSError):
                await client.quit(timeout=5)
        self.drop()

    def drop(self) -> None:
        """Close without a word."""
        if self._client is not None:
            self._client.close()
        self._client = None


def _client(account: SmtpAccount) -> SMTP:
    security = Security(account.security)  # a plain string from a file counts too: never in the clear by mistake
    context = None
    if security is not Security.NONE:
        context = ssl.create_default_context()
        if account.ca_file is not None:
            context.load_verify_locations(account.ca_file)
    return SMTP(
        hostname=account.host,
        port=account.port,
        local_hostname="[127.0.0.1]",  # the name of this machine is nobody's business
        use_tls=security is Security.TLS,
        start_tls=security is Security.STARTTLS,
        tls_context=context,
        timeout=account.timeout,
    )


def _reply(error: SMTPResponseException) -> Reply:
    return reply_of(error.code, error.message)


def _told(refused: dict[str, Reply]) -> str:
    return "; ".join(f"{recipient}: {reply}" for recipient, reply in refused.items())


def _nobody(refused: dict[str, Reply]) -> tuple[str, ...]:
    return tuple(recipient for recipient, reply in refused.items() if reply.no_such_address)
