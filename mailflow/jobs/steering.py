"""Steering by mail: what a mail of one of our own people comes to. Nothing is written here (`steering_done` does)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.letters.tokens import find_tokens, our_letters, verify
from mailflow.core.mails import StoredMail
from mailflow.core.matching.senders import looks_like
from mailflow.core.message.attached import attached_mail
from mailflow.core.message.headers import headers_of
from mailflow.core.message.model import Line, Message, MessageKind
from mailflow.core.playbook.frame import Frame
from mailflow.core.reading.words import Words
from mailflow.core.steering.act import Heard, act
from mailflow.core.steering.authority import Authority, Bearing, House, Standing, authority
from mailflow.core.steering.beside import said_in_quote, said_unseen
from mailflow.core.steering.books import MailedBook
from mailflow.core.steering.effects import Effects
from mailflow.core.steering.forwarded import is_forwarded, named_in, original
from mailflow.core.steering.keys import find_keys, without_keys
from mailflow.core.steering.model import STEPS, Digest, SteeringReply, SteerLine
from mailflow.core.steering.obey import Floor
from mailflow.core.steering.parse import parse
from mailflow.core.steering.said import Choice, Said
from mailflow.core.steering.tokens import Tongue
from mailflow.core.steering.words import Verb, fold
from mailflow.jobs.digest import Steerers, digest_number, gather_morning, last_digest
from mailflow.jobs.follow_up import situation
from mailflow.jobs.ports import Transaction
from mailflow.jobs.steering_book import Agreed, Books, agree_to_book, hear_book
from mailflow.jobs.steering_record import TxRecord

Parse = Callable[[StoredMail], Message]
_STALE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that has come in, with the letters of ours that it answers, latest first."""

    mail: StoredMail
    message: Message
    answered: Sequence[OutboxLetter]


@dataclass(frozen=True, slots=True)
class Understood:
    """What a mail comes to: `digest` is the letter whose numbers it speaks of, `obeys` the mail that is obeyed, which
    is an earlier one where its writer only says that it was theirs."""

    heard: Heard
    floor: Floor
    obeys: int
    digest: int = 0
    forwarded: Message | None = None  # a mail of somebody else's that is to be filed
    filed: tuple[str, ...] = ()  # to these orders


