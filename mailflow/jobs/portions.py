"""Which orders a round looks at: those that are awake, whole parties of them, the most urgent first, and not too many.

After changed rules every order of every party is looked at once, party by party. The orders of one party are looked at
together, so that what becomes one letter in a look at all orders becomes one here.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailflow.core.playbook.looks import Awoken, is_still_awake
from mailflow.jobs.ports import Transaction
from mailflow.jobs.rules import FollowUpRules

AT_MOST = 1000
"""So many orders are looked at in one round, unless a single party has more."""
_WAITING = 5
"""So many times as many that are awake are looked through for the most urgent parties."""
_LOOKED_AT = timedelta(minutes=5)
"""What was looked at in this time and is awake still waits for something to happen, and hurries nobody."""
_RULES = "follow_up.rules"
_PARTIES = "follow_up.parties"
_LISTS = "follow_up.lists"


@dataclass(frozen=True, slots=True)
class Portion:
    """The orders of a round; `behind` says that others wait for the next one."""

    keys: tuple[str, ...]
    behind: bool


def take_portion(tx: Transaction, rules: FollowUpRules, now: datetime, at_most: int) -> Portion:
    """Return the orders that this round looks at, and remember whose turn comes later."""
    unseen = _parties_unseen(tx, rules)
    awake: dict[str, list[Awoken]] = {}
    found = tx.views.awake(now, _WAITING * at_most)
    for one in found:
        awake.setdefault(one.party, []).append(one)
    more = len(found) == _WAITING * at_most
    whole = {*unseen, *awake} if more else set(unseen)  # where there are more, some of a party may lack
    since = {name: min(one.since for one in own) for name, own in awake.items()}
    by_time = sorted(awake, key=lambda name: (since[name], name))
    urgent = [name for name in by_time if not all(is_still_awake(one) for one in awake[name])]
    long_ago = {name for name in by_time if since[name] < now - _LOOKED_AT}
    keys: list[str] = []
    taken: set[str] = set()
    for name in dict.fromkeys((*urgent, *unseen, *by_time)):
        own = tx.views.of_party(name) if name in whole else [one.key for one in awake[name]]
        if keys and len(keys) + len(own) > at_most:
            break
        keys += own
        taken.add(name)
    left = [name for name in unseen if name not in taken]
    if len(left) < len(unseen):
        tx.notes.put(_PARTIES, json.dumps(left))
    behind = bool(left) or (more and bool(urgent)) or not taken.issuperset({*urgent, *long_ago})
    return Portion(tuple(keys), behind)


def lists_of(tx: Transaction, portion: Portion, wanted: Collection[str]) -> set[str]:
    """Return the lists for our own people that are written now: all that are wanted, once no order waits any more."""
    noted = tx.notes.get(_LISTS) or "[]"
    pending = set(json.loads(noted)) | set(wanted)
    left = json.dumps(sorted(pending) if portion.behind else [])
    if left != noted:
        tx.notes.put(_LISTS, left)
    return set() if portion.behind else pending


def _parties_unseen(tx: Transaction, rules: FollowUpRules) -> dict[str, None]:
    """Return the parties whose orders have not been looked at under the rules as they are, the most urgent first."""
    fingerprint = hashlib.sha256(repr((rules.playbook, rules.calendars.fingerprint, rules.house)).encode()).hexdigest()
    if tx.notes.get(_RULES) != fingerprint:
        tx.notes.put(_RULES, fingerprint)
        tx.notes.put(_PARTIES, json.dumps(tx.views.parties_by_urgency()))
    return dict.fromkeys(json.loads(tx.notes.get(_PARTIES) or "[]"))
