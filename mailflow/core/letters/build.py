"""From a planned letter to the bytes that are sent: words, headers, and the conversation that it goes on with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from mailflow.core.letters.bank import bank_details
from mailflow.core.letters.book_workbook import book_workbook
from mailflow.core.letters.calendar import ICS, WriteCalendar, calendar_of
from mailflow.core.letters.headers import AddressError, addresses, clean, ids, plain_address, unstructured, valid_ids
from mailflow.core.letters.mime import AttachedFile, message_bytes
from mailflow.core.letters.model import Envelope, PlannedLetter, ThreadPlace
from mailflow.core.letters.templates import Templates
from mailflow.core.letters.tokens import message_id, our_letters, token
from mailflow.core.letters.workbook import XLSX, WriteWorkbook, workbook_of
from mailflow.core.message.model import Address, Message
from mailflow.core.orders.model import House, Party

# Re: and Fw: as mail programs of the trade write them, half and full width (回复:).
_PREFIX = re.compile(
    r"^(?:(?:re|aw|sv|antw|fw|fwd|wg|tr|rv|回复|答复|回覆|转发|轉寄)(?:\[\d+\])?\s*[::]\s*)+", re.IGNORECASE
)
_BY_A_PROGRAM = ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: AutoReply")
_LONGEST_SUBJECT = 250
_LONGEST_CHAIN = 20  # ids of a conversation that are kept


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom the letters of an account go out; `secret` signs the tokens in them."""

    address: Address
    house: House
    secret: bytes

    @property
    def domain(self) -> str:
        """What stands behind the @ of our ids."""
        return plain_address(self.address.email).rpartition("@")[2]


def compose(
    templates: Templates,
    planned: PlannedLetter,
    sender: Sender,
    letter: int,
    at: datetime,
    *,
    party: Party | None = None,
    place: ThreadPlace | None = None,
    write_workbook: WriteWorkbook | None = None,
    write_calendar: WriteCalendar | None = None,
    enclosed: Sequence[AttachedFile] = (),
) -> Envelope:
    """Write a letter; the same arguments give the same bytes.

    Raises `AddressError`, `UnknownLetterError`, and ValueError where it would hold bank details.
    Without `write_workbook` and `write_calendar` it goes without its own files; `enclosed` always goes along.
    """
    if not planned.to:
        raise AddressError(f"nobody is named to write to ({planned.template}); give the party a contact")
    rendered = templates.render(planned.template, planned.language, planned.facts, sender.house, planned.to[0], party)
    if found := bank_details(f"{rendered.subject}\n{rendered.text}"):
        raise ValueError(f"it holds bank details ({found}), which no letter of ours does; take them out")
    keeps = templates.manifests[planned.template].keeps_subject
    subject = _subject(rendered.subject, planned, sender, letter, place if keeps else None)
    made = (
        _list_file(templates, planned, rendered.language, sender, letter, at, write_workbook),
        _calendar(templates, planned, rendered.language, sender, letter, at, write_calendar),
    )
    own_id = message_id(sender.secret, letter, planned, sender.domain)
    head = [
        addresses("From", [sender.address]),
        addresses("To", planned.to),
        *([addresses("Cc", planned.cc)] if planned.cc else []),
        unstructured("Subject", subject),
        f"Date: {format_datetime(at.astimezone(ZoneInfo(sender.house.timezone)))}",
        f"Message-ID: {own_id}",
        *_thread_headers(place),
        *_BY_A_PROGRAM,
        f"X-Mailflow-Letter: {token(sender.secret, letter)}",
        "MIME-Version: 1.0",
    ]
    recipients = dict.fromkeys(plain_address(person.email) for person in (*planned.to, *planned.cc))
    raw = message_bytes(head, rendered, own_id, (*enclosed, *filter(None, made)))
    return Envelope(own_id, plain_address(sender.address.email), tuple(recipients), raw)


def _list_file(
    templates: Templates,
    planned: PlannedLetter,
    language: str,
    sender: Sender,
    letter: int,
    at: datetime,
    write_workbook: WriteWorkbook | None,
) -> AttachedFile | None:
    manifest, words = templates.manifests[planned.template], templates.words.of(language)
    steering, company = planned.facts.steering, sender.house.company
    if write_workbook is None:
        return None
    if steering is not None and steering.book is not None:
        workbook = book_workbook(steering.book, words, company, at)
    else:
        workbook = workbook_of(
            manifest, planned, words, language, secret=sender.secret, letter=letter, author=company, at=at
        )
    if workbook is None:
        return None
    return AttachedFile(workbook.name, XLSX, write_workbook(workbook))


def _calendar(
    templates: Templates,
    planned: PlannedLetter,
    language: str,
    sender: Sender,
    letter: int,
    at: datetime,
    write_calendar: WriteCalendar | None,
) -> AttachedFile | None:
    if write_calendar is None:
        return None
    manifest, words = templates.manifests[planned.template], templates.words.of(language)
    days = calendar_of(manifest, planned, words, sender.address, secret=sender.secret, letter=letter, at=at)
    return None if days is None else AttachedFile("calendar.ics", ICS, write_calendar(days))


def place_of(envelope: Envelope) -> ThreadPlace:
    """Return where the next letter goes on from a letter that was sent."""
    headers = BytesHeaderParser(policy=compat32).parsebytes(envelope.raw.partition(b"\r\n\r\n")[0])
    references = valid_ids([str(headers.get("References", ""))])
    return ThreadPlace(envelope.message_id, references, _decoded(str(headers.get("Subject", ""))))


def place_after(message: Message) -> ThreadPlace:
    """Return where the next letter goes on from a mail that came in, or that one of ours wrote."""
    chain = (*message.references, message.message_id)[-_LONGEST_CHAIN:]
    return ThreadPlace(message.message_id, chain, message.subject)


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value.replace("\r\n", ""))))


def _subject(own: str, planned: PlannedLetter, sender: Sender, letter: int, place: ThreadPlace | None) -> str:
    """Return the subject: that of the mail that is answered, or of the conversation where it names all the orders."""
    if place is not None and place.subject:
        kept = _PREFIX.sub("", clean(place.subject)).strip()
        names_all = planned.orders and all(_names(kept, order) for order in planned.orders)
        if len(kept) <= _LONGEST_SUBJECT and (names_all or planned.answers == place):
            own = f"Re: {kept}"
    if our_letters(sender.secret, own):
        return own
    return f"{own} [{token(sender.secret, letter)}]"


def _names(subject: str, order: str) -> bool:
    return re.search(rf"(?<![0-9a-z]){re.escape(order)}(?![0-9a-z])", subject, re.IGNORECASE) is not None


def _thread_headers(place: ThreadPlace | None) -> list[str]:
    last = valid_ids([place.message_id]) if place else ()
    if place is None or not last:
        return []
    return [ids("In-Reply-To", last), ids("References", valid_ids([*place.references, *last]))]
