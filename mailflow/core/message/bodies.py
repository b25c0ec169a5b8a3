"""The walk through a mail's parts: which are its body, which are attachments, which are a server's report."""

from dataclasses import dataclass, field
from email.message import Message as Part

from mailflow.core.message.charsets import decode, known
from mailflow.core.message.headers import Headers
from mailflow.core.message.limits import Limits
from mailflow.core.message.transfer import decoded


@dataclass(slots=True)
class Section:
    """One stretch of the body, as plain text, as HTML, or as both saying the same."""

    plain: str | None = None
    html: str | None = None
    flowed: bool = False


@dataclass(frozen=True, slots=True)
class FilePart:
    """A part that is not the body; `nested` is the mail in a message/rfc822."""

    filename: str
    content_type: str
    data: bytes = b""
    inline: bool = False
    nested: Part | None = None


@dataclass(slots=True)
class Body:
    """What the walk found; `report` holds the blocks of a delivery status."""

    sections: list[Section] = field(default_factory=list)
    files: list[FilePart] = field(default_factory=list)
    report: list[Headers] = field(default_factory=list)
    report_type: str = ""
    original: list[Headers] = field(default_factory=list)  # headers of a returned mail
    problems: list[str] = field(default_factory=list)
    charset: str = ""
    withdrawn: str = ""  # what the sender struck out
    beside: list[str] = field(default_factory=list)  # what is not read: hidden, or said in the other form alone
    parts: int = 0

    def problem(self, text: str) -> None:
        """Note a problem once."""
        if text not in self.problems:
            self.problems.append(text)


def headers_of(part: Part, limits: Limits) -> Headers:
    """The headers of a part as sent."""
    return Headers(part.raw_items(), limits=limits)


def walk(root: Part, headers: Headers, limits: Limits) -> Body:
    """Sort the parts of a mail."""
    body = Body()
    _walk(root, headers, body, None, 0, limits)
    return body


def _walk(part: Part, headers: Headers, body: Body, into: Section | None, depth: int, limits: Limits) -> None:
    body.parts += 1
    if body.parts > limits.parts:
        body.problem(f"more than {limits.parts} parts: the rest was not read")
        return
    kind, params = headers.params("content-type")
    payload = part.get_payload()
    children = [child for child in payload if isinstance(child, Part)] if isinstance(payload, list) else []
    if kind == "message/delivery-status" and children:
        body.report.extend(headers_of(block, limits) for block in children[: limits.parts])
    elif kind.startswith("message/") and children:
        _nested(children[0], headers, kind, params, body, limits)
    elif children:
        _multipart(children, kind, params, body, into, depth, limits)
    else:
        _leaf(part, headers, kind, params, body, into, limits)


def _multipart(
    parts: list[Part], kind: str, params: dict[str, str], body: Body, into: Section | None, depth: int, limits: Limits
) -> None:
    if depth >= limits.depth:
        body.problem(f"parts nested deeper than {limits.depth}: the rest was not read")
        return
    if kind == "multipart/report":
        body.report_type = params.get("report-type", "").lower() or "unknown"
    if kind == "multipart/alternative" and into is None:
        into = Section()
        body.sections.append(into)
    for part in parts:
        _walk(part, headers_of(part, limits), body, into, depth + 1, limits)


def _nested(mail: Part, headers: Headers, kind: str, params: dict[str, str], body: Body, limits: Limits) -> None:
    own = headers_of(mail, limits)
    if kind == "message/disposition-notification":
        return
    if body.report_type:
        body.original.append(own)
    name = _filename(headers, params) or f"{own.text('subject')[:80] or 'message'}.eml"
    encoding = headers.raw("content-transfer-encoding").lower()
    if encoding in ("base64", "quoted-printable"):  # against the standard, and done
        body.files.append(FilePart(name, kind, decoded(_raw_payload(mail), encoding)))
        return
    body.files.append(FilePart(name, kind, nested=mail))


def _leaf(
    part: Part, headers: Headers, kind: str, params: dict[str, str], body: Body, into: Section | None, limits: Limits
) -> None:
    data = decoded(_raw_payload(part), headers.raw("content-transfer-encoding"))
    disposition, _ = headers.params("content-disposition")
    name = _filename(headers, params)
    main, _, sub = kind.partition("/")
    textual = main in ("text", "") or main == "multipart"
    if kind == "text/rfc822-headers":
        return
    first = into is not None or not body.sections
    if (
        textual
        and disposition != "attachment"
        and (not name or (first and disposition != "inline"))
        and sub != "calendar"
    ):
        _text(data, sub, params, body, into, limits)
        return
    if not name and main == "text":
        name = "invite.ics" if sub == "calendar" else ""
    inline = main == "image" and (
        disposition == "inline" or (headers.has("content-id") and disposition != "attachment")
    )
    if len(body.files) >= limits.attachments:
        body.problem(f"more than {limits.attachments} attachments: the rest was not opened")
        return
    body.files.append(FilePart(name, kind or "application/octet-stream", data, inline))


def _raw_payload(part: Part) -> bytes:
    """The bytes of a part as they were sent."""
    # without the header the parser hands out bytes undecoded; with it, it would decode, and by the label at that
    del part["content-transfer-encoding"]
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""


def _text(data: bytes, sub: str, params: dict[str, str], body: Body, into: Section | None, limits: Limits) -> None:
    label = params.get("charset", "")
    looks_html = sub == "html" or data[:300].lstrip().lower().startswith(
        (b"<html", b"<!doctype html", b"<head", b"<body")
    )
    if looks_html and not label:
        label = _meta_charset(data)
    text, whole = decode(data, label)
    if not whole:
        body.problem("some bytes of the text fit no charset" if known(label) else f"unknown charset {label!r}"[:80])
    cap = limits.html_chars if looks_html else limits.body_chars
    if len(text) > cap:
        body.problem(f"text longer than {cap} characters: cut there")
        text = text[:cap]
    body.charset = body.charset or label
    section = into
    if section is None:
        section = Section()
        body.sections.append(section)
    if looks_html:
        section.html = text if section.html is None else section.html + "<br>" + text
    else:
        section.plain = text if section.plain is None else section.plain + "\n" + text
        section.flowed = params.get("format", "").lower() == "flowed"


def _meta_charset(data: bytes) -> str:
    head = data[:2000].lower()
    at = head.find(b"charset=")
    if at < 0:
        return ""
    return (
        head[at + 8 : at + 40]
        .lstrip(b"\"' ")
        .split(b'"')[0]
        .split(b"'")[0]
        .split(b">")[0]
        .split(b";")[0]
        .strip(b"/ ")
        .decode("ascii", "ignore")
    )


def _filename(headers: Headers, params: dict[str, str]) -> str:
    _, disposition = headers.params("content-disposition")
    name = disposition.get("filename") or params.get("name") or ""
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()[:255]
