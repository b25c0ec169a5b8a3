"""Puts the rooms together: settings, rules, database, mailboxes; the only place that knows both jobs and edges."""

from mailflow.core.mailbox import MailboxError
from mailflow.edges.database.errors import DatabaseError
from mailflow.edges.imap import ImapMailbox
from mailflow.settings import Account
from mailflow.wiring.build import CannotStartError, build
from mailflow.wiring.service import Service

__all__ = ["Account", "CannotStartError", "DatabaseError", "ImapMailbox", "MailboxError", "Service", "build"]
