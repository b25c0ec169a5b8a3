"""Drafts lie in Drafts and copies in Sent, each once, whatever happens in between."""

from contextlib import closing

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import LetterDrafted
from mailflow.edges.imap.fake import FakeMailbox, FakeMailServer
from mailflow.jobs.file_letters import FileReport, Filing, SentCopy, file_letters
from tests.jobs.posting import ACCOUNT, DRAFT, Killed, Post


@pytest.fixture
def imap() -> FakeMailServer:
    return FakeMailServer()


def file(post: Post, imap: FakeMailServer, *, drafts: str = "Drafts", copy: SentCopy = SentCopy.APPEND) -> FileReport:
    filing = Filing(ACCOUNT, drafts, "Sent", copy, post.crash_point)
    with closing(FakeMailbox(imap)) as mailbox:
        return file_letters(post.store, mailbox, filing, post.now)


def test_a_draft_is_put_into_drafts_once(post: Post, imap: FakeMailServer) -> None:
    number = post.plan(mode=DRAFT)
    post.deliver()
    assert file(post, imap).drafted == [number]
    letter = post.letter(number)
    assert letter.state is LetterState.DRAFTED
    assert letter.envelope is not None
    (uid,) = imap.uids("Drafts")
    assert imap.folder("Drafts").mails[uid].raw == letter.envelope.raw
    assert imap.flags(uid, "Drafts") == {"\\Draft"}
    assert post.events(LetterDrafted) == [LetterDrafted(number, ("PO26-0042",), letter.envelope.message_id)]
    assert file(post, imap) == FileReport()
    assert len(imap.uids("Drafts")) == 1
    assert post.server.mails == []


def test_a_copy_of_what_was_sent_is_put_into_sent_once(post: Post, imap: FakeMailServer) -> None:
    number = post.plan()
    post.deliver()
    assert file(post, imap).copied == [number]
    (uid,) = imap.uids("Sent")
    assert imap.folder("Sent").mails[uid].raw == post.server.mails[0].raw
    assert imap.folder("Sent").mails[uid].internaldate == post.now
    assert imap.flags(uid, "Sent") == {"\\Seen"}
    assert file(post, imap) == FileReport()
    assert len(imap.uids("Sent")) == 1


def test_a_provider_that_files_its_own_copies_gets_none(post: Post, imap: FakeMailServer) -> None:
    post.plan()
    post.deliver()
    assert len(file(post, imap, copy=SentCopy.SERVER).copied) == 1
    assert imap.uids("Sent") == []
    assert file(post, imap, copy=SentCopy.SERVER) == FileReport()


def test_an_approved_draft_has_its_copy_in_sent(post: Post, imap: FakeMailServer) -> None:
    number = post.plan(mode=DRAFT)
    post.deliver()
    file(post, imap)
    with post.store.begin() as tx:
        tx.outbox.approve(number, post.now)
    post.deliver()
    assert file(post, imap).copied == [number]
    assert (len(imap.uids("Drafts")), len(imap.uids("Sent"))) == (1, 1)


@pytest.mark.parametrize("crash", ["before_append", "after_append", "after_filed_commit"])
@pytest.mark.parametrize("draft", [True, False])
def test_a_crash_around_the_append_doubles_nothing(post: Post, imap: FakeMailServer, crash: str, draft: bool) -> None:
    post.plan(**({"mode": DRAFT} if draft else {}))
    post.deliver()
    post.killed_at = crash
    with pytest.raises(Killed):
        file(post, imap)
    post.new_process()
    post.deliver()
    file(post, imap)
    assert file(post, imap) == FileReport()
    assert len(imap.uids("Drafts" if draft else "Sent")) == 1
    assert len(post.events(LetterDrafted)) == (1 if draft else 0)
    assert len(post.server.mails) == (0 if draft else 1)


def test_a_mailbox_without_the_folder_says_so_and_the_others_are_filed(post: Post, imap: FakeMailServer) -> None:
    draft, sent = post.plan(mode=DRAFT, number=1), post.plan(number=2)
    post.deliver()
    report = file(post, imap, drafts="")
    assert report.copied == [sent]
    assert "no folder for Drafts" in report.problems[draft]
    report = file(post, imap, drafts="Entwürfe")
    assert "Entwürfe" in report.problems[draft]
    assert file(post, imap).drafted == [draft]


def test_letters_of_another_account_are_left_alone(post: Post, imap: FakeMailServer) -> None:
    post.plan(account="other", mode=DRAFT)
    assert not post.deliver().changed
    assert file(post, imap) == FileReport()
