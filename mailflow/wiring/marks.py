"""How read mails of an account are marked, from its settings."""

from mailflow.jobs.mark_mails import Marks, SortedInto
from mailflow.settings import Account


def marks_of(account: Account) -> Marks:
    """Return how an account's read mails are marked."""
    said, names = account.imap.marks, account.imap.mark_folders
    if said == "folders":
        return Marks(folders=SortedInto(names.matched, names.question, names.filed))
    return Marks(said == "keyword", said.removeprefix("move:").strip() if said.startswith("move:") else "")
