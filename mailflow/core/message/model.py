"""An incoming mail as the reader sees it: decoded text, tables, attachments, and who wrote it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """What sort of mail it is, told from headers and form before anything of its content is believed."""

    PERSONAL = "personal"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    RECEIPT = "receipt"  # read or delivery receipt
    BULK = "bulk"  # newsletter, mailing list, advertising


@dataclass(frozen=True, slots=True)
class Address:
    email: str  # lower case; empty where the header has none
    name: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; struck-out and hidden words are left out of `text`."""

    text: str
    struck: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `caption` says where it stands: `body`, or an attachment's file name and sheet."""

    rows: tuple[tuple[Cell, ...], ...]
    caption: str = "body"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what the sender says now, or (`table` set) a table standing at this place.

    `above` is the quoted line of ours that an answer between the lines stands under, empty elsewhere.
    """

    text: str
    above: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class FileContent:
    """What an attachment says: its text, its tables, or why it could not be opened (`problem`).

    `hidden` are the rows of the sheet that our own lists carry along unseen; `swapped` the numbers that stood in such a
    list and those that stand in their place now.
    """

    text: str = ""
    tables: tuple[Table, ...] = ()
    problem: str = ""
    hidden: tuple[tuple[str, ...], ...] = ()
    swapped: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    content_type: str
    size: int
    inline: bool = False
    content: FileContent = field(default_factory=FileContent)
    forwarded: bool = False  # an attached mail, or a file that came with one: not the sender's own words


@dataclass(frozen=True, slots=True)
class Failure:
    """What a delivery failure says: which of our addresses failed, and whether for good."""

    addresses: tuple[str, ...]
    permanent: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed mail. `date` is aware and in the sender's own zone, None where the header is missing or broken.

    `text` is the whole body; `lines` is what the sender says now, without quoted history, signature and
    disclaimer; `quoted` is the history; `problems` says what could not be read or was cut by a limit.
    """

    message_id: str
    sender: Address
    to: tuple[Address, ...]
    date: datetime | None
    subject: str
    kind: MessageKind
    text: str
    lines: tuple[Line, ...]
    quoted: str = ""
    signature: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    failure: Failure | None = None
    withdrawn: str = ""  # the sender's words that are struck out
    beside: str = ""  # words that are not read: hidden ones, and those of the form of the body that says something else
    proven: bool = False  # our own mail server holds the sender's address for genuine
    unproven: str = ""  # why our own mail server does not hold the sender's address for genuine; empty where it does
    parts_disagree: bool = False  # the text and the HTML part say different things
    content_hash: str = ""  # over From, To, Date, Subject and decoded body (no trace headers)
    problems: tuple[str, ...] = ()

    @property
    def new_text(self) -> str:
        """What the sender says now, as lines of text; the cells of a table row are joined by tabs."""
        return "\n".join(line_text(line) for line in self.lines)


def line_text(line: Line) -> str:
    """Return a line as text, a table as rows of tab-separated cells."""
    if line.table is None:
        return line.text
    return "\n".join("\t".join(cell.text for cell in row) for row in line.table.rows)


OpenFile = Callable[[str, str, bytes], FileContent]
"""Port: (file name, content type, bytes) → content; opens spreadsheets, PDFs … within bounds, never raises."""
