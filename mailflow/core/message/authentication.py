"""Whether the sender's address was proven: `Authentication-Results` (RFC 8601) of the server that we trust alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"\([^()]{0,300}\)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){0,500})"')
_RESULT = re.compile(r"\s*([a-z][\w-]{0,30})(?:\s*/\s*\d{1,3})?\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(header\.from|header\.d|header\.i|smtp\.mailfrom|smtp\.helo)\s*=\s*([^\s;]{1,320})", re.IGNORECASE
)
_MOST = 8_000  # characters of a header that are looked at
_DEEPEST = 5  # comments within comments
_CHECKED = frozenset(("pass", "fail", "softfail", "policy", "permerror"))
ANY_SERVER = "*"  # the topmost header, whoever wrote it: for servers that sign it with no name


@dataclass(frozen=True, slots=True)
class Checked:
    """One result of a check; `domains` are those that it speaks of, by property."""

    method: str
    result: str
    domains: dict[str, str]


def results_of(value: str) -> tuple[str, tuple[Checked, ...]]:
    """Take a header apart into the name of the server that wrote it and its results; nothing in it raises."""
    text = value[:_MOST]
    for _ in range(_DEEPEST):
        text = _COMMENT.sub(" ", text)
    text = _QUOTED.sub(r"\1", text)
    first, *rest = text.split(";")
    server = (first.split() or [""])[0].lower()
    if "=" in first:  # some servers leave their name out
        server, rest = "", [first, *rest]
    found = []
    for part in rest:
        result = _RESULT.match(part)
        if result:
            domains = {name.lower(): _domain(said) for name, said in _PROPERTY.findall(part)}
            found.append(Checked(result.group(1).lower(), result.group(2).lower(), domains))
    return server, tuple(found)


def unproven(headers: Sequence[str], server: str, sender: str) -> str:
    """Say why the sender's address is not proven; empty where it is, or where our server says nothing of it.

    `headers` are the values of Authentication-Results, topmost first; `server` is the authserv-id that we trust.
    """
    return _judged(_trusted(headers, server), _domain(sender))


def proven(headers: Sequence[str], server: str, sender: str) -> bool:
    """Say whether our server holds the sender's address for genuine; that it says nothing is no proof."""
    results, own = _trusted(headers, server), _domain(sender)
    if not results or _judged(results, own):
        return False
    return any(
        found.result == "pass"
        and (found.method == "dmarc" or (found.method in ("spf", "dkim") and _aligned(found, own)))
        for found in results
    )


def _trusted(headers: Sequence[str], server: str) -> tuple[Checked, ...]:
    """Return the results of the topmost header that the server which we trust has written."""
    if not server:
        return ()
    for value in headers[:1] if server == ANY_SERVER else headers:
        name, results = results_of(value)
        if server in (ANY_SERVER, name):
            return results
    return ()


def _judged(results: Sequence[Checked], own: str) -> str:
    dmarc = next((found.result for found in results if found.method == "dmarc"), "")
    if dmarc == "pass":
        return ""
    if dmarc in ("fail", "permerror"):
        return f"DMARC of {own} failed"
    told = [found for found in results if found.method in ("spf", "dkim") and found.result in _CHECKED]
    if not told or any(found.result == "pass" and _aligned(found, own) for found in told):
        return ""
    return f"neither SPF nor DKIM speaks for {own} (" + ", ".join(f"{f.method}={f.result}" for f in told) + ")"


def _aligned(found: Checked, own: str) -> bool:
    """Whether a result is of the sender's domain, of one above it or below it."""
    names = ("smtp.mailfrom", "smtp.helo") if found.method == "spf" else ("header.d", "header.i")
    domain = next((found.domains[name] for name in names if found.domains.get(name)), "")
    if not domain:
        return False
    return domain == own or domain.endswith(f".{own}") or ("." in domain and own.endswith(f".{domain}"))


def _domain(said: str) -> str:
    return said.strip("<>\"' ").rpartition("@")[2].lower().rstrip(".")
