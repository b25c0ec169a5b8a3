"""Killed at any point, five times over and at random moments: no mail is lost or counted twice, no letter doubled."""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from imap_tools import MailMessage

from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.orders.events import MailRead, MailSetAside
from mailflow.edges.database import DatabaseStore, open_store
from tests.servers.postfix import MailSystem
from tests.service.runner import run_and_kill_after, run_until_killed, running
from tests.service.world import DUE, NOW, World, make_world, wait_until

pytestmark = pytest.mark.service

POINTS = (
    "before_store_commit",
    "after_store_commit",
    "before_read_commit",
    "after_read_commit",
    "before_plan_commit",
    "after_plan_commit",
    "before_claim_commit",
    "after_claim_commit",
    "before_handed_commit",
    "after_handed_commit",
    "before_data",
    "after_data",
    "before_reply_commit",
    "after_reply_commit",
    "before_append",
    "after_append",
    "after_filed_commit",
)
KILLS = 5
IN_FLIGHT = (LetterState.QUEUED, LetterState.CLAIMED, LetterState.HANDED, LetterState.UNKNOWN)


def auto_or_draft(customer: int) -> str:
    return "auto" if customer % 2 else "draft"


@pytest.mark.parametrize("point", POINTS)
def test_killed_five_times_at_a_point(point: str, tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=2 * KILLS, customers=2 * KILLS, mode=auto_or_draft)
    for wave in range(KILLS):
        send_delays(world, range(2 * wave + 1, 2 * wave + 3))
        run_until_killed(world.config, point)
    finish(world, mails=2 * KILLS, letters=2 * KILLS)
    check(world, mails=2 * KILLS, sent=KILLS, drafts=KILLS)


def test_killed_at_twenty_random_moments(tmp_path: Path, mail_system: MailSystem) -> None:
    moments = Random(2026)
    world = make_world(
        tmp_path, mail_system, orders=200, customers=200, mode=lambda customer: "auto" if customer < 50 else "off"
    )
    send_delays(world, range(1, 201))
    for _ in range(20):
        run_and_kill_after(world.config, moments.uniform(0.3, 2.0))
    finish(world, mails=200, letters=50)
    check(world, mails=200, sent=50, drafts=0)


def test_the_harness_finds_a_service_that_sends_before_it_commits(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1)
    send_delays(world, range(1, 2))
    run_until_killed(world.config, "after_data", sends_first=True)
    finish(world, mails=1, letters=1, sends_first=True)
    with pytest.raises(AssertionError, match="more often than is known"):
        check(world, mails=1, sent=1, drafts=0)


def send_delays(world: World, numbers: range) -> None:
    for number in numbers:
        world.send(world.promise(number, DUE + timedelta(days=7 + number % 5)))


def finish(world: World, *, mails: int, letters: int, **options: object) -> None:
    """Run undisturbed, half an hour later so that nothing waits any more, until everything is done."""
    with running(world.config, now=NOW + timedelta(minutes=30), **options):
        store = open_store(world.service().settings.database_url)
        wait_until(lambda: len(read_mails(store)) >= mails and len(done(store)) >= letters and not in_flight(store), 60)
        store.close()


def done(store: DatabaseStore) -> list[OutboxLetter]:
    with store.look() as tx:
        return tx.outbox.letters((LetterState.SENT, LetterState.DRAFTED))


def in_flight(store: DatabaseStore) -> list[OutboxLetter]:
    with store.look() as tx:
        return [*tx.outbox.letters(IN_FLIGHT), *tx.outbox.to_file("followup")]


def read_mails(store: DatabaseStore) -> list[str]:
    with store.look() as tx:
        events = [recorded.event for recorded in tx.ledger.after(0, 100_000)]
    assert not [event for event in events if isinstance(event, MailSetAside)]
    return [event.message_id for event in events if isinstance(event, MailRead)]


def check(world: World, *, mails: int, sent: int, drafts: int) -> None:
    """Count in the ledger and in the recipients' mailboxes."""
    store = open_store(world.service().settings.database_url)
    read = read_mails(store)
    with store.look() as tx:
        letters = [letter for letter in tx.outbox.letters(list(LetterState)) if letter.planned.step == "delay_notice"]
    store.close()
    assert len(read) == len(set(read)) == mails
    assert sorted(letter.state for letter in letters) == sorted(["sent"] * sent + ["drafted"] * drafts)
    arrived: dict[str, list[MailMessage]] = defaultdict(list)
    for address in world.customers:
        for mail in world.inbox(address):
            arrived[mail.headers["message-id"][0]].append(mail)
    assert_each_once(letters, arrived)
    for folder, state in (("Drafts", LetterState.DRAFTED), ("Sent", LetterState.SENT)):
        filed = [mail.headers["message-id"][0] for mail in world.inbox(world.mailbox, folder)]
        own = [letter.envelope.message_id for letter in letters if letter.envelope and letter.state is state]
        assert sorted(id_ for id_ in filed if id_ in own) == sorted(own), f"{folder} holds a letter twice, or lacks one"


def assert_each_once(letters: list[OutboxLetter], arrived: dict[str, list[MailMessage]]) -> None:
    for letter in letters:
        assert letter.envelope is not None
        copies = arrived.pop(letter.envelope.message_id, [])
        if letter.state is LetterState.SENT:
            assert copies, f"letter {letter.id} never arrived"
        assert len(copies) <= 1 + letter.repeated, f"letter {letter.id} arrived more often than is known"
        assert len({(copy.date_str, copy.subject, copy.text, copy.html) for copy in copies}) <= 1
    assert not [m for ms in arrived.values() for m in ms if "delay" in m.subject.lower()], "a duty has two Message-IDs"
