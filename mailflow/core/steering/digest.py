"""The morning digest: what a person must decide, what is late, what went out in their name, what came in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from mailflow.core.letters.model import LetterState, Mode, OutboxLetter
from mailflow.core.orders.events import DatePromised, LetterSent, MailRead, Recorded, ReviewOpened
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState, PersonState, ReviewState
from mailflow.core.playbook.frame import Frame, is_open
from mailflow.core.steering.authority import is_away
from mailflow.core.steering.candidates import candidates_of, letter_candidates
from mailflow.core.steering.keys import key_of
from mailflow.core.steering.model import (
    UNANSWERED,
    Colleague,
    Digest,
    DigestItem,
    DigestList,
    DigestRow,
    Quote,
    SteerLine,
)
from mailflow.core.steering.owed import owed_mails, owed_row
from mailflow.core.steering.words import SteeringRules

FAR = date.max
_LONGEST = 220
_ENTERED = "update"


@dataclass(frozen=True, slots=True)
class Morning:
    """Everything that the digests of a day are made of. `quotes` tells of the mails that questions are about, `events`
    are those since the last digest, `history` gives an order's own."""

    frame: Frame
    people: Sequence[Colleague]
    away: Mapping[str, PersonState]
    letters: Sequence[OutboxLetter]  # that wait for a person, or for silence
    quotes: Mapping[int, Quote]
    events: Sequence[Recorded]
    history: Callable[[str], Sequence[Recorded]]
    subjects: Mapping[int, str]  # of letters that were sent
    last: int
    strange: Callable[[str], bool]  # an address that looks like somebody else's


def digest_for(person: Colleague, morning: Morning, rules: SteeringRules, secret: bytes) -> Digest:
    """Return what a person gets; nothing in it names what is not theirs to decide."""
    today = morning.frame.house_today
    desk = _Desk(person, morning)
    ranked = sorted(desk.items(), key=desk.rank)
    shown = [_keyed(replace(item, number=n), person, today, secret) for n, item in enumerate(ranked, start=1)]
    limit, rows = rules.digest.questions, rules.digest.rows
    late = late_rows(person, morning, rules)
    return Digest(
        today,
        today + timedelta(days=rules.answers.valid_days),
        tuple(shown[:limit]),
        len(shown[limit:]),
        listed(late, rows),
        listed(list(desk.sent()), rows),
        listed(list(desk.came()), rows),
        listed(owed_rows(person, morning), rows),
    )


def listed(rows: Sequence[DigestRow], most: int) -> DigestList:
    """Return the first of some rows, and how many more there are."""
    return DigestList(tuple(rows[:most]), len(rows[most:]))


def _keyed(item: DigestItem, person: Colleague, today: date, secret: bytes) -> DigestItem:
    keyed = (replace(one, link=key_of(secret, person.email, today, item.number, one.key)) for one in item.candidates)
    return replace(item, candidates=tuple(keyed))


def owner_of(orders: Iterable[OrderState], morning: Morning) -> str:
    """Return who decides about orders: their merchandiser, the delegate of who is away, or the first of our people."""
    known = {one.email for one in morning.people}
    found = next((state.merchandiser for state in orders if state.merchandiser in known), "")
    owner = found or (morning.people[0].email if morning.people else "")
    state = morning.away.get(owner)
    if state is not None and is_away(state, morning.frame.house_today) and state.delegate in known:
        return state.delegate
    return owner


def owner_for(numbers: Iterable[str], party: str, morning: Morning) -> str:
    """Return who decides about orders, or where none is named about an open one of a party's."""
    orders = morning.frame.situation.orders
    states = [state for number in numbers if (state := orders.get(number)) is not None]
    if not states and party:
        states = [one for one in orders.values() if one.order.party == party and is_open(one)][:1]
    return owner_of(states, morning)


def owed_rows(person: Colleague, morning: Morning) -> list[DigestRow]:
    """Return the mails of customers that nobody has answered and that are a person's, the most urgent first."""
    mine = [
        one
        for one in owed_mails(morning.frame)
        if owner_for(one.wanted.orders, one.wanted.party, morning) == person.email
    ]
    return [owed_row(morning.frame, one) for one in mine]


def late_rows(person: Colleague, morning: Morning, rules: SteeringRules) -> list[DigestRow]:
    """Return a person's orders that are late or at risk, the latest first."""
    frame = morning.frame
    found: list[tuple[int, str, DigestRow]] = []
    for state in frame.situation.orders.values():
        if not is_open(state) or owner_of([state], morning) != person.email:
            continue
        if frame.reached(state, Milestone.SHIP) is not None:
            continue
        stands = frame.standing(state, Milestone.SHIP)
        if stands.anchor is None:
            continue
        days = (frame.house_today - stands.anchor).days
        at_risk = not stands.promised and -rules.digest.at_risk_days <= days <= 0
        if days > 0 or at_risk:
            kind = "late" if days > 0 else "at_risk"
            line = SteerLine(kind, state.order.number, "ship", stands.anchor, days, state.order.party)
            found.append((-days, state.order.number, DigestRow(line)))
    return [_proved(row, morning) for _, _, row in sorted(found, key=lambda one: one[:2])]


