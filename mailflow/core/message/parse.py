"""Raw bytes to a Message: the one way in; never raises on any bytes."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from email.feedparser import BytesFeedParser
from email.message import Message as Part
from functools import cache

from mailflow.core.message.alternatives import Form, disagree, flat
from mailflow.core.message.attachments import contents
from mailflow.core.message.authentication import proven, unproven
from mailflow.core.message.bodies import Body, Section, headers_of, walk
from mailflow.core.message.bounces import flufl_addresses
from mailflow.core.message.filled import with_answers_alone, with_filled_list
from mailflow.core.message.headers import Headers, parse_date
from mailflow.core.message.html import html_lines
from mailflow.core.message.kinds import Seen, kind_of
from mailflow.core.message.limits import LIMITS, Limits
from mailflow.core.message.lines import BodyLine, plain_lines
from mailflow.core.message.model import Address, Attachment, Failure, Line, Message, MessageKind, OpenFile, line_text
from mailflow.core.message.phrases import Phrases, alternation, finder
from mailflow.core.message.quoting import Split, split_body
from mailflow.core.message.repair import repaired
from mailflow.core.message.tables import with_tables

_NOBODY = Address("")
_RECALLED = 300  # characters at the top of a mail that takes another back
_BESIDE = 10_000  # characters of what is not read
_PIECE = 64 * 1024


def parse_message(
    raw: bytes, open_file: OpenFile, phrases: Phrases, limits: Limits = LIMITS, *, authserv_id: str = ""
) -> Message:
    """Read a mail; whatever cannot be read is told of in `problems`.

    `authserv_id` names the mail server whose Authentication-Results are believed; without it nobody's are.
    """
    problems: list[str] = []
    if len(raw) > limits.raw_bytes:
        problems.append(f"the mail is larger than {limits.raw_bytes // 1024 // 1024} MB: what lies beyond was not read")
    try:
        part = parsed(repaired(raw[: limits.raw_bytes]), problems)
        message = message_of(part, open_file, phrases, limits, limits.nested_mails, authserv_id)
    except Exception as error:  # noqa: BLE001 - the promise of this function: one mail never stops the ones behind it
        message = _unread(raw, error)
    return replace(message, problems=(*problems, *message.problems)) if problems else message


def message_of(
    part: Part, open_file: OpenFile, phrases: Phrases, limits: Limits, nested: int, authserv_id: str = ""
) -> Message:
    """Read a mail that has been taken apart; `nested` is how many mails deep attached mails are opened."""
    headers = headers_of(part, limits)
    body = walk(part, headers, limits)
    headers = headers.with_hint(body.charset)
    if any("Boundary" in type(defect).__name__ for defect in part.defects):
        body.problem("the mail is cut off or its parts are not marked as they should be")
    subject = headers.text("subject")
    writers = headers.addresses("from") or headers.addresses("sender")
    sender = next(iter(writers), _NOBODY)
    is_reply = headers.has("in-reply-to") or headers.has("references") or _answers(phrases).match(subject) is not None
    lines, split, differ = _read_body(body, sender, is_reply, phrases, limits)
    text = _as_text(lines)
    seen = Seen(headers, body, sender, subject, text, "\n".join(line_text(line) for line in split.lines), is_reply)
    kind, failure = kind_of(seen, phrases)
    _doubt(seen, writers, split, phrases)
    return Message(
        message_id=headers.message_id(),
        sender=sender,
        to=headers.addresses("to", limits),
        date=parse_date(headers.text("date")),
        subject=subject,
        kind=kind,
        text=text,
        lines=with_filled_list(split.lines, split.quoted, phrases),
        quoted=split.quoted,
        signature=split.signature,
        cc=headers.addresses("cc", limits),
        reply_to=headers.addresses("reply-to", limits),
        in_reply_to=headers.ids("in-reply-to"),
        references=headers.ids("references"),
        attachments=with_answers_alone(_attachments(body, open_file, phrases, limits, nested), phrases),
        failure=_with_addresses(failure, part),
        withdrawn=body.withdrawn.strip(),
        beside="\n".join(body.beside)[:_BESIDE],
        proven=proven(headers.all_raw("authentication-results"), authserv_id.lower(), sender.email),
        unproven=unproven(headers.all_raw("authentication-results"), authserv_id.lower(), sender.email),
        parts_disagree=differ,
        content_hash=_content_hash(headers, subject, text),
        problems=tuple(body.problems),
    )


def _doubt(seen: Seen, writers: Sequence[Address], split: Split, phrases: Phrases) -> None:
    """Note as problems what makes a mail one that a person must take in hand, whatever it says."""
    if len({writer.email for writer in writers if writer.email}) > 1:
        seen.body.problem("names more than one sender")
    if finder(phrases, "recall").search(f"{seen.subject}\n{seen.text[:_RECALLED]}"):
        seen.body.problem("asks to take back an earlier mail")
    if split.unclear:
        seen.body.problem("says that its answers stand between the quoted lines, but they cannot be told from them")
    if split.below:
        seen.body.problem("may say something below the quoted letter, and it cannot be told from it")


def parsed(raw: bytes, problems: list[str]) -> Part:
    """Take a mail apart; where that cannot be done, its headers alone."""
    try:
        return _fed(raw)
    except RecursionError:
        problems.append("parts nested so deep that the mail cannot be taken apart: only its headers were read")
    except Exception as error:  # noqa: BLE001 - the standard parser has raised half a dozen types on broken mails
        problems.append(f"the mail cannot be taken apart ({type(error).__name__}): only its headers were read")
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    lines = [line for line in re.split(rb"\r?\n(?![ \t])", head) if not line.lower().startswith(b"content-")]
    return _fed(b"\n".join(lines) + b"\n\n")


def _fed(raw: bytes) -> Part:
    # in pieces: the parser would else copy a large mail several times over
    parser = BytesFeedParser()
    for start in range(0, len(raw), _PIECE):
        parser.feed(raw[start : start + _PIECE])
    return parser.close()


def _unread(raw: bytes, error: Exception) -> Message:
    return Message(
        message_id="",
        sender=_NOBODY,
        to=(),
        date=None,
        subject="",
        kind=MessageKind.PERSONAL,
        text="",
        lines=(),
        content_hash=hashlib.sha256(raw).hexdigest(),
        problems=(f"the mail cannot be read ({type(error).__name__})",),
    )


def _read_body(
    body: Body, sender: Address, is_reply: bool, phrases: Phrases, limits: Limits
) -> tuple[list[BodyLine], Split, bool]:
    """The body's lines, in which the new words are told from the old, and whether its two forms disagree."""
    lines: list[BodyLine] = []
    differ = False
    for section in _paired(body.sections):
        own, other, aside = _forms(section, body, limits)
        if other and flat(own) != flat(other):
            text, html = (Form(split_body(form, sender, is_reply, phrases).lines, form) for form in (other, own))
            differ = differ or disagree(text, html, aside, phrases)
            stub = len(flat(other)) > 2 * len(flat(own)) + 20
            body.beside += [line_text(line) for line in (html if stub else text).own]
            own = other if stub else own
        if lines and own:
            lines.append(BodyLine(""))
        lines.extend(own)
    return lines, split_body(lines, sender, is_reply, phrases), differ


