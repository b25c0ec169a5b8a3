"""Servers misbehave and people do things in between: nothing is lost, nothing doubled, nothing touched."""

from datetime import timedelta
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted, MailMessageFlags

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import LetterRefused, MailRead
from tests.servers.postfix import MailSystem
from tests.servers.scripted_smtp import ScriptedSmtp, Stage
from tests.service.runner import running
from tests.service.test_end_to_end import database, mails_read, promised
from tests.service.world import DUE, NOW, World, make_world, wait_until

pytestmark = pytest.mark.service

LATER = DUE + timedelta(days=9)


def letter_states(world: World) -> list[LetterState]:
    store = database(world)
    with store.look() as tx:
        found = [letter.state for letter in tx.outbox.letters(list(LetterState))]
    store.close()
    return found


def test_a_new_uidvalidity_counts_nothing_twice(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=3, customers=3)
    store = database(world)
    for number in (1, 2):
        world.send(world.promise(number, LATER))
    with running(world.config):
        wait_until(lambda: mails_read(store) == 2)
    renew_uidvalidity(world)
    world.send(world.promise(3, LATER))
    with running(world.config):
        wait_until(lambda: promised(store, "PO26-00003") == LATER)
        wait_until(lambda: all(world.inbox(customer) for customer in world.customers))
    with store.look() as tx:
        read = [r.event.message_id for r in tx.ledger.after(0, 1000) if isinstance(r.event, MailRead)]
    assert len(read) == len(set(read)) == 3
    assert [len(world.inbox(customer)) for customer in world.customers] == [1, 1, 1]


def renew_uidvalidity(world: World) -> None:
    """Make the server forget its numbering, as after a restored backup."""
    name, _, domain = world.mailbox.partition("@")
    (uidlist,) = world.system.dovecot.folder.rglob(f"{domain}/{name}/Maildir/dovecot-uidlist")
    before = validity(world)
    lines = uidlist.read_text().splitlines(keepends=True)
    lines[0] = lines[0].replace(f" V{before} ", f" V{before + 1000} ")
    uidlist.write_text("".join(lines))
    for index in uidlist.parent.glob("dovecot.index*"):
        index.unlink()
    assert validity(world) != before


def validity(world: World) -> int:
    with MailBoxUnencrypted(world.system.host, world.system.imap_port).login(
        world.mailbox, world.system.password
    ) as box:
        return int(box.folder.status("INBOX", ["UIDVALIDITY"])["UIDVALIDITY"])


def scripted_world(folder: Path, system: MailSystem, smtp: ScriptedSmtp, customers: int = 1) -> World:
    """A world whose letters go through the scripted server, and from there to the real mailboxes."""
    smtp.deliver = lambda recipients, raw: system.dovecot.deliver(recipients, raw)
    return make_world(folder, system, orders=customers, customers=customers, smtp_port=smtp.port)


def test_a_server_that_shuts_down_gets_the_letter_on_a_new_connection(
    tmp_path: Path, mail_system: MailSystem, scripted_smtp: ScriptedSmtp
) -> None:
    world = scripted_world(tmp_path, mail_system, scripted_smtp)
    scripted_smtp.fail(Stage.MAIL, "421 4.3.2 shutting down")
    world.send(world.promise(1, LATER))
    with running(world.config):
        wait_until(lambda: LetterState.SENT in letter_states(world))
    assert len(scripted_smtp.mails) == 1
    assert len(world.inbox(world.customers[0])) == 1


def replies(world: World) -> str:
    """Return what the server has said of letters that are queued again."""
    store = database(world)
    with store.look() as tx:
        said = " ".join(letter.reply for letter in tx.outbox.letters([LetterState.QUEUED]))
    store.close()
    return said


def test_a_server_that_is_busy_gets_the_letter_later(
    tmp_path: Path, mail_system: MailSystem, scripted_smtp: ScriptedSmtp
) -> None:
    world = scripted_world(tmp_path, mail_system, scripted_smtp)
    scripted_smtp.fail(Stage.MAIL, "451 4.7.1 greylisted, come back later")
    world.send(world.promise(1, LATER))
    with running(world.config):
        wait_until(lambda: "greylisted" in replies(world))
    assert not world.inbox(world.customers[0])
    with running(world.config, now=NOW + timedelta(minutes=20)):
        wait_until(lambda: world.inbox(world.customers[0]))
    assert letter_states(world) == [LetterState.SENT]
    assert len(scripted_smtp.mails) == 1


