"""Whether the ledger holds what `mailflow read` gives for the same mails, but for what only a ledger can know.

`read` knows no earlier mail; the ledger does. So two differences are right, each told by what must be there then:
a fact that a person is asked about because an earlier mail settled otherwise, and a day that counts from the latest
promise in place of the due date.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mailflow.core.orders import events as e
from mailflow.core.orders.codec import decode_event
from mailflow.core.orders.events import Event, Recorded
from mailflow.edges.database import DatabaseStore

_LEDGERS_DOUBTS = ("goes in lots", "is recorded as done on", "is older than the one that promised")
ASKED = "facts are asked about, because an earlier mail settled otherwise"
FROM_PROMISE = "days count from the latest promise, where `read` takes the due date"
EXPLAINED = (ASKED, FROM_PROMISE)


@dataclass(frozen=True, slots=True)
class Fact:
    """An update that is entered without asking."""

    order: str
    kind: str
    milestone: str = ""
    day: date | None = None

    @property
    def what(self) -> tuple[str, str, str]:
        """What has a day, whichever it is."""
        return self.order, self.kind, self.milestone


class DisagreementError(Exception):
    """The ledger holds something else than `mailflow read` gives."""


@dataclass(slots=True)
class Entered:
    """What the ledger holds of one mail; `stood` are the promises that stood when it was read."""

    disposition: str
    facts: set[Fact] = field(default_factory=set)
    asked: dict[tuple[str, str, str], str] = field(default_factory=dict)
    stood: dict[tuple[str, str], date] = field(default_factory=dict)


def compare(store: DatabaseStore, lines: bytes) -> list[str]:
    """Hold every mail's events against its line; return in words what was found, raise on what nothing explains."""
    with store.look() as tx:
        entered = _entered(tx.ledger.after(0, 10_000_000))
        due = {number: state.order.due_date for number, state in tx.views.orders().items()}
    found: Counter[str] = Counter()
    unexplained: list[str] = []
    for line in lines.splitlines():
        said = json.loads(line)
        mail = entered.pop(said["message_id"], None)
        differences = list(_differences(said, mail, due)) if mail else ["it is not in the ledger"]
        found.update(difference for difference in differences if difference in EXPLAINED)
        unexplained += [f"{said['id']}: {what}" for what in differences if what not in EXPLAINED]
        found["facts are the same in both"] += len(mail.facts & _facts(said)) if mail else 0
    unexplained += [f"{message_id}: `mailflow read` was never given it" for message_id in entered]
    if unexplained:
        raise DisagreementError("\n".join([f"{len(unexplained)} differences without a reason:", *unexplained[:20]]))
    return [f"{count} {what}" for what, count in found.most_common()]


def _differences(said: Mapping[str, Any], mail: Entered, due: Mapping[str, date | None]) -> Iterator[str]:
    """Yield the reason of each difference, or a description of one that has none."""
    facts = _facts(said)
    left = mail.facts - facts
    for fact in sorted(facts - mail.facts, key=str):
        alike = [other for other in left if other.what == fact.what]
        shifted = next((other for other in alike if _counts_from_promise(fact, other, mail, due)), None)
        if shifted is not None:
            left.discard(shifted)
            yield FROM_PROMISE
        elif any(doubt in mail.asked.get(fact.what, "") for doubt in _LEDGERS_DOUBTS):
            yield ASKED
        else:
            yield f"read says {fact}, the ledger has {sorted(map(str, alike)) or 'nothing'} and asks {mail.asked}"
    yield from (f"the ledger has {fact}, which read does not say" for fact in sorted(left, key=str))
    if mail.disposition != said["disposition"]:
        yield f"read says {said['disposition']}, the ledger {mail.disposition}"


def _counts_from_promise(read: Fact, entered: Fact, mail: Entered, due: Mapping[str, date | None]) -> bool:
    """Whether a day was counted from the promise that stood, as far as `read` counted it from the due date."""
    stood, planned = mail.stood.get((read.order, read.milestone)), due.get(read.order)
    if stood is None or planned is None or read.day is None or entered.day is None:
        return False
    return entered.day - stood == read.day - planned


def _facts(said: Mapping[str, Any]) -> set[Fact]:
    return {
        Fact(u["order"], u["kind"], u.get("milestone") or "", date.fromisoformat(u["date"]) if u.get("date") else None)
        for u in said["updates"]
        if u.get("applied")
    }


def _entered(recorded: Iterable[Recorded]) -> dict[str, Entered]:
    """Return what the ledger holds by Message-ID."""
    by_mail: dict[int, Entered] = {}
    by_message_id: dict[str, Entered] = {}
    standing: dict[tuple[str, str], date] = {}
    for event in (one.event for one in recorded):
        match event:
            case e.MailRead():
                mail = by_mail[event.mail] = by_message_id[event.message_id] = Entered(event.disposition)
                mail.stood = {key: day for key, day in standing.items() if key[0] in event.orders}
            case e.ReviewOpened() if event.mail is not None:
                proposed = [_fact(decode_event(text)) for text in event.proposed]
                by_mail[event.mail].asked |= {fact.what: event.question for fact in proposed if fact}
            case e.OrderAcknowledged() | e.DatePromised() | e.MilestoneReached() if event.proof is not None:
                fact = _fact(event)
                assert fact is not None
                by_mail[event.proof.mail].facts.add(fact)
        if isinstance(event, e.DatePromised) and not event.part:
            standing[event.order, event.milestone] = event.date
    return by_message_id


def _fact(event: Event) -> Fact | None:
    match event:
        case e.OrderAcknowledged():
            return Fact(event.order, "acknowledged")
        case e.DatePromised():
            return Fact(event.order, "forecast", event.milestone, event.date)
        case e.MilestoneReached():
            return Fact(event.order, "done", event.milestone, event.date)
        case _:
            return None
