"""Look again: letters that wait for a person are withdrawn once their reason is gone, or queued once all is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.letters.manifest import Manifest, missing_fields
from mailflow.core.letters.model import BY_HAND, LetterState, OutboxLetter, PlannedLetter
from mailflow.core.orders.events import Event, LetterWithdrawn, NewEvent, ReviewDecided, ReviewOpened
from mailflow.core.playbook.claims import still_due
from mailflow.core.steering.chasing import STEP as CHASE_NOW
from mailflow.jobs.ports import Store, Transaction
from mailflow.jobs.rules import FollowUpRules
from mailflow.jobs.situations import situations

BY_PEOPLE = frozenset({BY_HAND, CHASE_NOW})
"""Letters that a person ordered; they are no rule's to take back."""


@dataclass(frozen=True, slots=True)
class LookReport:
    """Letters that were withdrawn (in shadow mode: would be), with the reason, and those that may go on."""

    withdrawn: tuple[tuple[int, str], ...] = ()
    released: tuple[int, ...] = ()


def look_again(
    store: Store, rules: FollowUpRules, manifests: Mapping[str, Manifest], now: datetime, *, shadow: bool = False
) -> LookReport:
    """Look at drafts that lie in Drafts and at letters that lack a field; in shadow mode only say what would become of
    them."""
    with store.look() as tx:
        if shadow:
            return _report(_looked_at(tx, rules, manifests, now))
        if not tx.outbox.letters([LetterState.DRAFTED, LetterState.HELD]):
            return LookReport()
    with store.begin() as tx:
        found = _looked_at(tx, rules, manifests, now)
        open_items = set(tx.views.reviews())
        for letter, verdict in found:
            if isinstance(verdict, str):
                _withdraw(tx, letter, verdict, now, asked=f"L{letter.id}" in open_items)
            else:
                tx.outbox.release(letter.id, verdict, now)
                if f"L{letter.id}" in open_items:
                    tx.ledger.record([NewEvent(ReviewDecided(f"L{letter.id}", "all that was missing is there"))], now)
    return _report(found)


Verdicts = list[tuple[OutboxLetter, PlannedLetter | str]]


def _report(found: Verdicts) -> LookReport:
    return LookReport(
        tuple((letter.id, verdict) for letter, verdict in found if isinstance(verdict, str)),
        tuple(letter.id for letter, verdict in found if not isinstance(verdict, str)),
    )


def _looked_at(tx: Transaction, rules: FollowUpRules, manifests: Mapping[str, Manifest], now: datetime) -> Verdicts:
    """Return the letters that do not wait any longer: with the reason why they are withdrawn, or the plan to go by."""
    waiting = [
        letter
        for letter in tx.outbox.letters([LetterState.DRAFTED, LetterState.HELD])
        if letter.planned.step not in BY_PEOPLE
        and (letter.state is LetterState.DRAFTED or _lacks(letter.planned, manifests))
    ]
    situation_of = situations(tx, rules, [letter.planned.orders for letter in waiting])
    found: Verdicts = []
    for letter in waiting:
        today = situation_of(letter.planned.orders)
        reason, fresh = still_due(letter.planned, today, rules.playbook, rules.calendars, now)
        if letter.state is LetterState.DRAFTED:
            reason = reason or _outdated(letter.planned, fresh)
        if reason:
            found.append((letter, reason))
        elif letter.state is LetterState.HELD and not _lacks(fresh, manifests):
            found.append((letter, fresh))
    return found


def _lacks(planned: PlannedLetter, manifests: Mapping[str, Manifest]) -> bool:
    """Say whether a letter lacks a field without which it may not go: held for anything else, a person decides."""
    manifest = manifests.get(planned.template)
    return bool(planned.missing) or (manifest is not None and bool(missing_fields(manifest, planned.facts)))


def _outdated(drafted: PlannedLetter, fresh: PlannedLetter) -> str:
    """Return why a draft says what no longer holds; its bytes do not change."""
    if fresh.told != drafted.told:
        return "it names a date that no longer stands"
    if fresh.facts.accounts != drafted.facts.accounts:
        return "what it says is owed has changed"
    if set(drafted.enclosed) - set(fresh.enclosed):
        return "a document that goes along with it is no longer to go"
    gone = set(drafted.duties) - set(fresh.duties)
    orders = ", ".join(sorted({duty.order for duty in gone}))
    return f"what it says of {orders} no longer holds" if gone else ""


def _withdraw(tx: Transaction, letter: OutboxLetter, reason: str, now: datetime, *, asked: bool) -> None:
    """Take a letter back; of a draft a person is told, for nothing is ever deleted in a mailbox."""
    item, planned = f"L{letter.id}", letter.planned
    tx.outbox.withdraw(letter.id, reason)
    events: list[Event] = [LetterWithdrawn(letter.id, planned.orders, reason)]
    if letter.state is LetterState.DRAFTED:
        about = f"{planned.template} about {', '.join(planned.orders)}" if planned.orders else planned.template
        question = f"The draft {item} ({about}) lies in Drafts still but must not go out: {reason}. Please delete it."
        events.append(ReviewOpened(item, question, planned.orders, party=planned.party))
    elif asked:
        events.append(ReviewDecided(item, f"withdrawn: {reason}"))
    tx.ledger.record([NewEvent(event) for event in events], now)
