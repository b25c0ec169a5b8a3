"""A person orders a letter: it is put together from the record, and its draft waits for them."""

from datetime import datetime

from mailflow.core.letters.manifest import Manifest
from mailflow.core.letters.model import PlannedLetter
from mailflow.core.playbook.by_hand import Wanted, letter_by_hand
from mailflow.core.playbook.frame import Frame
from mailflow.jobs.follow_up import plan_letter, situation
from mailflow.jobs.ports import Store, Transaction
from mailflow.jobs.rules import FollowUpRules


def put_together(
    tx: Transaction, rules: FollowUpRules, manifest: Manifest, wanted: Wanted, now: datetime
) -> PlannedLetter:
    """Return the letter that a person wants; raises CannotWriteError with what is missing."""
    frame = Frame(situation(tx, rules, wanted.orders), rules.playbook, rules.calendars, now)
    return letter_by_hand(frame, manifest, wanted, rules.account)


def write_letter(
    store: Store, rules: FollowUpRules, manifest: Manifest, wanted: Wanted, now: datetime
) -> tuple[int, PlannedLetter]:
    """Put the draft of a letter in the outbox and return it with its number; raises CannotWriteError."""
    with store.begin() as tx:
        letter = put_together(tx, rules, manifest, wanted, now)
        number = plan_letter(tx, letter, now)
        assert number is not None, "its occasion is this very moment"
    return number, letter
