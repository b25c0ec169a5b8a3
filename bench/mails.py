"""Many distinct mails from the few of the corpus: each copy has senders, order numbers and an order book of its own.

The facts of a mail stay what they were: numbers keep their form and their last digits, days stay. Small mails grow by
what mails carry anyway, the trace headers of the servers on their way and the conversation quoted below the answer.
"""

import csv
import email
import io
import quopri
import re
import zipfile
from base64 import b64decode, b64encode, encodebytes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from itertools import product
from pathlib import Path
from random import Random

from ruamel.yaml import YAML

from bench.padding import html_history, plain_history, trace_headers

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "dev"
SMALLEST, LARGEST = 3_000, 8_000
_HOUSE = "lanmei"
_OWN_NUMBER = re.compile(r"([PSＰＳ][O0Ｏ]\W{0,3})([2２])([6６])(\W{0,3})([01０１]?)", re.IGNORECASE)
_DOMAIN = re.compile(rf"@(?!{_HOUSE}\.)([a-z0-9.-]+)\.example", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{4,}")
_ENCODED_WORD = re.compile(r"=\?([^?]+)\?([bBqQ])\?([^?]*)\?=")
_REFERENCES = ("customer_ref", "supplier_ref")


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of the corpus: how its numbers and senders differ from the original's."""

    number: int
    references: frozenset[str]

    @property
    def shifts(self) -> tuple[int, int, int]:
        """What is added to three digits; any two copies differ in two of them, as a slip of the pen does not."""
        tens, ones = divmod(self.number, 10)
        return tens, ones, (tens + ones) % 10

    def text(self, text: str) -> str:
        """Return a text with the numbers and senders of this copy."""
        text = _OWN_NUMBER.sub(self._own_number, text)
        text = _TOKEN.sub(lambda token: self.reference(token[0]), text)
        return _DOMAIN.sub(lambda found: f"@{self.domain(found[1])}.example", text)

    def reference(self, token: str) -> str:
        """Return a party's own number as this copy has it; anything else stays."""
        if token not in self.references:
            return token
        left = list(self.shifts)
        return re.sub(r"\d", lambda digit: _shifted(digit[0], left.pop(0)) if left else digit[0], token)

    def domain(self, name: str) -> str:
        """Return a sender's domain, without its last part."""
        return f"{name}-{self.number}" if self.number and name != _HOUSE else name

    def party(self, name: str) -> str:
        """Return a party's name."""
        return f"{name} {self.number}" if self.number and name else name

    def _own_number(self, found: re.Match[str]) -> str:
        a, b, c = self.shifts
        last = found[5] and _shifted(found[5], c)
        return f"{found[1]}{_shifted(found[2], a)}{_shifted(found[3], b)}{found[4]}{last}"


def _shifted(digit: str, by: int) -> str:
    """Add to a digit, which stays full-width where it was."""
    zero = "０" if digit > "9" else "0"
    return chr(ord(zero) + (ord(digit) - ord(zero) + by) % 10)


@dataclass(frozen=True, slots=True)
class Derived:
    """What a benchmark reads: mails in the order of their dates, and the book that they are about."""

    mails: tuple[bytes, ...]
    orders: str
    parties: str


def derive(count: int, corpus: Path = CORPUS) -> Derived:
    """Return `count` mails of 3 to 8 KB, all of them distinct, with the order book and the parties they need."""
    originals = [path.read_bytes() for path in sorted((corpus / "mail").glob("*.eml"))]
    rows = list(csv.DictReader((corpus / "orders.csv").open(encoding="utf-8", newline="")))
    references = frozenset(row[name] for row in rows for name in _REFERENCES if row[name])
    copies = [Copy(number, references) for number in range(-(-count // len(originals)))]
    wanted = list(product(copies, range(len(originals))))[:count]
    dated = sorted((_derived(originals[which], which, copy) for copy, which in wanted), key=lambda pair: pair[0])
    return Derived(tuple(raw for _, raw in dated), _orders(rows, copies), _parties(corpus, copies))


def _derived(raw: bytes, which: int, copy: Copy) -> tuple[tuple[datetime, int], bytes]:
    message = email.message_from_bytes(raw)
    at = _moment(message) + timedelta(seconds=copy.number)
    for part in message.walk():
        part._headers = [(name, _header(value, copy)) for name, value in part._headers]  # type: ignore[attr-defined]  # set as they were sent: the public way folds them anew
        if not part.is_multipart():
            _change(part, lambda text: copy.text(text), lambda data: _workbook(data, copy))
    if message["Date"]:
        message.replace_header("Date", format_datetime(at))
    del message["Message-ID"]
    message["Message-ID"] = f"<{copy.number:02}.{which:03}.bench@sender-{copy.number}.example>"
    _grow(message, Random(f"{copy.number}.{which}"), at)
    return (at.astimezone(UTC), which), message.as_bytes()


def _moment(message: Message) -> datetime:
    at = parsedate_to_datetime(str(message["Date"]))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _header(value: object, copy: Copy) -> str:
    """Change what a header says, inside encoded words as outside of them."""

    def encoded(found: re.Match[str]) -> str:
        charset, how, words = found.groups()
        data = b64decode(words) if how in "bB" else quopri.decodestring(words.replace("_", "=20").encode())
        return f"=?{charset}?B?{b64encode(_recoded(data, charset, copy.text)).decode()}?="

    return _ENCODED_WORD.sub(encoded, copy.text(str(value)))


def _recoded(data: bytes, charset: str | None, change: Callable[[str], str]) -> bytes:
    """Change a text within its charset; one that does not keep to its charset is changed where it is ASCII."""
    for name in (charset or "utf-8", "gb18030", "latin-1"):
        try:
            text = data.decode(name)
            if text.encode(name) == data:
                return change(text).encode(name)
        except (UnicodeError, LookupError):
            continue
    return data


def _change(part: Message, text: Callable[[str], str], workbook: Callable[[bytes], bytes]) -> None:
    """Change what a part holds, in its charset and transfer encoding."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return
    kind = part.get_content_type()
    if part.get_content_maintype() == "text":
        new = _recoded(data, part.get_content_charset(), text)
    else:
        new = workbook(data) if kind.endswith("spreadsheetml.sheet") else data
    if new == data:
        return
    match str(part.get("Content-Transfer-Encoding", "")).lower():
        case "base64":
            part.set_payload(encodebytes(new).decode())
        case "quoted-printable":
            part.set_payload(quopri.encodestring(new).decode())
        case _:
            part.set_payload(new.decode("ascii", "surrogateescape"))


def _workbook(data: bytes, copy: Copy) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            held = old.read(entry)
            changed = copy.text(held.decode()).encode() if entry.filename.startswith("xl/") else held
            new.writestr(entry.filename, changed)
    return out.getvalue()


def _grow(message: Message, random: Random, at: datetime) -> None:
    """Bring a small mail to the size that it would have in a mailbox."""
    goal = random.randint(SMALLEST + 700, LARGEST - 500)
    missing = goal - len(message.as_bytes())
    for name, value in trace_headers(random, at, max(0, missing) // 2):
        message[name] = value
    missing = goal - len(message.as_bytes())
    texts = [part for part in message.walk() if part.get_content_maintype() == "text" and not part.get_filename()]
    if missing < 400 or not texts or not (message["In-Reply-To"] or message["References"]) or message["Auto-Submitted"]:
        for name, value in trace_headers(random, at, missing):
            message[name] = value
        return
    chinese = any(part.get_content_charset() in {"gb2312", "gbk", "gb18030", "big5"} for part in texts)
    for part in texts:
        encoded = str(part.get("Content-Transfer-Encoding", "")).lower() == "base64"
        length = int(missing / len(texts) / ((1.4 if encoded else 1.05) * (2 if chinese else 1)))
        _quote(part, Random(at.isoformat()), length, chinese)


def _quote(part: Message, random: Random, length: int, chinese: bool) -> None:
    def longer(text: str) -> str:
        if part.get_content_subtype() != "html":
            return text.rstrip("\n") + plain_history(random, length, chinese)
        history = html_history(random, length, chinese)
        return text.replace("</body>", history + "</body>") if "</body>" in text else text + history

    _change(part, longer, lambda data: data)


def _orders(rows: list[dict[str, str]], copies: list[Copy]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    for copy in copies:
        writer.writerows(_row(row, copy) for row in rows)
    return out.getvalue()


def _row(row: Mapping[str, str], copy: Copy) -> dict[str, str]:
    own = {name: copy.text(row[name]) for name in ("number", "linked_order")}
    references = {name: copy.reference(row[name]) for name in _REFERENCES}
    return {**row, **own, **references, "party": copy.party(row["party"])}


def _parties(corpus: Path, copies: list[Copy]) -> str:
    yaml = YAML(typ="safe")
    book = yaml.load((corpus / "parties.yaml").read_text(encoding="utf-8"))
    book["parties"] = [party for copy in copies for party in _copied(book["parties"], copy)]
    out = io.StringIO()
    yaml.dump(book, out)
    return out.getvalue()


def _copied(parties: list[dict[str, object]], copy: Copy) -> Iterator[dict[str, object]]:
    for party in parties:
        new = dict(party)
        new["name"] = copy.party(str(party["name"]))
        if party.get("short"):
            new["short"] = copy.party(str(party["short"]))
        new["domains"] = [copy.text(f"@{name}")[1:] for name in _strings(party.get("domains"))]
        contacts = party.get("contacts")
        assert isinstance(contacts, list)
        new["contacts"] = [{**contact, "email": copy.text(contact["email"])} for contact in contacts]
        yield new


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
