"""What may stand in mailflow.yaml. Paths are absolute and secrets are read when the models are made (`load`)."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from mailflow.core.orders.model import House

Security = Literal["tls", "starttls", "none"]
_IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_DATABASES = ("sqlite", "postgres", "postgresql", "postgresql+psycopg")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def fault(what: str, cure: str) -> PydanticCustomError:
    """Return an error that says what is wrong and what to do."""
    return PydanticCustomError("mailflow", "{what}; {cure}", {"what": what, "cure": cure})


def _email(said: str) -> str:
    if not _EMAIL.fullmatch(said):
        raise fault(f"'{said}' is no e-mail address", "write it as name@company.example")
    return said.lower()


def _timezone(said: str) -> str:
    try:
        return ZoneInfo(said).key
    except (KeyError, OSError, ValueError):
        raise fault(f"'{said}' is no time zone", "write it as Asia/Shanghai") from None


def _language(said: str) -> str:
    if not _LANGUAGE.fullmatch(said):
        raise fault(f"'{said}' is no language", "write zh, zh-Hant or en")
    return said


def _hour(said: str) -> str:
    if not _HOUR.fullmatch(said):
        raise fault(f"'{said}' is no hour of the day", 'write it as "08:30", in quotes')
    return said


def _since(said: Any) -> Any:
    if isinstance(said, date) or said == "now":
        return said
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise fault(f"'{said}' is no day to start from", "write now, or a day such as 2026-11-01") from None


def _authserv_id(said: str) -> str:
    if said == "*" or re.fullmatch(r"[A-Za-z0-9._-]{0,255}", said):
        return said.lower()
    cure = "copy the first word of an Authentication-Results header that your mail server wrote, or write '*'"
    raise fault(f"'{said}' is no name of a mail server", cure)


def _marks(said: str) -> str:
    if said in ("none", "keyword", "folders") or (said.startswith("move:") and said.removeprefix("move:").strip()):
        return said
    raise fault(f"'{said}' is no way to mark mails", "write none, keyword, folders or move:FOLDER")


Email = Annotated[str, AfterValidator(_email)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Language = Annotated[str, AfterValidator(_language)]
Since = Annotated[Literal["now"] | date, BeforeValidator(_since)]
Marks = Annotated[str, AfterValidator(_marks)]
AuthservId = Annotated[str, AfterValidator(_authserv_id)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Section(BaseModel):
    """A part of the file: unknown keys are refused, values never change, errors never show what was entered."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MarkFolders(Section):
    """Where mails go with `marks: folders`: those about orders, those that a person was asked about, and the rest."""

    matched: str = Field(default="Matched", min_length=1)
    question: str = Field(default="Question", min_length=1)
    filed: str = Field(default="Filed", min_length=1)


class Imap(Section):
    """Where mails are read. `user` is the account's address unless given."""

    host: str = Field(min_length=1)
    port: Port | None = None
    security: Security = "tls"
    user: str = ""
    password: SecretStr | None = None
    password_file: Path | None = None
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    since: Since = "now"
    drafts: str = ""
    sent: str = ""
    sent_copy: Literal["append", "server"] = "append"
    marks: Marks = "none"
    mark_folders: MarkFolders = MarkFolders()
    poll_seconds: int = Field(default=60, ge=5, le=3600)
    idle: bool = True


class Smtp(Section):
    """Where letters are handed over. User and password are those of IMAP unless given."""

    host: str = Field(min_length=1)
    port: Port | None = None
    security: Security = "tls"
    login: bool = True
    user: str = ""
    password: SecretStr | None = None
    password_file: Path | None = None
    rate_per_minute: int = Field(default=30, ge=1, le=10_000)
    connections: int = Field(default=2, ge=1, le=32)


class OAuth2(Section):
    """An application (Microsoft) or a service account (Google) that may use the mailbox; nobody signs in."""

    provider: Literal["microsoft", "google"]
    tenant: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    key_file: Path | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.provider == "google" and self.key_file is None:
            raise fault("'key_file' is missing", "name the service account's key, a JSON file from the Google console")
        if self.provider == "microsoft":
            missing = [name for name in ("tenant", "client_id", "client_secret") if not getattr(self, name)]
            if missing:
                cure = "copy it from the application's page in Microsoft Entra; the secret goes into client_secret_file"
                raise fault(f"'{missing[0]}' is missing", cure)
        return self


class MailboxAccount(Section):
    """A mailbox and how to get in: what a followed one and a watched one have in common."""

    name: str
    address: Email
    imap: Imap
    auth: Literal["password", "oauth2"] = "password"
    oauth2: OAuth2 | None = None
    ca_file: Path | None = None
    authserv_id: AuthservId = ""
    section: ClassVar[str]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.auth == "oauth2" and self.oauth2 is None:
            raise fault("'oauth2' is missing", "add 'oauth2:' with its provider, or write auth: password")
        if self.auth == "password" and not self.imap_password:
            variable = f"MAILFLOW_{self.section}__{self.name.upper()}__IMAP__PASSWORD"
            raise fault("imap has no password", f"name a password_file, or set {variable}")
        return self

    @property
    def imap_user(self) -> str:
        return self.imap.user or self.address

    @property
    def imap_port(self) -> int:
        return self.imap.port or _IMAP_PORTS[self.imap.security]

    @property
    def imap_password(self) -> str:
        return self.imap.password.get_secret_value() if self.imap.password else ""

    @property
    def poll_seconds(self) -> int:
        return self.imap.poll_seconds


