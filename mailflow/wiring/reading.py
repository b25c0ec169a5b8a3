"""The core's reading made ready with the rules and the order book as they stand in the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from mailflow.core.deciding.decide import MailInHand
from mailflow.core.deciding.rights import differing
from mailflow.core.deciding.wanted import answer_wanted
from mailflow.core.documents.filing import filed, named_in_files
from mailflow.core.hand.drafts import draft_of, edited, text_alone
from mailflow.core.letters.model import OutboxLetter
from mailflow.core.letters.tokens import our_letters
from mailflow.core.mails import StoredMail
from mailflow.core.matching.learned import as_learned
from mailflow.core.matching.senders import SenderBook
from mailflow.core.message.model import Message
from mailflow.core.message.parse import parse_message
from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.events import AnswerWanted, Change, NewEvent
from mailflow.core.orders.model import House, Milestone
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.reading.book import Book, Thread
from mailflow.core.reading.gather import texts_of
from mailflow.core.reading.model import Reading
from mailflow.core.reading.reader import read_message
from mailflow.edges.files.attachments import open_attachment
from mailflow.jobs.ports import Transaction
from mailflow.settings.model import Settings
from mailflow.wiring.rules import Rules

CHANGES_THE_SENDERS = (
    *(e.PartyImported, e.PartyChanged, e.PartyVanished),
    *(h.ContactLearned, h.DateOrderLearned, h.LearnedWithdrawn),
)

_NO_SERVERS: Mapping[str, str] = MappingProxyType({})


def languages_of(settings: Settings) -> Mapping[str, str]:
    """Return in which language each of our people is asked; under the empty address, the house's."""
    people = (*settings.merchandisers, *settings.managers)
    return {"": settings.language} | {person.email: person.language or settings.language for person in people}


class BookReader:
    """Reads mails against one state of rules and order book; the ledger's dates are looked up as they are needed."""

    def __init__(
        self, rules: Rules, book: Book, tx: Transaction, secret: bytes, authservs: Mapping[str, str] = _NO_SERVERS
    ) -> None:
        self._authservs = authservs
        self._rules = rules
        self._book = book
        self._tx = tx
        self._secret = secret

    def parse(self, mail: StoredMail) -> Message:
        """Return the message that the stored bytes hold."""
        server = self._authservs.get(mail.key.account, "")
        return parse_message(mail.raw, open_attachment, self._rules.phrases, authserv_id=server)

    def expect(self, messages: Sequence[Message]) -> None:
        """Look up together what orders these messages may name."""
        plain = self._rules.words.folder.plain
        self._book.lookup.expect(plain(text) for message in messages for text in texts_of(message))

    def read(self, message: Message, ours: Sequence[OutboxLetter]) -> Reading:
        """Read a message; `ours` are the letters of ours that it answers, latest first."""
        return self._read(message, ours, "")

    def differing(self, mail: MailInHand, states: Mapping[str, OrderState]) -> Mapping[str, tuple[Change, ...]]:
        """Return, by order, where a confirmation in it is not what was ordered (五适)."""
        return differing(mail, states, self._rules.book.orders, self._rules.playbook.documents)

    def filed(self, mail: MailInHand, parties: Mapping[str, PartyState]) -> list[NewEvent]:
        """Return which of its files are documents of orders, and what is asked about the others."""
        words = self._rules.playbook.documents
        numbers = {*(match.order for match in mail.reading.orders), *named_in_files(mail, self._book.lookup)}
        return filed(mail, self._tx.views.orders(sorted(numbers)), parties, words) if numbers else []

    def read_ours(self, message: Message, to: str, answered: Sequence[OutboxLetter]) -> Reading:
        """Read a mail that one of ours wrote to an address."""
        return self._read(message, answered, to)

    def _read(self, message: Message, ours: Sequence[OutboxLetter], to: str) -> Reading:
        letters = list(ours) or self._by_token(message)
        thread = Thread(
            tuple(order for letter in letters[:1] for order in letter.planned.orders),
            tuple(dict.fromkeys(line.milestone for letter in letters[:1] for line in letter.planned.facts.lines)),
        )
        return read_message(message, self._book, self._rules.words, lambda ids: thread, ours_to=to)

    def wants_answer(self, mail: StoredMail, message: Message, reading: Reading) -> AnswerWanted | None:
        """Return that somebody must answer a customer's mail, where it wants an answer."""
        senders, delicate = self._book.senders, self._rules.playbook.customers.delicate
        sender = senders.who(message.sender.email)
        return answer_wanted(mail.id, mail.received_at, message, reading, sender.party, senders.is_ours, delicate)

    def draft_of(self, message: Message, drafts: Sequence[OutboxLetter]) -> tuple[OutboxLetter, bool] | None:
        """Return the draft of ours that a mail in Sent or Drafts is, and whether its words were changed."""
        named = self._by_token(message)
        written = {letter.id: letter for letter in (*drafts, *named) if letter.envelope is not None}
        if not written:
            return None
        parsed = {letter.id: self._forms(letter) for letter in written.values()}
        found = draft_of(
            message, [(letter, parsed[letter.id]) for letter in written.values()], [letter.id for letter in named]
        )
        return None if found is None else (found, edited(message, parsed[found.id]))

    def _forms(self, letter: OutboxLetter) -> tuple[Message, ...]:
        raw = letter.envelope.raw if letter.envelope is not None else b""
        forms = dict.fromkeys((raw, text_alone(raw)))
        return tuple(parse_message(form, open_attachment, self._rules.phrases) for form in forms)

    def _by_token(self, message: Message) -> list[OutboxLetter]:
        """Return the letter whose signed token stands in the subject: some programs drop In-Reply-To."""
        numbers = our_letters(self._secret, message.subject)
        found = (self._tx.outbox.get(number) for number in numbers)
        return [letter for letter in found if letter is not None]


