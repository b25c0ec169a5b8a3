"""Settling: what was said in a mail becomes updates, of which the certain ones may be entered, and open questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from mailflow.core.matching.matcher import Mention, State
from mailflow.core.orders.model import DateBasis, Milestone, Order, Role
from mailflow.core.reading.book import Book
from mailflow.core.reading.gather import Gathered, Said
from mailflow.core.reading.model import Update, UpdateKind
from mailflow.core.reading.statements import Doubt, Source, Statement
from mailflow.core.reading.topics import Topic

_RANK = {Source.DATE: 0, Source.TODAY: 1, Source.OFFSET: 2, Source.SCHEDULE: 3, Source.SOMEDAY: 4}
_SURE = {Source.DATE: 0.98, Source.TODAY: 0.96, Source.OFFSET: 0.96, Source.SCHEDULE: 0.95, Source.SOMEDAY: 0.9}
_FORWARDER = frozenset((Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE))
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
class _Fact:
    """A statement with its day told."""

    said: Said
    statement: Statement
    order: Order
    day: date | None
    quantity: Decimal | None = None
    doubts: set[str] = field(default_factory=set)


class Settler:
    """Settles one mail; made for one reading and thrown away."""

    def __init__(self, gathered: Gathered, book: Book, role: Role | None, today: date | None) -> None:
        self._gathered = gathered
        self._book = book
        self._role = role
        self._today = today
        self._out = Settled()
        self._paid: list[Said] = []

    def settle(self) -> Settled:
        """Return the updates and the open questions."""
        by_order: dict[str, list[Said]] = defaultdict(list)
        for said in self._gathered.said:
            if said.mention is None or said.mention.state is not State.SURE:
                self._homeless(said)
                continue
            by_order[said.mention.order].append(said)
        for said in self._paid:
            self._spread_payment(said, by_order)
        for number in self._orders(by_order):
            order = self._book.lookup.order(number)
            if order is not None:
                self._settle_order(order, by_order[number])
        return self._out

    def _orders(self, by_order: dict[str, list[Said]]) -> Iterable[str]:
        return list(by_order)

    def _homeless(self, said: Said) -> None:
        """A statement whose order cannot be told is a question; a topic is, where it asks for a person anyway."""
        mention = said.mention
        if mention is not None and self._linked(mention):
            return
        if isinstance(said.what, Statement):
            vague = said.what.default or said.what.weak or said.what.source in (Source.SCHEDULE, Source.SOMEDAY)
            if mention is None and vague:
                return
            self._out.open.append(
                Open("the order cannot be told for certain", mention.orders if mention else (), said.words)
            )
        elif said.what.kind is UpdateKind.PAYMENT and mention is None:
            self._paid.append(said)
        elif (
            said.what.kind not in (UpdateKind.ACKNOWLEDGED, UpdateKind.APPROVAL, UpdateKind.PROBLEM)
            or mention is not None
        ):
            what = f"{said.what.kind.value.replace('_', ' ')} {said.what.topic}".strip()
            self._out.open.append(
                Open(f"{what}, and the order cannot be told for certain", mention.orders if mention else (), said.words)
            )
        elif said.what.kind is UpdateKind.PROBLEM and not said.what.topic == "holiday":
            self._spread_problem(said)

    def _spread_payment(self, said: Said, by_order: dict[str, list[Said]]) -> None:
        """A payment that names no order beside it is for the orders that the mail names."""
        sure = {m.order: m for m in self._gathered.mentions if m.state is State.SURE}
        if not sure:
            self._out.open.append(Open("a payment, and not for which order", (), said.words))
        for number, mention in sure.items():
            by_order[number].append(replace(said, mention=mention))

    def _spread_problem(self, said: Said) -> None:
        """A cause that names no order holds for every order of the table below it."""
        orders = {m.order: m for m in self._gathered.table_orders if m.state is State.SURE}
        if not orders:
            self._out.open.append(Open("a problem is told, and not of which order", (), said.words))
        for number in orders:
            self._add(
                number,
                UpdateKind.PROBLEM,
                said,
                orders[number],
                topic=said.what.topic if isinstance(said.what, Topic) else "",
            )

    def _linked(self, mention: Mention) -> bool:
        """Say whether a foreign order is only the other side of one of the mail's own."""
        sure = {m.order for m in self._gathered.mentions if m.state is State.SURE}
        for number in mention.orders:
            other = self._book.lookup.order(number)
            if other is not None and mention.state is State.FOREIGN:
                if other.linked_order in sure:
                    return True
                if any((o := self._book.lookup.order(s)) is not None and o.linked_order == number for s in sure):
                    return True
        return False

    def _settle_order(self, order: Order, said: Sequence[Said]) -> None:
        facts = [f for s in said if isinstance(s.what, Statement) and (f := self._fact(order, s, s.what)) is not None]
        topics = [s for s in said if isinstance(s.what, Topic)]
        facts = self._requests(order, facts, topics)
        kept: list[_Fact] = []
        for milestone in dict.fromkeys(f.statement.milestone for f in facts):
            kept += self._milestone(order, [f for f in facts if f.statement.milestone is milestone])
        self._topics(order, topics, kept)
        references = tuple(self._gathered.references.get(order.number, {}))
        self._enter(order, kept, references)

    def _fact(self, order: Order, said: Said, statement: Statement) -> _Fact | None:
        day = statement.day
        if statement.source is Source.OFFSET and statement.span is not None:
            base = self._book.date_that_stands(order.number, statement.milestone)
            if base is None:
                return None
            span, sign = statement.span
            day = span.span_from(base, sign)
        elif statement.source is Source.SCHEDULE:
            day = order.due_date
        fact = _Fact(said, statement, order, day)
        fact.doubts = {d.value for d in statement.doubts}
        fact.quantity = _part(statement, order)
        if (
            statement.quantity is not None
            and order.quantity
            and statement.quantity > order.quantity * OVER
            and fact.quantity is None
        ):
            if statement.unit in ("", order.unit):
                fact.doubts.add("the quantity is more than the order's")
        if order.status == "cancelled":
            fact.doubts.add("the order is cancelled")
        return fact

    def _requests(self, order: Order, facts: list[_Fact], topics: list[Said]) -> list[_Fact]:
        """Turn asked dates into requests; drop what the sender has no say in."""
        kept = []
        for fact in facts:
            s = fact.statement
            if self._role is Role.FORWARDER and s.milestone not in _FORWARDER:
                self._ask(fact, "a forwarder has no say in this milestone")
                continue
            asks = bool(s.doubts & {Doubt.ASKED, Doubt.REQUESTED})
            if (
                self._role is Role.CUSTOMER
                and not s.done
                and s.milestone not in (Milestone.INSPECTION, Milestone.RECEIVE, Milestone.ARRIVE)
            ):
                if (
                    s.source in (Source.DATE, Source.OFFSET)
                    and not s.doubts & {Doubt.NEGATED}
                    and s.milestone is not Milestone.SAMPLE
                ):
                    if fact.day != order.due_date or asks:
                        self._request(order, fact, topics)
                continue
            if self._role is Role.CUSTOMER and asks and not s.done:
                if s.source in (Source.DATE, Source.OFFSET) and not s.doubts & {Doubt.NEGATED}:
                    self._request(order, fact, topics)
                continue
            if (
                self._role is Role.CUSTOMER
                and s.done
                and s.milestone in (Milestone.SHIP, Milestone.PRODUCTION, Milestone.MATERIAL, Milestone.SAMPLE)
            ):
                continue
            if Doubt.ASKED in s.doubts and not s.done and s.source in (Source.DATE, Source.OFFSET):
                if Doubt.NEGATED not in s.doubts and not s.default:
                    self._request(order, fact, topics)
                continue
            if s.doubts & {Doubt.ASKED} and not s.done:
                continue
            kept.append(fact)
        return kept

    def _request(self, order: Order, fact: _Fact, topics: list[Said]) -> None:
        """Note that another date is asked for."""
        said = fact.said
        topic = Topic(UpdateKind.CHANGE_REQUEST, 0, 0, "date", day=fact.day)
        topics.append(Said(topic, said.mention, said.words, said.where, said.place))

    def _milestone(self, order: Order, facts: list[_Fact]) -> list[_Fact]:
        """Of everything said about one milestone keep what counts."""
        sure = [f for f in facts if not f.doubts & {"negated"}]
        if facts and not sure:
            self._ask(facts[0], "denied, and no new date given")
        best = min((_RANK[f.statement.source] for f in sure if not f.doubts), default=None)
        if best is not None:
            sure = [f for f in sure if _RANK[f.statement.source] <= max(best, 1) or f.statement.done]
        if any(f.statement.source is Source.DATE and f.statement.done for f in sure):
            sure = [f for f in sure if f.statement.source is not Source.TODAY]
        sure = self._one_basis(sure)
        sure = _distinct(sure)
        lots = [f for f in sure if f.quantity is not None]
        parts = [f for f in sure if f.quantity is not None or f.statement.part]
        if len(sure) <= 1 or (lots and len(parts) == len(sure) and _fits(lots, order)):
            return sure
        return self._contradiction(order, sure)

    def _one_basis(self, facts: list[_Fact]) -> list[_Fact]:
        """With an ex-factory date and a vessel's ETD for one shipment, the ETD counts."""
        etd = [f for f in facts if f.statement.basis is DateBasis.ETD and f.day is not None and not f.doubts]
        if etd and all(f.quantity is None for f in facts):
            return etd
        return facts

    def _contradiction(self, order: Order, facts: list[_Fact]) -> list[_Fact]:
        """Several days for one milestone: a correction's is taken, a doubtful one is dropped beside a sure one, else a person is asked."""
        clean = [f for f in facts if not f.doubts]
        doubtful = [f for f in facts if f.doubts]
        if doubtful and clean:
            for fact in doubtful:
                self._ask(fact, "a date is doubtful")
            facts = clean
        by_words = [f for f in facts if not f.statement.default]
        if by_words and len(by_words) < len(facts):
            facts = by_words
        if len(facts) == 1:
            return facts
        last = max(facts, key=lambda f: f.said.place)
        if last.statement.renewed:
            return [last]
        done = [f for f in facts if f.statement.done]
        ahead = [f for f in facts if not f.statement.done]
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

    def _unclear(self, facts: list[_Fact]) -> list[_Fact]:
        for fact in facts:
            fact.doubts.add("several dates for one milestone")
        return facts

    def _topics(self, order: Order, topics: Sequence[Said], facts: Sequence[_Fact]) -> None:
        """Enter each topic once, and only the ones that matter beside the others."""
        found = [(s, s.what) for s in topics if isinstance(s.what, Topic)]
        problems = {t.topic for _, t in found if t.kind is UpdateKind.PROBLEM}
        changes = {t.topic for _, t in found if t.kind is UpdateKind.CHANGE_REQUEST}
        rejected = any(t.verdict == "rejected" for _, t in found)
        seen: set[tuple[str, str]] = set()
        for said, topic in sorted(
            found, key=lambda pair: (pair[1].kind is UpdateKind.PAYMENT and pair[1].day is None, pair[0].place)
        ):
            if not self._wanted(
                topic, problems, changes, {t.topic for _, t in found if t.kind is UpdateKind.QUERY}, rejected=rejected
            ):
                continue
            if (
                topic.kind is UpdateKind.APPROVAL
                and topic.verdict == "approved"
                and any(t.verdict == "rejected" and t.topic == topic.topic for _, t in found)
            ):
                continue
            key = (topic.kind.value, topic.topic)
            if key in seen or said.mention is None:
                continue
            seen.add(key)
            quantity = topic.quantity
            if quantity is not None and topic.more and order.quantity is not None:
                quantity += order.quantity
            if topic.kind is UpdateKind.CHANGE_REQUEST and topic.topic == "quantity" and quantity == order.quantity:
                continue
            self._add(
                order.number,
                topic.kind,
                said,
                said.mention,
                topic=topic.topic,
                verdict=topic.verdict,
                quantity=quantity,
                day=topic.day,
            )

    def _wanted(
        self, topic: Topic, problems: set[str], changes: set[str], queries: set[str], *, rejected: bool
    ) -> bool:
        if topic.kind is UpdateKind.PROBLEM:
            if changes & {"price"} and topic.topic in ("material", "other", "capacity"):
                return False
            if changes & {"cancel", "bank"}:
                return False
            if rejected and topic.topic == "quality":
                return False
            if topic.topic == "other":
                return not problems - {"other"}
            return not (topic.topic == "holiday" and problems - {"holiday", "other"})
        if topic.kind is UpdateKind.QUERY:
            if changes - {"bank"}:
                return topic.topic == "document" and not changes & {"spec", "address", "price", "quantity", "cancel"}
            if "bank" in changes:
                return False
            if topic.topic == "other":
                return not queries - {"other"} and not rejected and not (problems and not topic.asked)
            if topic.topic == "status":
                return not queries & {"document", "payment"} or True
            return True
        if topic.kind is UpdateKind.CHANGE_REQUEST:
            if "cancel" in changes:
                return topic.topic in ("cancel", "bank")
            if topic.topic == "spec":
                return not rejected and not changes & {"price"}
        return True

    def _enter(self, order: Order, facts: Sequence[_Fact], references: tuple[str, ...]) -> None:
        ships = [f for f in facts if f.statement.milestone is Milestone.SHIP]
        holder = (
            next((f for f in ships if f.statement.done), None) or next(iter(ships), None) or next(iter(facts), None)
        )
        for fact in facts:
            s = fact.statement
            sure = self._confidence(fact)
            applied = not fact.doubts and fact.day is not None
            kind = UpdateKind.DONE if s.done else UpdateKind.FORECAST
            if fact.doubts and (
                Doubt.CONDITION.value in fact.doubts
                or Doubt.MONEY.value in fact.doubts
                or Doubt.NEGATED.value in fact.doubts
                or len(fact.doubts) > 0
            ):
                self._ask(fact, ", ".join(sorted(fact.doubts)))
                continue
            own = tuple(r for r in fact.said.references) if len(ships) > 1 else references
            self._out.updates.append(
                Update(
                    order.number,
                    kind,
                    fact.said.words,
                    sure,
                    fact.said.mention.why if fact.said.mention else "",
                    s.milestone,
                    fact.day,
                    fact.quantity,
                    s.basis,
                    own if fact is holder or (len(ships) > 1 and s.milestone is Milestone.SHIP) else (),
                    applied=applied,
                )
            )
        if references and holder is None:
            self._put_references(order, references)

    def _put_references(self, order: Order, references: tuple[str, ...]) -> None:
        """References without a milestone stand on the order's first update."""
        for index, update in enumerate(self._out.updates):
            if update.order == order.number:
                self._out.updates[index] = _with_references(update, references)
                return

    def _confidence(self, fact: _Fact) -> float:
        mention = fact.said.mention
        sure = (mention.confidence if mention else 0.5) * _SURE[fact.statement.source]
        if fact.statement.default:
            sure *= 0.97
        return round(sure, 3)

    def _ask(self, fact: _Fact, why: str) -> None:
        s = fact.statement
        kind = UpdateKind.DONE if s.done else UpdateKind.FORECAST
        would = Update(
            fact.order.number, kind, fact.said.words, 0.5, why, s.milestone, fact.day, fact.quantity, s.basis
        )
        self._out.open.append(
            Open(f"{s.milestone.value} {fact.day or ''}: {why}", (fact.order.number,), fact.said.words, (would,))
        )

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


