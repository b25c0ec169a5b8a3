"""In shadow mode nothing is sent, no mailbox changes, what would have been done is told; nothing stale comes after."""

from datetime import timedelta
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted

from mailflow.daemon import one_round
from tests.servers.postfix import MailSystem
from tests.service.runner import running
from tests.service.test_end_to_end import chases, database, mails_read, promised
from tests.service.told import Log
from tests.service.world import DUE, NOW, World, make_world, reply, wait_until

pytestmark = pytest.mark.service

FIRST, LAST = DUE + timedelta(days=9), DUE + timedelta(days=14)
OVERDUE = NOW.date() - timedelta(days=4)

Mailbox = dict[str, list[tuple[str, tuple[str, ...]]]]


def mailbox(world: World) -> Mailbox:
    """Return every folder's mails with their flags, as another client sees them."""
    with MailBoxUnencrypted(world.system.host, world.system.imap_port).login(
        world.mailbox, world.system.password
    ) as client:
        found: Mailbox = {}
        for folder in client.folder.list():
            client.folder.set(folder.name, readonly=True)
            mails = client.fetch(mark_seen=False)
            found[folder.name] = sorted((mail.uid or "", tuple(sorted(mail.flags))) for mail in mails)
    return found


def outside(world: World) -> int:
    return sum(len(world.inbox(address)) for address in (world.supplier, world.merchandiser, *world.customers))


def test_shadow_touches_nothing_and_says_what_it_would_do(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=2, customers=2, mode=lambda n: ("auto", "draft")[n])
    log = Log(tmp_path / "service.log")
    for number in (1, 2):
        world.send(world.promise(number, FIRST))
    wait_until(lambda: len(mailbox(world)["INBOX"]) == 2)
    before = mailbox(world)
    store = database(world)
    with running(world.config, shadow=True, log=log.path):
        wait_until(lambda: mails_read(store) == 2)
        wait_until(lambda: len(log.lines("would plan")) == 2)
        world.send(world.promise(2, LAST))
        wait_until(lambda: len(log.lines("would plan")) == 3)
    after = mailbox(world)
    assert after.pop("INBOX")[:2] == before.pop("INBOX")
    assert after == before
    assert not outside(world)
    told = [(line["template"], line["orders"], line["mode"]) for line in log.lines("would plan")]
    assert sorted(told[:2]) == [("delay_notice", ["SO26-00001"], "draft"), ("delay_notice", ["SO26-00002"], "auto")]
    assert told[2] == ("delay_notice", ["SO26-00002"], "auto"), "the new date is a new letter; the others are told once"
    with store.look() as tx:
        assert not tx.outbox.duties()


def test_after_shadow_the_real_run_sends_what_is_still_due_and_nothing_stale(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    world = make_world(tmp_path, mail_system, orders=2, customers=2)
    store = database(world)
    with running(world.config, shadow=True):
        for day in (FIRST, LAST):
            world.send(world.promise(1, day))
            wait_until(lambda until=day: promised(store, "PO26-00001") == until)  # type: ignore[misc]  # mypy cannot infer a default argument
        world.send(world.promise(2, FIRST))
        wait_until(lambda: promised(store, "PO26-00002") == FIRST)
        world.send(world.promise(2, DUE))
        wait_until(lambda: promised(store, "PO26-00002") == DUE)
    with running(world.config, now=NOW + timedelta(minutes=5)):
        wait_until(lambda: world.inbox(world.customers[1]))
        wait_until(lambda: world.inbox(world.mailbox, "Sent"))
    (notice,) = world.inbox(world.customers[1])
    assert f"{LAST.day} Dec" in notice.text
    assert f"{FIRST.day} Dec" not in notice.text
    assert not world.inbox(world.customers[0]), "its date moved and came back: there is nothing to tell"


def test_what_a_real_run_left_in_the_queue_is_told_and_stays(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=OVERDUE, mode=lambda customer: "off")
    real = world.service()
    ((number, _),) = [one for one in real.follow_up(NOW).planned if one[1].party]
    shadow = world.service(shadow=True)
    with shadow.working():
        report = one_round(shadow, NOW + timedelta(hours=3))
    assert number in report.delivered[0].would
    assert not chases(world)
    shadow.store.close()
    real.store.close()


def test_what_a_merchandiser_writes_is_not_obeyed_and_told(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1, mode=lambda customer: "off")
    log = Log(tmp_path / "service.log")
    order = "PO26-00001"
    world.send(reply(world.merchandiser, world.mailbox, "mail", f"close {order}", NOW), world.merchandiser)
    with running(world.config, shadow=True, log=log.path):
        wait_until(lambda: log.lines("would ask whether a mail was theirs"))
    (told,) = log.lines("would ask whether a mail was theirs")
    assert (told["person"], told["words"]) == (world.merchandiser, f"close {order}")
    store = database(world)
    with store.look() as tx:
        assert not tx.views.orders([order])[order].closed
    store.close()
    assert not world.inbox(world.merchandiser)
