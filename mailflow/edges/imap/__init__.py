"""The IMAP edge: one connection a mailbox, on imap-tools, with the quirks of servers dealt with in here.

`connect(account)` gives a `Mailbox`; `FakeMailbox` keeps the same contract in memory.
"""

from mailflow.edges.imap.account import ImapAccount, Tls
from mailflow.edges.imap.connect import connect
from mailflow.edges.imap.fake import FakeMailbox, FakeMailServer
from mailflow.edges.imap.mailbox import ImapMailbox

__all__ = ["FakeMailServer", "FakeMailbox", "ImapAccount", "ImapMailbox", "Tls", "connect"]
