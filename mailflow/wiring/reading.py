"""The core's reading and what follows from it, with the rules and the order book as they stand in the database."""

from collections.abc import Mapping, Sequence

from mailflow.core.deciding.decide import MailInHand
from mailflow.core.deciding.rights import differing
from mailflow.core.deciding.wanted import answer_wanted
from mailflow.core.documents.filing import filed, named_in_files
from mailflow.core.hand.drafts import draft_of, edited, text_alone
from mailflow.core.letters.model import OutboxLetter
from mailflow.core.mails import StoredMail
from mailflow.core.message.model import Message
from mailflow.core.message.parse import parse_message
from mailflow.core.orders.events import AnswerWanted, Change, NewEvent
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.reading.book import Book
from mailflow.core.reading.model import Reading
from mailflow.jobs.ports import Transaction
from mailflow.wiring.message_reader import NO_SERVERS, MessageReader, MessageReaders
from mailflow.wiring.rules import Rules


class BookReader(MessageReader):
    """Reads mails, and says what they come to by the playbook."""

    def __init__(
        self, rules: Rules, book: Book, tx: Transaction, secret: bytes, authservs: Mapping[str, str] = NO_SERVERS
    ) -> None:
        super().__init__(rules, book, tx, secret, authservs)
        self._rules = rules

    def differing(self, mail: MailInHand, states: Mapping[str, OrderState]) -> Mapping[str, tuple[Change, ...]]:
        """Return, by order, where a confirmation in it is not what was ordered (五适)."""
        return differing(mail, states, self._rules.book.orders, self._rules.playbook.documents)

    def filed(self, mail: MailInHand, parties: Mapping[str, PartyState]) -> list[NewEvent]:
        """Return which of its files are documents of orders, and what is asked about the others."""
        words = self._rules.playbook.documents
        numbers = {*(match.order for match in mail.reading.orders), *named_in_files(mail, self._book.lookup)}
        return filed(mail, self._tx.views.orders(sorted(numbers)), parties, words) if numbers else []

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
        return tuple(parse_message(form, self._open_file, self._phrases) for form in forms)


class BookReaders(MessageReaders):
    """Makes readers for the service, which also decides."""

    def reader(self, rules: Rules, tx: Transaction) -> BookReader:
        """Return a reader for the mails of one transaction."""
        return BookReader(rules, self._book(rules.words, tx), tx, self._secret, self._authservs)
