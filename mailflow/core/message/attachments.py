"""Attachments as text and tables: files through the port, attached mails by the same reading as any mail."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import Message as Part

from mailflow.core.message.bodies import FilePart
from mailflow.core.message.limits import Limits
from mailflow.core.message.model import Attachment, FileContent, Message, OpenFile

ReadMail = Callable[[Part], Message]


def contents(
    files: list[FilePart], open_file: OpenFile, read_mail: ReadMail | None, limits: Limits
) -> tuple[Attachment, ...]:
    """Open every attachment; pictures that belong to the body are told apart and not opened."""
    found: list[Attachment] = []
    for file in files:
        if file.nested is not None or _is_mail(file):
            found.extend(_mail(file, read_mail))
            continue
        content = FileContent() if file.inline else _bounded(_opened(file, open_file), limits)
        found.append(Attachment(file.filename, file.content_type, len(file.data), file.inline, content))
    return tuple(found[: limits.attachments])


def _is_mail(file: FilePart) -> bool:
    if file.content_type == "message/rfc822":
        return True
    named = file.filename.lower().endswith(".eml")
    return named and file.content_type.startswith(("application/", "message/", "text/"))


def _mail(file: FilePart, read_mail: ReadMail | None) -> list[Attachment]:
    """An attached mail, then what was attached to it."""
    size = len(file.data)
    if read_mail is None:
        problem = FileContent(problem="mails attached to mails too deep: not opened")
        return [Attachment(file.filename, file.content_type, size, forwarded=True, content=problem)]
    try:
        part = file.nested if file.nested is not None else message_from_bytes(file.data)
        mail = read_mail(part)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        problem = FileContent(problem=f"the attached mail cannot be read ({type(error).__name__})")
        return [Attachment(file.filename, file.content_type, size, forwarded=True, content=problem)]
    text = f"{mail.subject}\n\n{mail.text}".strip()
    content = FileContent(text, problem="; ".join(mail.problems))
    return [
        Attachment(file.filename, file.content_type, size or len(text), forwarded=True, content=content),
        *(replace(attachment, forwarded=True) for attachment in mail.attachments),
    ]


def _opened(file: FilePart, open_file: OpenFile) -> FileContent:
    try:
        return open_file(file.filename, file.content_type, file.data)
    except Exception as error:  # noqa: BLE001 - the port promises not to raise; a mail must not be lost where one breaks it
        return FileContent(problem=f"could not be opened ({type(error).__name__})")


def _bounded(content: FileContent, limits: Limits) -> FileContent:
    if len(content.text) <= limits.attachment_chars:
        return content
    problem = content.problem or f"longer than {limits.attachment_chars} characters: cut there"
    return FileContent(content.text[: limits.attachment_chars], content.tables, problem)
