"""What servers say when they refuse, made into errors that say what to do."""

import ast
import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from mailflow.core.mailbox import (
    DisconnectedError,
    LoginError,
    LoginLimitError,
    MailboxError,
    RefusedError,
    UnreachableError,
)

# A server that wants to be left alone for a while. QQ gives all its reasons in one sentence, this one among them.
_LIMITED = re.compile(
    r"frequen|too many|rate.?limit|throttl|backoff|\[limit\]|频繁|频率|稍后|稍候|连接数", re.IGNORECASE
)
# A server with a trouble of its own, which passes.
_PASSING = re.compile(r"temporar|unavailable|busy|try again|\[inuse\]|\[serverbug\]|系统繁忙", re.IGNORECASE)
_BACKOFF_HINT = re.compile(r"backoff time:?\D{0,10}(\d+)\s*(ms|milli)?", re.IGNORECASE)
_QUOTED_BYTES = re.compile(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\"""")
_HINTS = (
    (
        r"(^|\.)(qq|foxmail|163|126|yeah|vip\.163|188|sina|aliyun|mxhichina)\.(com|net|cn)$",
        "this provider wants an authorisation code (授权码), made in its web settings where IMAP is switched on, "
        "not the password of the account",
    ),
    (
        r"(^|\.)(gmail\.com|googlemail\.com|outlook\.com|office365\.com|hotmail\.com)$",
        "this provider takes no ordinary password: set up OAuth2 (or, where it allows one, an app password)",
    ),
)


def decode(said: bytes | str | None) -> str:
    """Read what a server said: UTF-8, else GBK as Chinese servers write it."""
    if isinstance(said, str):
        return said
    for charset in ("utf-8", "gb18030"):
        try:
            return (said or b"").decode(charset).strip()
        except UnicodeDecodeError:
            continue
    return (said or b"").decode("ascii", "replace").strip()


def last_untagged(client: imaplib.IMAP4, name: str) -> bytes:
    """Return what the server last said of its own accord under this name, or nothing."""
    said = client.untagged_responses.get(name) or [b""]
    return said[-1] if isinstance(said[-1], bytes) else b""


def said_in(error: BaseException) -> str:
    """Return the server's words from an exception of imaplib or imap-tools, which holds them as printed bytes."""
    if isinstance(error, UnexpectedCommandStatusError):
        return "; ".join(decode(line) for line in error.command_result[1] if isinstance(line, bytes))
    text = str(error)
    quoted = [decode(ast.literal_eval(literal)) for literal in _QUOTED_BYTES.findall(text)]
    return "; ".join(quoted) or text


def retry_after(said: str) -> float | None:
    """Return how many seconds a server asks to be left alone, where it says so."""
    if hint := _BACKOFF_HINT.search(said):
        return int(hint[1]) / (1000 if hint[2] else 1)
    return None


def login_refused(host: str, user: str, said: str) -> MailboxError:
    """Say why a login failed: the server wants fewer logins, has a trouble of its own, or the credentials are wrong."""
    hint = next((words for pattern, words in _HINTS if re.search(pattern, host)), "check user and password")
    message = f"{host} refuses the login of {user}: {said or 'no reason given'}; {hint}"
    if _LIMITED.search(said):
        return LoginLimitError(message, retry_after(said))
    if _PASSING.search(said):
        return UnreachableError(f"{host} cannot log in {user} now: {said}")
    return LoginError(message)


def unreachable(where: str, said: str) -> MailboxError:
    """Say why no connection came about: nobody there, or a server that has too many of them."""
    if _LIMITED.search(said):
        return LoginLimitError(f"{where}: the server takes no connection now: {said}", retry_after(said))
    return UnreachableError(f"{where}: cannot reach an IMAP server: {said}")


def refused(doing: str, said: Sequence[bytes | str | None] | str) -> RefusedError:
    """Say what the server refused, in its own words."""
    words = said if isinstance(said, str) else "; ".join(decode(line) for line in said)
    return RefusedError(f"{doing}: the server says: {words}", retry_after(words))


@contextmanager
def talking(client: imaplib.IMAP4, doing: str) -> Iterator[None]:
    """Turn the exceptions of the libraries into ours; a connection that broke is closed for good."""
    try:
        yield
    except (imaplib.IMAP4.abort, OSError) as broken:
        hang_up(client)
        words = said_in(broken) or type(broken).__name__
        raise DisconnectedError(f"{doing}: the connection broke: {words}", retry_after(words)) from broken
    except (imaplib.IMAP4.error, ImapToolsError) as refusal:
        raise refused(doing, said_in(refusal)) from refusal


def hang_up(client: imaplib.IMAP4) -> None:
    """Close the socket without a word to the server."""
    with suppress(OSError):  # closed already, which is what is wanted
        client.shutdown()
