"""From an account to an open mailbox: connect, encrypt, log in, say who we are."""

import imaplib
import ssl
from importlib.metadata import PackageNotFoundError, version

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from mailflow.core.mailbox import DisconnectedError, MailboxError, TlsError
from mailflow.edges.imap.account import ImapAccount, Tls
from mailflow.edges.imap.errors import decode, hang_up, last_untagged, login_refused, said_in, unreachable
from mailflow.edges.imap.mailbox import ImapMailbox


def connect(account: ImapAccount) -> ImapMailbox:
    """Open a mailbox; what can go wrong is a MailboxError that says whether trying again may help."""
    box = _open(account)
    try:
        _log_in(box, account)
        box.client._get_capabilities()  # those offered before the login lack MOVE and more on some servers
        _introduce(box.client)
    except (MailboxError, imaplib.IMAP4.error, OSError) as problem:
        hang_up(box.client)
        if isinstance(problem, MailboxError):
            raise
        raise DisconnectedError(f"{account.host}: the connection broke after the login: {problem}") from problem
    return ImapMailbox(box, largest=account.largest)


def _open(account: ImapAccount) -> BaseMailBox:
    where = f"{account.host}:{account.port}"
    try:
        if account.tls is Tls.NONE:
            return MailBoxUnencrypted(account.host, account.port, timeout=account.timeout)
        context = ssl.create_default_context()
        if account.ca_file is not None:
            context.load_verify_locations(account.ca_file)
        kind = MailBox if account.tls is Tls.TLS else MailBoxStartTls
        return kind(account.host, account.port, timeout=account.timeout, ssl_context=context)
    except ssl.SSLCertVerificationError as problem:
        raise TlsError(
            f"{where}: the certificate is not trusted ({problem.verify_message}); give the right host name, or the "
            "file of the authority that signed it"
        ) from problem
    except ssl.SSLError as problem:
        raise TlsError(f"{where}: no TLS ({problem.reason}); try `starttls`, or another port") from problem
    except (ValueError, ImapToolsError) as problem:  # imap-tools on STARTTLS at a port for TLS, or refused
        raise TlsError(f"{where}: no STARTTLS ({problem}); try `tls`") from problem
    except (imaplib.IMAP4.error, OSError) as problem:
        if "TLS not supported" in str(problem):
            raise TlsError(f"{where}: the server does not offer STARTTLS; try `tls`, or another port") from problem
        raise unreachable(where, said_in(problem) or type(problem).__name__) from problem


def _log_in(box: BaseMailBox, account: ImapAccount) -> None:
    client = box.client
    if "LOGINDISABLED" in client.capabilities and not account.token:
        raise TlsError(f"{account.host}: the server takes no password without encryption; use `starttls` or `tls`")
    try:
        if account.token:
            client.authenticate("XOAUTH2", _Bearer(account.user, account.token))
        elif (account.user + account.password).isascii():
            box.login(account.user, account.password, initial_folder=None)
        else:
            box.login_utf8(account.user, account.password, initial_folder=None)
    except (imaplib.IMAP4.error, ImapToolsError) as problem:
        # Some servers say goodbye instead of no: their words stand in the BYE then.
        bye = last_untagged(client, "BYE")
        if isinstance(problem, imaplib.IMAP4.abort) and not bye:
            raise DisconnectedError(f"{account.host}: the connection broke at the login: {problem}") from problem
        words = decode(bye) or said_in(problem)
        raise login_refused(account.host, account.user, words) from problem


class _Bearer:
    """Says the token, and nothing more when the server answers with the reason why it refuses it."""

    def __init__(self, user: str, token: str) -> None:
        self._words = f"user={user}\1auth=Bearer {token}\1\1".encode()

    def __call__(self, challenge: bytes) -> bytes:
        words, self._words = self._words, b""
        return words


def _introduce(client: imaplib.IMAP4) -> None:
    """Say who we are where the server asks (RFC 2971): 163 and its like open no folder to a client without a name."""
    if "ID" not in client.capabilities:
        return
    try:
        number = version("mailflow-followup")
    except PackageNotFoundError:
        number = "0"
    try:
        client.xatom("ID", f'("name" "mailflow" "version" "{number}" "vendor" "mailflow")')
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        pass  # refused: the server does without