class Steering:
    """Understands mails of our own people. `mailboxes` are the addresses that we follow."""

    def __init__(self, steerers: Steerers, words: Words, mailboxes: Sequence[str], books: Books | None = None) -> None:
        self.steerers = steerers
        self._books = books
        self._words = words
        self._mailboxes = frozenset(address.lower() for address in mailboxes)
        self._people = {one.email: one for one in steerers.people}

    def understand(self, tx: Transaction, arrived: Arrived, parse_mail: Parse, now: datetime) -> Understood | None:
        """Return what a mail comes to; None for an ordinary mail. Writes nothing."""
        message = arrived.message
        steerers, frame = self.steerers, self._frame(tx, [], now)
        answers = steerers.rules.answers
        house = House(self._people, tx.views.people(), steerers.secret, answers, frame.house_today)
        record = TxRecord(
            tx,
            steerers.rules,
            frame.house_today,
            lambda: gather_morning(tx, steerers, now),
            lambda orders: self._frame(tx, orders, now),
        )
        tongue = self._tongue(message, record, now)
        said = parse(_lines(message), tongue)
        unseen = said_unseen(message, said, lambda lines: parse(lines, tongue))
        bearing = replace(self._bearing(tx, arrived), unseen=unseen)
        found = authority(message, bearing, house, speaks=bool(said.answers or said.commands or unseen))
        if found.standing is Standing.NOT_OURS:
            return None
        floor = Floor(found.person or steerers.people[0], house, steerers.rules, record, Effects())
        heard = Heard(said, found, unseen=unseen or self._only_quoted(arrived, said, found, tongue, parse_mail))
        if found.standing is Standing.REFUSE:
            return Understood(heard, floor, arrived.mail.id)
        inner = self._forwarded(arrived, tongue, parse_mail) if found.says != "ask_doubt" else None
        if inner is not None:
            orders = named_in(message, tongue)
            return Understood(Heard(Said(), found), floor, arrived.mail.id, forwarded=inner, filed=orders)
        mailed = self._mailed(arrived.mail, message)
        if mailed is not None:
            return self._heard_book(tx, mailed, heard, floor, arrived.mail.id)
        asked = _asked(found)
        if asked is not None and heard.only_yes in (Choice.YES, Choice.NONE, Choice.STOP):
            return self._after_asking(tx, heard, asked, floor, parse_mail, now)
        return self._acted(tx, heard, floor, arrived.mail.id)

    def _only_quoted(self, arrived: Arrived, said: Said, found: Authority, tongue: Tongue, parse_mail: Parse) -> str:
        """Return why an answer that stands in the quote of our letter alone is not obeyed."""
        letter = found.letter
        if said.answers or said.commands or found.keys or letter is None or letter.envelope is None:
            return ""
        ours = parse_mail(replace(arrived.mail, raw=letter.envelope.raw)).text
        return said_in_quote(arrived.message, lambda lines: parse(lines, tongue), ours)

    def may_concern(self, message: Message, answered: Sequence[OutboxLetter]) -> bool:
        """Say whether a mail may want to steer; what one of ours writes to colleagues or parties is theirs to read."""
        if not self._people:
            return False
        if any(letter.planned.step in STEPS for letter in answered) or find_keys(message.subject):
            return True
        if message.kind is not MessageKind.PERSONAL:
            return False
        domains = {one.rpartition("@")[2] for one in (*self._people, *self._mailboxes)}
        if message.sender.email in self._people:
            read_by = [one.email for one in (*message.to, *message.cc) if one.email]
            to_colleagues = any(one.email in self._people for one in message.to)
            return not to_colleagues and all(email.rpartition("@")[2] in domains for email in read_by)
        if find_tokens(message.subject):
            return True
        name, domain = fold(message.sender.name), message.sender.email.rpartition("@")[2]
        if any(name and (name == fold(one.name) or one.email in name) for one in self._people.values()):
            return True
        return any(looks_like(domain, one) for one in domains)

    def _frame(self, tx: Transaction, orders: Sequence[str], now: datetime) -> Frame:
        plan = self.steerers.plan
        return Frame(situation(tx, plan, orders), plan.playbook, plan.calendars, now)

    def _tongue(self, message: Message, record: TxRecord, now: datetime) -> Tongue:
        person = self._people.get(message.sender.email)
        said = message.date
        today = said.date() if said is not None and abs(said - now) <= _STALE else record.today()
        people = self._people.values()
        names = {fold(one.name.split()[0]): one.email for one in people if one.name.split()}
        names |= {fold(name): one.email for one in people for name in (one.name, one.email) if name}
        own = (fold(person.name), *fold(person.name).split(), person.email.partition("@")[0]) if person else ()
        chinese = person is not None and person.language.startswith("zh")
        return Tongue(
            self.steerers.rules,
            self._words.folder,
            self._words.dates,
            record.named_orders,
            today,
            False if chinese else None,
            record.named_parties,
            names,
            tuple(name for name in own if name),
        )

    def _forwarded(self, arrived: Arrived, tongue: Tongue, parse_mail: Parse) -> Message | None:
        """Return the mail of somebody else's that one of ours forwards, attached or in the text."""
        message = arrived.message
        if attached := attached_mail(arrived.mail.raw):
            inner: Message | None = parse_mail(replace(arrived.mail, raw=attached))
        else:
            inner = original(message, tongue) if is_forwarded(message) else None
        return None if inner is None or not inner.sender.email or inner.sender.email in self._people else inner

    def _bearing(self, tx: Transaction, arrived: Arrived) -> Bearing:
        secret, subject = self.steerers.secret, arrived.message.subject
        named = [tx.outbox.get(number) for number in our_letters(secret, subject)]
        letters = [*arrived.answered, *(letter for letter in named if letter is not None)]
        forged = any(not verify(secret, token) for token in find_tokens(subject))
        senders = len(headers_of(arrived.mail.raw).addresses("from")) or 1
        message = arrived.message
        authentic = False if message.unproven else True if message.proven else None
        return Bearing(tuple(letters), find_keys(subject), forged, senders, authentic)

    def _acted(self, tx: Transaction, heard: Heard, floor: Floor, mail: int) -> Understood:
        number, digest = _digest(tx, heard.authority, floor)
        heard = replace(heard, digest=digest, undoes=_undoes(heard, floor))
        letter = heard.authority.letter
        confirmed = letter is not None and letter.planned.facts.steering is not None
        if not (confirmed and heard.only_yes is Choice.YES):  # else it is "ok" to what we confirmed
            act(heard, floor)
        return Understood(heard, floor, mail, number)

    def _mailed(self, mail: StoredMail, message: Message) -> MailedBook | None:
        """Return the order book that a mail brings along."""
        files = any(not one.forwarded and not one.inline for one in message.attachments)
        return self._books.read(mail.raw) if self._books is not None and files else None

    def _heard_book(self, tx: Transaction, mailed: MailedBook, heard: Heard, floor: Floor, mail: int) -> Understood:
        assert self._books is not None
        hear_book(tx, self._books, mailed, heard, floor)
        if not heard.wants:
            return Understood(heard, floor, mail)
        return self._acted(tx, replace(heard, said=replace(heard.said, unclear=(), doubtful=False)), floor, mail)

    def _after_asking(
        self, tx: Transaction, heard: Heard, asked: SteeringReply, floor: Floor, parse_mail: Parse, now: datetime
    ) -> Understood:
        """Do what an earlier mail said, of which its writer now says that it was theirs."""
        mail = tx.mails.get(asked.mail)
        record = floor.record
        if heard.only_yes is not Choice.YES or mail is None or not isinstance(record, TxRecord):
            floor.out.told.append(SteerLine("left_alone"))
            return Understood(heard, floor, asked.mail)
        if asked.book is not None and self._books is not None and (mailed := self._books.read(mail.raw)) is not None:
            letter = heard.authority.letter
            assert letter is not None
            agree_to_book(tx, self._books, mailed, Agreed(asked.book, letter.id, mail.id), floor)
            return Understood(heard, floor, mail.id)
        if record.obeyed(mail.id):
            floor.out.fail("done_already")
            return Understood(heard, floor, mail.id)
        message = parse_mail(mail)
        said = parse(_lines(message), self._tongue(message, record, now))
        letters = self._bearing(tx, Arrived(mail, message, ())).letters
        letter = next((one for one in letters if one.planned.step in STEPS), None)
        theirs = letter is None or floor.house.decides_for(floor.person, letter.planned.to[0].email)
        found = Authority(Standing.OBEY, floor.person, letter=letter if theirs else None)
        heard = Heard(said, found)
        mailed = self._mailed(mail, message)
        if mailed is not None:
            return self._heard_book(tx, mailed, heard, floor, mail.id)
        return self._acted(tx, heard, floor, mail.id)


