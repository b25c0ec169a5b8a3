"""The edge has the shapes that the jobs ask for, though neither imports the other."""

import inspect
from typing import Any, get_type_hints

import pytest

from mailflow.edges.database.ledger import DatabaseLedger
from mailflow.edges.database.letter_rows import DutyRow
from mailflow.edges.database.mails import DatabaseMails
from mailflow.edges.database.outbox import DatabaseOutbox
from mailflow.edges.database.places import DatabaseNotes, DatabaseThreads
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from mailflow.edges.database.views import DatabaseViews
from mailflow.jobs import ports

PAIRS: list[tuple[Any, Any]] = [
    (ports.Mails, DatabaseMails),
    (ports.Ledger, DatabaseLedger),
    (ports.Views, DatabaseViews),
    (ports.Outbox, DatabaseOutbox),
    (ports.Threads, DatabaseThreads),
    (ports.Notes, DatabaseNotes),
    (ports.Store, DatabaseStore),
]


def as_the_jobs_see_it(store: DatabaseStore, transaction: DatabaseTransaction) -> tuple[ports.Store, ports.Transaction]:
    """Nothing but types: mypy accepts this where the shapes agree."""
    return store, transaction


@pytest.mark.parametrize(("port", "edge"), PAIRS, ids=lambda pair: pair.__name__)
def test_every_method_takes_what_the_port_says(port: Any, edge: Any) -> None:
    wanted = {name: method for name, method in vars(port).items() if inspect.isfunction(method) and name[0] != "_"}
    assert wanted
    for name, method in wanted.items():
        has = inspect.signature(getattr(edge, name)).parameters
        for parameter in inspect.signature(method).parameters.values():
            assert parameter.name in has, name
            assert (has[parameter.name].kind, has[parameter.name].default) == (parameter.kind, parameter.default)


def test_a_transaction_has_every_part(tx: DatabaseTransaction) -> None:
    parts = [name for name, value in vars(ports.Transaction).items() if isinstance(value, property)]
    assert parts
    assert [name for name in parts if not hasattr(tx, name)] == []


def test_a_duty_has_every_field() -> None:
    wanted = {name for name, value in vars(ports.DutyRecord).items() if isinstance(value, property)}
    assert wanted == set(get_type_hints(DutyRow))
