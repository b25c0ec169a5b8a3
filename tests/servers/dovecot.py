"""A private Dovecot: IMAP with and without TLS, LMTP, and the passwords for Postfix; any address has a mailbox."""

import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import secrets
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.ports import free_ports, wait_for_port
from tests.servers.process import running, server_folder

CONFIG = Path(__file__).parent / "config"
PASSWORD = "secret"
_BINARY = "/usr/sbin/dovecot"


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server; a mailbox is made when somebody first logs in with its address or writes to it."""

    imap_port: int
    imaps_port: int
    lmtp_port: int
    sasl_port: int
    folder: Path
    certificates: Certificates
    token_key: bytes
    host: str = "127.0.0.1"
    password: str = PASSWORD

    @property
    def ca_file(self) -> Path:
        """The authority that a client must trust to connect with TLS."""
        return self.certificates.authority

    def address(self, name: str = "box") -> str:
        """Make up an address that no other test uses: its mailbox is empty."""
        return f"{name}-{secrets.token_hex(5)}@mail.example"

    def deliver(self, recipients: Sequence[str], raw: bytes, sender: str = "sender@partner.example") -> None:
        """Put a mail into the recipients' INBOX at once, without a mail server in between."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            for recipient in recipients:  # one each: the library reads one reply where LMTP gives one a recipient
                lmtp.sendmail(sender, [recipient], raw)

    def token(self, address: str) -> str:
        """Make an access token with which the address may log in by XOAUTH2."""
        parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": address, "iat": 0, "nbf": 0, "exp": 32503680000}]
        signed = b".".join(_base64url(json.dumps(part).encode()) for part in parts)
        signature = hmac.new(self.token_key, signed, hashlib.sha256).digest()
        return b".".join((signed, _base64url(signature))).decode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Run a private Dovecot until the block ends; as root its mail belongs to nobody."""
    if not Path(_BINARY).exists():
        raise FileNotFoundError(f"{_BINARY} is missing: run scripts/test-needs.sh")
    with server_folder("dovecot") as folder:
        imap, imaps, lmtp, sasl = free_ports(4)
        certificates = make_certificates(folder)
        server = Dovecot(imap, imaps, lmtp, sasl, folder, certificates, token_key=secrets.token_bytes(32))
        _write_configuration(server)
        command = [_BINARY, "-F", "-c", folder / "dovecot.conf"]
        with running(command, folder=folder, log=folder / "dovecot.log"):
            for port in (imap, imaps, lmtp, sasl):
                wait_for_port(port)
            yield server


def _write_configuration(server: Dovecot) -> None:
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    values = {
        "folder": server.folder,
        "user": account.pw_name,
        "group": grp.getgrgid(account.pw_gid).gr_name,
        "password": server.password,
        "imap_port": server.imap_port,
        "imaps_port": server.imaps_port,
        "lmtp_port": server.lmtp_port,
        "sasl_port": server.sasl_port,
    }
    for name in ("dovecot.conf", "oauth2.conf"):
        (server.folder / name).write_text(Template((CONFIG / name).read_text()).substitute(values))
    for name in ("run", "state", "mail"):
        (server.folder / name).mkdir()
    os.chown(server.folder / "mail", account.pw_uid, account.pw_gid)
    key = server.folder / "keys" / "default" / "HS256" / "default"
    key.parent.mkdir(parents=True)
    key.write_bytes(base64.b64encode(server.token_key))
