"""mailflow.yaml and the environment: every fault at once with its line, and no secret anywhere."""

from datetime import date
from pathlib import Path

import pytest

from mailflow.edges.files.starting import SETTINGS
from mailflow.settings import Settings, load_settings

GOOD = """\
company: Example Trading
timezone: Asia/Shanghai
accounts:
  followup:
    address: Followup@company.example
    imap:
      host: imap.company.example
      password_file: secrets/imap
    smtp:
      host: smtp.company.example
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with good settings and a password."""
    (tmp_path / "mailflow.yaml").write_text(GOOD, encoding="utf-8")
    tmp_path.chmod(0o755)  # pytest's own folders are closed
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    secrets.chmod(0o755)
    (secrets / "imap").write_text("tops3cret\n", encoding="utf-8")
    (secrets / "imap").chmod(0o600)
    return tmp_path


def load(folder: Path, text: str | None = None, **env: str) -> tuple[Settings | None, list[str]]:
    """Return the settings and the problems, with the folder's name left out."""
    if text is not None:
        (folder / "mailflow.yaml").write_text(text, encoding="utf-8")
    settings, problems = load_settings(folder / "mailflow.yaml", env)
    return settings, [str(problem).replace(f"{folder}/", "") for problem in problems]


def loaded(folder: Path, text: str | None = None, **env: str) -> Settings:
    settings, problems = load(folder, text, **env)
    assert problems == []
    assert settings is not None
    return settings


def test_defaults(folder: Path) -> None:
    settings = loaded(folder)
    account = settings.accounts["followup"]
    assert (account.name, account.address, account.imap_user) == ("followup", *["followup@company.example"] * 2)
    assert (account.imap_port, account.smtp_port) == (993, 465)
    assert account.imap_password == account.smtp_password == "tops3cret"
    assert (account.imap.since, account.imap.folders, account.imap.marks) == ("now", ("INBOX",), "none")
    assert settings.outside == "draft"
    assert settings.database_url == f"sqlite:///{folder}/data/mailflow.db"
    assert settings.rules == folder / "rules"
    assert settings.house.mailbox == "followup@company.example"


def test_the_environment_wins_over_the_file(folder: Path) -> None:
    settings = loaded(
        folder,
        MAILFLOW_COMPANY="Other",
        MAILFLOW_ACCOUNTS__FOLLOWUP__IMAP__PORT="1143",
        MAILFLOW_ACCOUNTS__FOLLOWUP__IMAP__SECURITY="none",
        MAILFLOW_ACCOUNTS__FOLLOWUP__IMAP__FOLDERS='["INBOX", "订单"]',
        MAILFLOW_ACCOUNTS__FOLLOWUP__IMAP__PASSWORD="fr0m-env",
        MAILFLOW_ACCOUNTS__FOLLOWUP__IMAP__SINCE="2026-11-01",
        MAILFLOW_LIMITS__MAIL_MEGABYTES="10",
        MAILFLOW_MERCHANDISERS='[{"name": "Amy", "email": "amy@company.example"}]',
    )
    account = settings.accounts["followup"]
    assert settings.company == "Other"
    assert (account.imap_port, account.imap.folders) == (1143, ("INBOX", "订单"))
    assert account.imap_password == "fr0m-env"
    assert account.imap.since == date(2026, 11, 1)
    assert account.imap.host == "imap.company.example"
    assert settings.limits.mail_megabytes == 10
    assert settings.people == {"Amy": "amy@company.example"}


