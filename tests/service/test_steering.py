"""The digest goes out at its hour, is answered, the order moves, and an undo takes it back: on real servers."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from imap_tools import MailMessage

from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import DatePromised, MailRead, NewEvent, Proof, ReviewOpened
from mailflow.core.orders.model import Milestone
from mailflow.edges.database import DatabaseStore, open_store
from tests.servers.postfix import MailSystem
from tests.service.runner import running
from tests.service.world import World, make_world, reply, wait_until

pytestmark = pytest.mark.service

MORNING = datetime(2026, 11, 17, 0, 29, 59, tzinfo=UTC)
"""A second before half past eight in Shanghai, on a Tuesday."""
ORDER = "PO26-00001"
PROMISED = date(2026, 12, 22)


def database(world: World) -> DatabaseStore:
    service = world.service()
    service.store.close()
    return open_store(service.settings.database_url)


def ask(store: DatabaseStore, world: World) -> None:
    """Let there be a question about a date."""
    words = f"{ORDER} can perhaps ship on 22 Dec 2026"
    proof = Proof(1, words, 0.5, "exact", world.supplier, "<asked@x.example>", MORNING - timedelta(days=1))
    dated = DatePromised(ORDER, Milestone.SHIP, PROMISED, proof=proof)
    opened = ReviewOpened(
        "R1.1", f"{ORDER}: enter 22 Dec?", (ORDER,), 1, (), (encode_event(dated),), words, "Hidden Supplier"
    )
    read = MailRead(1, "<asked@x.example>", world.supplier, ORDER, "attention", (ORDER,), "Hidden Supplier")
    with store.begin() as tx:
        tx.ledger.record([NewEvent(read), NewEvent(opened)], MORNING - timedelta(days=1))


def promised(store: DatabaseStore) -> date | None:
    with store.look() as tx:
        lots = tx.views.orders([ORDER])[ORDER].lots
    return next((lot.promise for lot in lots if lot.milestone == Milestone.SHIP), None)


def answer(world: World, to: MailMessage, text: str, sender: str = "") -> None:
    """Answer a mail as a person does."""
    written = reply(world.merchandiser, world.mailbox, to.subject, text, MORNING, to.headers["message-id"][0])
    world.send(written, sender or world.merchandiser)


def test_a_digest_is_answered_and_the_answer_taken_back(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1, mode=lambda customer: "off")
    store = database(world)
    ask(store, world)

    def told() -> list[MailMessage]:
        return world.inbox(world.merchandiser)

    with running(world.config, now=MORNING):
        wait_until(lambda: told())
        (digest,) = told()
        assert f"1) {ORDER}" in digest.text
        assert "> PO26-00001 can perhaps ship on 22 Dec 2026" in digest.text
        answer(world, digest, "1A, thanks\n\nSent from my iPhone")
        wait_until(lambda: promised(store) == PROMISED)
        wait_until(lambda: len(told()) == 2)
        confirmed = told()[-1]
        assert "22 Dec 2026" in confirmed.text
        assert confirmed.headers["in-reply-to"]
        answer(world, confirmed, "undo")
        wait_until(lambda: promised(store) is None)
        wait_until(lambda: len(told()) == 3)
    with store.look() as tx:
        assert "R1.1" in tx.views.reviews(), "the question is open again"


def test_whoever_writes_in_a_merchandisers_name_is_not_obeyed_and_not_answered(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1, mode=lambda customer: "off")
    store = database(world)
    thief = f"thief@{world.customers[0].rpartition('@')[2]}"
    with running(world.config, now=MORNING + timedelta(hours=5)):
        forged = reply(world.merchandiser, world.mailbox, "urgent", f"close {ORDER}", MORNING)
        world.send(forged.replace("Message-ID:", f"Reply-To: {thief}\nMessage-ID:"), thief)
        wait_until(lambda: world.inbox(world.merchandiser))
    (asked,) = world.inbox(world.merchandiser)
    assert "if it is, answer this one" in asked.text
    assert world.inbox(thief) == []
    with store.look() as tx:
        assert not tx.views.orders([ORDER])[ORDER].closed
