"""Follow up: what the playbook and the clock make due becomes letters in the outbox, each duty once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailflow.core.letters.model import PlannedLetter
from mailflow.core.orders.events import LetterQueued, NewEvent, ReviewOpened
from mailflow.core.playbook.due import due
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.model import Done, Held, Situation
from mailflow.jobs.awake import OVER, drafts, due_now
from mailflow.jobs.ports import Store, Transaction
from mailflow.jobs.rules import FollowUpRules
from mailflow.jobs.steer import quiet_parties


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    """Letters that went into the outbox (in shadow mode: would have), and what was held back and why.

    Of what is held back only what was looked at in this round is told. `inside` says that letters to others were not
    looked at: an answer may lie unread. `behind`: some orders wait for the next round, which should come at once.
    """

    planned: tuple[tuple[int, PlannedLetter], ...] = ()
    held: tuple[Held, ...] = ()
    inside: bool = False
    behind: bool = False


def follow_up(
    store: Store,
    rules: FollowUpRules,
    now: datetime,
    *,
    outside: bool = True,
    shadow: bool = False,
    crash_point: Callable[[str], None] = lambda name: None,
) -> FollowUpReport:
    """Plan every letter that is due at `now`; in shadow mode only say which.

    Without `outside`, or while a stored mail waits to be read, nothing is planned that leaves the house.
    """
    if shadow:
        with store.look() as tx:
            inside = not outside or tx.mails.waiting()
            letters, held, _ = _due_letters(tx, rules, now, inside=inside, look=True)
        return FollowUpReport(tuple((0, letter) for letter in letters), held, inside)
    with store.begin() as tx:
        inside = not outside or tx.mails.waiting()
        letters, held, behind = _due_letters(tx, rules, now, inside=inside)
        planned = tuple((n, letter) for letter in letters if (n := plan_letter(tx, letter, now)) is not None)
        crash_point("before_plan_commit")
    crash_point("after_plan_commit")
    return FollowUpReport(planned, held, inside, behind)


def preview_live(
    tx: Transaction, rules: FollowUpRules, party: str, now: datetime
) -> tuple[list[str], tuple[PlannedLetter, ...], tuple[Held, ...]]:
    """Return the quiet parties that `party` means, and what they would be sent, or not, if they went live at `now`."""
    names = quiet_parties(tx, party)
    today = situation(tx, rules)
    woken = {name: replace(today.parties[name], live=True, live_at=now) for name in names}
    then = replace(today, parties={**today.parties, **woken})
    dues, held = due(then, rules.playbook, rules.calendars, now)
    letters = plan_letters([one for one in dues if one.party in names], then, rules.playbook, rules.account)
    return names, letters, held


def situation(tx: Transaction, rules: FollowUpRules, orders: Sequence[str] | None = None) -> Situation:
    """Gather what decides what is due; with `orders` only those and the ones linked to them."""
    states = tx.views.orders() if orders is None else tx.views.linked(orders)
    done = tuple(Done(r.duty, r.at, r.state not in OVER) for r in tx.outbox.duties(orders))
    return Situation(
        states,
        tx.views.parties(),
        rules.house,
        tx.views.addresses(),
        tx.views.reviews(),
        done,
        rules.outside,
        drafts(tx),
        tx.views.complaining(),
        tx.views.unanswered(),
    )


def _due_letters(
    tx: Transaction, rules: FollowUpRules, now: datetime, *, inside: bool, look: bool = False
) -> tuple[tuple[PlannedLetter, ...], tuple[Held, ...], bool]:
    """Return the letters that are due, what is held back, and whether orders wait for the next round; where nothing may
    be written, all orders are looked at."""
    behind = False
    if look:
        rests_on = situation(tx, rules)
        dues, held = due(rests_on, rules.playbook, rules.calendars, now)
    else:
        found = due_now(tx, rules, now)
        rests_on, dues, held, behind = found.situation, found.dues, found.held, found.behind
    dues = tuple(one for one in dues if not one.party) if inside else dues
    return plan_letters(dues, rests_on, rules.playbook, rules.account), held, behind


def plan_letter(tx: Transaction, letter: PlannedLetter, now: datetime) -> int | None:
    """Put a letter in the outbox, with the event that says so and a question where a field is missing; return its
    number, None where any of its duties is there already."""
    number = tx.outbox.plan(letter, now)
    if number is None:
        return None
    queued = LetterQueued(
        number, letter.template, letter.party, tuple(a.email for a in letter.to), letter.orders, letter.mode, letter.why
    )
    events = [NewEvent(queued)]
    if letter.missing:
        tx.outbox.hold(number, f"missing: {', '.join(letter.missing)}")
        question = f"{letter.template} for {', '.join(letter.orders)} waits for: {', '.join(letter.missing)}"
        events.append(NewEvent(ReviewOpened(f"L{number}", question, letter.orders, party=letter.party)))
    tx.ledger.record(events, now)
    return number
