"""What `mailflow check` tries: log in and look, change nothing, send nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

from mailflow.core.mailbox import Folder, FolderStatus, MailboxError
from mailflow.core.problems import Finding
from mailflow.edges.database import open_store, schema_is_current
from mailflow.edges.database.errors import DatabaseError
from mailflow.edges.imap import ImapMailbox
from mailflow.edges.oauth import OAuthError
from mailflow.jobs.mark_mails import KEYWORD
from mailflow.settings import Account, MailboxAccount, Settings
from mailflow.wiring.connections import open_mailbox, open_transport

_NAMES_SHOWN = 30
_WANTED = {
    "IDLE": "new mail is noticed when it is asked for (poll_seconds), not at once",
    "UIDPLUS": "copies and drafts are looked for by their Message-ID",
}


def try_imap(account: MailboxAccount, settings: Settings) -> list[Finding]:
    """Log in to the mailbox and look at what the settings need of it."""
    where = f"{account.imap.host}:{account.imap_port} as {account.imap_user}"
    try:
        mailbox = open_mailbox(account, settings)
    except (MailboxError, OAuthError, OSError) as error:
        return [Finding(False, str(error))]
    try:
        return [Finding(True, f"logged in to {where}"), *look_at_mailbox(mailbox, account)]
    except MailboxError as error:
        return [Finding(True, f"logged in to {where}"), Finding(False, str(error))]
    finally:
        mailbox.close()


def look_at_mailbox(mailbox: ImapMailbox, account: MailboxAccount) -> Iterator[Finding]:
    """Yield what an open mailbox offers of what the settings ask for."""
    lacking = [f"no {name}: {what}" for name, what in _WANTED.items() if name not in mailbox.capabilities]
    offered = ", ".join(name for name in _WANTED if name in mailbox.capabilities)
    yield Finding(True, "; ".join([f"the server offers {offered}" if offered else "a plain server", *lacking]))
    folders = mailbox.folders()
    statuses: list[FolderStatus] = []
    for name in account.imap.folders:
        try:
            statuses.append(mailbox.select(name, writable=account.imap.marks != "none"))
            yield Finding(True, f"folder {name}: {statuses[-1].exists} mails")
        except MailboxError as error:
            yield Finding(False, str(error), "mend `folders:` in mailflow.yaml")
    for use, asked in (("drafts", account.imap.drafts), ("sent", account.imap.sent)):
        yield _special(mailbox, folders, use, asked)
    yield from _marks(mailbox, folders, statuses, account.imap.marks)


def _special(mailbox: ImapMailbox, folders: list[Folder], use: str, asked: str) -> Finding:
    names = [folder.name for folder in folders if folder.selectable]
    listed = ", ".join(names[:_NAMES_SHOWN])
    if asked:
        if asked in names:
            return Finding(True, f"{use} go to {asked}")
        return Finding(False, f"there is no folder {asked} for {use}", f"mend `{use}:`; there are: {listed}")
    found = mailbox.folder_for(use)
    if found:
        return Finding(True, f"{use} go to {found}")
    return Finding(
        False, f"no folder for {use} was found", f"name one with `{use}:` in mailflow.yaml; there are: {listed}"
    )


def _marks(mailbox: ImapMailbox, folders: list[Folder], statuses: list[FolderStatus], marks: str) -> Iterator[Finding]:
    kind, _, folder = marks.partition(":")
    if kind == "keyword" and not all(status.keeps(KEYWORD) for status in statuses):
        yield Finding(False, f"the server keeps no keyword {KEYWORD}", "write `marks: none`; nothing else needs it")
    elif kind in ("move", "folders") and "MOVE" not in mailbox.capabilities:
        yield Finding(False, "the server cannot move mails in one step (no MOVE)", "write `marks: none` or `keyword`")
    elif kind == "move" and folder.strip() not in [known.name for known in folders if known.selectable]:
        yield Finding(False, f"there is no folder {folder.strip()} to move mails to", "make it, or mend `marks:`")
    elif kind != "none":
        yield Finding(True, f"read mails are marked: {marks}")


def try_smtp(account: Account) -> list[Finding]:
    """Log in to the server for letters; nothing is sent."""
    where = f"{account.smtp.host}:{account.smtp_port}"
    try:
        transport = open_transport(account)
    except (OAuthError, OSError) as error:
        return [Finding(False, str(error))]
    try:
        refused = [Finding(False, f"{where}: {delivery.reply}") for delivery in transport.open(1)]
    finally:
        transport.close()
    logged_in = f"logged in to {where} as {account.smtp_user}" if account.smtp_user else f"{where} answers"
    return refused or [Finding(True, f"{logged_in}; nothing was sent")]


def try_database(settings: Settings) -> list[Finding]:
    """Reach the database and look at its tables; none are made."""
    if settings.database.url is None and not (settings.data / "mailflow.db").exists():
        return [_will_be_made(settings.data)]
    try:
        if not schema_is_current(settings.database_url):
            return [Finding(True, "is reached; its tables are made or brought up to date when the service starts")]
        open_store(settings.database_url).close()
    except (DatabaseError, OSError) as error:
        return [Finding(False, str(error))]
    return [Finding(True, "is reached, and its tables are those of this version")]


def _will_be_made(data: Path) -> Finding:
    nearest = next(folder for folder in (data, *data.parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Finding(True, f"{data / 'mailflow.db'} will be made when the service starts")
    return Finding(False, f"{nearest} cannot be written", "give its rights to the service's user, or change `data:`")
