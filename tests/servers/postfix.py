"""A mail system: Postfix in front of a private Dovecot; without root a small relay takes Postfix's place."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.servers.dovecot import CONFIG, Dovecot
from tests.servers.ports import free_ports, wait_for_port
from tests.servers.process import running, server_folder
from tests.servers.relay import running_relay

_MASTER = "/usr/lib/postfix/sbin/master"
_PRIVATE_QUEUES = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush"),
    *("hold", "incoming", "private", "saved", "trace"),
)


@dataclass(frozen=True, slots=True)
class MailSystem:
    """SMTP in, IMAP out: every address is delivered here, log in with the full address."""

    dovecot: Dovecot
    smtp_port: int  # takes mail from anybody, as other people's servers use it
    submission_port: int  # wants a login, offers STARTTLS
    host: str = "127.0.0.1"

    @property
    def imap_port(self) -> int:
        """The port for IMAP without TLS and with STARTTLS."""
        return self.dovecot.imap_port

    @property
    def imaps_port(self) -> int:
        """The port for IMAP with TLS from the start."""
        return self.dovecot.imaps_port

    @property
    def password(self) -> str:
        """Everybody's password."""
        return self.dovecot.password

    @property
    def ca_file(self) -> Path:
        """The authority that a client must trust to connect with TLS."""
        return self.dovecot.ca_file

    def address(self, name: str = "box") -> str:
        """Make up an address that no other test uses: its mailbox is empty."""
        return self.dovecot.address(name)


@contextmanager
def running_mail_system(dovecot: Dovecot) -> Iterator[MailSystem]:
    """Run the SMTP side of a running Dovecot until the block ends."""
    smtp, submission = free_ports(2)
    server = running_postfix if os.geteuid() == 0 else running_relay
    with server(dovecot, smtp, submission):
        yield MailSystem(dovecot, smtp, submission)


@contextmanager
def running_postfix(dovecot: Dovecot, smtp_port: int, submission_port: int) -> Iterator[None]:
    """Run a private Postfix that hands every mail to Dovecot; root only."""
    if not Path(_MASTER).exists():
        raise FileNotFoundError(f"{_MASTER} is missing: run scripts/test-needs.sh")
    with server_folder("postfix") as folder:
        values = {
            "folder": folder,
            "lmtp_port": dovecot.lmtp_port,
            "sasl_port": dovecot.sasl_port,
            "smtp_port": smtp_port,
            "submission_port": submission_port,
            "certificate": dovecot.certificates.server,
            "key": dovecot.certificates.key,
        }
        etc = folder / "etc"
        etc.mkdir()
        _make_queue(folder)
        minute_ago = (folder.stat().st_mtime - 60,) * 2
        for name in ("main.cf", "master.cf"):
            (etc / name).write_text(Template((CONFIG / name).read_text()).substitute(values))
            os.utime(etc / name, minute_ago)  # Postfix waits while a configuration file is some seconds old
        with running([_MASTER, "-d", "-c", etc], folder=folder, log=folder / "postfix.log"):
            wait_for_port(smtp_port)
            wait_for_port(submission_port)
            yield


def _make_queue(folder: Path) -> None:
    queue = folder / "queue"
    for name in ("data", "queue", "queue/pid"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    for name in _PRIVATE_QUEUES:
        (queue / name).mkdir(mode=0o700)
        shutil.chown(queue / name, "postfix")
    for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
        (queue / name).mkdir()
        shutil.chown(queue / name, "postfix", "postdrop")
        (queue / name).chmod(mode)
