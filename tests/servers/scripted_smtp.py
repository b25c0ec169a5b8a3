"""An SMTP server that does what a test tells it to: refuse, delay, fall silent or hang up at a named stage."""

import asyncio
import base64
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.certificates import Certificates
from tests.servers.ports import free_ports


class Stage(StrEnum):
    """The moments at which a fault can happen; MESSAGE is the dot that ends the mail."""

    CONNECT = "connect"
    EHLO = "EHLO"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    MESSAGE = "message"
    QUIT = "QUIT"


@dataclass(slots=True)
class Fault:
    """What happens instead of the usual answer: a reply, silence, a hang-up; or the usual answer after a delay."""

    at: Stage
    reply: str = ""  # "421 …" also closes the connection, as servers do
    drop: bool = False
    silent: bool = False
    delay: float = 0
    recipient: str = ""  # at RCPT: for this address only
    times: int | None = 1  # None: for ever
    keeps: bool = False  # at MESSAGE: the mail is accepted although the client does not hear of it


@dataclass(frozen=True, slots=True)
class AcceptedMail:
    """A mail that this server took: its envelope and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(slots=True)
class ScriptedSmtp:
    """The server as a test sees it; `fail` before sending, look at `mails` after."""

    port: int
    host: str = "127.0.0.1"
    certificates: Certificates | None = None  # given: STARTTLS is offered
    password: str | None = None  # given: a login is wanted
    deliver: Callable[[Sequence[str], bytes], object] | None = None  # given: accepted mails go on to there
    mails: list[AcceptedMail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)  # every line that clients said outside of mails and logins
    connections: int = 0
    _faults: list[Fault] = field(default_factory=list)

    def fail(
        self,
        at: Stage,
        reply: str = "",
        *,
        drop: bool = False,
        silent: bool = False,
        delay: float = 0,
        recipient: str = "",
        times: int | None = 1,
        keeps: bool = False,
    ) -> None:
        """Plan a fault; several at one stage happen one after the other."""
        self._faults.append(Fault(at, reply, drop, silent, delay, recipient, times, keeps))

    def take_fault(self, stage: Stage, argument: str) -> Fault | None:
        """Return the fault that is due at this stage and count it off."""
        for fault in self._faults:
            if fault.at is stage and fault.recipient.lower() in argument.lower() and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


class _HungUpError(Exception):
    """The connection ends here."""


class _Session:
    """One connection."""

    def __init__(self, server: ScriptedSmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._sender = ""
        self._recipients: list[str] = []
        self._secure = False
        self._trusted = server.password is None

    async def run(self) -> None:
        self._server.connections += 1
        with suppress(_HungUpError, ConnectionError, asyncio.IncompleteReadError):
            await self._answer(Stage.CONNECT, "220 scripted.example ESMTP")
            while True:
                line = (await self._line()).decode("utf-8", "replace")
                self._server.commands.append(line)
                verb, _, argument = line.partition(" ")
                await self._command(verb, argument)
        self._writer.close()

    async def _command(self, verb: str, argument: str) -> None:
        match verb.upper():
            case "EHLO" | "HELO":
                await self._answer(Stage.EHLO, self._greeting())
            case "STARTTLS" if self._server.certificates:
                await self._say("220 go ahead")
                await self._writer.start_tls(_context(self._server.certificates))
                self._secure = True
            case "AUTH":
                await self._login(argument)
            case "MAIL" if not self._trusted:
                await self._say("530 5.7.0 authentication required")
            case "MAIL":
                self._sender, self._recipients = _address(argument), []
                await self._answer(Stage.MAIL, "250 sender ok", argument)
            case "RCPT":
                if await self._answer(Stage.RCPT, "250 recipient ok", argument):
                    self._recipients.append(_address(argument))
            case "DATA" if not self._recipients:
                await self._say("503 5.5.1 no valid recipients")
            case "DATA":
                if await self._answer(Stage.DATA, "354 go on"):
                    await self._message()
            case "RSET" | "NOOP":
                await self._say("250 ok")
            case "QUIT":
                await self._answer(Stage.QUIT, "221 bye")
                raise _HungUpError
            case _:
                await self._say("500 unknown command")

    def _greeting(self) -> str:
        words = ["250-scripted.example", "250-8BITMIME", "250-SMTPUTF8"]
        if self._server.certificates and not self._secure:
            words.append("250-STARTTLS")
        if self._server.password is not None:
            words.append("250-AUTH PLAIN LOGIN")
        return "\r\n".join([*words, "250 SIZE 52428800"])

    async def _login(self, argument: str) -> None:
        mechanism, _, first = argument.partition(" ")
        if mechanism.upper() == "PLAIN":
            given = _decoded(first) if first else await self._ask("")
            password = given.rpartition("\0")[2]
        else:
            await self._ask("Username:")
            password = await self._ask("Password:")
        self._trusted = password == self._server.password
        usual = "235 2.7.0 welcome" if self._trusted else "535 5.7.8 wrong user or password"
        self._trusted = await self._answer(Stage.AUTH, usual) and self._trusted

    async def _ask(self, question: str) -> str:
        await self._say("334 " + base64.b64encode(question.encode()).decode())
        return _decoded((await self._line()).decode())

    async def _message(self) -> None:
        lines: list[bytes] = []
        while (line := await self._line()) != b".":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = AcceptedMail(self._sender, tuple(self._recipients), b"".join(line + b"\r\n" for line in lines))
        self._recipients = []
        fault = self._server.take_fault(Stage.MESSAGE, "")
        if fault is None or fault.keeps or not (fault.reply or fault.drop or fault.silent):
            await self._keep(mail)
        await self._do(fault, "250 2.0.0 accepted")

    async def _keep(self, mail: AcceptedMail) -> None:
        if self._server.deliver:
            await asyncio.to_thread(self._server.deliver, mail.recipients, mail.raw)
        self._server.mails.append(mail)

    async def _answer(self, stage: Stage, usual: str, argument: str = "") -> bool:
        return await self._do(self._server.take_fault(stage, argument), usual)

    async def _do(self, fault: Fault | None, usual: str) -> bool:
        """Answer, and say whether it was the usual answer."""
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.drop:
                raise _HungUpError
            if fault.silent:
                await self._reader.read()  # until the client gives up
                raise _HungUpError
            if fault.reply:
                await self._say(fault.reply)
                if fault.reply.startswith("421"):
                    raise _HungUpError
                return False
        await self._say(usual)
        return True

    async def _say(self, text: str) -> None:
        self._writer.write(text.encode() + b"\r\n")
        await self._writer.drain()

    async def _line(self) -> bytes:
        return (await self._reader.readuntil(b"\n")).rstrip(b"\r\n")


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()


def _context(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.server, certificates.key)
    return context


@contextmanager
def running_scripted_smtp(
    *,
    certificates: Certificates | None = None,
    password: str | None = None,
    deliver: Callable[[Sequence[str], bytes], object] | None = None,
) -> Iterator[ScriptedSmtp]:
    """Run a scripted server in a thread of its own until the block ends."""
    (port,) = free_ports(1)
    server = ScriptedSmtp(port, certificates=certificates, password=password, deliver=deliver)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="scripted-smtp", daemon=True)
    thread.start()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Session(server, reader, writer).run()

    async def stop() -> None:
        listener.close()
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, server.host, port, limit=64 * 1024 * 1024)

    listener = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