def _lines(message: Message) -> Sequence[Line]:
    """Return the lines that may say something to us: those of the mail, else its subject."""
    if message.lines or message.in_reply_to or message.references:
        return message.lines
    return (Line(without_keys(message.subject)),)


def _digest(tx: Transaction, found: Authority, floor: Floor) -> tuple[int, Digest | None]:
    """Return the digest whose numbers a mail speaks of: the one that it answers, else its writer's last."""
    letter, person, house = found.letter, floor.person.email, floor.house
    if found.keys:
        number = digest_number(tx, person, found.keys[0].day)
    elif letter is not None and letter.planned.facts.steering is not None:
        number = letter.planned.facts.steering.digest
    elif letter is not None:
        number = letter.id
    else:
        number = last_digest(tx, person, house.today, house.rules.valid_days)
    kept = tx.outbox.get(number) if number else None
    return number or 0, kept.planned.facts.digest if kept is not None else None


def _undoes(heard: Heard, floor: Floor) -> int | None:
    """Return the mail that `undo` is about: the one that was confirmed, else the writer's last."""
    if not any(command.verb is Verb.UNDO for command in heard.said.commands):
        return None
    letter = heard.authority.letter
    reply = letter.planned.facts.steering if letter is not None else None
    return reply.mail if reply is not None and reply.mail else floor.record.last_steered(floor.person.email)


def _asked(found: Authority) -> SteeringReply | None:
    """Return what a person was asked to confirm by the letter that a mail answers."""
    letter = found.letter if found.standing is Standing.OBEY else None
    reply = letter.planned.facts.steering if letter is not None else None
    return reply if reply is not None and reply.confirm else None
