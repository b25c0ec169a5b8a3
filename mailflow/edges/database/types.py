"""Column types of our own: what goes in comes out, whatever a mail holds and on every engine."""

import hashlib
import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, Text, TypeDecorator
from sqlalchemy.exc import DontWrapMixin

from mailflow.core.orders.codec import printable

Id = BigInteger().with_variant(Integer(), "sqlite")  # only an INTEGER key numbers its rows by itself there


class NaiveMomentError(ValueError, DontWrapMixin):
    """A moment without a time zone: it may mean any of twenty-four."""


class Instant(TypeDecorator[datetime]):
    """A moment: aware in, aware UTC out; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as the engine keeps it; SQLite keeps no zone, so UTC goes without saying."""
        if value is None:
            return None
        value = utc(value)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Line(TypeDecorator[str]):
    """Text of any length; what no engine can hold (NUL, lone surrogates of broken mails) becomes U+FFFD."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as every engine can hold it."""
        return None if value is None else storable(value)


class Key(TypeDecorator[str]):
    """Text that is looked up by index; a very long one (mails are untrusted) is kept as its start and a hash."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the key as it is stored and looked up."""
        return None if value is None else stored_key(value)


class Packed(TypeDecorator[bytes]):
    """Bytes, compressed at the level that costs next to nothing."""

    impl = LargeBinary()
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Return the bytes as they are stored."""
        return None if value is None else zlib.compress(value, 1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:
        """Return the bytes as they were given."""
        return None if value is None else zlib.decompress(value)


_LONGEST_KEY = 500  # an index of PostgreSQL takes 2,700 bytes, all columns together


def utc(moment: datetime) -> datetime:
    """Return a moment in UTC; a naive one is refused."""
    if moment.tzinfo is None:
        raise NaiveMomentError(f"{moment!r} has no time zone: which moment is meant?")
    return moment.astimezone(UTC)


def stored_key(text: str) -> str:
    """Return a key as it is stored and looked up; a very long one is kept as its start and a hash."""
    text = storable(text)
    if len(text) * 4 <= _LONGEST_KEY:
        return text
    data = text.encode()
    if len(data) <= _LONGEST_KEY:
        return text
    return f"{text[:100]}…{hashlib.blake2b(data, digest_size=20).hexdigest()}"


def storable(text: str) -> str:
    """Return `text` with what a database refuses shown as U+FFFD."""
    text = str(text)
    if not text.isascii():
        text = printable(text)
    return text.replace("\x00", "\ufffd") if "\x00" in text else text
