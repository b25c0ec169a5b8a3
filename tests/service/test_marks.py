"""On a real server read mails go to folders in one step, and what a merchandiser has in hand stays."""

from pathlib import Path

import pytest

from tests.servers.postfix import MailSystem
from tests.service.by_hand import LATER, Desk
from tests.service.world import NOW, make_world, reply, wait_until

pytestmark = pytest.mark.service


def test_read_mails_are_sorted_into_folders(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=3, customers=1, mode=lambda customer: "off")
    world.config.write_text(world.config.read_text().replace("since: 2026-11-01", "since: 2026-11-01, marks: folders"))
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        desk.round()
        world.send(world.promise(1, LATER))
        world.send(reply(world.supplier, world.mailbox, "x", "Dear Amy,\n\nPO26-00002 can perhaps go later.", NOW))
        world.send(reply(world.supplier, world.mailbox, "x", "Dear Amy,\n\nMerry Christmas to all of you!", NOW))
        world.send(world.promise(3, LATER))
        wait_until(lambda: len(world.inbox(world.mailbox)) == 4)
        with desk.client() as box:
            box.folder.set("INBOX")
            last = max(uid for uid in box.uids() if uid)
            box.client.uid("STORE", last, "+FLAGS", r"(\Flagged)")
        desk.round(1)
        found = {
            name: [mail.text for mail in world.inbox(world.mailbox, name)] for name in ("Matched", "Question", "Filed")
        }
        assert [len(some) for some in found.values()] == [1, 1, 1]
        assert "PO26-00001" in found["Matched"][0]
        assert "perhaps" in found["Question"][0]
        assert "Christmas" in found["Filed"][0]
        (stays,) = world.inbox(world.mailbox)
        assert "PO26-00003" in stays.text
        assert r"\Flagged" in stays.flags
        desk.round(2)
        assert len(world.inbox(world.mailbox)) == 1
    service.store.close()
