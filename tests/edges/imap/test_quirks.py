"""Ways of servers that the installed ones do not have, each played by a scripted server."""

import imaplib
import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from mailflow.core.mailbox import DisconnectedError, RefusedError, UnsupportedError
from mailflow.edges.imap import ImapAccount, ImapMailbox, Tls, connect
from mailflow.edges.imap.mailbox import BATCH_BYTES, CHUNK
from tests.edges.imap.rigs import ARRIVED, ServerRig, mail, plain_account
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import DEFAULT_ANSWERS, ScriptedImap

DATE = b'INTERNALDATE "18-Nov-2026 10:22:00 +0800"'


@pytest.fixture
def mailbox(scripted_imap: ScriptedImap) -> ImapMailbox:
    opened = connect(plain_account(scripted_imap.host, scripted_imap.port, "me@mail.example", "secret"))
    opened.select("INBOX")
    return opened


def examine(exists: int, *codes: bytes) -> tuple[bytes, ...]:
    return (b"* %d EXISTS" % exists, *codes, b"{tag} OK [READ-ONLY] done")


def body(sequence: int, uid: int, raw: bytes) -> tuple[bytes, bytes]:
    return b"* %d FETCH (UID %d BODY[] {%d}" % (sequence, uid, len(raw)), raw + b")"


def test_flags_thrown_in_by_others_make_no_phantoms(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["FETCH"] = (
        b"* 1 FETCH (FLAGS (\\Seen))",
        b"* 1 FETCH (UID 5 FLAGS () RFC822.SIZE 6 " + DATE + b")",
        *body(1, 5, b"first."),
        b"* 2 FETCH (FLAGS (\\Deleted))",
        b"* 2 FETCH (RFC822.SIZE 6 " + DATE + b" FLAGS (\\Seen) UID 6)",
        *(b"* 2 FETCH (BODY[] {6}", b"second FLAGS (\\Seen) UID 6)"),
        b"* 1 FETCH (UID 5 FLAGS (\\Flagged))",
        b"* 3 FETCH (UID 99 FLAGS (\\Seen))",
        b"{tag} OK done",
    )
    first, second = mailbox.fetch([5, 6])
    assert (first.uid, first.raw, first.flags) == (5, b"first.", (r"\Flagged",))
    assert (second.uid, second.raw, second.flags) == (6, b"second", (r"\Seen",))
    assert first.internaldate == datetime(2026, 11, 18, 2, 22, tzinfo=UTC)


def test_a_mail_that_the_server_cannot_read_does_not_hide_the_others(
    scripted_imap: ScriptedImap, mailbox: ImapMailbox
) -> None:
    def one_bad(line: str) -> Sequence[bytes]:
        sizes = tuple(b"* %d FETCH (UID %d RFC822.SIZE 3 %s)" % (uid, uid, DATE) for uid in (1, 2, 3))
        if "RFC822.SIZE" in line:
            return (*sizes, b"{tag} OK done")
        if line.split(" ")[2] in ("1:3", "2"):
            return (b"{tag} NO Some of the requested messages could not be read",)
        uid = int(line.split(" ")[2])
        return (*body(uid, uid, b"ok%d" % uid), b"{tag} OK done")

    scripted_imap.answers["FETCH"] = one_bad
    good, bad, also_good = mailbox.fetch([1, 2, 3])
    assert (good.raw, also_good.raw) == (b"ok1", b"ok3")
    assert bad.raw is None
    assert "could not be read" in bad.problem


def test_many_mails_are_fetched_with_several_commands(dovecot: Dovecot) -> None:
    account = plain_account(dovecot.host, dovecot.imap_port, dovecot.address(), dovecot.password)
    raws = [mail(f"mail {number}") for number in range(2 * CHUNK + 50)]
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port) as client:
        client.login(account.user, account.password)
        for raw in raws:
            client.append("INBOX", "", "", raw)
    mailbox = connect(account)
    mailbox.select("INBOX")
    assert [each.raw for each in mailbox.fetch(mailbox.uids_above(0))] == raws


def test_big_mails_do_not_come_all_at_once(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    half = BATCH_BYTES // 2

    def answer(line: str) -> Sequence[bytes]:
        uids = [int(uid) for uid in re.findall(r"[123]", line.split(" ")[2])]
        if "RFC822.SIZE" in line:
            return (*(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, half) for uid in (1, 2, 3)), b"{tag} OK done")
        return (*(part for uid in uids for part in body(uid, uid, b"mail %d" % uid)), b"{tag} OK done")

    scripted_imap.answers["FETCH"] = answer
    assert [each.raw for each in mailbox.fetch([1, 2, 3])] == [b"mail 1", b"mail 2", b"mail 3"]
    assert [command.split(" ")[2] for command in scripted_imap.said("FETCH")] == ["1:3", "1:2", "3"]


