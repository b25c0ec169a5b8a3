"""The running service: it hears before it writes, ends in time, loads rules anew, and one fault stops nothing else."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted, MailMessage

from mailflow.core.letters.model import LetterState
from mailflow.daemon import one_round
from mailflow.edges.database.errors import OwnedError
from mailflow.wiring.heartbeat import last_beat
from tests.servers.gate import gate_to
from tests.servers.postfix import MailSystem
from tests.service.runner import running
from tests.service.test_crashes import check, in_flight, send_delays
from tests.service.test_end_to_end import about, chases, database, mails_read, promised
from tests.service.test_faults import letter_states
from tests.service.told import Log
from tests.service.world import DUE, NOW, World, make_world, reply, wait_until

pytestmark = pytest.mark.service

LATER = DUE + timedelta(days=9)
OVERDUE = NOW.date() - timedelta(days=4)
NEXT_RUNG = NOW + timedelta(days=8)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "service.log")


def sent_letters(world: World) -> list[MailMessage]:
    return world.inbox(world.mailbox, "Sent")


# ── first hear, then write ───────────────────────────────────────────────────────────────────────────────────────────


def test_no_chase_goes_out_while_the_answer_waits_unread(tmp_path: Path, mail_system: MailSystem, log: Log) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=OVERDUE, mode=lambda customer: "off")
    store = database(world)
    with running(world.config):
        wait_until(lambda: chases(world))
    (chase,) = chases(world)
    answer = f"Dear Amy, sorry, PO26-00001 will leave the factory on {LATER:%d %b %Y}."
    world.send(reply(world.supplier, world.mailbox, chase.subject, answer, NOW, chase.headers["message-id"][0]))
    with running(world.config, now=NEXT_RUNG, log=log.path):
        wait_until(lambda: promised(store, "PO26-00001") == LATER)
        wait_until(lambda: log.lines("read"))
    assert not log.lines("planned"), "the rung that was due before the answer was read must not be written"
    assert len(chases(world)) == 1


def test_a_queued_chase_waits_for_the_answer_too(tmp_path: Path, mail_system: MailSystem, log: Log) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1, due=OVERDUE, mode=lambda customer: "off")
    service = world.service()
    (planned,) = [letter for _, letter in service.follow_up(NOW).planned if letter.party]
    service.store.close()
    assert planned.orders == ("PO26-00001",)
    world.send(reply(world.supplier, world.mailbox, "PO26-00001", f"PO26-00001 leaves on {LATER:%d %b %Y}.", NOW))
    store = database(world)
    with running(world.config, now=NOW + timedelta(hours=3)):
        wait_until(lambda: promised(store, "PO26-00001") == LATER)
        wait_until(lambda: not in_flight(store))
    with store.look() as tx:
        (letter,) = [one for one in tx.outbox.letters(list(LetterState)) if one.planned.party]
    assert letter.state is LetterState.WITHDRAWN
    assert not chases(world)


def test_nothing_goes_outside_while_a_mailbox_cannot_be_heard(
    tmp_path: Path, mail_system: MailSystem, log: Log
) -> None:
    with gate_to(mail_system.imap_port) as gate:
        world = make_world(tmp_path, mail_system, orders=1, customers=1, due=OVERDUE, imap_port=gate.port)
        with running(world.config, log=log.path):
            wait_until(lambda: log.lines("a mailbox is silent"))
            wait_until(lambda: log.names().count("mailbox") >= 2)
            assert "followup yet" in log.lines("a mailbox is silent")[0]["consequence"]
            assert not chases(world)
            gate.open()
            wait_until(lambda: chases(world), 40)
    names = log.names()
    assert names.index("every mailbox is heard again") < names.index("planned")
    assert names.count("a mailbox is silent") == 1


def test_one_round_writes_nothing_outside_after_a_failed_receive(tmp_path: Path, mail_system: MailSystem) -> None:
    with gate_to(mail_system.imap_port) as gate:
        world = make_world(tmp_path, mail_system, orders=1, customers=1, due=OVERDUE, imap_port=gate.port)
        service = world.service()
        with service.working():
            shut = one_round(service, NOW)
            assert list(shut.faults) == ["followup"]
            assert shut.followed.inside
            assert not [letter for _, letter in shut.followed.planned if letter.party]
            assert [letter for _, letter in service.follow_up(NOW).planned if letter.party]
            one_round(service, NOW + timedelta(hours=3))
            assert not chases(world), "a letter in the queue waits as well"
            gate.open()
            one_round(service, NOW + timedelta(hours=3, minutes=2))
        service.store.close()
    assert len(chases(world)) == 1


# ── one fault stops nothing else ─────────────────────────────────────────────────────────────────────────────────────


def two_accounts(world: World, second_port: int = 0) -> str:
    """Add a second account with two folders; return its address."""
    system, address = world.system, world.system.address("sales")
    port = second_port or system.imap_port
    with world.config.open("a") as config:
        config.write(f"""
  sales:
    address: {address}
    imap: {{host: {system.host}, port: {port}, security: none, password: {system.password},
           since: 2026-11-01, poll_seconds: 5, folders: [INBOX, Orders]}}
    smtp: {{host: {system.host}, port: {system.smtp_port}, security: none, login: false}}