def _with_references(update: Update, references: tuple[str, ...]) -> Update:
    return replace(update, refs=references)


def _part(statement: Statement, order: Order) -> Decimal | None:
    """Return the quantity of a part shipment; nothing where it only repeats the whole order's."""
    if statement.quantity is None or order.quantity is None:
        return statement.quantity if statement.part else None
    if statement.quantity == order.quantity or statement.quantity > order.quantity * OVER:
        return None
    if (
        statement.unit
        and order.unit
        and statement.unit != order.unit
        and {statement.unit, order.unit} - {"pcs", "sets", "pairs", ""}
    ):
        return None
    return statement.quantity


def _fits(lots: Sequence[_Fact], order: Order) -> bool:
    total = sum((f.quantity for f in lots if f.quantity is not None), Decimal(0))
    return order.quantity is None or total <= order.quantity * OVER


def _distinct(facts: Sequence[_Fact]) -> list[_Fact]:
    """Keep each of equal facts once, the one without doubts and with the surest source first."""
    out: dict[tuple[object, ...], _Fact] = {}
    for fact in sorted(facts, key=lambda f: (bool(f.doubts), f.statement.default, _RANK[f.statement.source])):
        key = (fact.day, fact.statement.done, fact.quantity)
        out.setdefault(key, fact)
    kept = list(out.values())
    by_day: dict[tuple[object, ...], _Fact] = {}
    for fact in kept:
        other = by_day.get((fact.day, fact.quantity))
        if other is None or (fact.statement.done and not other.statement.done):
            by_day[fact.day, fact.quantity] = fact
    return sorted(by_day.values(), key=lambda f: f.said.place)
