"""The database edge: SQLite in a file, or PostgreSQL; `open_store` and `upgrade` are its doors."""

from mailflow.edges.database.store import DatabaseStore, open_store
from mailflow.edges.database.upgrade import schema_is_current, upgrade

__all__ = ["DatabaseStore", "open_store", "schema_is_current", "upgrade"]