def test_an_address_that_is_refused_is_told_and_the_others_go(
    tmp_path: Path, mail_system: MailSystem, scripted_smtp: ScriptedSmtp
) -> None:
    world = scripted_world(tmp_path, mail_system, scripted_smtp, customers=2)
    scripted_smtp.fail(Stage.RCPT, "550 5.1.1 no such user", recipient=world.customers[0], times=None)
    for number in (1, 2):
        world.send(world.promise(number, LATER))
    store = database(world)
    with running(world.config):
        wait_until(lambda: world.inbox(world.customers[1]))
        wait_until(lambda: LetterState.REFUSED in letter_states(world))
    with store.look() as tx:
        refusals = [r.event for r in tx.ledger.after(0, 1000) if isinstance(r.event, LetterRefused)]
        assert tx.views.addresses()[world.customers[0]].failed
        assert any("refused" in review.opened.question for review in tx.views.reviews().values())
    assert [(refusal.recipient, refusal.permanent) for refusal in refusals] == [(world.customers[0], True)]
    assert not world.inbox(world.customers[0])


@pytest.mark.parametrize("kept", [True, False], ids=["the server kept the mail", "the server lost the mail"])
def test_a_reply_lost_after_data_repeats_the_same_bytes_and_counts_it(
    tmp_path: Path, mail_system: MailSystem, scripted_smtp: ScriptedSmtp, kept: bool
) -> None:
    world = scripted_world(tmp_path, mail_system, scripted_smtp)
    scripted_smtp.fail(Stage.MESSAGE, drop=True, keeps=kept)
    world.send(world.promise(1, LATER))
    with running(world.config):
        wait_until(lambda: LetterState.UNKNOWN in letter_states(world))
    with running(world.config, now=NOW + timedelta(minutes=20)):
        wait_until(lambda: LetterState.SENT in letter_states(world))
    assert len(scripted_smtp.mails) == 1 + kept
    assert len({mail.raw for mail in scripted_smtp.mails}) == 1
    store = database(world)
    with store.look() as tx:
        (letter,) = tx.outbox.letters([LetterState.SENT])
    assert letter.repeated == 1


def test_nothing_goes_out_on_a_first_start_with_a_backlog(tmp_path: Path, mail_system: MailSystem) -> None:
    overdue = NOW.date() - timedelta(days=12)
    world = make_world(tmp_path, mail_system, orders=80, customers=4, due=overdue, live=False)
    with running(world.config):
        wait_until(lambda: world.inbox(world.merchandiser))
    (backlog,) = world.inbox(world.merchandiser)
    assert "PO26-00001" in backlog.text
    assert "PO26-00080" in backlog.text
    assert not world.inbox(world.supplier)
    assert not [mail for customer in world.customers for mail in world.inbox(customer)]
    assert not world.inbox(world.mailbox, "Drafts")


def test_what_another_client_does_is_left_alone(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=3, customers=3)
    world.send(world.promise(1, LATER))
    world.send(world.promise(2, LATER))
    with MailBoxUnencrypted(mail_system.host, mail_system.imap_port).login(
        world.mailbox, mail_system.password
    ) as client:
        wait_until(lambda: len(client.uids("ALL")) == 2)
        deleted, seen = sorted(client.uids("ALL"), key=int)
        client.client.uid("STORE", deleted, "+FLAGS", r"(\Deleted)")
        client.client.uid("STORE", seen, "+FLAGS", r"(\Seen)")
        with running(world.config):
            world.send(world.promise(3, LATER))
            store = database(world)
            wait_until(lambda: mails_read(store) == 3)
            wait_until(lambda: len(world.inbox(world.mailbox, "Sent")) == 3)
        client.folder.set("INBOX")
        flags = {mail.uid: set(mail.flags) - {MailMessageFlags.RECENT} for mail in client.fetch(mark_seen=False)}
    third = max(flags, key=lambda uid: int(uid or 0))
    assert flags == {deleted: {MailMessageFlags.DELETED}, seen: {MailMessageFlags.SEEN}, third: set()}
