"""A mailbox over IMAP, read without a trace: folders open read-only, bodies are peeked at, nothing is expunged."""

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from imap_tools import BaseMailBox
from imap_tools.errors import MailboxAppendError, MailboxFolderSelectError
from imap_tools.utils import encode_folder

from mailflow.core.mailbox import (
    FetchedMail,
    Folder,
    FolderError,
    FolderStatus,
    LoginError,
    RefusedError,
    UnsupportedError,
    folder_for,
)
from mailflow.edges.imap.account import LARGEST
from mailflow.edges.imap.answers import UNKNOWN_DATE, Answer, as_set, fetch_answers, number_sets
from mailflow.edges.imap.errors import decode, hang_up, last_untagged, refused, talking
from mailflow.edges.imap.folders import name_uses, parse_list
from mailflow.edges.imap.idle import LONGEST, Wake, wait_for_wake, wait_for_words

CHUNK = 200
"""UIDs in one command: more make it no faster, and servers refuse commands that are too long."""
BATCH_BYTES = 8 * 1024 * 1024
"""Mails fetched with one command hold about this much, so that big ones do not fill the memory."""
SCANNED = 200
"""How many of the latest headers are looked through for a Message-ID that the server's search does not find."""


class ImapMailbox:
    """One connection to one mailbox, for one thread. Give it up after a DisconnectedError and connect again."""

    def __init__(self, box: BaseMailBox, *, largest: int = LARGEST) -> None:
        self._box = box
        self._client: imaplib.IMAP4 = box.client
        self._largest = largest
        self._folder: str | None = None
        self._status = FolderStatus(0, 0, 0)
        self._polled: dict[str, tuple[int, int]] = {}  # folder → UIDVALIDITY, and up to which UID it was asked

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do, asked again after the login."""
        return frozenset(self._client.capabilities)

    def folders(self) -> list[Folder]:
        """List the folders by their decoded names, Drafts and Sent among them known by use."""
        with talking(self._client, "listing the folders"):
            typ, data = self._client.list('""', '"*"')
            if typ != "OK":
                raise refused("listing the folders", [line for line in data if isinstance(line, bytes)])
            return name_uses(list(parse_list(data)))

    def folder_for(self, use: str) -> str | None:
        """Return the name of the folder for `drafts` or `sent`, or None."""
        return folder_for(self.folders(), use)

    def select(self, folder: str, *, writable: bool = False) -> FolderStatus:
        """Open a folder; what follows is about this folder. Only one opened `writable` tells its permanent flags."""
        return self._open(folder, read_only=not writable)

    def uids_above(self, uid: int) -> list[int]:
        """Return the UIDs above this one, in rising order."""
        self._note_polled(uid)
        if not self._status.exists:
            return []  # servers disagree on what a range means in an empty folder
        above = f"{uid + 1}:*"
        found = set(self._fetch(above, "(UID)"))
        if self._client.untagged_responses.pop("EXPUNGE", None):
            found |= self._ask_anew(above, "(UID)").keys()
        self._note_polled(max(found, default=uid))
        return sorted(each for each in found if each > uid)  # n:* always names the last mail too

    def first_uid_since(self, since: datetime) -> int:
        """Return the lowest UID that arrived at or after `since`; UIDNEXT where there is none."""
        if not self._status.exists:
            return self._status.uidnext
        answers = self._fetch("1:*", "(UID INTERNALDATE)").values()
        arrived = (each.uid for each in answers if (each.internaldate or UNKNOWN_DATE) >= since)
        return min(arrived, default=self._status.uidnext)

    def fetch(self, uids: Sequence[int]) -> Iterator[FetchedMail]:
        """Yield the mails in rising order of UID; what is gone by now is left out, giants come without bytes."""
        for chunk in number_sets(sorted(set(uids)), CHUNK):
            known = self._ask(chunk, "(UID FLAGS INTERNALDATE RFC822.SIZE)")
            for batch in self._batches([known[uid] for uid in chunk if uid in known]):
                yield from self._fetch_batch(batch)

    def append(self, folder: str, raw: bytes, flags: Sequence[str], at: datetime) -> int | None:
        """Put a mail into a folder; return its UID where the server tells it (RFC 4315)."""
        doing = f"putting a mail into {folder}"
        with talking(self._client, doing):
            try:
                _, said = self._box.append(raw, folder, at, flags)
            except MailboxAppendError as no:
                said = no.command_result[1]
                if b"[TRYCREATE]" in b" ".join(line for line in said if isinstance(line, bytes)).upper():
                    raise FolderError(f"{doing}: there is no such folder") from no
                raise refused(doing, said) from no
            told = re.search(rb"\[APPENDUID \d+ (\d+)\]", said[-1] or b"")
            return int(told[1]) if told else None

    def find_message_id(self, folder: str, message_id: str) -> int | None:
        """Return the UID of the latest mail in the folder that has this Message-ID."""
        with self._visiting(folder) as status:
            if not status.exists:
                return None
            found = self._with_message_id(as_set(self._search(message_id)), message_id)
            if found is None:
                # Not found may mean that the search is no good: the mails themselves are asked.
                latest = range(max(1, status.exists - SCANNED + 1), status.exists + 1)
                found = self._with_message_id(f"{latest[0]}:{latest[-1]}", message_id, by_uid=False)
            return found

    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """Return the flags of those of some mails of the selected folder that are still there."""
        found: dict[int, frozenset[str]] = {}
        for chunk in number_sets(sorted(set(uids)), CHUNK):
            answers = self._fetch(as_set(chunk), "(UID FLAGS)")
            found |= {uid: frozenset(answers[uid].flags or ()) for uid in chunk if uid in answers}
        return found

    def create(self, folder: str) -> None:
        """Make a folder, and let mail programs show it."""
        doing = f"making the folder {folder}"
        with talking(self._client, doing):
            name = encode_folder(folder).decode("ascii")
            typ, data = self._client.create(name)
            if typ != "OK":
                raise refused(doing, [line for line in data if isinstance(line, bytes)])
            self._client.subscribe(name)

    def add_keyword(self, uids: Sequence[int], keyword: str) -> None:
        """Mark mails of the selected folder with a keyword, where it keeps such; elsewhere nothing happens."""
        if uids and self._writable().keeps(keyword):
            self._change(uids, "STORE", "+FLAGS.SILENT", f"({keyword})")

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails of the selected folder to another one, in one step of the server's (RFC 6851)."""
        if "MOVE" not in self.capabilities:
            raise UnsupportedError("the server cannot move mails (no MOVE): leave out the folder for read mails")
        if uids:
            self._writable()
            self._change(uids, "MOVE", encode_folder(folder))

    def idle(self, wake: Wake, seconds: float) -> bool:
        """Wait until the server speaks (True), `wake` is readable or the time is up; look for new mail after each."""
        seconds = min(seconds, LONGEST)
        if self._has_news():
            return True
        if "IDLE" not in self.capabilities:
            wait_for_wake(wake, seconds)
            return False
        with talking(self._client, "waiting for mail"):
            tag = self._client._command("IDLE")
            spoken = False
            while self._client._get_response() is not None:  # None: "+ idling"
                spoken = True
                if ended := self._client.tagged_commands.get(tag):
                    raise refused("waiting for mail", cast("tuple[str, list[bytes]]", ended)[1])
            spoken = spoken or wait_for_words(self._client, wake, seconds)
            self._client.send(b"DONE\r\n")
            self._box.consume_until_tagged_response(tag)
        return spoken

    def close(self) -> None:
        """Say goodbye and hang up; a connection that is broken already is no error here."""
        try:
            self._client.sock.settimeout(5)
            self._client.logout()
        except (imaplib.IMAP4.error, OSError):
            hang_up(self._client)

    def _open(self, folder: str, *, read_only: bool) -> FolderStatus:
        with talking(self._client, f"opening the folder {folder}"):
            try:
                self._box.folder.set(folder, readonly=read_only)
            except MailboxFolderSelectError as no:
                raise self._not_opened(folder, "; ".join(decode(line) for line in no.command_result[1])) from no
            except imaplib.IMAP4.readonly:
                pass  # it opens, for reading only: its PERMANENTFLAGS say so
            self._folder, self._status = folder, self._read_status()
        return self._status

    def _not_opened(self, folder: str, said: str) -> FolderError | LoginError:
        self._folder, self._status = None, FolderStatus(0, 0, 0)
        if "unsafe login" in said.lower():
            return LoginError(f"{said}: the provider does not let this client in; allow it in the web mail")
        names = ", ".join(each.name for each in self.folders() if each.selectable)
        return FolderError(f"the folder {folder} cannot be opened ({said}); there are: {names}")

    def _read_status(self) -> FolderStatus:
        told = {name: last_untagged(self._client, name) for name in ("UIDVALIDITY", "UIDNEXT", "EXISTS")}
        numbers = {name: int(value) for name, value in told.items() if value}
        if "UIDVALIDITY" not in numbers:
            raise UnsupportedError(
                "the server gives its mails no lasting numbers (no UIDVALIDITY): it cannot be followed"
            )
        exists = numbers.get("EXISTS", 0)
        if "UIDNEXT" not in numbers:  # an old server
            numbers["UIDNEXT"] = max(self._fetch("*", "(UID)") if exists else (), default=0) + 1
        lasting = re.findall(r"[^\s()]+", decode(last_untagged(self._client, "PERMANENTFLAGS")).lower())
        return FolderStatus(numbers["UIDVALIDITY"], numbers["UIDNEXT"], exists, frozenset(lasting))

    @contextmanager
    def _visiting(self, folder: str) -> Iterator[FolderStatus]:
        """Open another folder for a moment and come back."""
        before = self._folder
        yield self.select(folder)
        if before is not None and before != folder:
            self.select(before)

    def _writable(self) -> FolderStatus:
        """Open the selected folder again, for changes; its UIDs must still mean the same."""
        if self._folder is None:
            raise RefusedError("no folder is selected")
        uidvalidity = self._status.uidvalidity
        status = self._open(self._folder, read_only=False)
        if status.uidvalidity != uidvalidity:
            raise RefusedError(f"the folder {self._folder} was made anew in between: its mails have other numbers now")
        return status

    def _fetch(self, numbers: str, items: str, *, by_uid: bool = True) -> dict[int, Answer]:
        doing = f"fetching from {self._folder}"
        with talking(self._client, doing):
            typ, data = self._client.uid("FETCH", numbers, items) if by_uid else self._client.fetch(numbers, items)
            if typ != "OK":
                raise refused(doing, [line for line in data if isinstance(line, bytes)])
            return fetch_answers(data)

    def _note_polled(self, uid: int) -> None:
        if self._folder is not None:
            self._polled[self._folder] = self._status.uidvalidity, max(uid + 1, self._status.uidnext)

    def _has_news(self) -> bool:
        """Whether mails came since they were last asked for: IDLE tells only what is news to the server."""
        polled = self._polled.get(self._folder or "", (0, 0))
        told = int(last_untagged(self._client, "EXISTS") or 0)
        return told > self._status.exists or (
            polled[0] == self._status.uidvalidity and self._status.uidnext > polled[1]
        )

    def _ask(self, uids: Sequence[int], items: str) -> dict[int, Answer]:
        """Fetch, and ask again for what was not answered: servers pass mails over while others expunge."""
        answers = self._fetch(as_set(uids), items)
        if missing := [uid for uid in uids if uid not in answers]:
            answers |= self._ask_anew(as_set(missing), items)
        return answers

    def _ask_anew(self, numbers: str, items: str) -> dict[int, Answer]:
        with talking(self._client, f"fetching from {self._folder}"):
            self._client.noop()  # the server tells what is gone, and counts the rest anew
        return self._fetch(numbers, items)

    def _batches(self, mails: Sequence[Answer]) -> Iterator[list[Answer]]:
        batch: list[Answer] = []
        held = 0
        for mail in mails:
            size = min(mail.size or 0, self._largest)
            if batch and held + size > BATCH_BYTES:
                yield batch
                batch, held = [], 0
            batch.append(mail)
            held += size
        if batch:
            yield batch

    def _fetch_batch(self, batch: Sequence[Answer]) -> Iterator[FetchedMail]:
        wanted = [mail.uid for mail in batch if (mail.size or 0) <= self._largest]
        bodies, problems = self._bodies(wanted)
        for mail in batch:
            body = bodies.pop(mail.uid, None)
            if mail.uid in wanted and body is None and mail.uid not in problems:
                continue  # gone since its size was asked
            size = mail.size if mail.size is not None else len(body or b"")
            problem = problems.get(mail.uid, "")
            if mail.uid not in wanted:
                problem = f"the mail has {size:,} bytes, more than the {self._largest:,} that are fetched"
            yield FetchedMail(mail.uid, mail.flags or (), mail.internaldate or UNKNOWN_DATE, size, body, problem)

    def _bodies(self, uids: Sequence[int]) -> tuple[dict[int, bytes], dict[int, str]]:
        """Fetch the bytes; where the server refuses, one by one, so that one bad mail does not hide the others."""
        if not uids:
            return {}, {}
        try:
            answers = self._ask(uids, "(UID BODY.PEEK[])")
        except RefusedError as no:
            if len(uids) == 1:
                return {}, {uids[0]: str(no)}
            bodies: dict[int, bytes] = {}
            problems: dict[int, str] = {}
            for uid in uids:
                body, problem = self._bodies([uid])
                bodies |= body
                problems |= problem
            return bodies, problems
        return {uid: answer.body for uid, answer in answers.items() if answer.body is not None}, {}

    def _search(self, message_id: str) -> list[int]:
        if not re.fullmatch(r"[!#-\[\]-~]+", message_id):  # printable ASCII but for quotes: anything else is not sent
            return []
        with talking(self._client, "searching"):
            try:
                typ, data = self._client.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return []  # this server cannot search: the headers are looked through instead
        return sorted(int(uid) for uid in (data[0] or b"").split()) if typ == "OK" else []

    def _with_message_id(self, numbers: str, message_id: str, *, by_uid: bool = True) -> int | None:
        if not numbers:
            return None
        answers = self._fetch(numbers, "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", by_uid=by_uid)
        return max((uid for uid, answer in answers.items() if _names(answer.body, message_id)), default=None)

    def _change(self, uids: Sequence[int], *command: Any) -> None:
        name, *rest = command
        doing = f"{name} in {self._folder}"
        for chunk in number_sets(sorted(set(uids)), CHUNK):
            with talking(self._client, doing):
                typ, data = self._client.uid(name, as_set(chunk), *rest)
                if typ != "OK":
                    raise refused(doing, [line for line in data if isinstance(line, bytes)])


def _names(header: bytes | None, message_id: str) -> bool:
    value = decode(header or b"").partition(":")[2]
    return "".join(value.split()) == message_id
