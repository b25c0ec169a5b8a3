"""Settling: what was said in a mail becomes updates, of which the certain ones may be entered, and open questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailflow.core.matching.matcher import Mention, State
from mailflow.core.orders.model import Milestone, Order, Role
from mailflow.core.reading.desk import Said
from mailflow.core.reading.milestones import FORWARDER, OVER, Fact, MilestoneSettler, Open, Settled, part_of
from mailflow.core.reading.model import Update, UpdateKind
from mailflow.core.reading.moods import Doubt
from mailflow.core.reading.plausible import doubt_sequence, doubts_of_book
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.topic import Topic

OURS = frozenset((Milestone.SHIP, Milestone.PRODUCTION, Milestone.MATERIAL, Milestone.SAMPLE))
THEIRS = frozenset((Milestone.INSPECTION, Milestone.RECEIVE, Milestone.ARRIVE))


class Settler(MilestoneSettler):
    """Settles one mail; made for one reading and thrown away."""

    def settle(self) -> Settled:
        """Return the updates and the open questions."""
        by_order: dict[str, list[Said]] = defaultdict(list)
        alone = self._only_order()
        for said in self._gathered.said:
            if said.mention is None and alone is not None and said.where == "body":
                said.mention = alone
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

    def _only_order(self) -> Mention | None:
        """Return the order that the whole mail is about, where it names no other."""
        mentions = self._gathered.mentions
        if not mentions or any(m.state is not State.SURE for m in mentions):
            return None
        return mentions[0] if len({m.order for m in mentions}) == 1 else None

    def _orders(self, by_order: dict[str, list[Said]]) -> Iterable[str]:
        return list(by_order)

    def _homeless(self, said: Said) -> None:
        """A statement whose order cannot be told is a question; a topic is, where it asks for a person anyway."""
        mention = said.mention
        if mention is not None and self._linked(mention):
            return
        if mention is None and said.where == "subject" and self._gathered.mentions:
            return
        if isinstance(said.what, Statement):
            vague = said.what.default or said.what.source in (Source.SCHEDULE, Source.SOMEDAY)
            vague = vague and not (said.what.source is Source.OFFSET and said.what.clause.has("delay"))
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
        elif said.what.kind is UpdateKind.PROBLEM and said.what.topic != "holiday":
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
        kept: list[Fact] = []
        for milestone in dict.fromkeys(f.statement.milestone for f in facts):
            kept += self._milestone(order, [f for f in facts if f.statement.milestone is milestone])
        kept = _in_order(kept)
        doubt_sequence(kept, order, self._role)
        self._topics(order, topics, kept)
        references = tuple(self._gathered.references.get(order.number, {}))
        self._enter(order, kept, references)

    def _fact(self, order: Order, said: Said, statement: Statement) -> Fact | None:
        day = statement.day
        if statement.source is Source.OFFSET and statement.span is not None:
            base = self._book.date_that_stands(order.number, statement.milestone)
            if base is None:
                return None
            span, sign = statement.span
            day = span.span_from(base, sign)
        elif statement.source is Source.SCHEDULE:
            day = order.due_date
        fact = Fact(said, statement, order, day)
        fact.doubts = {d.value for d in statement.doubts}
        fact.doubts |= set(statement.unexplained)
        fact.quantity = part_of(statement, order)
        if day is not None and day == self._today and said.references and statement.source is Source.DATE:
            statement.done = True  # what has its waybill today has gone
        if order.quantity and (statement.quantity or 0) > order.quantity * OVER and statement.unit in ("", order.unit):
            fact.doubts.add("the quantity is more than the order's")
        if order.status == "cancelled":
            fact.doubts.add("the order is cancelled")
        if order.number in self._gathered.reserved and not statement.done:
            fact.doubts.add(Doubt.CONDITION.value)
        fact.doubts |= doubts_of_book(fact, order, self._today)
        return fact

    def _requests(self, order: Order, facts: list[Fact], topics: list[Said]) -> list[Fact]:
        """Turn asked dates into requests; drop what the sender has no say in."""
        kept = []
        judged = {
            (said.where, said.place[0])
            for said in topics
            if isinstance(said.what, Topic) and said.what.kind is UpdateKind.APPROVAL and said.what.topic == "date"
        }
        for fact in facts:
            s = fact.statement
            if (fact.said.where, fact.said.place[0]) in judged:
                continue  # the date that they accept or refuse is the one that we gave
            if self._role is Role.FORWARDER and s.milestone not in FORWARDER:
                self._ask(fact, "a forwarder has no say in this milestone")
            elif self._role is Role.CUSTOMER and s.source is Source.SCHEDULE:
                continue  # that nothing changes is our promise, not theirs
            elif self._role is Role.CUSTOMER and not s.done and s.clause.has("date_word") and not s.doubts:
                self._ask(fact, "a date of yours")
            elif self._role is Role.CUSTOMER and self._customers(fact, order):
                if self._asks_for_date(fact) and (
                    fact.day != order.due_date or s.doubts & {Doubt.ASKED, Doubt.REQUESTED}
                ):
                    self._request(order, fact, topics)
            elif Doubt.ASKED in s.doubts and not s.done:
                if self._asks_for_date(fact) and (not s.default or s.source is Source.OFFSET):
                    self._request(order, fact, topics)
            elif Doubt.REQUESTED in s.doubts and s.clause.has("plead") and self._asks_for_date(fact):
                self._request(order, fact, topics)
            else:
                kept.append(fact)
        return kept

    def _customers(self, fact: Fact, order: Order) -> bool:
        """Say whether a customer's statement is no fact: what only we can do, or what they ask us to do."""
        s = fact.statement
        if s.done:
            return s.milestone in OURS
        return s.milestone not in THEIRS or bool(s.doubts & {Doubt.ASKED, Doubt.REQUESTED})

    def _asks_for_date(self, fact: Fact) -> bool:
        s = fact.statement
        dated = s.source in (Source.DATE, Source.OFFSET) and not s.done
        return dated and Doubt.NEGATED not in s.doubts and s.milestone is not Milestone.SAMPLE

    def _request(self, order: Order, fact: Fact, topics: list[Said]) -> None:
        """Note that another date is asked for."""
        said = fact.said
        topic = Topic(UpdateKind.CHANGE_REQUEST, 0, 0, "date", day=fact.day)
        topics.append(Said(topic, said.mention, said.words, said.where, said.place))

    def _topics(self, order: Order, topics: Sequence[Said], facts: Sequence[Fact]) -> None:
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

    def _enter(self, order: Order, facts: Sequence[Fact], references: tuple[str, ...]) -> None:
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
                self._ask(fact, "; ".join(sorted(fact.doubts)))
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


def _with_references(update: Update, references: tuple[str, ...]) -> Update:
    return replace(update, refs=references)


def _in_order(facts: list[Fact]) -> list[Fact]:
    """Drop an arrival that is before the departure: it is at the port of loading."""
    if any(f.statement.milestone is Milestone.RECEIVE for f in facts):
        facts = [
            f for f in facts if not (f.statement.milestone is Milestone.ARRIVE and f.statement.source is Source.TODAY)
        ]
    leaves = [f.day for f in facts if f.statement.milestone is Milestone.SHIP and f.day is not None]
    if not leaves:
        return facts
    return [f for f in facts if f.statement.milestone is not Milestone.ARRIVE or f.day is None or f.day >= min(leaves)]
