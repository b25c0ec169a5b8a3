"""A mailbox that lets nobody in is told once, rests, and is forgotten when it opens again."""

from datetime import UTC, datetime, timedelta

from mailflow.core.mailbox import DisconnectedError, FolderError, LoginError
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.claiming import stopped
from mailflow.jobs.mailbox_faults import LOGIN_REST, mailbox_closed, mailbox_opened, resting

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
WRONG = LoginError("imap.example refuses the login of amy: wrong password; check user and password")


def open_questions(store: DatabaseStore) -> list[str]:
    with store.look() as tx:
        return [review.opened.question for review in tx.views.reviews().values()]


def test_a_refused_login_is_told_once(store: DatabaseStore) -> None:
    assert mailbox_closed(store, "followup", WRONG, NOW)
    assert not mailbox_closed(store, "followup", WRONG, NOW + LOGIN_REST)
    assert open_questions(store) == [f"The mailbox followup cannot be read: {WRONG}"]


def test_what_passes_by_itself_is_nobodys_business(store: DatabaseStore) -> None:
    assert not mailbox_closed(store, "followup", DisconnectedError("the connection broke"), NOW)
    assert open_questions(store) == []


def test_a_refused_login_rests_and_a_missing_folder_does_not(store: DatabaseStore) -> None:
    mailbox_closed(store, "other", FolderError("the folder Orders cannot be opened"), NOW)
    mailbox_closed(store, "followup", WRONG, NOW)
    assert "wrong password" in resting(store, "followup", NOW + timedelta(hours=5))
    assert resting(store, "followup", NOW + LOGIN_REST) == ""
    assert resting(store, "other", NOW) == ""


def test_nothing_is_sent_while_answers_cannot_be_read(store: DatabaseStore) -> None:
    mailbox_closed(store, "followup", WRONG, NOW)
    with store.look() as tx:
        assert "cannot be read" in stopped(tx, "followup")
        assert stopped(tx, "other") == ""


def test_a_mailbox_that_opens_again_settles_its_questions_and_no_others(store: DatabaseStore) -> None:
    mailbox_closed(store, "followup", WRONG, NOW)
    mailbox_closed(store, "followup", FolderError("the folder Orders cannot be opened"), NOW)
    mailbox_closed(store, "followup2", WRONG, NOW)
    mailbox_opened(store, "followup", NOW + timedelta(hours=1), whole=False)
    assert len(open_questions(store)) == 2, "it is not known yet whether its folders can be read"
    mailbox_opened(store, "followup", NOW + timedelta(hours=1))
    assert len(open_questions(store)) == 1
    assert resting(store, "followup", NOW + timedelta(hours=1)) == ""
    assert mailbox_closed(store, "followup", WRONG, NOW + timedelta(hours=2)), "a new fault is told anew"