class Account(MailboxAccount):
    """One mailbox that is followed, and the server for its letters."""

    section = "ACCOUNTS"
    display_name: str = ""
    smtp: Smtp

    @property
    def smtp_user(self) -> str:
        """Return the user to log in with, empty for a relay that asks for none."""
        return (self.smtp.user or self.imap_user) if self.smtp.login else ""

    @property
    def smtp_port(self) -> int:
        return self.smtp.port or _SMTP_PORTS[self.smtp.security]

    @property
    def smtp_password(self) -> str:
        if not self.smtp.login:
            return ""
        return self.smtp.password.get_secret_value() if self.smtp.password else self.imap_password


class Watched(MailboxAccount):
    """A merchandiser's own mailbox: only read, and of its mails only those from and to listed parties are kept."""

    section = "WATCHED"


class Person(Section):
    """One of ours; an empty language means the house's, an empty hour for the digest the playbook's."""

    name: str = ""
    email: Email
    language: Annotated[str, AfterValidator(lambda said: _language(said) if said else said)] = ""
    digest_at: Annotated[str, AfterValidator(lambda said: _hour(said) if said else said)] = ""


class Database(Section):
    """Where everything is kept: a file beside mailflow.yaml unless an address is given."""

    url: SecretStr | None = None
    password: SecretStr | None = None
    password_file: Path | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.url and not _is_address(self.url.get_secret_value()):
            raise fault("'url' is no address of a database", "write postgresql://user@host/database, or leave it out")
        return self


def _is_address(url: str) -> bool:
    """Tell whether an address has the right form, so that no later error needs to show it with its password."""
    try:
        parts = urlsplit(url)
        return parts.scheme in _DATABASES and parts.port != 0
    except ValueError:  # a port that is no number
        return False


class Limits(Section):
    """What is too large; such mails are told to a person and left in the mailbox."""

    mail_megabytes: int = Field(default=25, ge=1, le=200)
    order_book_megabytes: int = Field(default=30, ge=1, le=200)


class Ticks(Section):
    """How often, in seconds, the service looks for what is due."""

    follow_up_seconds: int = Field(default=60, ge=1)
    deliver_seconds: int = Field(default=10, ge=1)
    heartbeat_seconds: int = Field(default=60, ge=1, le=240)


def _with_names(mailboxes: dict[str, Any]) -> dict[str, Any]:
    return {key: {**said, "name": key} if isinstance(said, dict) else said for key, said in mailboxes.items()}


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix="MAILFLOW_",
        env_nested_delimiter="__",
    )

    company: str = Field(min_length=1)
    timezone: TimeZone
    accounts: dict[str, Account] = Field(min_length=1)
    watched: dict[str, Watched] = {}
    language: Language = "en"
    merchandisers: tuple[Person, ...] = ()
    managers: tuple[Person, ...] = ()
    outside: Literal["draft", "auto"] = "draft"
    rules: Path = Path("rules")
    templates: Path = Path("templates")
    data: Path = Path("data")
    database: Database = Database()
    limits: Limits = Limits()
    ticks: Ticks = Ticks()
    log_format: Literal["text", "json"] = "text"

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        """Tell each mailbox its name, which is its key."""
        if not isinstance(data, dict):
            return data
        sections = {key: data[key] for key in ("accounts", "watched") if isinstance(data.get(key), dict)}
        names = [name for section in sections.values() for name in section]
        for name in names:
            if not _NAME.fullmatch(name):
                raise fault(f"account '{name}' has no good name", "use small letters, digits and single underscores")
            if names.count(name) > 1:
                raise fault(f"'{name}' is followed and watched", "give each mailbox a name of its own")
        return {**data, **{key: _with_names(section) for key, section in sections.items()}}

    @property
    def database_url(self) -> str:
        """Return the database's address with its password; it must never be shown."""
        if self.database.url is None:
            return f"sqlite:///{self.data / 'mailflow.db'}"
        url = self.database.url.get_secret_value()
        parts = urlsplit(url)
        if self.database.password is None or parts.username is None or parts.password is not None:
            return url
        user, _, host = parts.netloc.rpartition("@")
        secret = quote(self.database.password.get_secret_value(), safe="")
        return urlunsplit(parts._replace(netloc=f"{user}:{secret}@{host}"))

    @property
    def house(self) -> House:
        """Return who we are, as the playbook and the letters want to know it."""
        return House(
            company=self.company,
            mailbox=next(iter(self.accounts.values())).address,
            timezone=self.timezone,
            merchandisers=tuple(person.email for person in self.merchandisers),
            managers=tuple(person.email for person in self.managers),
            languages=tuple(
                {one.email: one.language for one in (*self.merchandisers, *self.managers) if one.language}.items()
            ),
        )

    @property
    def people(self) -> dict[str, str]:
        """Return the merchandisers' addresses by name, for order books that give names."""
        return {person.name: person.email for person in self.merchandisers if person.name}
