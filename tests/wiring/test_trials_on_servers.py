"""Trials against real servers: what is right is told as right, and a wrong password as what it is."""

from pathlib import Path

import pytest

from mailflow.settings import Settings
from mailflow.wiring.trials import try_imap, try_smtp
from tests.servers.postfix import MailSystem

pytestmark = pytest.mark.service


def settings(system: MailSystem, tmp_path: Path, password: str) -> Settings:
    account = {
        "address": system.address("trials"),
        "imap": {"host": "localhost", "port": system.imaps_port, "password": password, "folders": ["INBOX", "Nowhere"]},
        "smtp": {"host": "localhost", "port": system.submission_port, "security": "starttls"},
        "ca_file": str(system.ca_file),
    }
    return Settings.model_validate(
        {"company": "C", "timezone": "UTC", "accounts": {"main": account}, "data": str(tmp_path)}
    )


def test_everything_is_there_but_one_folder(mail_system: MailSystem, tmp_path: Path) -> None:
    there = settings(mail_system, tmp_path, mail_system.password)
    account = there.accounts["main"]
    findings = try_imap(account, there)
    (missing,) = [finding.what for finding in findings if not finding.ok]
    assert missing.startswith("the folder Nowhere cannot be opened")
    assert findings[0].what.startswith("logged in to localhost")
    assert [finding.ok for finding in try_smtp(account)] == [True]


def test_a_wrong_password(mail_system: MailSystem, tmp_path: Path) -> None:
    there = settings(mail_system, tmp_path, "wr0ng-secret")
    account = there.accounts["main"]
    for findings in (try_imap(account, there), try_smtp(account)):
        assert [finding.ok for finding in findings] == [False]
        assert "wr0ng-secret" not in findings[0].what
