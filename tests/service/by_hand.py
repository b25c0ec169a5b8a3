"""A merchandiser at their mail client beside the service, on real servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from imap_tools import MailBoxUnencrypted

from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.orders.events import Recorded
from mailflow.daemon import one_round
from mailflow.daemon.rounds import RoundReport
from mailflow.wiring.service import Service
from tests.servers.postfix import MailSystem
from tests.service.world import DUE, NOW, World, make_world, wait_until

LATER = DUE + timedelta(days=9)


class Desk:
    """A merchandiser at their mail client, and the service that works beside them."""

    def __init__(self, world: World, service: Service) -> None:
        self.world = world
        self.service = service

    def round(self, minutes: float = 0) -> RoundReport:
        return one_round(self.service, NOW + timedelta(minutes=minutes))

    @contextmanager
    def client(self) -> Iterator[MailBoxUnencrypted]:
        system = self.world.system
        box = MailBoxUnencrypted(system.host, system.imap_port)
        with box.login(self.world.mailbox, system.password):
            yield box

    def take_draft(self) -> bytes:
        """Open the one draft and take it out of Drafts."""
        (draft,) = self.world.inbox(self.world.mailbox, "Drafts")
        with self.client() as box:
            box.folder.set("Drafts")
            box.delete([uid for uid in box.uids() if uid])
        return draft.obj.as_bytes()

    def put(self, raw: bytes, folder: str, at: datetime | None = None) -> None:
        with self.client() as box:
            box.append(raw, folder, dt=at or NOW)

    def letters(self, *states: LetterState) -> list[OutboxLetter]:
        with self.service.store.look() as tx:
            return tx.outbox.letters(states)

    def history(self, order: str = "SO26-00001") -> list[Recorded]:
        with self.service.store.look() as tx:
            return tx.ledger.history(order)

    def told(self) -> date | None:
        with self.service.store.look() as tx:
            return tx.views.orders(["SO26-00001"])["SO26-00001"].told


@contextmanager
def with_a_draft(folder: Path, system: MailSystem) -> Iterator[Desk]:
    """A delay notice lies in Drafts."""
    world = make_world(folder, system, orders=2, customers=1, mode=lambda customer: "draft")
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        desk.round()
        world.send(world.promise(1, LATER))
        wait_until(lambda: world.inbox(world.mailbox))
        desk.round(1)
        wait_until(lambda: world.inbox(world.mailbox, "Drafts"))
        yield desk
    service.store.close()