def test_the_environment_alone_is_enough(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(folder / "secrets")
    env = {
        "MAILFLOW_COMPANY": "X",
        "MAILFLOW_TIMEZONE": "UTC",
        "MAILFLOW_ACCOUNTS__MAIN__ADDRESS": "a@b.example",
        "MAILFLOW_ACCOUNTS__MAIN__IMAP__HOST": "h",
        "MAILFLOW_ACCOUNTS__MAIN__IMAP__PASSWORD": "p",
        "MAILFLOW_ACCOUNTS__MAIN__SMTP__HOST": "h",
    }
    settings, problems = load_settings(None, env)
    assert problems == ()
    assert settings is not None
    assert settings.accounts["main"].address == "a@b.example"


def test_where_the_settings_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(folder, {})[0] is not None, "a folder means the file in it"
    assert load_settings(None, {"MAILFLOW_CONFIG": str(folder / "mailflow.yaml")})[0] is not None
    monkeypatch.chdir(folder)
    assert load_settings(None, {})[0] is not None
    monkeypatch.chdir(folder / "secrets")
    settings, (problem,) = load_settings(None, {})
    assert settings is None
    assert str(problem) == (
        "mailflow.yaml: is not there; write one with `mailflow init FOLDER`, or name yours with --config"
    )


def test_every_fault_is_told_at_once_with_its_line(folder: Path) -> None:
    text = """\
compny: Example
timezone: Asia/Peking
language: klingon!
outside: perhaps
merchandisers:
- {name: Amy, mail: amy@company.example, email: amy}
accounts:
  followup:
    address: followup
    imap:
      host: imap.company.example
      port: 99999
      security: ssl
      folder: INBOX
      since: yesterday
      marks: red
      password: abc
      password_file: secrets/imap
    smtp:
      hosts: smtp.company.example
"""
    settings, problems = load(folder, text)
    assert settings is None
    assert [problem.split(";")[0] for problem in problems] == [
        "mailflow.yaml:1: 'company' is missing",
        "mailflow.yaml:1: unknown key 'compny'",
        "mailflow.yaml:2: 'Asia/Peking' is no time zone",
        "mailflow.yaml:3: 'klingon!' is no language",
        "mailflow.yaml:4: 'perhaps' is no value for 'outside'",
        "mailflow.yaml:6: 'amy' is no e-mail address",
        "mailflow.yaml:6: unknown key 'mail'",
        "mailflow.yaml:9: 'followup' is no e-mail address",
        "mailflow.yaml:12: 'port': input should be less than or equal to 65535",
        "mailflow.yaml:13: 'ssl' is no value for 'security'",
        "mailflow.yaml:14: unknown key 'folder'",
        "mailflow.yaml:15: 'yesterday' is no day to start from",
        "mailflow.yaml:16: 'red' is no way to mark mails",
        "mailflow.yaml:17: 'password' and 'password_file' both stand here",
        "mailflow.yaml:19: 'host' is missing",
        "mailflow.yaml:20: unknown key 'hosts'",
    ]
    assert "did you mean 'folders'?" in problems[10]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "mailflow.yaml:1: 'accounts' is missing"),
        ("- a\n", "mailflow.yaml:1: holds no settings"),
        ("a: [1\nb: 2\n", "mailflow.yaml:2: not valid YAML"),
        (GOOD.replace("followup:", "Follow-Up:"), "account 'Follow-Up' has no good name"),
        (GOOD.replace("      password_file: secrets/imap\n", ""), "mailflow.yaml:4: imap has no password"),
        (GOOD.replace("secrets/imap", "secrets/other"), "secrets/other: No such file or directory"),
        (
            GOOD + "    ca_file: company-ca.pem\n",
            "company-ca.pem: No such file or directory; name the file with the cert",
        ),
        (GOOD + "    ca_file: secrets/imap\n", "secrets/imap: holds no certificate; name the file with the cert"),
        (
            GOOD + "    authserv_id: 'mx; dmarc=pass'\n",
            "'mx; dmarc=pass' is no name of a mail server; copy the first word",
        ),
        (GOOD + "    auth: oauth2\n", "'oauth2' is missing"),
        (GOOD + "    oauth2: {provider: google}\n", "'key_file' is missing"),
        (GOOD + "    oauth2: {provider: microsoft, tenant: t}\n", "'client_id' is missing"),
        (GOOD + "database: {url: mysql://u:hidden@h/d}\n", "'url' is no address of a database"),
        (GOOD + "database: {url: 'postgresql://u:hidden@h:many/d'}\n", "'url' is no address of a database"),
    ],
)
def test_single_faults(folder: Path, text: str, what: str) -> None:
    settings, problems = load(folder, text)
    assert settings is None
    assert any(what in problem for problem in problems), problems
    assert not any("hidden" in problem for problem in problems)


