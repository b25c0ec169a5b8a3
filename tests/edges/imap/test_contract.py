"""What every mailbox keeps: real servers and the fake alike."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailflow.core.mailbox import FolderError, RefusedError
from tests.edges.imap.rigs import ARRIVED, Rig, mail


def test_an_empty_folder_has_nothing_to_fetch(rig: Rig) -> None:
    mailbox = rig.connect()
    status = mailbox.select("INBOX")
    assert (status.exists, mailbox.uids_above(0), list(mailbox.fetch([]))) == (0, [], [])
    assert mailbox.first_uid_since(ARRIVED) == status.uidnext


def test_select_tells_where_the_folder_stands(rig: Rig) -> None:
    mailbox = rig.connect()
    before = mailbox.select("INBOX")
    rig.deliver(mail())
    after = mailbox.select("INBOX")
    assert after.uidvalidity == before.uidvalidity
    assert (after.exists, after.uidnext) == (1, before.uidnext + 1)


def test_a_folder_that_is_not_there_is_named_with_those_that_are(rig: Rig) -> None:
    mailbox = rig.connect()
    with pytest.raises(FolderError, match=r"Nowhere.*INBOX.*Sent") as caught:
        mailbox.select("Nowhere")
    assert caught.value.permanent
    with pytest.raises(RefusedError, match="no folder"):
        mailbox.add_keyword([1], "$Mailflow")
    assert mailbox.select("INBOX").exists == 0


def test_only_uids_above_are_named(rig: Rig) -> None:
    for _ in range(3):
        rig.deliver(mail())
    mailbox = rig.connect()
    mailbox.select("INBOX")
    first, second, third = mailbox.uids_above(0)
    assert mailbox.uids_above(first) == [second, third]
    assert mailbox.uids_above(third) == []  # a range without an end always names the last mail


def test_fetch_gives_the_mail_as_it_came(rig: Rig) -> None:
    raw = mail("订单 PO-2026-0118", body="预计12月5日出货\r\n.\r\nBODY[] {5}\r\n) UID 99 FLAGS (x)\r\n")
    beijing = datetime(2026, 11, 18, 10, 22, 5, tzinfo=timezone(timedelta(hours=8)))
    rig.deliver(raw, beijing)
    (uid,) = rig.uids()
    rig.flag(uid, r"\Flagged")
    mailbox = rig.connect()
    mailbox.select("INBOX")
    (got,) = mailbox.fetch([uid])
    assert (got.uid, got.raw, got.size, got.problem) == (uid, raw, len(raw), "")
    assert got.internaldate == beijing
    assert got.internaldate.tzinfo is UTC
    assert r"\Flagged" in got.flags


def test_fetch_matches_bytes_to_uids_whatever_others_do_meanwhile(rig: Rig) -> None:
    for number in range(6):
        rig.deliver(mail(f"mail {number}"))
    mailbox = rig.connect()
    mailbox.select("INBOX")
    uids = mailbox.uids_above(0)
    for uid in uids[3:]:
        rig.flag(uid, r"\Seen")
    rig.remove(uids[1])
    got = {each.uid: each.raw for each in mailbox.fetch([*reversed(uids), 4711])}
    assert got == {uid: mail(f"mail {number}") for number, uid in enumerate(uids) if number != 1}


def test_fetch_goes_in_the_order_of_uids(rig: Rig) -> None:
    for number in range(4):
        rig.deliver(mail(f"mail {number}"))
    mailbox = rig.connect()
    mailbox.select("INBOX")
    first, second, third, fourth = mailbox.uids_above(0)
    got = mailbox.fetch([third, first, fourth, second, first])
    assert [each.raw for each in got] == [mail(f"mail {number}") for number in range(4)]


def test_a_giant_is_told_and_not_fetched(rig: Rig) -> None:
    rig.deliver(mail("small"))
    rig.deliver(mail("giant", size=50_000))
    mailbox = rig.connect(largest=10_000)
    mailbox.select("INBOX")
    small, giant = mailbox.fetch(mailbox.uids_above(0))
    assert small.raw == mail("small")
    assert giant.raw is None
    assert giant.size > 49_000
    assert "10,000" in giant.problem


def test_first_uid_since_goes_by_the_day_of_arrival(rig: Rig) -> None:
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (3, 18, 9, 20)]
    for day in days:
        rig.deliver(mail(), day)
    mailbox = rig.connect()
    status = mailbox.select("INBOX")
    uids = mailbox.uids_above(0)
    assert mailbox.first_uid_since(days[0]) == uids[0]
    assert mailbox.first_uid_since(days[1]) == uids[1]
    assert mailbox.first_uid_since(days[1] + timedelta(seconds=1)) == uids[3]
    assert mailbox.first_uid_since(days[3] + timedelta(seconds=1)) == status.uidnext


def test_an_appended_mail_is_found_by_its_id_and_keeps_its_flags(rig: Rig) -> None:
    mailbox = rig.connect()
    uid = mailbox.append("Sent", mail(message_id="<mf1.0118@mail.example>"), [r"\Seen"], ARRIVED)
    assert mailbox.find_message_id("Sent", "<mf1.0118@mail.example>") == uid == rig.uids("Sent")[0]
    assert mailbox.find_message_id("Sent", "<mf1.011@mail.example>") is None
    assert mailbox.find_message_id("Drafts", "<mf1.0118@mail.example>") is None
    assert rig.flags(uid, "Sent") == {r"\Seen"}
    with pytest.raises(FolderError):
        mailbox.append("Nowhere", mail(), [], ARRIVED)


def test_looking_for_an_id_leaves_the_selected_folder_selected(rig: Rig) -> None:
    rig.deliver(mail())
    mailbox = rig.connect()
    mailbox.select("INBOX")
    mailbox.find_message_id("Sent", "<a@mail.example>")
    assert mailbox.uids_above(0) == rig.uids()


@pytest.mark.parametrize(
    "odd", ["<a b@mail.example>", '<a"b@mail.example>', "<订单@mail.example>", "<" + "a" * 900 + "@x>"]
)
def test_an_odd_message_id_is_looked_for_without_harm(rig: Rig, odd: str) -> None:
    rig.deliver(mail(message_id="<other@mail.example>"), folder="Sent")
    assert rig.connect().find_message_id("Sent", odd) is None


def test_a_keyword_marks_and_stays(rig: Rig) -> None:
    rig.deliver(mail())
    rig.deliver(mail())
    one, other = rig.uids()
    mailbox = rig.connect()
    mailbox.select("INBOX")
    mailbox.add_keyword([one, 4711], "$Mailflow")
    assert (rig.flags(one), rig.flags(other)) == ({"$Mailflow"}, set())


def test_moved_mails_are_in_the_other_folder(rig: Rig) -> None:
    rig.deliver(mail("goes"))
    rig.deliver(mail("stays"))
    rig.create("Done")
    goes, stays = rig.uids()
    mailbox = rig.connect()
    mailbox.select("INBOX")
    mailbox.move([goes, 4711], "Done")
    assert (rig.uids(), len(rig.uids("Done"))) == ([stays], 1)


def test_flags_are_told_of_what_is_there(rig: Rig) -> None:
    rig.deliver(mail())
    rig.deliver(mail())
    one, other = rig.uids()
    rig.flag(one, r"\Flagged")
    mailbox = rig.connect()
    mailbox.select("INBOX")
    assert mailbox.flags([]) == {}
    flags = {uid: found - {r"\Recent"} for uid, found in mailbox.flags([one, other, 4711]).items()}
    assert flags == {one: {r"\Flagged"}, other: set()}


def test_a_folder_is_made_once(rig: Rig) -> None:
    mailbox = rig.connect()
    mailbox.create("待处理")
    assert "待处理" in [folder.name for folder in mailbox.folders()]
    with pytest.raises(RefusedError):
        mailbox.create("待处理")


def test_changes_are_refused_when_the_folder_was_numbered_anew(rig: Rig) -> None:
    rig.create("Orders")
    rig.deliver(mail(), folder="Orders")
    mailbox = rig.connect()
    before = mailbox.select("Orders")
    mailbox.find_message_id("INBOX", "<a@mail.example>")
    other = rig.connect()
    other.select("Orders")
    rig.renew("Orders")
    with pytest.raises(RefusedError, match="anew"):
        other.add_keyword([1], "$Mailflow")
    again = rig.connect().select("Orders")
    assert again.uidvalidity != before.uidvalidity
    assert rig.flags(rig.uids("Orders")[0], "Orders") == set()


def test_what_another_client_marked_deleted_or_read_stays_as_it_is(rig: Rig) -> None:
    for number in range(4):
        rig.deliver(mail(f"mail {number}", message_id=f"<{number}@mail.example>"))
    deleted, read, marked, moved = rig.uids()
    rig.flag(deleted, r"\Deleted")
    rig.flag(read, r"\Seen")
    rig.create("Done")
    mailbox = rig.connect()
    mailbox.select("INBOX")
    assert len(list(mailbox.fetch(mailbox.uids_above(0)))) == 4
    mailbox.find_message_id("INBOX", "<0@mail.example>")
    mailbox.append("Sent", mail(), [r"\Seen"], ARRIVED)
    mailbox.select("INBOX")
    mailbox.add_keyword([marked], "$Mailflow")
    mailbox.move([moved], "Done")
    mailbox.idle(None, 0.01)
    mailbox.select("Sent")
    mailbox.close()
    assert rig.uids() == [deleted, read, marked]
    assert [rig.flags(uid) for uid in rig.uids()] == [{r"\Deleted"}, {r"\Seen"}, {"$Mailflow"}]
    assert rig.flags(rig.uids("Done")[0], "Done") == set()


def test_idle_ends_when_a_mail_comes(rig: Rig) -> None:
    mailbox = rig.connect()
    mailbox.select("INBOX")
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(mailbox.idle, None, 30)
        rig.deliver(mail())
        assert waiting.result(60) is True
    mailbox.select("INBOX")
    assert mailbox.uids_above(0) == rig.uids()


@pytest.mark.parametrize("selected_again", [True, False])
def test_idle_does_not_sleep_through_a_mail_that_came_before_it(rig: Rig, selected_again: bool) -> None:
    rig.deliver(mail())
    mailbox = rig.connect()
    mailbox.select("INBOX")
    (last,) = mailbox.uids_above(0)
    rig.deliver(mail())
    list(mailbox.fetch([last]))
    if selected_again:
        mailbox.select("INBOX")
    assert mailbox.idle(None, 60) is True
    mailbox.select("INBOX")
    assert len(mailbox.uids_above(last)) == 1
    assert mailbox.idle(None, 0.01) is False


def test_a_writable_folder_tells_which_marks_it_keeps(rig: Rig) -> None:
    assert rig.connect().select("INBOX", writable=True).keeps("$Mailflow")


def test_idle_ends_when_we_are_woken_or_the_time_is_up(rig: Rig) -> None:
    mailbox = rig.connect()
    mailbox.select("INBOX")
    wake, waker = socket.socketpair()
    with wake, waker:
        assert mailbox.idle(wake, 0.01) is False
        waker.send(b"!")
        assert mailbox.idle(wake, 60) is False
        assert mailbox.idle(wake.fileno(), 60) is False
    assert mailbox.uids_above(0) == []


def test_folders_are_known_by_use(rig: Rig) -> None:
    mailbox = rig.connect()
    assert {"INBOX", "Drafts", "Sent"} <= {folder.name for folder in mailbox.folders()}
    assert (mailbox.folder_for("drafts"), mailbox.folder_for("sent")) == ("Drafts", "Sent")


def test_closing_twice_is_no_error(rig: Rig) -> None:
    mailbox = rig.connect()
    mailbox.close()
    mailbox.close()