""")
    with MailBoxUnencrypted(system.host, system.imap_port).login(address, system.password) as box:
        box.folder.create("Orders")
    return address


def put(world: World, address: str, folder: str, raw: str) -> None:
    with MailBoxUnencrypted(world.system.host, world.system.imap_port).login(address, world.system.password) as box:
        box.append(raw.encode(), folder, dt=NOW)


def test_two_accounts_with_several_folders_are_served_and_letters_go_through_the_first(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    world = make_world(tmp_path, mail_system, orders=3, customers=3)
    second = two_accounts(world)
    store = database(world)
    world.send(world.promise(1, LATER))
    put(world, second, "INBOX", world.promise(2, LATER))
    put(world, second, "Orders", world.promise(3, LATER))
    with running(world.config):
        wait_until(lambda: all(world.inbox(customer) for customer in world.customers))
        wait_until(lambda: len(sent_letters(world)) == 3)
    assert mails_read(store) == 3
    assert {mail.from_ for customer in world.customers for mail in world.inbox(customer)} == {world.mailbox}
    assert not world.inbox(second, "Sent")


def test_a_mailbox_that_is_out_of_reach_does_not_stop_the_other(
    tmp_path: Path, mail_system: MailSystem, log: Log
) -> None:
    with gate_to(mail_system.imap_port) as gate:
        world = make_world(tmp_path, mail_system, orders=2, customers=2)
        second = two_accounts(world, gate.port)
        store = database(world)
        world.send(world.promise(1, LATER))
        put(world, second, "Orders", world.promise(2, LATER))
        with running(world.config, log=log.path):
            wait_until(lambda: promised(store, "PO26-00001") == LATER)
            wait_until(lambda: log.lines("a mailbox is silent"))
            assert "sales yet" in log.lines("a mailbox is silent")[-1]["consequence"]
            gate.open()
            wait_until(lambda: all(world.inbox(customer) for customer in world.customers), 40)
    assert promised(store, "PO26-00002") == LATER


def test_a_folder_that_is_gone_does_not_stop_the_others_and_is_told(
    tmp_path: Path, mail_system: MailSystem, log: Log
) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1)
    world.config.write_text(world.config.read_text().replace("poll_seconds:", "folders: [Gone, INBOX], poll_seconds:"))
    store = database(world)
    world.send(world.promise(1, LATER))
    with running(world.config, log=log.path):
        wait_until(lambda: promised(store, "PO26-00001") == LATER)
        wait_until(lambda: log.lines("a mailbox is silent"))
    with store.look() as tx:
        (asked,) = [
            review.opened.question for item, review in tx.views.reviews().items() if item.startswith("mailbox:")
        ]
    assert "Gone" in asked
    assert not world.inbox(world.customers[0]), "an answer may lie in the folder"


def test_with_smtp_down_mails_are_read_and_drafts_filed(tmp_path: Path, mail_system: MailSystem, log: Log) -> None:
    with gate_to(mail_system.smtp_port) as gate:
        modes = ("auto", "draft")
        world = make_world(
            tmp_path, mail_system, orders=2, customers=2, mode=lambda customer: modes[customer], smtp_port=gate.port
        )
        world.send(world.promise(2, LATER))
        with running(world.config, log=log.path):
            wait_until(lambda: log.lines("letters wait"))
            world.send(world.promise(1, LATER))
            wait_until(lambda: about(world.inbox(world.mailbox, "Drafts"), "SO26-00001"))
    assert promised(database(world), "PO26-00001") == LATER
    assert not log.lines("job failed")


def test_faulty_rules_are_told_with_file_and_line_and_the_last_good_ones_stay(
    tmp_path: Path, mail_system: MailSystem, log: Log
) -> None:
    world = make_world(tmp_path, mail_system, orders=2, customers=2)
    shipped = (Path(__file__).parents[2] / "rules" / "playbook.yaml").read_text()
    playbook = world.folder / "rules" / "playbook.yaml"
    notice = world.folder / "templates" / "delay_notice" / "text.en.j2"
    with running(world.config, log=log.path) as process:
        wait_until(lambda: log.lines("running"))
        line = shipped.splitlines().index("  buffer_days: 0         # added to the supplier's date 缓冲天数") + 1
        playbook.write_text(shipped.replace("buffer_days: 0", "bufer_days: 0"))
        notice.parent.mkdir(parents=True)
        notice.write_text("Dear {{ nobody.knows }}\n")
        hang_up(process.pid)
        wait_until(lambda: len(log.lines("rules not taken over, the last good ones stay")) >= 2)
        told = " ".join(one["problem"] for one in log.lines("rules not taken over, the last good ones stay"))
        assert f"rules/playbook.yaml:{line}: " in told
        assert "delay_notice/text.en.j2:1: " in told
        world.send(world.promise(2, LATER))
        wait_until(lambda: world.inbox(world.customers[0]))
        notice.unlink()
        playbook.write_text(shipped.replace("buffer_days: 0", "buffer_days: 3"))
        hang_up(process.pid)
        wait_until(lambda: log.lines("rules and templates reloaded"))
        world.send(world.promise(1, LATER))
        wait_until(lambda: world.inbox(world.customers[1]))
    by_old, (by_new,) = world.inbox(world.customers[0])[0], world.inbox(world.customers[1])
    assert f"{LATER.day} Dec 2026" in by_old.text
    assert f"{LATER.day + 3} Dec 2026" in by_new.text


def hang_up(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGHUP)


# ── beginning and ending ─────────────────────────────────────────────────────────────────────────────────────────────


def test_sigterm_in_the_middle_of_everything_ends_in_time_and_loses_nothing(
    tmp_path: Path, mail_system: MailSystem
) -> None:
    world = make_world(tmp_path, mail_system, orders=120, customers=40)
    store = database(world)
    send_delays(world, range(1, 121))
    with running(world.config) as process:
        wait_until(lambda: LetterState.SENT in letter_states(world))
        process.terminate()
        process.join(10)
        assert process.exitcode == 0, "not ended within 10 s"
    assert LetterState.HANDED not in letter_states(world), "what is in hand is finished"
    with running(world.config):
        wait_until(lambda: letter_states(world) == [LetterState.SENT] * 120, 60)
        wait_until(lambda: not in_flight(store))
    check(world, mails=120, sent=120, drafts=0)
    with store.look() as tx:
        assert not any(letter.repeated for letter in tx.outbox.letters([LetterState.SENT]))


def test_a_second_service_on_the_same_file_ends_and_names_it(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1)
    store = database(world)
    with running(world.config):
        wait_until(lambda: world.service().last_heard("followup"))
        second = world.service()
        with pytest.raises(OwnedError, match=rf"{world.folder}/data/mailflow\.db is in use by process \d+"):
            second.join()
        second.store.close()
    store.close()


def test_the_heartbeat_of_an_earlier_run_does_not_count(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=1, customers=1)
    service = world.service()
    assert last_beat(service.store) is None
    with running(world.config):
        wait_until(lambda: last_beat(service.store) is not None)
    assert last_beat(service.store) is None
    service.store.close()
