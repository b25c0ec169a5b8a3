"""Who works with the database: their names, and how one process owns what it serves."""

import os
import secrets
import socket
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, delete, insert, select, union

from mailflow.core.letters.model import LetterState
from mailflow.edges.database.errors import LostSessionError
from mailflow.edges.database.schema.outbox import letter
from mailflow.edges.database.schema.places import worker


@dataclass(frozen=True, slots=True)
class Worker:
    """Who this process is among the workers: its present name (empty once it has left or lost its session), and all
    that it ever had."""

    name: str
    names: tuple[str, ...]


class Owner(Protocol):
    """How a worker holds what it serves; each engine has its own means."""

    worker: Worker | None
    """None until it has joined."""

    def join(self) -> str: ...
    def check(self) -> None: ...
    def gone(self) -> list[str]: ...
    def take(self, account: str) -> bool: ...
    def leave(self) -> None: ...


def new_name() -> str:
    """Return a name that no worker ever had: machine, process, and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def enter(connection: Connection, name: str) -> None:
    """Put a worker on the list."""
    connection.execute(insert(worker).values(name=name))


def remove(connection: Connection, name: str) -> None:
    """Take a worker off the list."""
    connection.execute(delete(worker).where(worker.c.name == name))


def named(connection: Connection) -> list[str]:
    """Return the workers on the list and those that have claimed letters."""
    busy = letter.c.state.in_([LetterState.CLAIMED, LetterState.HANDED])
    found = union(select(worker.c.name), select(letter.c.worker).where(busy))
    return sorted(connection.execute(found).scalars())


def joined(before: Worker | None) -> Worker:
    """Return who this process is under a new name."""
    name = new_name()
    return Worker(name, (*(before.names if before else ()), name))


def left(before: Worker | None) -> Worker | None:
    """Return who this process is when it holds nothing any more."""
    return None if before is None else Worker("", before.names)


def require_joined(worker: Worker | None) -> str:
    """Return the worker's name; raises where it has not joined, or has lost what it held."""
    if worker is None or not worker.name:
        raise LostSessionError("this process is no worker (any more): join first, then start afresh")
    return worker.name