def _paired(sections: list[Section]) -> list[Section]:
    """Put a text and an HTML part together that say the same though they are not sent as alternatives."""
    if len(sections) != 2 or sections[0].html is not None or sections[1].plain is not None:
        return sections
    text, html = sections[0].plain or "", sections[1].html or ""
    same = flat(plain_lines(text)) == flat(html_lines(html).lines)
    return [Section(text, html, sections[0].flowed)] if same else sections


def _forms(section: Section, body: Body, limits: Limits) -> tuple[list[BodyLine], list[BodyLine], str]:
    """The form of a section to read, the other one, and what the HTML hides or strikes out."""
    plain: list[BodyLine] = []
    if section.plain is not None:
        plain = with_tables(plain_lines(section.plain, section.flowed, limits))
        _tell_of_cuts(section.plain, body, limits)
    if section.html is None:
        return plain, [], ""
    html = html_lines(section.html, limits)
    if html.cut:
        body.problem("the HTML is larger than can be read: cut")
    body.withdrawn += html.struck
    body.beside += [html.hidden] if html.hidden.strip() else []
    own = with_tables(html.lines)
    if not any(not line.blank for line in own):
        return plain, [], html.aside
    return own, (plain if any(not line.blank for line in plain) else []), html.aside


def _tell_of_cuts(text: str, body: Body, limits: Limits) -> None:
    if text.count("\n") >= limits.lines:
        body.problem(f"text of more than {limits.lines} lines: cut there")
    if len(text) > limits.line_chars and any(len(line) > limits.line_chars for line in text.split("\n")):
        body.problem(f"a line of more than {limits.line_chars} characters: cut there")


def _attachments(
    body: Body, open_file: OpenFile, phrases: Phrases, limits: Limits, nested: int
) -> tuple[Attachment, ...]:
    def read_mail(part: Part) -> Message:
        return message_of(part, open_file, phrases, limits, nested - 1)

    return contents(body.files, open_file, read_mail if nested else None, limits)


def _with_addresses(failure: Failure | None, part: Part) -> Failure | None:
    if failure is None or failure.addresses:
        return failure
    return Failure(flufl_addresses(part), failure.permanent)


def _as_text(lines: list[BodyLine]) -> str:
    out = [
        (">" * line.depth + " " if line.depth else "")
        + (line.text if line.table is None else line_text(Line("", table=line.table)))
        for line in lines
    ]
    return "\n".join(out).strip("\n")


def _content_hash(headers: Headers, subject: str, text: str) -> str:
    who = [" ".join(address.email for address in headers.addresses(name)) for name in ("from", "to")]
    whole = "\x00".join((*who, headers.raw("date"), subject, " ".join(text.split())))
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


@cache
def _answers(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(
        rf"\s*(?:\[[^\]]{{0,30}}\]\s*)?{alternation(phrases.reply_prefix)}\s{{0,2}}(?:\[\d\]|\(\d\))?\s{{0,2}}[:：]",
        re.IGNORECASE,
    )
