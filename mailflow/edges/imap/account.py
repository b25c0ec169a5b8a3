"""How to reach a mailbox: server, encryption and credentials."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

LARGEST = 25 * 1024 * 1024


class Tls(StrEnum):
    """Encryption from the start, after a greeting in the clear, or none (a server on this machine)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """One mailbox; give `token` (an OAuth2 access token) or `password`."""

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    tls: Tls = Tls.TLS
    ca_file: Path | None = None  # trusted in addition to what this machine trusts
    timeout: float = 60.0
    largest: int = LARGEST  # mails above this many bytes are told, not fetched
