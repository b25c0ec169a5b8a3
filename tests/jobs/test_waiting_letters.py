"""While an answer may lie unheard or unread, what we write to others by our own decision waits."""

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.mails import MailKey, MailState, NewMail
from tests.jobs.posting import ACCOUNT, DRAFT, NOW, Killed, Post

SILENT = "not heard is the mailbox main"


def test_letters_to_others_wait_while_a_mailbox_is_silent(post: Post) -> None:
    chase, alarm = post.plan(), post.plan(number=2, party="")
    post.waits = SILENT
    report = post.deliver()
    assert (report.sent, report.later) == ([alarm], [chase])
    assert (post.state(chase), post.letter(chase).reply) == (LetterState.QUEUED, SILENT)
    post.waits = ""
    post.wait(minutes=1)
    assert post.deliver().sent == [chase]


def test_what_a_person_has_approved_goes(post: Post) -> None:
    draft = post.plan(mode=DRAFT)
    post.deliver()
    with post.store.begin() as tx:
        tx.outbox.approve(draft, post.now)
    post.waits = SILENT
    assert post.deliver().sent == [draft]


def test_what_may_have_gone_out_already_waits_and_is_counted_once(post: Post) -> None:
    chase = post.plan()
    post.killed_at = "after_data"
    with pytest.raises(Killed):
        post.deliver()
    post.new_process()
    post.waits = SILENT
    assert post.deliver().later == [chase]
    assert (post.state(chase), post.letter(chase).repeated) == (LetterState.UNKNOWN, 0)
    post.waits = ""
    post.wait(minutes=1)
    post.deliver()
    assert (post.state(chase), post.letter(chase).repeated) == (LetterState.SENT, 1)


def test_a_mail_that_waits_to_be_read_holds_letters_back_for_a_moment(post: Post) -> None:
    chase = post.plan()
    with post.store.begin() as tx:
        mail = tx.mails.store(NewMail(MailKey(ACCOUNT, "INBOX", 1, 1), NOW, 2, b"hi"))
        assert mail is not None
    assert post.deliver().later == [chase]
    with post.store.begin() as tx:
        tx.mails.settle(mail, MailState.READ)
    post.wait(seconds=1)
    assert post.deliver().sent == [chase]
