"""Customers' mails that nobody has answered: until when each must be, and when our people hear of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.orders.events import AnswerWanted
from mailflow.core.orders.model import Party
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.mailed import deadline
from mailflow.core.steering.model import DigestRow, Quote, SteerLine

_BACK = 14
_MOST_WORDS = 220


@dataclass(frozen=True, slots=True)
class OwedMail:
    """A mail that waits for an answer; `until` is the evening of its writer, `told_at` when our people are told of it
    on the day (None: only in the morning), both aware UTC."""

    wanted: AnswerWanted
    party: Party
    until: datetime
    told_at: datetime | None


def owed_mails(frame: Frame) -> list[OwedMail]:
    """Return the mails of customers who are live that nobody has answered for days, the most urgent first."""
    found: list[OwedMail] = []
    for name, mails in frame.situation.unanswered.items():
        party = frame.party(name)
        if party is None or not party.live or party.live_at is None:
            continue
        for wanted in mails.owed:
            days = frame.house_days.between(frame.local(wanted.at, None), frame.house_today)
            if wanted.at >= party.live_at and days <= frame.playbook.customers.digest_days:
                until = deadline(frame, party.party, wanted.at)
                found.append(OwedMail(wanted, party.party, until, last_call(frame, until, wanted.at)))
    return sorted(found, key=lambda one: (one.until, one.wanted.at, one.wanted.mail))


def last_call(frame: Frame, until: datetime, came: datetime) -> datetime | None:
    """Return when our people are told of a mail that is to be answered by a time: so long before that, or before the
    end of our last working day before it; None where it came later than that."""
    window = frame.playbook.sending.window
    ahead = timedelta(hours=frame.playbook.customers.last_call_hours)
    day = until.astimezone(frame.house_zone).date()
    for back in range(_BACK):
        one = day - timedelta(days=back)
        if not frame.house_days.working(one):
            continue
        closes = start_of(one, frame.house_zone, window.closes)
        moment = min(until, closes) - ahead
        if moment >= start_of(one, frame.house_zone, window.opens):
            return moment if moment >= came else None
    return None


def owed_row(frame: Frame, one: OwedMail) -> DigestRow:
    """Return a mail as a line of a list: by when, in our time and in theirs."""
    here, there = one.until.astimezone(frame.house_zone), one.until.astimezone(frame.zone(one.party))
    hour = f"{here:%H:%M}"
    if here.utcoffset() != there.utcoffset():
        hour += f" ({str(there.tzinfo).rpartition('/')[2].replace('_', ' ')} {there:%H:%M})"
    wanted = one.wanted
    line = SteerLine(
        "owed" if one.until > frame.now else "owed_late",
        ", ".join(wanted.orders[:3]),
        day=here.date(),
        party=one.party.short or one.party.name,
        person=wanted.sender,
        text=wanted.subject[:120],
        hour=hour,
    )
    words = wanted.words if len(wanted.words) <= _MOST_WORDS else wanted.words[: _MOST_WORDS - 1] + "…"
    return DigestRow(line, Quote(words, "", wanted.at))
