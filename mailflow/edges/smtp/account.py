"""How to reach the server that sends our mail: address, encryption, credentials."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Security(StrEnum):
    """Encryption from the start, after a greeting in the clear, or none (a server on this machine)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """One account; give `token` (an OAuth2 access token) or `password`. Without a `user` nobody logs in."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    security: Security = Security.TLS
    ca_file: Path | None = None  # trusted in addition to what this machine trusts
    timeout: float = 60.0
    data_timeout: float = 180.0  # servers look for viruses and spam before they answer to a mail
