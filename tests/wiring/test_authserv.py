"""The mail server that an account trusts is the one whose word on a sender is believed."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

from mailflow.core.mails import MailKey, MailState, StoredMail
from mailflow.core.message.phrases import Phrases
from mailflow.core.reading.book import build_book
from mailflow.jobs.ports import Transaction
from mailflow.wiring.reading import BookReader
from mailflow.wiring.rules import Rules

RAW = b"Authentication-Results: mx.company.example; dmarc=fail\nFrom: a@b.example\n\nx\n"


def stored(account: str) -> StoredMail:
    return StoredMail(1, MailKey(account, "INBOX", 1, 1), datetime(2026, 11, 1, tzinfo=UTC), 9, RAW, MailState.STORED)


def test_each_account_trusts_its_own_server() -> None:
    rules = cast(Rules, SimpleNamespace(phrases=Phrases(), words=None))
    nothing = build_book((), (), None), cast(Transaction, None)
    reader = BookReader(rules, *nothing, b"", {"followup": "mx.company.example", "other": ""})

    assert reader.parse(stored("followup")).unproven == "DMARC of b.example failed"
    assert reader.parse(stored("other")).unproven == ""
    assert reader.parse(stored("unheard_of")).unproven == ""
