"""What a person does in their own mail client counts: a draft sent or deleted, a mail written by hand."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted, MailMessage

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import CustomerTold, LetterSent, LetterWithdrawn, Recorded, ReviewOpened, WrittenByHand
from mailflow.daemon import one_round
from tests.servers.postfix import MailSystem
from tests.service.by_hand import LATER, Desk, with_a_draft
from tests.service.world import NOW, World, make_world, reply, wait_until

pytestmark = pytest.mark.service


@pytest.fixture
def desk(tmp_path: Path, mail_system: MailSystem) -> Iterator[Desk]:
    """A delay notice lies in Drafts."""
    with with_a_draft(tmp_path, mail_system) as desk:
        yield desk


def as_changed(raw: bytes, *, message_id: str = "", text: str = "", bare: bool = False) -> bytes:
    """Return a mail as a client sends it that names it anew, drops foreign headers, or whose user changed the text."""
    mail = message_from_bytes(raw, policy=policy.SMTP)
    if message_id:
        mail.replace_header("Message-ID", message_id)
    if bare:
        for name in ("X-Mailflow-Letter", "Auto-Submitted", "X-Auto-Response-Suppress"):
            del mail[name]
    if text:
        (plain,) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
        said = plain.get_content()
        fresh = EmailMessage(policy=policy.SMTP)
        for name in ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"):
            if mail[name]:
                fresh[name] = str(mail[name])
        fresh.set_content(text.format(said=said))
        mail = fresh
    return mail.as_bytes()


def sent_events(desk: Desk) -> list[Recorded]:
    return [one for one in desk.history() if isinstance(one.event, LetterSent)]


@pytest.mark.parametrize("message_id", ["", "<sent-from-a-phone@phone.example>"])
def test_a_draft_that_a_person_sends_is_sent_by_them(desk: Desk, message_id: str) -> None:
    raw = as_changed(desk.take_draft(), message_id=message_id, bare=bool(message_id))
    desk.put(raw, "Sent")
    desk.round(20)
    (sent,) = sent_events(desk)
    assert isinstance(sent.event, LetterSent)
    assert (sent.actor, sent.event.edited) == (desk.world.mailbox, False)
    assert desk.told() == LATER
    desk.round(60)
    assert not desk.letters(LetterState.QUEUED, LetterState.DRAFTED, LetterState.DECLINED)
    assert not desk.world.inbox(desk.world.customers[0]), "the person's client sent it, not we"


def test_a_draft_that_was_changed_counts_as_the_person_sent_it(desk: Desk) -> None:
    by_hand = LATER + timedelta(days=2)
    text = f"Dear Kim,\n\nC-000001 will be ready ex-factory on {by_hand:%d %B %Y}, we are sorry.\n\nAmy\n"
    desk.put(as_changed(desk.take_draft(), text=text), "Sent")
    desk.round(20)
    (sent,) = sent_events(desk)
    assert isinstance(sent.event, LetterSent)
    assert sent.event.edited
    assert desk.told() == by_hand
    with desk.service.store.look() as tx:
        stored = tx.mails.get(sent.event.mail or 0)
    assert stored is not None
    assert b"we are sorry" in stored.raw, "the history keeps the text as it was sent"


def test_a_changed_date_that_is_not_certain_is_asked_about(desk: Desk) -> None:
    text = f"Dear Kim,\n\nC-000001 should perhaps be ready on {LATER:%d %B %Y} if all goes well.\n\nAmy\n"
    desk.put(as_changed(desk.take_draft(), text=text), "Sent")
    desk.round(20)
    assert desk.told() is None
    (asked,) = [one.event for one in desk.history() if isinstance(one.event, ReviewOpened)]
    assert isinstance(asked, ReviewOpened)
    assert "which date has the customer been told" in asked.question


def test_a_deleted_draft_is_declined_after_a_while(desk: Desk) -> None:
    desk.take_draft()
    desk.round(20)
    assert desk.letters(LetterState.DRAFTED), "its copy may still come into Sent"
    desk.round(35)
    assert desk.letters(LetterState.DECLINED)
    (gone,) = [one.event for one in desk.history() if isinstance(one.event, LetterWithdrawn)]
    assert isinstance(gone, LetterWithdrawn)
    assert "deleted" in gone.reason
    desk.round(90)
    assert not desk.world.inbox(desk.world.mailbox, "Drafts"), "what was declined is not proposed again"


def test_a_draft_that_is_only_saved_anew_still_waits(desk: Desk) -> None:
    raw = as_changed(desk.take_draft(), message_id="<saved-again@client.example>", text="{said}\nPS: Amy was here.\n")
    desk.put(raw, "Drafts")
    desk.round(20)
    desk.round(60)
    assert desk.letters(LetterState.DRAFTED)
    assert not desk.letters(LetterState.DECLINED)


def test_a_delay_told_by_hand_keeps_the_notice_from_going_out(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=2, customers=1, mode=lambda customer: "auto")
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        desk.round()
        text = f"Dear Kim,\n\nyour order C-000001 will leave the factory on {LATER:%d %B %Y}.\n\nBest regards\nAmy"
        desk.put(reply(world.mailbox, world.customers[0], "C-000001", text, NOW).encode(), "Sent", NOW)
        desk.round(5)
        world.send(world.promise(1, LATER))
        wait_until(lambda: world.inbox(world.mailbox))
        desk.round(10)
        assert desk.told() == LATER
        assert not world.inbox(world.customers[0])
        kinds = [type(one.event) for one in desk.history()]
    service.store.close()
    assert WrittenByHand in kinds
    assert CustomerTold in kinds


def test_a_chase_written_by_hand_stands_the_scheduled_one_down(tmp_path: Path, mail_system: MailSystem) -> None:
    overdue = NOW.date() - timedelta(days=4)
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=overdue, mode=lambda customer: "off")
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        written = NOW - timedelta(minutes=5)
        text = "Dear Chen,\n\nwhere is PO26-00001? Please ship it at once.\n\nAmy"
        desk.put(reply(world.mailbox, world.supplier, "PO26-00001", text, written).encode(), "Sent", written)
        desk.round()
        assert not chases(world)
        assert [one.actor for one in desk.history("PO26-00001") if isinstance(one.event, WrittenByHand)] == [
            world.mailbox
        ]
        one_round(service, NOW + timedelta(days=3))
        wait_until(lambda: chases(world))
    service.store.close()


def chases(world: World) -> list[MailMessage]:
    return [mail for mail in world.inbox(world.supplier) if "PO26-00001" in mail.subject]


def test_of_a_merchandisers_own_mailbox_only_the_parties_mails_are_read(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1, mode=lambda customer: "off")
    watched = (
        f"watched:\n  amy:\n    address: {world.merchandiser}\n    imap: {{host: {mail_system.host}, security: none,"
        f" port: {mail_system.imap_port}, password: {mail_system.password}, since: 2026-11-01}}\n"
    )
    world.config.write_text(world.config.read_text() + watched)
    private = reply("aunt@family.example", world.merchandiser, "PO26-00001", "PO26-00001 ships on 1 Dec 2026", NOW)
    answer = world.promise(1, LATER).replace(world.mailbox, world.merchandiser)
    service = world.service()
    with service.working():
        desk = Desk(world, service)
        with MailBoxUnencrypted(mail_system.host, mail_system.imap_port).login(
            world.merchandiser, mail_system.password
        ) as box:
            for raw in (private, answer):
                box.append(raw.encode(), "INBOX", dt=NOW)
        report = desk.round()
        with service.store.look() as tx:
            (lot,) = tx.views.orders(["PO26-00001"])["PO26-00001"].lots
        flags = [mail.flags for mail in world.inbox(world.merchandiser)]
        drafts = world.inbox(world.merchandiser, "Drafts"), world.inbox(world.merchandiser, "Sent")
    service.store.close()
    assert (report.received, lot.promise) == (1, LATER)
    assert set(flags) <= {(), ("\\Recent",)}
    assert drafts == ([], [])


def let_go(desk: Desk, minutes: float) -> int:
    """Let a person say by mail that the draft may go; return its number."""
    (draft,) = desk.letters(LetterState.DRAFTED)
    with desk.service.store.begin() as tx:
        tx.outbox.approve(draft.id, NOW + timedelta(minutes=minutes))
    return draft.id


def test_a_draft_that_was_let_go_and_sent_by_hand_goes_once(desk: Desk) -> None:
    raw = desk.take_draft()
    let_go(desk, 2)
    service = desk.service
    held = service.deliver(service.accounts[0], NOW + timedelta(minutes=2))
    assert (held.sent, len(held.later)) == ([], 1)
    desk.put(as_changed(raw, message_id="<by-hand@phone.example>"), "Sent")
    desk.round(5)
    assert not desk.world.inbox(desk.world.customers[0]), "the person's client sent it, not we"
    (sent,) = sent_events(desk)
    assert sent.actor == desk.world.mailbox
    assert not desk.letters(LetterState.QUEUED, LetterState.HELD)


def test_a_draft_that_was_let_go_and_lies_there_goes_out(desk: Desk) -> None:
    let_go(desk, 2)
    desk.round(2)
    wait_until(lambda: desk.world.inbox(desk.world.customers[0]))


def test_a_draft_that_was_let_go_and_deleted_is_asked_about_and_then_goes(desk: Desk) -> None:
    desk.take_draft()
    number = let_go(desk, 2)
    desk.round(2)
    desk.round(13)
    (held,) = desk.letters(LetterState.HELD)
    assert held.id == number
    assert not desk.world.inbox(desk.world.customers[0])
    with desk.service.store.begin() as tx:
        assert "was it sent or deleted by hand?" in tx.views.reviews()[f"L{number}"].opened.question
        tx.outbox.approve(number, NOW + timedelta(minutes=14))
    desk.round(14)
    wait_until(lambda: desk.world.inbox(desk.world.customers[0]))


def test_a_draft_that_was_let_go_and_changed_is_asked_about(desk: Desk) -> None:
    text = f"Dear Kim,\n\nC-000001 will be ready ex-factory on {LATER:%d %B %Y}, we are very sorry.\n\nAmy\n"
    desk.put(as_changed(desk.take_draft(), message_id="<saved-anew@client.example>", text=text), "Drafts")
    let_go(desk, 2)
    desk.round(2)
    (held,) = desk.letters(LetterState.HELD)
    assert "was changed in Drafts" in held.reply
    assert not desk.world.inbox(desk.world.customers[0])
