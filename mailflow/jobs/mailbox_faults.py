"""A mailbox that lets nobody in: a person is told once; what was asked settles itself when it opens again."""

from datetime import datetime, timedelta

from mailflow.core.mailbox import LoginError, MailboxError
from mailflow.core.orders.events import NewEvent, ReviewDecided, ReviewOpened
from mailflow.jobs.ports import Store

_LOGIN, _OTHER = "login", "use"  # what a question is about
LOGIN_REST = timedelta(hours=6)
"""How long a refused login is left alone: each further try may lock the account."""


def mailbox_closed(store: Store, account: str, error: MailboxError, now: datetime) -> bool:
    """Tell a person of a fault that trying again will not mend, unless they know; return whether they were told.

    As long as the question stands nothing is sent for the account: it would be written without reading the answers.
    """
    if not error.permanent:
        return False
    kind = _LOGIN if isinstance(error, LoginError) else _OTHER
    with store.begin() as tx:
        if any(item.startswith(_prefix(account, kind)) for item in tx.views.reviews()):
            return False
        question = f"The mailbox {account} cannot be read: {error}"
        tx.ledger.record([NewEvent(ReviewOpened(f"{_prefix(account, kind)}{now:%Y%m%dT%H%M%S}", question))], now)
    return True


def mailbox_opened(store: Store, account: str, now: datetime, *, whole: bool = True) -> None:
    """Settle what was asked about a mailbox, now that it has opened; unless `whole` about its login alone."""
    prefixes = tuple(_prefix(account, kind) for kind in ((_LOGIN, _OTHER) if whole else (_LOGIN,)))
    with store.look() as tx:
        asked = [item for item in tx.views.reviews() if item.startswith(prefixes)]
    if asked:
        with store.begin() as tx:
            tx.ledger.record([NewEvent(ReviewDecided(item, "it opens again")) for item in asked], now)


def resting(store: Store, account: str, now: datetime) -> str:
    """Return why a mailbox is not tried now: its login was refused a short while ago; empty where it may be tried."""
    with store.look() as tx:
        reviews = tx.views.reviews()
    refused = [review for item, review in reviews.items() if item.startswith(_prefix(account, _LOGIN))]
    return next((review.opened.question for review in refused if now - review.opened_at < LOGIN_REST), "")


def _prefix(account: str, kind: str) -> str:
    return f"mailbox:{account}:{kind}:"
