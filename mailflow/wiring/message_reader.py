"""What any process needs to read mails: rules, the order book as it stands in the database, and what was promised."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Protocol

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.letters.tokens import our_letters
from mailflow.core.mails import StoredMail
from mailflow.core.matching.goods import PartyGoods
from mailflow.core.matching.learned import as_learned
from mailflow.core.matching.senders import SenderBook
from mailflow.core.message.model import Message, OpenFile
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases
from mailflow.core.orders.model import House, Milestone
from mailflow.core.reading.book import Book, Thread
from mailflow.core.reading.gather import texts_of
from mailflow.core.reading.model import Reading
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.words import Words
from mailflow.edges.files.attachments import open_attachment
from mailflow.jobs.ahead import CHANGES_THE_BOOK, CHANGES_THE_SENDERS, Grounded, Promise
from mailflow.jobs.ports import Transaction

NO_SERVERS: Mapping[str, str] = MappingProxyType({})


class ReadingRules(Protocol):
    """The rules that reading needs."""

    @property
    def phrases(self) -> Phrases: ...
    @property
    def words(self) -> Words: ...


class Promises:
    """The latest promises of a ledger, and which of them have been looked at."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._looked: dict[tuple[str, Milestone], Promise] = {}

    def latest(self, order: str, milestone: Milestone) -> date | None:
        """Return the latest promise for the whole of an order."""
        state = self._tx.views.orders([order]).get(order)
        lots = state.lots if state else ()
        day = next((lot.promise for lot in lots if lot.milestone == milestone and not lot.part), None)
        self._looked[order, milestone] = Promise(order, milestone, day)
        return day

    def looked_at(self) -> tuple[Promise, ...]:
        """Return what was looked at since this was last asked."""
        looked, self._looked = self._looked, {}
        return tuple(looked.values())


class MessageReader:
    """Reads mails against one state of rules and order book; the ledger's dates are looked up as they are needed."""

    def __init__(
        self,
        rules: ReadingRules,
        book: Book,
        tx: Transaction,
        secret: bytes,
        authservs: Mapping[str, str] = NO_SERVERS,
        open_file: OpenFile = open_attachment,
    ) -> None:
        self._words, self._phrases = rules.words, rules.phrases
        self._promises = Promises(tx)
        self._book = replace(book, standing=self._promises.latest)
        self._tx = tx
        self._secret = secret
        self._authservs = authservs
        self._open_file = open_file

    def parse(self, mail: StoredMail) -> Message:
        """Return the message that the stored bytes hold."""
        server = self._authservs.get(mail.key.account, "")
        return parse_message(mail.raw, self._open_file, self._phrases, authserv_id=server)

    def expect(self, messages: Sequence[Message]) -> None:
        """Look up together what orders these messages may name."""
        plain = self._words.folder.plain
        self._book.lookup.expect(plain(text) for message in messages for text in texts_of(message))

    def read(self, message: Message, ours: Sequence[OutboxLetter]) -> Reading:
        """Read a message; `ours` are the letters of ours that it answers, latest first."""
        return self._read(message, self._thread(message, ours))

    def read_ours(self, message: Message, to: str, answered: Sequence[OutboxLetter]) -> Reading:
        """Read a mail that one of ours wrote to an address."""
        return self._read(message, self._thread(message, answered), to)

    def read_grounded(self, message: Message, ours: Sequence[OutboxLetter]) -> Grounded:
        """Read a message, and say what the reading rests on."""
        thread = self._thread(message, ours)
        self._promises.looked_at()
        reading = self._read(message, thread)
        return Grounded(reading, thread, self._promises.looked_at())

    def holds(self, grounded: Grounded, message: Message, ours: Sequence[OutboxLetter]) -> bool:
        """Say whether a reading would be the same now, as long as names and senders are."""
        promises = all(self._promises.latest(one.order, one.milestone) == one.day for one in grounded.promises)
        return promises and grounded.thread == self._thread(message, ours)

    def _read(self, message: Message, thread: Thread, to: str = "") -> Reading:
        return read_message(message, self._book, self._words, lambda ids: thread, ours_to=to)

    def _thread(self, message: Message, ours: Sequence[OutboxLetter]) -> Thread:
        letters = list(ours) or self._by_token(message)
        return Thread(
            tuple(order for letter in letters[:1] for order in letter.planned.orders),
            tuple(dict.fromkeys(line.milestone for letter in letters[:1] for line in letter.planned.facts.lines)),
        )

    def _by_token(self, message: Message) -> list[OutboxLetter]:
        """Return the letter whose signed token stands in the subject: some programs drop In-Reply-To."""
        numbers = our_letters(self._secret, message.subject)
        found = (self._tx.outbox.get(number) for number in numbers)
        return [letter for letter in found if letter is not None]


class MessageReaders:
    """Makes readers; who writes is looked up in memory, orders in the database, whose index moves with the ledger."""

    def __init__(
        self,
        house: House,
        secret: bytes,
        authservs: Mapping[str, str] = NO_SERVERS,
        languages: Mapping[str, str] = NO_SERVERS,
    ) -> None:
        self._house = house
        self._languages = dict(languages)  # by merchandiser's address; the empty address has the house's
        self._authservs = dict(authservs)  # by account, the mail server whose Authentication-Results are believed
        self._secret = secret
        self._senders: SenderBook | None = None
        self._words: Words | None = None
        self._goods: dict[str, PartyGoods | None] = {}
        self._seen = 0

    def message_reader(self, rules: ReadingRules, tx: Transaction, open_file: OpenFile) -> MessageReader:
        """Return a reader for the mails of one transaction, and nothing that follows from them."""
        return MessageReader(rules, self._book(rules.words, tx), tx, self._secret, self._authservs, open_file)

    def afresh(self) -> "MessageReaders":
        """Return such a maker that has looked at nothing yet, for another process."""
        return MessageReaders(self._house, self._secret, self._authservs, self._languages)

    def _book(self, words: Words, tx: Transaction) -> Book:
        if words is not self._words or tx.ledger.any_after(self._seen, CHANGES_THE_BOOK):
            self._words, self._goods = words, {}
        if self._senders is None or tx.ledger.any_after(self._seen, CHANGES_THE_SENDERS):
            known = [state.party for state in tx.views.parties().values() if not state.vanished]
            self._senders = SenderBook(as_learned(known, tx.views.learned().values()), self._house)
        self._seen = tx.ledger.last()
        return Book(tx.identifiers, self._senders, self._house, speaks=partial(self._speaks, tx), goods=self._goods)

    def _speaks(self, tx: Transaction, orders: Sequence[str]) -> str:
        """Return the language of the merchandiser of the first of these orders that has one."""
        found = [tx.identifiers.order(number) for number in orders[:3]]
        people = [order.merchandiser for order in found if order is not None and order.merchandiser]
        said = next((self._languages[person] for person in people if person in self._languages), None)
        return (said or self._languages.get("", "en")).partition("-")[0]
