"""Digest: each morning every merchandiser gets what waits for a decision, once; nothing of it is asked twice a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy

from mailflow.core.letters.manifest import Manifest
from mailflow.core.letters.model import Duty, LetterFacts, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.core.matching.senders import SenderBook
from mailflow.core.message.model import Address
from mailflow.core.orders.codec import decode_event
from mailflow.core.orders.events import LetterQueued, LetterSent, MailRead, NewEvent, Recorded
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Situation
from mailflow.core.steering.authority import is_away
from mailflow.core.steering.digest import Morning, digest_for
from mailflow.core.steering.model import DIGEST, Colleague, Quote
from mailflow.core.steering.words import SteeringRules
from mailflow.jobs.follow_up import situation
from mailflow.jobs.ports import Store, Transaction
from mailflow.jobs.rules import FollowUpRules

NONE = "none"
_MOST_EVENTS = 20_000
_A_DAY = timedelta(days=1)
_WAITING = (LetterState.DRAFTED, LetterState.HELD, LetterState.QUEUED)


@dataclass(frozen=True, slots=True)
class Steerers:
    """Who steers and by which rules; `hours` says when each gets the digest, else the playbook does. In `shadow` mode
    nobody is obeyed or answered."""

    people: tuple[Colleague, ...]
    rules: SteeringRules
    plan: FollowUpRules
    secret: bytes
    hours: Mapping[str, time]
    shadow: bool = False
    manifests: Mapping[str, Manifest] = field(default_factory=dict)  # of the letters that steering may lead to


def send_digests(store: Store, steerers: Steerers, now: datetime) -> tuple[tuple[int, PlannedLetter], ...]:
    """Plan the digests that are due; return them with their numbers."""
    due = _due(store, steerers, now)
    if not due:
        return ()
    planned: list[tuple[int, PlannedLetter]] = []
    with store.begin() as tx:
        morning = gather_morning(tx, steerers, now)
        day = morning.frame.house_today
        for person in due:
            if tx.notes.get(_note(person, day)) is not None:
                continue
            letter = _letter(person, morning, steerers, now)
            number = tx.outbox.plan(letter, now) if letter is not None else None
            tx.notes.put(_note(person, day), NONE if number is None else str(number))
            tx.notes.put(_since(person), str(morning.last))
            if number is not None and letter is not None:
                tx.ledger.record([NewEvent(_queued(number, letter))], now)
                planned.append((number, letter))
    return tuple(planned)


def digest_number(tx: Transaction, person: str, day: date) -> int | None:
    """Return the number of a person's digest of a day."""
    noted = tx.notes.get(f"digest:{person}:{day.isoformat()}")
    return int(noted) if noted and noted != NONE else None


def last_digest(tx: Transaction, person: str, today: date, days: int) -> int | None:
    """Return the number of the last digest that a person got within some days."""
    found = (digest_number(tx, person, today - timedelta(days=back)) for back in range(days + 1))
    return next((number for number in found if number is not None), None)


def _due(store: Store, steerers: Steerers, now: datetime) -> list[Colleague]:
    """Return who should get a digest now and has not been looked at today."""
    plan = steerers.plan
    frame = _frame(Situation({}, {}, plan.house), plan, now)
    local = now.astimezone(frame.house_zone)
    if not frame.house_days.working(local.date()) or local.time() > steerers.rules.digest.latest:
        return []
    usual = plan.playbook.sending.digest_at
    ready = [one for one in steerers.people if local.time() >= steerers.hours.get(one.email, usual)]
    with store.look() as tx:
        if tx.mails.waiting():  # what lies unread may be asked about
            return []
        away = tx.views.people() if ready else {}
        return [
            one
            for one in ready
            if tx.notes.get(_note(one, local.date())) is None
            and not (one.email in away and is_away(away[one.email], local.date()))
        ]


