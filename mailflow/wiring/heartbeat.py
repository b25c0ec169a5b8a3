"""The heartbeat: when the service of this machine came round last."""

from datetime import datetime
from socket import gethostname

from mailflow.edges.database import DatabaseStore


def beat(store: DatabaseStore, now: datetime) -> None:
    """Note that the service has come round."""
    _put(store, now.isoformat())


def forget_beat(store: DatabaseStore) -> None:
    """Take the note back: an earlier run says nothing about the present one."""
    _put(store, "")


def last_beat(store: DatabaseStore) -> datetime | None:
    """Return when the service came round; None where it does not run, or has only just begun."""
    with store.look() as tx:
        noted = tx.notes.get(_note())
    return datetime.fromisoformat(noted) if noted else None


def _put(store: DatabaseStore, value: str) -> None:
    with store.begin() as tx:
        tx.notes.put(_note(), value)


def _note() -> str:
    """Name the note after the machine: where several share the work, one that stands still is not hidden by another."""
    return f"heartbeat:{gethostname()}"