class BookReaders:
    """Makes readers; who writes is looked up in memory, orders in the database, whose index moves with the ledger."""

    def __init__(
        self,
        house: House,
        secret: bytes,
        authservs: Mapping[str, str] = _NO_SERVERS,
        languages: Mapping[str, str] = _NO_SERVERS,
    ) -> None:
        self._house = house
        self._languages = languages  # by merchandiser's address; the empty address has the house's
        self._authservs = authservs  # by account, the mail server whose Authentication-Results are believed
        self._secret = secret
        self._senders: SenderBook | None = None
        self._seen = 0
        self._tx: Transaction | None = None

    def reader(self, rules: Rules, tx: Transaction) -> BookReader:
        """Return a reader for the mails of one transaction."""
        self._tx = tx
        if self._senders is None or tx.ledger.any_after(self._seen, CHANGES_THE_SENDERS):
            known = [state.party for state in tx.views.parties().values() if not state.vanished]
            self._senders = SenderBook(as_learned(known, tx.views.learned().values()), self._house)
        self._seen = tx.ledger.last()
        book = Book(tx.identifiers, self._senders, self._house, self._standing, self._speaks)
        return BookReader(rules, book, tx, self._secret, self._authservs)

    def _speaks(self, orders: Sequence[str]) -> str:
        """Return the language of the merchandiser of the first of these orders that has one."""
        found = [self._tx.identifiers.order(number) for number in orders[:3]] if self._tx else []
        people = [order.merchandiser for order in found if order is not None and order.merchandiser]
        said = next((self._languages[person] for person in people if person in self._languages), None)
        return (said or self._languages.get("", "en")).partition("-")[0]

    def _standing(self, order: str, milestone: Milestone) -> date | None:
        """Return the latest promise for the whole of an order."""
        state = self._tx.views.orders([order]).get(order) if self._tx else None
        lots = state.lots if state else ()
        return next((lot.promise for lot in lots if lot.milestone == milestone and not lot.part), None)
