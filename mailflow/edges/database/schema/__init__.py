"""The tables, a file a topic; `metadata` holds all of them once this package is imported."""

from mailflow.edges.database.schema import identifiers, ledger, mails, outbox, places
from mailflow.edges.database.schema.base import metadata

__all__ = ["identifiers", "ledger", "mails", "metadata", "outbox", "places"]
