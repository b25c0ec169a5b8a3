"""Goods names: where a sentence names no order by a number, the goods that it speaks of may tell which is meant."""

from collections.abc import Sequence
from functools import cached_property

from mailflow.core.matching.goods import GoodsHit, PartyGoods
from mailflow.core.matching.matcher import Matcher, Mention, State
from mailflow.core.orders.model import Role
from mailflow.core.reading.book import Book
from mailflow.core.reading.finders.order_numbers import NumberHit
from mailflow.core.reading.stages import STAGES
from mailflow.core.reading.text import Part, Sentence
from mailflow.core.reading.words import Words

_SPEAKS = frozenset(concept for concept, *_ in STAGES) | frozenset(
    ("delay", "advance", "on_schedule", "not_negated", "trouble", "renewed", "someday", "question", "appeal", "need")
)
_SPEAKS |= frozenset(("problem_quality", "problem_material", "problem_logistics", "problem_capacity", "problem_other"))
_SPEAKS |= frozenset(("cancel", "quantity_change", "accept", "reject", "status_query", "date_word", "order_word"))
_MOST_PARTIES = 400  # that are kept in mind: some 15 KB each
_ONE = "the only open order of the sender's with these goods"
_SEVERAL = "several orders of the sender's have these goods"
_OTHER = "the goods are another order's than the one that the mail is about"


class GoodsNamer:
    """Tells the orders of one mail's sender by their goods."""

    def __init__(self, book: Book, words: Words, matcher: Matcher) -> None:
        self._book = book
        self._words = words
        self._matcher = matcher

    @cached_property
    def _goods(self) -> PartyGoods | None:
        party = self._matcher.sender.party
        if party is None or party.role not in (Role.SUPPLIER, Role.CUSTOMER):
            return None
        known = self._book.goods
        if party.name not in known:
            if len(known) >= _MOST_PARTIES:
                known.clear()
            orders = [order for order in self._book.lookup.of_party(party.name) if self._matcher.reaches(order)]
            known[party.name] = PartyGoods(orders, self._words.goods, self._words.folder) if orders else None
        return known[party.name]

    def name(self, part: Part, told: dict[int, Mention], default: Sequence[Mention]) -> dict[int, Mention]:
        """Return the orders that sentences without a number name by their goods, by where the words stand.

        Each place is put among its clause's numbers. Where the mail is about orders of other goods, a person is asked.
        """
        found: dict[int, Mention] = {}
        known = {order for mention in (*told.values(), *default) for order in mention.orders}
        about = {order for mention in default for order in mention.orders}
        for sentence in part.sentences:
            if sentence.ours or sentence.above or not _speaks(sentence) or self._goods is None:
                continue
            for hit in self._goods.find(part.folded.text[sentence.start : sentence.end]):
                mention = self._mention(hit, sentence.start, about, known)
                if mention is not None and _note(sentence, mention):
                    found[mention.start] = mention
        return found

    def _mention(self, hit: GoodsHit, offset: int, about: set[str], known: set[str]) -> Mention | None:
        orders = hit.orders
        start, end = hit.start + offset, hit.end + offset
        if about:
            if about & set(orders):
                return None
            return Mention(start, end, State.AMBIGUOUS, (*orders[:2], *sorted(about)[:1]), "style", 0.4, 0.4, _OTHER)
        meant = sorted(known & set(orders)) or list(orders)
        if len(meant) == 1:
            sure = self._words.order_confidence.get("style", 0.9)
            return Mention(start, end, State.SURE, tuple(meant), "style", sure, round((1 - sure) / 2, 3), _ONE)
        return Mention(start, end, State.AMBIGUOUS, tuple(meant[:3]), "style", 0.4, 0.4, _SEVERAL)


def _speaks(sentence: Sentence) -> bool:
    """Say whether a sentence may be about an order, and names none by a number."""
    if any(clause.numbers for clause in sentence.clauses):
        return False
    return any(clause.dates for clause in sentence.clauses) or not sentence.concepts.isdisjoint(_SPEAKS)


def _note(sentence: Sentence, mention: Mention) -> bool:
    """Put a place among the numbers of its clause, unless something else stands there."""
    for clause in sentence.clauses:
        if not clause.start <= mention.start < clause.end:
            continue
        taken = [(hit.start, hit.end) for hit in clause.dates] + [(hit.start, hit.end) for hit in clause.references]
        if any(mention.start < end and start < mention.end for start, end in taken):
            return False
        clause.numbers.append(NumberHit(mention.start, mention.end, mention.orders[0], "goods", ()))
        clause.numbers.sort(key=lambda hit: hit.start)
        return True
    return False
