"""A mail comes in, the order moves, the right letter goes out: on real servers, through the running service."""

from datetime import date, timedelta
from pathlib import Path
from time import monotonic

import pytest
from imap_tools import MailMessage

from mailflow.core.orders.events import MailRead
from mailflow.core.orders.model import Milestone
from mailflow.edges.database import DatabaseStore, open_store
from tests.servers.postfix import MailSystem
from tests.service.runner import running
from tests.service.world import DUE, NOW, World, make_world, reply, wait_until

pytestmark = pytest.mark.service

LATER = DUE + timedelta(days=9)


def database(world: World) -> DatabaseStore:
    service = world.service()
    service.store.close()
    return open_store(service.settings.database_url)


def promised(store: DatabaseStore, order: str) -> date | None:
    with store.look() as tx:
        lots = tx.views.orders([order])[order].lots
    return next((lot.promise for lot in lots if lot.milestone == Milestone.SHIP), None)


def has_read(store: DatabaseStore) -> bool:
    with store.look() as tx:
        return tx.ledger.any_after(0, (MailRead,))


def wait_in_idle(world: World, store: DatabaseStore) -> None:
    """Let the service have its first rounds, so that it waits for mail."""
    world.send(reply(world.supplier, world.mailbox, "greetings", "Good morning to all of you!", NOW))
    wait_until(lambda: has_read(store))


def about(mails: list[MailMessage], order: str) -> list[MailMessage]:
    return [mail for mail in mails if order in mail.subject]


def test_a_new_date_lies_in_drafts_within_two_seconds(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=3, customers=3, mode=lambda customer: "draft", poll_seconds=600)
    store = database(world)
    took = []
    with running(world.config):
        wait_in_idle(world, store)
        for number in (1, 2, 3):
            world.send(world.promise(number, LATER))
            began = monotonic()
            wait_until(lambda n=number: about(world.inbox(world.mailbox, "Drafts"), f"SO26-{n:05}"))  # type: ignore[misc]  # mypy cannot infer a default argument
            took.append(monotonic() - began)
    assert min(took) < 2.0, "the poll is ten minutes away: IDLE must have woken it"
    assert promised(store, "PO26-00001") == LATER
    (draft,) = about(world.inbox(world.mailbox, "Drafts"), "SO26-00001")
    assert str(LATER.day) in draft.text
    assert not world.inbox(world.customers[0]), "a draft waits for a person"


def test_a_customer_on_auto_gets_the_notice_once_in_the_thread_and_learns_no_secret(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1)
    store = database(world)
    asked = reply(world.customers[0], world.mailbox, "Order C-000001", "We confirm C-000001, thank you.", NOW)
    asked_id = asked.partition("Message-ID: ")[2].splitlines()[0]
    with running(world.config):
        world.send(asked, world.customers[0])
        wait_until(lambda: has_read(store))
        world.send(world.promise(1, LATER))
        wait_until(lambda: world.inbox(world.customers[0]))
        world.send(world.promise(1, LATER))
        wait_until(lambda: mails_read(store) == 3)
        wait_until(lambda: about(world.inbox(world.mailbox, "Sent"), "SO26-00001"))
    (notice,) = world.inbox(world.customers[0])
    assert notice.headers["in-reply-to"] == (asked_id,)
    assert asked_id in notice.headers["references"][0]
    assert notice.headers["auto-submitted"] == ("auto-generated",)
    raw = notice.obj.as_string() + notice.text + notice.html
    for secret in ("Hidden Supplier", "PO26-00001", "HS-000001", world.supplier, "short of workers"):
        assert secret not in raw
    with store.look() as tx:
        assert tx.views.orders(["SO26-00001"])["SO26-00001"].told == LATER


def mails_read(store: DatabaseStore) -> int:
    with store.look() as tx:
        return sum(isinstance(recorded.event, MailRead) for recorded in tx.ledger.after(0, 10_000))


def test_the_answer_to_a_chase_stops_the_next_one(tmp_path: Path, mail_system: MailSystem) -> None:
    overdue = NOW.date() - timedelta(days=4)
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=overdue, mode=lambda customer: "off")
    with running(world.config):
        wait_until(lambda: chases(world))
    (chase,) = chases(world)
    answer = reply(
        world.supplier,
        world.mailbox,
        chase.subject,
        "Dear Amy, sorry, the goods will leave the factory on 2 Dec 2026.",
        NOW,
        chase.headers["message-id"][0],
    )
    world.send(answer)
    store = database(world)
    with running(world.config, now=NOW + timedelta(days=8)):
        wait_until(lambda: promised(store, "PO26-00001") == date(2026, 12, 2))
        follow_up_has_run(world)
    assert len(chases(world)) == 1


def test_without_an_answer_the_next_rung_comes(tmp_path: Path, mail_system: MailSystem) -> None:
    overdue = NOW.date() - timedelta(days=4)
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=overdue, mode=lambda customer: "off")
    with running(world.config):
        wait_until(lambda: chases(world))
    with running(world.config, now=NOW + timedelta(days=8)):
        wait_until(lambda: len(chases(world)) == 2)


def chases(world: World) -> list[MailMessage]:
    return about(world.inbox(world.supplier), "PO26-00001")


def follow_up_has_run(world: World) -> None:
    """Wait for a heartbeat's worth of rounds: a mail that comes later has been read and followed up."""
    store = database(world)
    seen = mails_read(store)
    world.send(reply(world.supplier, world.mailbox, "greetings", "Have a nice weekend!", NOW))
    wait_until(lambda: mails_read(store) > seen)
