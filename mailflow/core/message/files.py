"""The files that a mail brings along, as bytes; those of mails attached to it are not its own."""

from collections.abc import Iterator

from mailflow.core.message.bodies import FilePart, headers_of, walk
from mailflow.core.message.limits import LIMITS
from mailflow.core.message.parse import parsed
from mailflow.core.message.repair import repaired


def own_files(raw: bytes) -> Iterator[FilePart]:
    """Yield the files of a mail, without pictures of its text and without attached mails."""
    problems: list[str] = []
    part = parsed(repaired(raw[: LIMITS.raw_bytes]), problems)
    for file in walk(part, headers_of(part, LIMITS), LIMITS).files:
        if file.nested is None and not file.inline and file.data:
            yield file
