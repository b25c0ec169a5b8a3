"""Milestones settled: of everything said about one milestone, what counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mailflow.core.matching.matcher import Mention
from mailflow.core.orders.model import DateBasis, Milestone, Order, Role
from mailflow.core.reading.book import Book
from mailflow.core.reading.desk import Gathered, Said
from mailflow.core.reading.model import Update, UpdateKind
from mailflow.core.reading.statement import Source, Statement

RANK = {Source.DATE: 0, Source.TODAY: 1, Source.OFFSET: 2, Source.SCHEDULE: 3, Source.SOMEDAY: 4}


SURE = {Source.DATE: 0.98, Source.TODAY: 0.96, Source.OFFSET: 0.96, Source.SCHEDULE: 0.95, Source.SOMEDAY: 0.9}


EXPLAINED = 0.6  # what is left of the confidence for each reason to doubt
FORWARDER = frozenset((Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE))


OVER = Decimal("1.06")  # lots together may be this much of the order


@dataclass(slots=True)
class Open:
    """Something that only a person can decide."""

    why: str
    orders: tuple[str, ...] = ()
    words: str = ""
    updates: tuple[Update, ...] = ()


@dataclass(slots=True)
class Settled:
    """The updates of a mail, and what is open."""

    updates: list[Update] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)


@dataclass(slots=True)
class Fact:
    """A statement with its day told."""

    said: Said
    statement: Statement
    order: Order
    day: date | None
    quantity: Decimal | None = None
    doubts: set[str] = field(default_factory=set)


MEASURES = frozenset(("m", "kg", "tons", "yds", "sqm", "ltr", "rolls", "ctns", "pallets", "bags", "doz"))


def part_of(statement: Statement, order: Order) -> Decimal | None:
    """Return a part shipment's quantity; nothing where it repeats the whole order's, or is measured otherwise."""
    if statement.quantity is None or order.quantity is None:
        return statement.quantity if statement.part else None
    if statement.quantity == order.quantity or statement.quantity > order.quantity * OVER:
        return None
    other = statement.unit and order.unit and statement.unit != order.unit
    return None if other and {statement.unit, order.unit} & MEASURES else statement.quantity


def fits(lots: Sequence[Fact], order: Order) -> bool:
    total = sum((f.quantity for f in lots if f.quantity is not None), Decimal(0))
    return order.quantity is None or total <= order.quantity * OVER


def distinct_facts(facts: Sequence[Fact]) -> list[Fact]:
    """Keep each of equal facts once, the one without doubts and with the surest source first."""
    out: dict[tuple[object, ...], Fact] = {}
    for fact in sorted(facts, key=lambda f: (bool(f.doubts), f.statement.default, RANK[f.statement.source])):
        key = (fact.day, fact.statement.done, fact.quantity)
        out.setdefault(key, fact)
    kept = list(out.values())
    by_day: dict[tuple[object, ...], Fact] = {}
    for fact in kept:
        other = by_day.get((fact.day, fact.quantity))
        if other is None or (fact.statement.done and not other.statement.done):
            by_day[fact.day, fact.quantity] = fact
    return sorted(by_day.values(), key=lambda f: f.said.place)


def _lots_of(doubtful: Fact, clean: Fact) -> bool:
    """Say whether two promises of a sentence look like two lots, of which one could not be read."""
    together = doubtful.said.place[0] == clean.said.place[0] and not doubtful.said.row
    counted = bool(doubtful.statement.clause.quantities) or bool(clean.statement.clause.quantities)
    return together and counted and not (doubtful.statement.renewed or clean.statement.renewed)


def _not_yet(done: Sequence[Fact], ahead: Fact) -> bool:
    """Say whether what is called done is finished only on a later day of the same sentence ("已下线,预计14号完成")."""
    told = all(f.statement.milestone is Milestone.PRODUCTION and f.quantity is None for f in (*done, ahead))
    return told and all(f.said.place[0] == ahead.said.place[0] and f.said.place < ahead.said.place for f in done)


class MilestoneSettler:
    """Settles the milestones of one mail's orders."""

    def __init__(self, gathered: Gathered, book: Book, role: Role | None, today: date | None) -> None:
        self._gathered = gathered
        self._book = book
        self._role = role
        self._today = today
        self._out = Settled()
        self._paid: list[Said] = []

    def _ask(self, fact: Fact, why: str) -> None:
        s = fact.statement
        kind = UpdateKind.DONE if s.done else UpdateKind.FORECAST
        would = Update(
            fact.order.number,
            kind,
            fact.said.words,
            round(self._confidence(fact) * EXPLAINED ** max(1, len(fact.doubts)), 3),
            why,
            s.milestone,
            fact.day,
            fact.quantity,
            s.basis,
        )
        self._out.open.append(Open(why, (fact.order.number,), fact.said.words, (would,)))

    def _add(
        self,
        order: str,
        kind: UpdateKind,
        said: Said,
        mention: Mention,
        *,
        topic: str = "",
        verdict: str = "",
        quantity: Decimal | None = None,
        day: date | None = None,
    ) -> None:
        milestone = None
        applied = kind is UpdateKind.ACKNOWLEDGED
        sure = round(mention.confidence * (0.97 if applied else 0.9), 3)
        self._out.updates.append(
            Update(
                order,
                kind,
                said.words,
                sure,
                mention.why,
                milestone,
                day,
                quantity,
                topic=topic,
                verdict=verdict,
                applied=applied,
            )
        )

    def _confidence(self, fact: Fact) -> float:
        mention = fact.said.mention
        sure = (mention.confidence if mention else 0.5) * SURE[fact.statement.source]
        if fact.statement.default:
            sure *= 0.97
        return round(sure, 3)

    def _milestone(self, order: Order, facts: list[Fact]) -> list[Fact]:
        """Of everything said about one milestone keep what counts."""
        sure = [f for f in facts if not f.doubts & {"negated"}]
        if facts and not sure and facts[0].statement.milestone in (Milestone.SHIP, Milestone.PRODUCTION):
            self._ask(facts[0], "denied, and no new date given")
        best = min((RANK[f.statement.source] for f in sure if not f.doubts), default=None)
        if best is not None:
            sure = [f for f in sure if RANK[f.statement.source] <= max(best, 1) or f.statement.done]
        if any(f.statement.source is Source.DATE and f.statement.done for f in sure):
            sure = [f for f in sure if f.statement.source is not Source.TODAY]
        sure = self._one_basis(sure)
        sure = distinct_facts(sure)
        lots = [f for f in sure if f.quantity is not None]
        parts = [f for f in sure if f.quantity is not None or f.statement.part]
        if len(sure) <= 1 or (lots and len(parts) == len(sure) and fits(lots, order)):
            return sure
        return self._contradiction(order, sure)

    def _one_basis(self, facts: list[Fact]) -> list[Fact]:
        """With an ex-factory date and a vessel's ETD for one shipment, the ETD counts."""
        etd = [f for f in facts if f.statement.basis is DateBasis.ETD and f.day is not None and not f.doubts]
        if etd and all(f.quantity is None for f in facts):
            return etd
        return facts

    def _contradiction(self, order: Order, facts: list[Fact]) -> list[Fact]:
        """Several days for one milestone: a correction or a sure one counts, else a person is asked."""
        clean = [f for f in facts if not f.doubts]
        doubtful = [f for f in facts if f.doubts]
        sailing = [f for f in facts if f.statement.basis is DateBasis.ETD]
        if clean and sailing and all(f in doubtful for f in sailing):
            return self._unclear(facts)  # the vessel's day would count, were it certain
        if doubtful and clean:
            if any(_lots_of(f, g) for f in doubtful for g in clean):
                return self._unclear(facts)
            named = any(not f.statement.default for f in clean)
            for fact in doubtful:
                if not (named and fact.statement.default and set(fact.statement.unexplained) == fact.doubts):
                    self._ask(fact, "a date is doubtful")
            facts = clean
        last = max(facts, key=lambda f: f.said.place)
        if last.statement.renewed:
            return [last]
        by_words = [f for f in facts if not f.statement.default]
        if by_words and len(by_words) < len(facts):
            facts = by_words
        if len(facts) == 1:
            return facts
        done = [f for f in facts if f.statement.done]
        ahead = [f for f in facts if not f.statement.done]
        later = [f for f in ahead if f.day != self._today]
        if len(later) == 1 and len(facts) > 1 and _not_yet([f for f in facts if f not in later], later[0]):
            return later
        if done and ahead:
            if any(f.quantity is not None for f in facts) or not (len(done) == 1 and len(ahead) == 1):
                return self._unclear(facts)
            if ahead[0].statement.basis is done[0].statement.basis or ahead[0].said.row:
                return done if ahead[0].said.place[0] == done[0].said.place[0] else self._unclear(facts)
            return ahead if ahead[0].statement.basis is DateBasis.ETD else done
        rows = [f for f in facts if f.said.row]
        if rows and len(rows) < len(facts):
            texts = [f for f in facts if not f.said.row]
            return texts if len(texts) == 1 else self._unclear(facts)
        return self._unclear(facts)

    def _unclear(self, facts: list[Fact]) -> list[Fact]:
        for fact in facts:
            fact.doubts.add("several dates for one milestone")
        return facts
