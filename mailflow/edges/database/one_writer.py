"""The lock under which ledger and outbox grow."""

from sqlalchemy import Connection, text

from mailflow.edges.database.statements import dialect_of

_LOCK = 0x6D66_6C65_6467_6572  # any number will do, as long as it stays


class OneWriter:
    """Lets one transaction at a time add to the ledger and the outbox, so that ids rise in the order of commits.

    On SQLite the transaction itself is that lock; on PostgreSQL an advisory lock that ends with it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held = dialect_of(connection) == "sqlite"

    def hold(self) -> None:
        """Wait until no other transaction adds anything."""
        if not self._held:
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            self._held = True
