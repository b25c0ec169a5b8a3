"""Real mail clients, as people use them: what they send, change and delete is understood."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import LetterSent, Recorded, WrittenByHand
from tests.clients.mutt import running_mutt
from tests.clients.thunderbird import running_thunderbird
from tests.servers.postfix import MailSystem
from tests.service.by_hand import LATER, Desk, with_a_draft
from tests.service.world import NOW, make_world, wait_until

pytestmark = pytest.mark.service

PICTURES = Path("build/clients")
"""What the clients show, to be looked at."""
ORDER = "SO26-00001"


def sent(desk: Desk) -> Recorded:
    """Return how the draft went out."""
    (one,) = [each for each in desk.history() if isinstance(each.event, LetterSent)]
    return one


def test_a_draft_sent_from_mutt(tmp_path: Path, mail_system: MailSystem) -> None:
    with with_a_draft(tmp_path, mail_system) as desk:
        with running_mutt(mail_system, desk.world.mailbox) as mutt:
            mutt.send_draft()
        wait_until(lambda: desk.world.inbox(desk.world.customers[0]))
        desk.round(20)
        event = sent(desk).event
        assert isinstance(event, LetterSent)
        assert (event.edited, desk.told()) == (False, LATER)
        assert not desk.letters(LetterState.DRAFTED)


def test_a_draft_changed_and_sent_in_thunderbird(tmp_path: Path, mail_system: MailSystem) -> None:
    other = LATER + timedelta(days=4)
    with with_a_draft(tmp_path, mail_system) as desk:
        with running_thunderbird(mail_system, desk.world.mailbox) as thunderbird:
            thunderbird.wait_for_mail("Drafts", ORDER)
            thunderbird.open("Drafts", ORDER)
            thunderbird.picture(PICTURES / "thunderbird-draft.png")
            thunderbird.draft(ORDER)
            thunderbird.replace(f"{LATER.day} {LATER:%b %Y}", f"{other.day} {other:%b %Y}")
            thunderbird.picture(PICTURES / "thunderbird-draft-changed.png", "msgcompose")
            thunderbird.send()
        wait_until(lambda: desk.world.inbox(desk.world.customers[0]))
        desk.round(20)
        event = sent(desk).event
        assert isinstance(event, LetterSent)
        with desk.service.store.look() as tx:
            stored = tx.mails.get(event.mail or 0)
        assert (event.edited, desk.told()) == (True, other)
        assert stored is not None
        assert f"{other.day} {other:%b %Y}".encode() in stored.raw, "the history has the text as it was sent"


def test_a_draft_deleted_in_thunderbird(tmp_path: Path, mail_system: MailSystem) -> None:
    with with_a_draft(tmp_path, mail_system) as desk:
        with running_thunderbird(mail_system, desk.world.mailbox) as thunderbird:
            thunderbird.wait_for_mail("Drafts", ORDER)
            thunderbird.delete("Drafts", ORDER)
            wait_until(lambda: not desk.world.inbox(desk.world.mailbox, "Drafts"))
        desk.round(20)
        desk.round(35)
        assert desk.letters(LetterState.DECLINED)
        assert not desk.world.inbox(desk.world.customers[0])


def test_a_chase_written_in_mutt_keeps_the_scheduled_one_from_going_out(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    overdue = NOW.date() - timedelta(days=4)
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=overdue, mode=lambda customer: "off")
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        with running_mutt(mail_system, world.mailbox) as mutt:
            mutt.write(world.supplier, "PO26-00001", "Dear Chen, PO26-00001 is overdue. When does it ship?")
        wait_until(lambda: world.inbox(world.supplier))
        desk.round(5)
        assert len(world.inbox(world.supplier)) == 1, "the person was faster"
        (by_hand,) = [one for one in desk.history("PO26-00001") if isinstance(one.event, WrittenByHand)]
        assert by_hand.actor == world.mailbox
    service.store.close()
