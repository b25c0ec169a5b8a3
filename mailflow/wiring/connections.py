"""From an account of the settings to connections: tokens where there is no password."""

from functools import cache

from mailflow.edges.imap import ImapAccount, ImapMailbox, Tls
from mailflow.edges.imap import connect as connect_imap
from mailflow.edges.oauth import GoogleTokens, MicrosoftApp, MicrosoftTokens, TokenSource
from mailflow.edges.smtp import Security, SmtpAccount, SmtpTransport
from mailflow.settings import Account, MailboxAccount, OAuth2, Settings


def open_mailbox(account: MailboxAccount, settings: Settings) -> ImapMailbox:
    """Connect and log in; raises `MailboxError`, or `OAuthError` where no token can be had."""
    return connect_imap(imap_account(account, settings))


def imap_account(account: MailboxAccount, settings: Settings) -> ImapAccount:
    """Return how to reach an account's mailbox."""
    return ImapAccount(
        account.imap.host,
        account.imap_port,
        account.imap_user,
        account.imap_password,
        access_token(account),
        Tls(account.imap.security),
        account.ca_file,
        largest=settings.limits.mail_megabytes * 1024 * 1024,
    )


def smtp_account(account: Account) -> SmtpAccount:
    """Return how an account's letters are handed over."""
    return SmtpAccount(
        host=account.smtp.host,
        port=account.smtp_port,
        security=Security(account.smtp.security),
        user=account.smtp_user,
        password=account.smtp_password,
        token=access_token(account) if account.smtp_user else "",
        ca_file=account.ca_file,
    )


def open_transport(account: Account) -> SmtpTransport:
    """Return the SMTP side of an account; it connects when letters are to go."""
    return SmtpTransport(smtp_account(account))


def access_token(account: MailboxAccount) -> str:
    """Return an access token, or nothing for an account with a password."""
    if account.auth != "oauth2" or account.oauth2 is None:
        return ""
    return _tokens(account.oauth2, account.imap_user).token()


@cache
def _tokens(oauth2: OAuth2, user: str) -> TokenSource:
    import requests  # loaded where it is wanted: most mailboxes have a password

    http = requests.Session()
    if oauth2.provider == "google":
        assert oauth2.key_file is not None
        return GoogleTokens(oauth2.key_file.read_text(encoding="utf-8"), user, http)
    assert oauth2.client_secret is not None
    secret = oauth2.client_secret.get_secret_value()
    return MicrosoftTokens(MicrosoftApp(oauth2.tenant, oauth2.client_id, secret, http))
