"""A tiny builder of situations: parties, orders with what happened to them, and time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from mailflow.core.calendars.working_days import Calendars, load_calendars
from mailflow.core.letters.model import Mode
from mailflow.core.orders.events import ReviewOpened
from mailflow.core.orders.model import Contact, House, Milestone, Order, OrderKind, Party, Role
from mailflow.core.orders.state import AddressState, Lot, OrderState, PartyState, ReviewState
from mailflow.core.playbook.due import due
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.model import Done, Due, Held, Situation
from mailflow.core.playbook.rules import Playbook

RULES = Path(__file__).parents[3] / "rules"
HOUSE = House(
    "Lanmei Trading", "followup@lanmei.example", "Asia/Shanghai", ("amy@lanmei.example",), ("head@lanmei.example",)
)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


_MORE = "  # ── From the order to the goods"
_BEHIND = "# Other modes or steps for one party"


@cache
def playbook_with(*exchanges: tuple[str, str]) -> Playbook:
    """Return the shipped playbook, of its steps only the first eight, with some of its text exchanged."""
    text = (RULES / "playbook.yaml").read_text(encoding="utf-8")
    text = text.partition(_MORE)[0] + _BEHIND + text.partition(_BEHIND)[2]
    for before, after in exchanges:
        assert before in text, before
        text = text.replace(before, after)
    playbook, problems = load_playbook(text, "playbook.yaml")
    assert playbook is not None, problems
    return playbook


def without_lists(*exchanges: tuple[str, str]) -> Playbook:
    """Return the shipped playbook without weekly lists, so that orders are asked about singly."""
    return playbook_with(("    horizon: 28 days ", "    at_least: 99\n    horizon: 28 days "), *exchanges)


@cache
def shipped_calendars() -> Calendars:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((RULES / "calendars").glob("*.yaml"))}
    calendars, problems = load_calendars(texts, "CN")
    assert calendars is not None, problems
    return calendars


def at(day: str, hour: str = "10:00") -> datetime:
    """Return a moment of China's time."""
    return datetime.fromisoformat(f"{day}T{hour}:00+08:00")


def supplier(name: str = "Hengtai", **changes: object) -> PartyState:
    key = name.lower().replace(" ", "-")
    party = Party(
        name,
        Role.SUPPLIER,
        language="zh",
        country="CN",
        timezone="Asia/Shanghai",
        contacts=(
            Contact("Zheng", f"sales@{key}.example"),
            Contact("Wu", f"second@{key}.example"),
            Contact("He", f"boss@{key}.example", "manager"),
        ),
    )
    return party_state(party, **changes)


def customer(name: str = "Bergmann", **changes: object) -> PartyState:
    key = name.lower().replace(" ", "-")
    party = Party(
        name,
        Role.CUSTOMER,
        country="DE",
        timezone="Europe/Berlin",
        contacts=(Contact("Piotr", f"buyer@{key}.example"),),
    )
    return party_state(party, **changes)


def party_state(party: Party, **changes: object) -> PartyState:
    """Return a live party; what is no field of the state is one of the party."""
    own = {k: v for k, v in changes.items() if k in PartyState.__dataclass_fields__}
    party = replace(party, **{k: v for k, v in changes.items() if k not in own})  # type: ignore[arg-type]  # test sugar
    state = PartyState(party, live=True, live_at=LONG_AGO)
    return replace(state, **own)  # type: ignore[arg-type]  # test sugar


def purchase(number: str, due: str, party: str = "Hengtai", **changes: object) -> OrderState:
    order = Order(
        number,
        OrderKind.PURCHASE,
        party,
        style="HD5420",
        description="women's fleece hoodie",
        quantity=Decimal(1200),
        unit="pcs",
        order_date=date(2026, 9, 1),
        due_date=date.fromisoformat(due),
        ship_mode="sea",
        port="Shanghai",
        merchandiser="amy@lanmei.example",
    )
    return order_state(order, **({"acknowledged": date(2026, 9, 2)} | changes))


def sale(number: str, due: str, party: str = "Bergmann", **changes: object) -> OrderState:
    order = Order(
        number,
        OrderKind.SALES,
        party,
        customer_ref="BM-0007",
        style="HD5420",
        quantity=Decimal(1200),
        unit="pcs",
        due_date=date.fromisoformat(due),
        ship_mode="sea",
        merchandiser="amy@lanmei.example",
    )
    return order_state(order, **changes)


def order_state(order: Order, **changes: object) -> OrderState:
    own = {k: v for k, v in changes.items() if k in OrderState.__dataclass_fields__}
    order = replace(order, **{k: v for k, v in changes.items() if k not in own})  # type: ignore[arg-type]  # test sugar
    return OrderState(order, **own)  # type: ignore[arg-type]  # test sugar


def promised(
    state: OrderState, day: str, said: str = "2026-11-20", *topics: str, event: int = 7, **lot: object
) -> OrderState:
    """Return an order whose ship date was promised, as the folds leave it."""
    when = at(said)
    one = Lot(
        Milestone.SHIP, promise=date.fromisoformat(day), promised_at=when, promise_event=event, said_at=when, **lot
    )  # type: ignore[arg-type]  # test sugar
    others = tuple(known for known in state.lots if (known.milestone, known.part) != (one.milestone, one.part))
    return replace(state, lots=(*others, one), problems=topics, answered_at=when)


def happened(state: OrderState, day: str, milestone: Milestone = Milestone.SHIP, **lot: object) -> OrderState:
    one = Lot(milestone, actual=date.fromisoformat(day), **lot)  # type: ignore[arg-type]  # test sugar
    return replace(state, lots=(*state.lots, one))


def situation(
    *states: OrderState | PartyState,
    done: Iterable[Done] = (),
    reviews: Iterable[ReviewState] = (),
    addresses: Iterable[AddressState] = (),
    outside: Mode = Mode.AUTO,
) -> Situation:
    """Return a situation with these orders and parties; Hengtai and Bergmann are there and live."""
    orders = {s.order.number: s for s in states if isinstance(s, OrderState)}
    parties = {s.party.name: s for s in (supplier(), customer(), *states) if isinstance(s, PartyState)}
    return Situation(
        orders,
        parties,
        HOUSE,
        {a.address: a for a in addresses},
        {r.opened.item: r for r in reviews},
        tuple(done),
        outside,
    )


def question(item: str, *orders: str, party: str = "") -> ReviewState:
    return ReviewState(ReviewOpened(item, "which order?", orders, mail=1, party=party), at("2026-11-20"))


def look(now: datetime, *states: OrderState | PartyState, playbook: Playbook | None = None, **more: Any) -> "Look":
    """Return what is due and held in a situation; without weekly lists unless a playbook is given."""
    here = situation(*states, **more)
    rules = playbook or without_lists()
    dues, held = due(here, rules, shipped_calendars(), now)
    return Look(here, rules, dues, held)


@dataclass(frozen=True)
class Look:
    situation: Situation
    playbook: Playbook
    dues: tuple[Due, ...]
    held: tuple[Held, ...]

    def of(self, step: str) -> list[Due]:
        """Return what a step wants to write."""
        return [one for one in self.dues if one.step == step]

    def letters(self, step: str) -> list[str]:
        """Return the templates of what a step wants to write."""
        return [one.template for one in self.of(step)]

    def reasons(self, step: str) -> str:
        """Return why a step is held back."""
        return "; ".join(one.reason for one in self.held if one.duty.step == step)


def sent(due: Due, when: datetime, *, waiting: bool = False) -> Done:
    """Return the record of a due that was written."""
    return Done(due.duty, when, waiting)
