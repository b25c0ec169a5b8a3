"""The reader: from a message and the order book to what the mail says, and what a person must be asked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from mailflow.core.matching.matcher import Matcher, Mention, State
from mailflow.core.matching.senders import Sender
from mailflow.core.message.model import Message, MessageKind
from mailflow.core.orders.model import Role
from mailflow.core.reading.absence import absence_of
from mailflow.core.reading.asking import ENGLISH, Asking
from mailflow.core.reading.book import Book, ThreadLookup, no_threads
from mailflow.core.reading.case import Case, Verdict
from mailflow.core.reading.date_order import with_doubtful_days
from mailflow.core.reading.desk import Gathered
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.gather import Gatherer
from mailflow.core.reading.milestones import Settled
from mailflow.core.reading.model import (
    Disposition,
    Match,
    Mentions,
    Quantity,
    Question,
    Reading,
    Reference,
    Update,
)
from mailflow.core.reading.questions import questions_of
from mailflow.core.reading.settle import Settler
from mailflow.core.reading.statement import Statement
from mailflow.core.reading.verdict import SAID_BY_OPEN, judge
from mailflow.core.reading.words import Words

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_ADDRESS = re.compile(r"[\w.+-]{1,80}@[\w-]{1,80}(?:\.[\w-]{1,60}){1,8}")
_LETTERS = re.compile("[A-Za-z]")
_ENOUGH = 2000  # letters to tell a mail's writing by
_MONTH_FIRST = frozenset(("US", "CA"))
_KINDS = {
    MessageKind.BOUNCE: Disposition.BOUNCE,
    MessageKind.AUTO_REPLY: Disposition.AUTO_REPLY,
    MessageKind.RECEIPT: Disposition.AUTO_REPLY,
}


def read_message(
    message: Message, book: Book, words: Words, threads: ThreadLookup = no_threads, *, ours_to: str = ""
) -> Reading:
    """Read a message; pure, so that the same mail and book always give the same reading.

    A mail that one of ours wrote is read as its recipient (`ours_to`, an address) would: about their orders, by whom
    delivers.
    """
    sender = book.senders.who(ours_to or message.sender.email)
    if ours_to:
        sender = replace(sender, speaks_as=Role.SUPPLIER)
    context = DayContext(message.date.date() if message.date else None, _month_first(message, sender))
    matcher = Matcher(book.lookup, sender, words.folder, dict(words.order_confidence))
    gatherer = Gatherer(message, book, words, matcher, context)
    thread = threads((*message.in_reply_to, *message.references))
    gathered = gatherer.gather(thread.orders)
    mentions = _mentions(gathered, context)
    orders = _matches(gathered)
    party = sender.party.name if sender.party else ""
    filed = _KINDS.get(message.kind)
    if filed is not None:
        away = absence_of(message, gathered.parts, context) if message.kind is MessageKind.AUTO_REPLY else None
        trace = (f"kind: {message.kind.value}",)
        return Reading(filed, orders=orders, mentions=mentions, party=party, trace=trace, absence=away)
    settled = Settler(gathered, book, sender.role, context.today).settle() if sender.party else Settled()
    settled = with_doubtful_days(settled, book)
    answers_to = tuple(book.senders.who(address.email) for address in message.reply_to)
    shown = _ADDRESS.search(message.sender.name)
    named = book.senders.who(shown.group()) if shown else None
    verdict = judge(Case(message, sender, gathered, settled, words, answers_to, named))
    updates = tuple(_entered(update, words, verdict) for update in settled.updates) if not verdict.nothing else ()
    told = tuple(m.order for m in gathered.mentions if m.order)
    asking = words.askings.get(book.speaks(told), ENGLISH)
    questions = _questions(settled, verdict, told, asking)
    asked = [update for question in questions for update in question.updates]
    return Reading(
        verdict.disposition,
        updates,
        _with_updates(orders, (*updates, *asked)),
        questions,
        mentions,
        party,
        tuple(verdict.trace),
    )


def _entered(update: Update, words: Words, verdict: Verdict) -> Update:
    if update.applied and update.confidence < words.apply_from:
        return replace(update, applied=False)
    return update


def _month_first(message: Message, sender: Sender) -> bool:
    if sender.party is not None and sender.party.date_order:
        return sender.party.date_order == "month_first"
    text = message.new_text[:_ENOUGH] + message.subject
    if not text.strip():
        text = " ".join(a.content.text[:400] + a.filename for a in message.attachments)
    cjk = len(_CJK.findall(text))
    letters = len(_LETTERS.findall(text))
    if cjk >= 2 and cjk * 4 >= letters:
        return True
    return sender.party is not None and sender.party.country.upper() in _MONTH_FIRST


def _mentions(gathered: Gathered, context: DayContext) -> Mentions:
    days: dict[date, None] = {}
    refs: dict[tuple[str, str], None] = {}
    quantities: dict[Quantity, None] = {}
    for part in gathered.parts:
        if part.name in ("cell", "row"):
            continue
        for hit in part.dates:
            day = hit.resolve(context, Mode.AHEAD)
            if day is not None:
                days.setdefault(day)
        for ref in part.references:
            refs.setdefault((ref.type, ref.value))
        for quantity in part.quantities:
            if quantity.unit:
                quantities.setdefault(Quantity(quantity.value, quantity.unit))
    refs.update(dict.fromkeys((ref.type, ref.value) for ref in gathered.listed))
    for said in gathered.said:
        if isinstance(said.what, Statement) and said.what.day is not None:
            days.setdefault(said.what.day)
    return Mentions(tuple(sorted(days)), tuple(Reference(t, v) for t, v in refs), tuple(quantities))


def _matches(gathered: Gathered) -> tuple[Match, ...]:
    """Return every order that the mail is about, the surest first."""
    best: dict[str, Match] = {}

    def note(mention: Mention) -> None:
        if mention.state in (State.SURE, State.CONFLICT, State.FOREIGN):
            chosen: Iterable[str] = mention.orders[:1]
        else:
            chosen = mention.orders[:3]
        for number in chosen:
            match = Match(number, mention.confidence, mention.how, mention.runner_up)
            if number not in best or best[number].confidence < match.confidence:
                best[number] = match

    for mention in gathered.mentions:
        note(mention)
    if not best:
        for mention in gathered.quoted:
            note(mention)
    return tuple(sorted(best.values(), key=lambda m: (-m.confidence, m.order)))


def _with_updates(orders: Sequence[Match], updates: Sequence[Update]) -> tuple[Match, ...]:
    named = {match.order for match in orders}
    extra = {u.order: Match(u.order, min(0.99, u.confidence + 0.02), "quoted") for u in updates if u.order not in named}
    return tuple(sorted((*orders, *extra.values()), key=lambda m: (-m.confidence, m.order)))


def _questions(settled: Settled, verdict: Verdict, orders: tuple[str, ...], asking: Asking) -> tuple[Question, ...]:
    dated = any(item.updates for item in settled.open)
    others = [text for text in verdict.questions if not (dated and text in SAID_BY_OPEN)]
    return questions_of(settled.open, others, orders, asking)