def test_faults_of_the_environment_name_the_variable(folder: Path) -> None:
    _, problems = load(
        folder, MAILFLOW_ACCOUNTS__FOLLOWUP__IMAP__PORT="many", MAILFLOW_ACCOUNTS__FOLLOWUP__SMTP__HOSTS="h"
    )
    assert [problem.split(";")[0] for problem in problems] == [
        "environment: MAILFLOW_ACCOUNTS__FOLLOWUP__IMAP__PORT: 'port': input should be a valid integer,"
        " unable to parse string as an integer",
        "environment: MAILFLOW_ACCOUNTS__FOLLOWUP__SMTP__HOSTS: unknown key 'hosts'",
    ]
    _, problems = load(folder, MAILFLOW_MANAGERS="boss@company.example")
    assert problems == ['environment: error parsing value for field "managers"; write lists as JSON: ["a", "b"]']


def test_a_misspelt_variable_is_warned_of(folder: Path) -> None:
    settings, problems = load(folder, MAILFLOW_ACOUNTS__X="1", MAILFLOW_SOMETHING_ELSE="1")
    assert settings is not None
    assert problems == ["environment: MAILFLOW_ACOUNTS__X means nothing; did you mean MAILFLOW_ACCOUNTS?"]


def test_secrets_are_never_shown(folder: Path) -> None:
    text = GOOD.replace("password_file: secrets/imap", "password: tops3cret") + (
        "    oauth2: {provider: microsoft, tenant: t, client_id: c, client_secret: tops3cret}\n"
        "database: {url: postgresql://mailflow@db.example/mailflow, password: tops3cret@}\n"
    )
    (folder / "mailflow.yaml").write_text(text, encoding="utf-8")
    (folder / "mailflow.yaml").chmod(0o600)
    settings = loaded(folder)
    assert settings.database_url == "postgresql://mailflow:tops3cret%40@db.example/mailflow"
    shown = [repr(settings), str(settings), settings.model_dump_json(), repr(settings.accounts["followup"])]
    assert not any("tops3cret" in text for text in shown)
    for broken in ("password: {a: tops3cret}", "password: [tops3cret]"):
        _, problems = load(folder, text.replace("password: tops3cret\n", f"{broken}\n", 1))
        assert problems
        assert not any("tops3cret" in problem for problem in problems)


def test_a_secret_that_everybody_can_read_is_warned_of(folder: Path) -> None:
    (folder / "secrets" / "imap").chmod(0o644)
    settings, problems = load(folder)
    assert settings is not None
    assert problems == [
        f"secrets/imap: everybody on this machine can read this secret; chmod 600 {folder}/secrets/imap".replace(
            f"{folder}/", ""
        )
    ]


def test_a_closed_folder_hides_its_secrets(folder: Path) -> None:
    (folder / "secrets" / "imap").chmod(0o644)
    (folder / "secrets").chmod(0o700)
    loaded(folder)


def test_an_empty_secret_is_told_once(folder: Path) -> None:
    (folder / "secrets" / "imap").write_text("\n", encoding="utf-8")
    (folder / "secrets" / "imap").chmod(0o600)
    _, problems = load(folder)
    assert problems == ["mailflow.yaml:8: secrets/imap is empty; write the password into it"]


def test_a_relay_without_login_and_other_credentials_for_smtp(folder: Path) -> None:
    plain = loaded(folder, GOOD + "      security: none\n      login: false\n").accounts["followup"]
    assert (plain.smtp_user, plain.smtp_password, plain.smtp_port) == ("", "", 25)
    own = loaded(folder, GOOD + "      user: sender\n      password_file: secrets/imap\n").accounts["followup"]
    assert (own.smtp_user, own.smtp_password) == ("sender", "tops3cret")


def test_the_starter_is_good_once_the_password_is_there(folder: Path) -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    _, problems = load(folder, text)
    assert [problem.split(": ")[0] for problem in problems] == ["mailflow.yaml:38"]
    assert "secrets/followup" in problems[0]
    (folder / "secrets" / "followup").write_text("x", encoding="utf-8")
    (folder / "secrets" / "followup").chmod(0o600)
    assert loaded(folder).accounts["followup"].imap.host == "imap.company.example"


def test_the_starter_names_every_setting() -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    missing = [name for name in _names(Settings) if f"{name}:" not in text and name not in _EXPLAINED]
    assert missing == []


_EXPLAINED = {"ticks", "follow_up_seconds", "deliver_seconds", "heartbeat_seconds", "password", "client_secret", "name"}


def _names(model: object) -> list[str]:
    found: list[str] = []
    for name, field in getattr(model, "model_fields", {}).items():
        found += [name, *_names(field.annotation)]
        for inner in getattr(field.annotation, "__args__", ()):
            found += _names(inner)
    return found
