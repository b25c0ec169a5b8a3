"""The settings: mailflow.yaml, then the environment; secrets stay out of sight."""

from mailflow.settings.load import find_settings, load_settings
from mailflow.settings.model import Account, Imap, MailboxAccount, OAuth2, Settings, Smtp, Watched

__all__ = [
    "Account",
    "Imap",
    "MailboxAccount",
    "OAuth2",
    "Settings",
    "Smtp",
    "Watched",
    "find_settings",
    "load_settings",
]
