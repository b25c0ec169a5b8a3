"""An IMAP server that says what a test tells it to, for the ways of providers that nobody can install."""

import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Sequence[bytes]

DEFAULT_ANSWERS: dict[str, Answer] = {
    "CAPABILITY": (b"* CAPABILITY IMAP4rev1 ID IDLE", b"{tag} OK done"),
    "LOGIN": (b"{tag} OK welcome",),
    "ID": (b'* ID ("name" "scripted")', b"{tag} OK done"),
    "LIST": (b'* LIST () "/" INBOX', b"{tag} OK done"),
    "EXAMINE": (
        *(b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] kept", b"* OK [UIDNEXT 2] next"),
        *(b"* OK [PERMANENTFLAGS ()] read-only", b"{tag} OK [READ-ONLY] done"),
    ),
    "IDLE": (b"+ idling",),
    "DONE": (b"{tag} OK idled",),
    "LOGOUT": (b"* BYE", b"{tag} OK bye"),
}


@dataclass(slots=True)
class ScriptedImap:
    """The server as a test sees it: `answers` by command, or made from a client's line; `commands` are those lines.

    The answer to `FETCH` also goes to `UID FETCH`.
    """

    port: int = 0
    host: str = "127.0.0.1"
    greeting: bytes = b"* OK ready"
    answers: dict[str, Answer | Callable[[str], Answer]] = field(default_factory=lambda: dict(DEFAULT_ANSWERS))
    commands: list[str] = field(default_factory=list)

    def said(self, name: str) -> list[str]:
        """Return the commands of this name that clients gave."""
        return [command for command in self.commands if re.match(rf"(UID )?{name}\b", command)]

    def answer(self, line: str, tag: str) -> Sequence[bytes]:
        """Return the lines for a client's line; a command without an answer is not known to this server."""
        name = line.removeprefix("UID ").split(" ")[0].upper()
        lines = self.answers.get(name, (b"{tag} BAD unknown command",))
        if callable(lines):
            lines = lines(line)
        return [part.replace(b"{tag}", tag.encode()) for part in lines]


@contextmanager
def running_scripted_imap() -> Iterator[ScriptedImap]:
    """Run a scripted server in threads of its own until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = ScriptedImap(listener.getsockname()[1])
    connections: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):  # closed: the end
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threading.Thread(target=_serve, args=(server, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        for each in (listener, *connections):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _serve(server: ScriptedImap, connection: socket.socket) -> None:
    tag = "*"
    with suppress(OSError), connection.makefile("rb") as lines:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(server.greeting + b"\r\n")
        for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if line != "DONE":
                tag, _, line = line.partition(" ")
            server.commands.append(line)
            answer = server.answer(line, tag)
            for part in answer:
                # Without its end where the test says so (`…~`), to be continued by the next part.
                connection.sendall(part[:-1] if part.endswith(b"~") else part + b"\r\n")
            if line.startswith("LOGOUT") or answer[-1:] == [b"* BYE and gone"]:
                connection.close()
                return
