"""Trials of `mailflow check`: they say what is missing, with the names that are there, and change nothing."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from mailflow.core.problems import Finding
from mailflow.edges.database import upgrade
from mailflow.edges.imap import ImapMailbox
from mailflow.edges.imap.fake import FakeMailbox, FakeMailServer
from mailflow.settings import Settings
from mailflow.wiring.trials import look_at_mailbox, try_database, try_imap, try_smtp

AT = datetime(2026, 11, 20, tzinfo=UTC)


def settings(imap: dict[str, Any] | None = None, port: int = 1, **more: Any) -> Settings:
    server = {"host": "127.0.0.1", "port": port, "security": "none"}
    account = {
        "address": "a@c.example",
        "imap": {**server, "password": "tops3cret", **(imap or {})},
        "smtp": server,
    }
    return Settings.model_validate({"company": "C", "timezone": "UTC", "accounts": {"main": account}, **more})


def look(server: FakeMailServer, **imap: Any) -> list[Finding]:
    mailbox = FakeMailbox(server)
    try:
        account = settings(imap).accounts["main"]
        return list(look_at_mailbox(cast("ImapMailbox", mailbox), account))
    finally:
        mailbox.close()


def faults(findings: list[Finding]) -> list[str]:
    return [f"{finding.what}; {finding.cure}" for finding in findings if not finding.ok]


def test_a_mailbox_that_has_everything() -> None:
    server = FakeMailServer()
    server.deliver(b"Subject: x\n\n", AT)
    findings = look(server)
    assert [finding.what for finding in findings] == [
        "the server offers IDLE, UIDPLUS",
        "folder INBOX: 1 mails",
        "drafts go to Drafts",
        "sent go to Sent",
    ]
    assert faults(findings) == []


def test_what_the_settings_name_and_the_mailbox_lacks() -> None:
    server = FakeMailServer()
    server.capabilities = {"IMAP4REV1"}
    findings = look(server, folders=["INBOX", "Orders"], drafts="草稿", marks="move:Done")
    assert faults(findings) == [
        "the folder Orders cannot be opened; there are: INBOX, Drafts, Sent, Trash; mend `folders:` in mailflow.yaml",
        "there is no folder 草稿 for drafts; mend `drafts:`; there are: INBOX, Drafts, Sent, Trash",
        "the server cannot move mails in one step (no MOVE); write `marks: none` or `keyword`",
    ]
    assert "no IDLE" in findings[0].what


def test_a_folder_to_move_mails_to() -> None:
    server = FakeMailServer()
    assert faults(look(server, marks="move:Done")) == [
        "there is no folder Done to move mails to; make it, or mend `marks:`"
    ]
    server.create("Done")
    assert faults(look(server, marks="move:Done")) == []


def test_folders_are_made_when_they_are_wanted_and_need_a_server_that_moves() -> None:
    server = FakeMailServer()
    assert faults(look(server, marks="folders")) == []
    server.capabilities = {"IMAP4REV1"}
    assert faults(look(server, marks="folders")) == [
        "the server cannot move mails in one step (no MOVE); write `marks: none` or `keyword`"
    ]


def test_a_keyword_that_would_be_lost() -> None:
    server = FakeMailServer()
    assert faults(look(server, marks="keyword")) == []
    server.permanent_flags = {"\\seen"}
    assert faults(look(server, marks="keyword")) == [
        "the server keeps no keyword $Mailflow; write `marks: none`; nothing else needs it"
    ]


@pytest.fixture
def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_servers_that_do_not_answer(closed_port: int) -> None:
    there = settings(port=closed_port)
    account = there.accounts["main"]
    for findings in (try_imap(account, there), try_smtp(account)):
        assert [finding.ok for finding in findings] == [False]
        assert str(closed_port) in findings[0].what
        assert "tops3cret" not in str(findings)


def test_the_database_is_looked_at_and_not_made(tmp_path: Path) -> None:
    here = settings(data=tmp_path / "data")
    (finding,) = try_database(here)
    assert finding.ok
    assert "will be made" in finding.what
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "data").mkdir()
    upgrade(here.database_url)
    (finding,) = try_database(here)
    assert (finding.ok, finding.what) == (True, "is reached, and its tables are those of this version")


def test_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (finding,) = try_database(settings(data=tmp_path / "file" / "data"))
    assert not finding.ok
    (tmp_path / "mailflow.db").write_bytes(b"this is no database at all, but something else" * 50)
    (finding,) = try_database(settings(data=tmp_path))
    assert not finding.ok
    url = "postgresql://u:tops3cret@127.0.0.1:1/d"
    (finding,) = try_database(settings(database={"url": url}))
    assert not finding.ok
    assert "tops3cret" not in finding.what
