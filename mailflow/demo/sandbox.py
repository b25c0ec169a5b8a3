"""A mail server for the demo: SMTP and IMAP in this process, in memory, on free ports of the loopback address.

Every address that receives something has a mailbox and a login of its own; nothing ever leaves the machine.
"""

import asyncio
import re
import threading
import uuid
from argparse import Namespace
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
FOLDERS = ("Drafts", "Sent", "Trash")
# pymap drops a keyword in silence unless the folder declares it: ours, and those that mail programs set by themselves.
KEYWORDS = frozenset(
    Flag(word)
    for word in (
        b"$Mailflow $Forwarded $MDNSent $Label1 $Label2 $Label3 $Label4 $Label5 Junk NonJunk $Junk $NotJunk".split()
    )
)
_DATE = re.compile(rb"(?i)\A((?:[^\r\n][^\n]*\n)*?)Date:[^\n]*\n(?:[ \t][^\n]*\n)*")
SIZE_LIMIT = 50_000_000
STOP_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail that the sandbox took over SMTP."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: datetime


class _Folder(MailboxData):
    """A folder that keeps the keywords that we use."""

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return frozenset(super().permanent_flags | KEYWORDS)


class _Folders(MailboxSet):
    """The folders of one address."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Folder(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        async with self._set_lock.write_lock():
            if name in self._set:
                raise ValueError(name)
            folder = self._set[name] = _Folder(self._content_cache, self._thread_cache)
            return folder.mailbox_id


class _ImapSettings(Config):
    @property
    def greeting(self) -> bytes:
        # pymap's own asks the name service for our host name at every connection; offline that takes seconds.
        return b"mailflow demo sandbox"


class Sandbox:
    """The server; use it as a context manager. `clock` dates what arrives, `refused` are addresses nobody has."""

    def __init__(
        self,
        addresses: Iterable[str],
        *,
        clock: Callable[[], datetime],
        password: str = "demo",  # noqa: S107 - a throw-away server on the loopback address, printed on the screen
        refused: Iterable[str] = (),
        imap_port: int = 0,
        smtp_port: int = 0,
    ) -> None:
        self.password = password
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self.delivered: list[Delivered] = []
        self.redate = False  # date what arrives by the sandbox's clock: mail programs know only the real time
        self._addresses = tuple(address.lower() for address in addresses)
        self._refused = frozenset(address.lower() for address in refused)
        self._clock = clock
        self._folders: dict[str, _Folders] = {}
        self._connections: set[asyncio.Task[Any]] = set()
        self._started = threading.Event()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start serving and return when both ports answer; raises what kept a port from opening."""
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Close both servers and every connection; stopping twice does no harm."""
        if self._loop is None or self._stop is None or self._thread is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_WITHIN)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits in start()
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._settings = _imap_settings()
        self._login = Login(self._settings)
        self._imap = IMAPServer(self._login, self._settings)
        for address in self._addresses:
            await self._open_mailbox(address)
        async with AsyncExitStack() as stack:
            imap = await stack.enter_async_context(await asyncio.start_server(self._connected, HOST, self.imap_port))
            smtp = await stack.enter_async_context(
                await self._loop.create_server(self._smtp_session, HOST, self.smtp_port)
            )
            self.imap_port = imap.sockets[0].getsockname()[1]
            self.smtp_port = smtp.sockets[0].getsockname()[1]
            self._started.set()
            await self._stop.wait()
            imap.close()
            smtp.close()
            await self._hang_up()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Held by us: a connection's task that nobody else refers to may be collected in the middle of a session.
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._imap(reader, writer, SocketInfo.get(writer, None, unique_id=uuid.uuid4().bytes))
        finally:
            self._connections.discard(task)

    async def _hang_up(self) -> None:
        connections = tuple(self._connections)
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    def _smtp_session(self) -> SMTP:
        return SMTP(
            self,
            hostname="sandbox.example",
            ident="mailflow demo sandbox",
            authenticator=self._authenticate,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
            data_size_limit=SIZE_LIMIT,
            loop=self._loop,
        )

    def _authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        address = data.login.decode("utf-8", "replace").lower()
        good = address in self._folders and data.password == self.password.encode()
        return AuthResult(success=good, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls its hooks by the command's name
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take every recipient but those that nobody has."""
        if address.lower() in self._refused:
            return f"550 5.1.1 <{address}>: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Put the mail into the inbox of each recipient."""
        at, raw = self._clock(), envelope.original_content or b""
        if self.redate:
            raw = _DATE.sub(rb"\g<1>Date: " + format_datetime(at).encode() + b"\r\n", raw, count=1)
        recipients = tuple(dict.fromkeys(address.lower() for address in envelope.rcpt_tos))
        for address in recipients:
            folders = await self._open_mailbox(address)
            inbox = await folders.get_mailbox("INBOX")
            await inbox.append(AppendMessage(raw, at, frozenset()), recent=True)
        self.delivered.append(Delivered(envelope.mail_from or "", recipients, raw, at))
        return "250 2.0.0 Ok: delivered"

    async def _open_mailbox(self, address: str) -> _Folders:
        if address not in self._folders:
            folders = _Folders()
            for name in FOLDERS:
                await folders.add_mailbox(name)
                await folders.set_subscribed(name, True)
            self._folders[address] = folders
            self._login.users_dict[address] = UserMetadata(self._settings, address, password=self.password)
            self._settings.set_cache[address] = folders, FilterSet()
        return self._folders[address]


def _imap_settings() -> _ImapSettings:
    return _ImapSettings(
        Namespace(proxy_protocol=None, passlib_cfg=None),
        demo_data=False,
        demo_user="",
        demo_password="",
        host=HOST,
        port=0,
        tls_enabled=False,
        hash_context=Cleartext(),
        cpu_subsystem=Subsystem.for_asyncio(),
        invalid_user_sleep=0.0,
        reject_dnsbl=False,
    )
