"""The settings: mailflow.yaml, then the environment; secrets stay out of sight."""

from mailflow.settings.load import find_settings, load_settings
from mailflow.settings.model import Account, Imap, OAuth2, Settings, Smtp

__all__ = ["Account", "Imap", "OAuth2", "Settings", "Smtp", "find_settings", "load_settings"]