def gather_morning(tx: Transaction, steerers: Steerers, now: datetime) -> Morning:
    """Gather everything that digests are made of."""
    plan = steerers.plan
    frame = _frame(situation(tx, plan), plan, now)
    last = tx.ledger.last()
    since = min((int(noted) for one in steerers.people if (noted := tx.notes.get(_since(one)))), default=0)
    recent = tx.ledger.after(max(since, last - _MOST_EVENTS), _MOST_EVENTS)
    events = [one for one in recent if one.at >= now - 3 * _A_DAY]
    letters = [one for one in tx.outbox.letters(_WAITING) if one.state is not LetterState.QUEUED or _by_veto(one, now)]
    senders = SenderBook((state.party for state in frame.situation.parties.values()), plan.house)
    return Morning(
        frame,
        steerers.people,
        tx.views.people(),
        letters,
        _quotes(tx, frame),
        events,
        tx.ledger.history,
        _subjects(tx, letters, events),
        last,
        lambda email: bool(senders.who(email).resembles),
    )


def _frame(today: Situation, plan: FollowUpRules, now: datetime) -> Frame:
    return Frame(today, plan.playbook, plan.calendars, now)


def _by_veto(letter: OutboxLetter, now: datetime) -> bool:
    return letter.planned.mode is Mode.VETO and not letter.approved and letter.planned.not_before > now


def _quotes(tx: Transaction, frame: Frame) -> dict[int, Quote]:
    """Return who wrote the mails that open questions are about, and when."""
    found: dict[int, Quote] = {}
    for state in frame.situation.reviews.values():
        mail = state.opened.mail
        if mail is None or mail in found:
            continue
        said = next((at for text in state.opened.proposed if (at := _said_at(text)) is not None), state.opened_at)
        read = next((one.event for one in tx.ledger.of_mail(mail) if isinstance(one.event, MailRead)), None)
        found[mail] = Quote("", read.sender if read else "", said, read.subject if read else "")
    return found


def _said_at(text: str) -> datetime | None:
    proof = getattr(decode_event(text), "proof", None)
    return proof.said_at if proof else None


def _subjects(tx: Transaction, letters: Sequence[OutboxLetter], events: Sequence[Recorded]) -> dict[int, str]:
    found = {one.id: subject for one in letters if (subject := _subject(one))}
    for recorded in events[-500:]:
        event = recorded.event
        if isinstance(event, LetterSent) and event.orders and (letter := tx.outbox.get(event.letter)):
            found[letter.id] = _subject(letter)
    return found


def _subject(letter: OutboxLetter) -> str:
    if letter.envelope is None:
        return ""
    head = letter.envelope.raw.partition(b"\r\n\r\n")[0]
    shown = str(message_from_bytes(head, policy=policy.default)["Subject"] or "")
    return shown.rpartition(" [mf")[0] or shown


def _letter(person: Colleague, morning: Morning, steerers: Steerers, now: datetime) -> PlannedLetter | None:
    digest = digest_for(person, morning, steerers.rules, steerers.secret)
    if digest.empty and (person.manager or not steerers.rules.digest.one_line):
        return None
    return PlannedLetter(
        template=DIGEST,
        step=DIGEST,
        party="",
        to=(Address(person.email, person.name),),
        language=person.language,
        mode=Mode.AUTO,
        duties=(Duty(DIGEST, "*", person.email, digest.day.isoformat()),),
        orders=(),
        facts=LetterFacts((), digest=digest),
        account=steerers.plan.account,
        not_before=now,
        urgent=True,
        why=f"{DIGEST}: {len(digest.items)} questions",
    )


def _queued(number: int, letter: PlannedLetter) -> LetterQueued:
    to = tuple(address.email for address in letter.to)
    return LetterQueued(number, letter.template, "", to, (), letter.mode, letter.why)


def _note(person: Colleague, day: date) -> str:
    return f"digest:{person.email}:{day.isoformat()}"


def _since(person: Colleague) -> str:
    return f"digest-since:{person.email}"