def test_an_empty_mail_and_one_in_quotes(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["FETCH"] = (
        *(b'* 1 FETCH (UID 1 RFC822.SIZE 0 BODY[] "")', b"* 2 FETCH (UID 2 RFC822.SIZE 0 BODY[] NIL)"),
        *(b'* 3 FETCH (UID 3 RFC822.SIZE 4 BODY[] "a\\"b\\\\")', b"{tag} OK done"),
    )
    assert [each.raw for each in mailbox.fetch([1, 2, 3])] == [b"", b"", b'a"b\\']


def test_what_was_passed_over_while_others_expunged_is_asked_for_again(
    scripted_imap: ScriptedImap, mailbox: ImapMailbox
) -> None:
    rounds = [
        (b"* 1 FETCH (UID 1)", b"* 2 EXPUNGE", b"* 2 FETCH (UID 4)", b"{tag} OK done"),
        (b"* 1 FETCH (UID 1)", b"* 2 FETCH (UID 3)", b"* 3 FETCH (UID 4)", b"{tag} OK done"),
    ]
    scripted_imap.answers["NOOP"] = (b"{tag} OK done",)
    scripted_imap.answers["FETCH"] = lambda line: rounds[len(scripted_imap.said("FETCH")) - 1]
    assert mailbox.uids_above(0) == [1, 3, 4]


def test_an_old_server_without_uidnext(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["EXAMINE"] = examine(3, b"* OK [UIDVALIDITY 9] kept")
    scripted_imap.answers["FETCH"] = (b"* 3 FETCH (UID 41)", b"{tag} OK done")
    status = mailbox.select("INBOX")
    assert (status.uidvalidity, status.uidnext, status.exists) == (9, 42, 3)


def test_a_server_without_uidvalidity_cannot_be_followed(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["EXAMINE"] = examine(3)
    with pytest.raises(UnsupportedError, match="UIDVALIDITY"):
        mailbox.select("INBOX")


def test_a_search_that_finds_nothing_or_nonsense_is_not_believed(
    scripted_imap: ScriptedImap, mailbox: ImapMailbox
) -> None:
    header = b"Message-ID:\r\n <mf1.9@mail.example>\r\n\r\n"
    scripted_imap.answers["FETCH"] = (
        b"* 1 FETCH (UID 8 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}" % len(header),
        *(header + b")", b"{tag} OK done"),
    )
    for search in (
        (b"* SEARCH", b"{tag} OK done"),
        (b"* SEARCH 3 4", b"{tag} OK done"),
        (b"{tag} BAD no",),
        (b"{tag} NO no",),
    ):
        scripted_imap.answers["SEARCH"] = search
        assert mailbox.find_message_id("Sent", "<mf1.9@mail.example>") == 8
        assert mailbox.find_message_id("Sent", "<mf1.99@mail.example>") is None


def test_marks_are_left_out_where_a_folder_keeps_none(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    told = DEFAULT_ANSWERS["EXAMINE"]
    scripted_imap.answers["SELECT"] = (*told[:3], b"* OK [PERMANENTFLAGS (\\Seen)] few", b"{tag} OK done")
    mailbox.add_keyword([1], "$Mailflow")
    assert scripted_imap.said("STORE") == []
    scripted_imap.answers["SELECT"] = told  # says READ-ONLY though it was asked for more
    mailbox.add_keyword([1], "$Mailflow")
    assert scripted_imap.said("STORE") == []
    with pytest.raises(UnsupportedError, match="MOVE"):
        mailbox.move([1], "Done")
    assert scripted_imap.said("EXPUNGE") == []


def test_a_hint_to_wait_is_passed_on(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["FETCH"] = (b"{tag} BAD Request is throttled. Suggested Backoff Time: 30500 milliseconds",)
    with pytest.raises(RefusedError) as caught:
        mailbox.uids_above(0)
    assert caught.value.retry_after == 30.5


def test_a_full_mailbox_is_told_in_the_servers_words(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["APPEND"] = ("{tag} NO [OVERQUOTA] 邮箱已满".encode("gbk"),)
    with pytest.raises(RefusedError, match="邮箱已满"):
        mailbox.append("Sent", mail(), [], ARRIVED)


def test_folder_names_are_decoded(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["LIST"] = (
        *(b'* LIST () "/" INBOX', b'* LIST () "/" "&XfJT0ZAB-"', b'* LIST () "/" "&g0l6P3ux-"'),
        *(b'* LIST (\\Noselect) "/" "R&D"', "* LIST () NIL 订单".encode(), b'* LIST () "\\\\" "a \\"b\\" c"'),
        *(b'* LIST () "/" {5}', b"a & b", b'* LIST () "." ""', b"{tag} OK done"),
    )
    assert [(folder.name, folder.selectable) for folder in mailbox.folders()] == [
        *(("INBOX", True), ("", True), ("R&D", False), ('a "b" c', True), ("a & b", True)),
        *(("已发送", True), ("草稿箱", True), ("订单", True)),
    ]
    assert (mailbox.folder_for("sent"), mailbox.folder_for("drafts")) == ("已发送", "草稿箱")
    scripted_imap.answers["EXAMINE"] = examine(0, b"* OK [UIDVALIDITY 1]", b"* OK [UIDNEXT 1]")
    mailbox.select("已发送")
    assert scripted_imap.said("EXAMINE")[-1] == 'EXAMINE "&XfJT0ZAB-"'


def test_idle_never_loses_half_a_line(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["IDLE"] = (b"* OK Still here", b"+ idling\r\n* 2 EXI~")
    scripted_imap.answers["DONE"] = (b"STS", b"* 3 EXISTS", b"{tag} OK idled")
    assert mailbox.idle(None, 30) is True
    scripted_imap.answers["IDLE"] = (b"+ idling\r\n* 4 EXISTS~",)
    scripted_imap.answers["DONE"] = (b"", b"{tag} OK idled")
    assert mailbox.idle(None, 30) is True
    assert mailbox.select("INBOX").exists == 1  # the conversation is still in step


def test_idle_that_is_refused_or_lost(scripted_imap: ScriptedImap, mailbox: ImapMailbox) -> None:
    scripted_imap.answers["IDLE"] = (b"{tag} NO not now",)
    with pytest.raises(RefusedError, match="not now"):
        mailbox.idle(None, 30)
    scripted_imap.answers["IDLE"] = (b"+ idling", b"* BYE and gone")
    with pytest.raises(DisconnectedError):
        mailbox.idle(None, 30)
    with pytest.raises(DisconnectedError):
        mailbox.select("INBOX")
    mailbox.close()


def test_without_idle_the_time_is_waited_out(scripted_imap: ScriptedImap) -> None:
    scripted_imap.answers["CAPABILITY"] = (b"* CAPABILITY IMAP4rev1", b"{tag} OK done")
    mailbox = connect(plain_account(scripted_imap.host, scripted_imap.port, "me@mail.example", "secret"))
    mailbox.select("INBOX")
    assert mailbox.idle(None, 0.01) is False
    assert scripted_imap.said("IDLE") == []


def test_idle_over_tls_hears_every_mail(dovecot: Dovecot) -> None:
    user = dovecot.address()
    rig = ServerRig(plain_account(dovecot.host, dovecot.imap_port, user, dovecot.password))
    known = {"password": dovecot.password, "tls": Tls.TLS, "ca_file": dovecot.ca_file, "timeout": 20}
    mailbox = connect(ImapAccount("localhost", dovecot.imaps_port, user, **known))  # type: ignore[arg-type]
    last = 0
    with ThreadPoolExecutor() as pool:
        for number in range(5):
            mailbox.select("INBOX")
            waiting = pool.submit(mailbox.idle, None, 30)
            rig.deliver(mail(f"mail {number}"))
            assert waiting.result(60) is True
            mailbox.select("INBOX")
            (last,) = mailbox.uids_above(last)


def test_a_broken_connection_is_told_and_stays_broken(dovecot: Dovecot) -> None:
    mailbox = connect(plain_account(dovecot.host, dovecot.imap_port, dovecot.address(), dovecot.password))
    mailbox.select("INBOX")
    mailbox._client.sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(DisconnectedError):
        mailbox.select("INBOX")
    with pytest.raises(DisconnectedError):
        mailbox.append("Sent", mail(), [], ARRIVED)
    with pytest.raises(DisconnectedError):
        mailbox.idle(None, 1)
    mailbox.close()
