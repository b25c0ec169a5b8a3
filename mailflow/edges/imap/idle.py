"""Waiting until a server has something to say, without ever reading half a line of it."""

import imaplib
import selectors
import socket
import ssl
import time
from io import BufferedReader
from typing import Protocol, cast

LONGEST = 9 * 60.0  # home routers forget a silent connection after ten minutes


class HasFileno(Protocol):
    """Anything that can be waited on."""

    def fileno(self) -> int: ...


Wake = HasFileno | int | None


def wait_for_words(client: imaplib.IMAP4, wake: Wake, seconds: float) -> bool:
    """Wait until the server said something (True), or `wake` is readable or the time is up (False).

    Nothing is consumed: the library reads whole lines later, with its usual time-out.
    """
    sock: socket.socket = client.sock
    usual = sock.gettimeout()
    end = time.monotonic() + seconds
    try:
        sock.settimeout(0)
        if _has_words(client) is True:
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ)
            if wake is not None:
                selector.register(wake, selectors.EVENT_READ)
            while (left := end - time.monotonic()) > 0:
                ready = {key.fileobj for key, _ in selector.select(left)}
                # With TLS the socket also wakes for records that carry no words of the server.
                if sock in ready and _has_words(client) is not None:
                    return True
                if wake is not None and wake in ready:
                    return False
        return False
    finally:
        sock.settimeout(usual)


def _has_words(client: imaplib.IMAP4) -> bool | None:
    """Whether something lies in the buffers; False also when the connection is closed, None when TLS wants more."""
    unread = getattr(client, "_readbuf", None)  # Python 3.14 keeps a buffer of its own in place of the file's
    if unread is not None:
        return bool(unread) or (isinstance(client.sock, ssl.SSLSocket) and client.sock.pending() > 0)
    try:
        return bool(cast(BufferedReader, client.file).peek(1))
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None


def wait_for_wake(wake: Wake, seconds: float) -> None:
    """Wait until `wake` is readable or the time is up."""
    with selectors.DefaultSelector() as selector:
        if wake is not None:
            selector.register(wake, selectors.EVENT_READ)
        selector.select(seconds)