def _proved(row: DigestRow, morning: Morning) -> DigestRow:
    """Add the words by which the date that stands was promised."""
    for recorded in reversed(morning.history(row.line.order)):
        event = recorded.event
        if isinstance(event, DatePromised) and event.milestone == Milestone.SHIP and event.date == row.line.day:
            proof = event.proof
            return row if proof is None else replace(row, quote=Quote(proof.words, proof.sender, proof.said_at))
    return row


class _Desk:
    """One person's share of a morning."""

    def __init__(self, person: Colleague, morning: Morning) -> None:
        self._person = person
        self._morning = morning
        self._frame = morning.frame
        self._orders = morning.frame.situation.orders

    def items(self) -> list[DigestItem]:
        """Return everything that waits for this person, not numbered yet."""
        waiting = {f"L{letter.id}" for letter in self._morning.letters}
        reviews = self._frame.situation.reviews
        found = [self._question(state) for item, state in reviews.items() if item not in waiting]
        found += [self._letter(letter) for letter in self._morning.letters]
        return [item for item in found if item is not None]

    def rank(self, item: DigestItem) -> tuple[date, Decimal, str]:
        """Rank by ship date, then by money."""
        values = [self._value(number) for number in item.orders]
        return item.due or FAR, -max(values, default=Decimal(0)), item.item

    def sent(self) -> Iterable[DigestRow]:
        """Return the letters that went out in this person's name."""
        for recorded in self._morning.events:
            event = recorded.event
            if not isinstance(event, LetterSent) or event.template == UNANSWERED:
                continue
            if event.orders and self._is_mine(event.orders):
                subject = self._morning.subjects.get(event.letter, event.template)
                line = SteerLine("row_sent", ", ".join(event.orders[:3]), person=", ".join(event.to[:2]), text=subject)
                yield DigestRow(line, Quote("", said=recorded.at))

    def came(self) -> Iterable[DigestRow]:
        """Return the mails of which something was entered."""
        words: dict[int, str] = {}
        for recorded in self._morning.events:
            proof = getattr(recorded.event, "proof", None)
            if proof is not None:
                words.setdefault(proof.mail, proof.words)
        for recorded in self._morning.events:
            event = recorded.event
            if isinstance(event, MailRead) and event.disposition == _ENTERED and self._is_mine(event.orders):
                line = SteerLine("row_came", ", ".join(event.orders[:3]), person=event.sender, text=event.subject)
                yield DigestRow(line, Quote(_short(words.get(event.mail, "")), event.sender, recorded.at))

    def _is_mine(self, orders: Iterable[str]) -> bool:
        states = [state for number in orders if (state := self._orders.get(number)) is not None]
        return bool(states) and owner_of(states, self._morning) == self._person.email

    def _question(self, state: ReviewState) -> DigestItem | None:
        opened = state.opened
        names = tuple(dict.fromkeys((*opened.orders, *opened.candidates)))
        if owner_for(names, opened.party, self._morning) != self._person.email:
            return None
        known = self._morning.quotes.get(opened.mail or 0)
        quote = replace(known, words=_short(opened.words)) if known else None
        orders = opened.orders[:5]
        return DigestItem(
            0,
            opened.item,
            _short(opened.question),
            orders,
            opened.party,
            candidates_of(opened, quote, self._party_of(opened), self._frame.house_today, self._morning.strange),
            quote,
            due=self._due(names),
            as_of=self._morning.last,
        )

    def _letter(self, letter: OutboxLetter) -> DigestItem | None:
        planned = letter.planned
        if not planned.party or owner_for(planned.orders, planned.party, self._morning) != self._person.email:
            return None
        review = self._frame.situation.reviews.get(f"L{letter.id}")
        veto = letter.state is LetterState.QUEUED and planned.mode is Mode.VETO
        lacks = letter.state is LetterState.HELD and letter.envelope is None
        kind = "goes_unless" if veto else ("waits_held" if lacks else "waits_draft")
        subject = self._morning.subjects.get(letter.id, planned.template.replace("_", " "))
        to = ", ".join(address.email for address in planned.to)
        return DigestItem(
            0,
            f"L{letter.id}",
            review.opened.question if review else "",
            planned.orders[:5],
            planned.party,
            letter_candidates(planned.orders, veto=veto, held=lacks),
            line=SteerLine(kind, ", ".join(planned.orders[:3]), person=to, party=planned.party, text=subject),
            due=self._due(planned.orders),
            as_of=self._morning.last,
        )

    def _party_of(self, opened: ReviewOpened) -> str:
        """Return the one party whose orders a stranger wrote about."""
        numbers = (*opened.orders, *opened.candidates)
        parties = {state.order.party for number in numbers if (state := self._orders.get(number)) is not None}
        return parties.pop() if len(parties) == 1 and not opened.party else ""

    def _due(self, orders: Iterable[str]) -> date | None:
        states = (self._orders.get(number) for number in orders)
        days = [self._frame.standing(state, Milestone.SHIP).anchor for state in states if state is not None]
        return min((day for day in days if day is not None), default=None)

    def _value(self, number: str) -> Decimal:
        state = self._orders.get(number)
        order = state.order if state else None
        return (order.quantity or Decimal(0)) * (order.unit_price or Decimal(0)) if order else Decimal(0)


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
