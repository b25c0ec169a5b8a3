"""One round of what is due, in a house with many open orders and years of history, on SQLite.

`python -m bench.follow_up` builds the database (a minute), then measures rounds, each in a fresh process.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bench.measure import Measured, in_fresh_process
from mailflow.core.letters.model import Mode
from mailflow.core.orders.events import NewEvent, PartyImported, WentLive
from mailflow.core.orders.model import Contact, House, Milestone, Order, OrderKind, Party, Role
from mailflow.core.orders.state import Lot, OrderState
from mailflow.core.playbook.looks import AWAKE
from mailflow.core.views.orders import ORDERS
from mailflow.edges.database import open_store, upgrade
from mailflow.edges.database.engine import make_engine, parse_url
from mailflow.edges.database.schema import ledger, outbox
from mailflow.jobs.follow_up import follow_up
from mailflow.jobs.rules import FollowUpRules
from mailflow.wiring.plan import load_plan

CHINA = ZoneInfo("Asia/Shanghai")
WEDNESDAY = datetime(2026, 9, 2, 8, 5, tzinfo=CHINA)
HOUSE = House(
    "Lanmei Trading", "followup@lanmei.example", "Asia/Shanghai", ("amy@lanmei.example",), ("head@lanmei.example",)
)
SUPPLIERS, CUSTOMERS = 600, 200
SECONDS, MEGABYTES = 2.0, 300.0
_YEARS = 5


def main() -> None:
    """Build, measure, tell; fail where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.follow_up", description=__doc__)
    parser.add_argument("--open", type=int, default=100_000, help="open orders (default 100000)")
    parser.add_argument("--closed", type=int, default=200_000, help="closed orders (default 200000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailflow-bench-") as name:
        url = f"sqlite:///{name}/mailflow.db"
        began = time.monotonic()
        build(url, options.open, options.closed)
        print(f"built in {time.monotonic() - began:.0f} s: {options.open} open, {options.closed} closed orders")
        rounds = {
            "the first round: every order is looked at": WEDNESDAY,
            "five minutes later": WEDNESDAY + timedelta(minutes=5),
            "the next morning: a day's letters": WEDNESDAY + timedelta(days=1),
            "five minutes after that": WEDNESDAY + timedelta(days=1, minutes=5),
            "the day of the weekly lists": WEDNESDAY + timedelta(days=6, hours=1),
        }
        log = Path(name) / "log"
        found = {
            what: in_fresh_process("bench.follow_up:one_round", log, url=url, now=moment.isoformat())
            for what, moment in rounds.items()
        }
    for name, one in found.items():
        print(f"{name:45} {one.seconds:6.2f} s  {one.peak_mb:5.0f} MB  {one.count:6} letters")
    Path("bench-out").mkdir(exist_ok=True)
    told = {name: {"seconds": one.seconds, "peak_mb": one.peak_mb, "letters": one.count} for name, one in found.items()}
    Path("bench-out/follow_up.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    usual = [found[name] for name in rounds if "later" in name or "morning" in name or "after" in name]
    if any(one.seconds > SECONDS or one.peak_mb > MEGABYTES for one in usual):
        sys.exit(f"the goal is missed: {SECONDS} s and {MEGABYTES:.0f} MB a round")


def one_round(url: str, now: str) -> Measured:
    """Do rounds until no order waits, and send what they planned; measured is the slowest of them."""
    rules, moment = _rules(), datetime.fromisoformat(now)
    store = open_store(url)
    letters, slowest, used = 0, 0.0, 0.0
    behind = True
    while behind:
        began, cpu = time.perf_counter(), time.process_time()
        report = follow_up(store, rules, moment)
        slowest, used = max(slowest, time.perf_counter() - began), max(used, time.process_time() - cpu)
        letters, behind = letters + len(report.planned), report.behind
    engine = make_engine(parse_url(url))
    with engine.begin() as connection:
        sent = {"state": "sent", "sent_at": moment.astimezone(UTC), "filed": True}
        connection.execute(outbox.letter.update().where(outbox.letter.c.state == "queued").values(**sent))
    store.close()
    return Measured(letters, slowest, used)


def _rules() -> FollowUpRules:
    plan, problems = load_plan(None)
    assert plan is not None, problems
    return FollowUpRules(*plan, HOUSE, "main", Mode.AUTO)


def build(url: str, open_orders: int, closed: int) -> None:
    """Fill a database with orders, and with the letters that were written about them."""
    upgrade(url)
    store = open_store(url)
    parties = [
        *(_party(n, Role.SUPPLIER) for n in range(SUPPLIERS)),
        *(_party(n, Role.CUSTOMER) for n in range(CUSTOMERS)),
    ]
    with store.begin() as tx:
        tx.ledger.record([NewEvent(PartyImported(party, "book")) for party in parties], WEDNESDAY - timedelta(days=900))
        tx.ledger.record([NewEvent(WentLive(party.name)) for party in parties], WEDNESDAY - timedelta(days=900))
    store.close()
    engine = make_engine(parse_url(url))
    with engine.begin() as connection:
        chance = random.Random(7)
        for rows in _chunks(_orders(chance, open_orders, closed)):
            connection.execute(insert(ledger.view_row), [_view_row(state) for state in rows])
            letters = [letter for state in rows for letter in _letters(state)]
            connection.execute(insert(outbox.letter), [letter for letter, _ in letters])
            connection.execute(insert(outbox.duty), [duty for _, duty in letters])
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _party(number: int, role: Role) -> Party:
    name = f"{role.value} {number:04}"
    people = tuple(
        Contact(f"P{n}", f"p{n}@{role.value}{number}.example", "manager" if n == 2 else "") for n in range(3)
    )
    country, zone = ("CN", "Asia/Shanghai") if role is Role.SUPPLIER else ("DE", "Europe/Berlin")
    return Party(name, role, country=country, timezone=zone, contacts=people)


def _orders(chance: random.Random, open_orders: int, closed: int) -> Iterator[OrderState]:
    """Yield orders: seven of ten purchases, most of them linked; nearly all on time and acknowledged."""
    today = WEDNESDAY.date()
    for number in range(open_orders + closed):
        is_open = number < open_orders
        ahead = chance.randrange(0, 170) if chance.random() < 0.985 else -chance.randrange(1, 25)
        due = today + timedelta(days=ahead) if is_open else today - timedelta(days=chance.randrange(30, 365 * _YEARS))
        purchase = number % 10 < 7
        kind, many, role = (
            (OrderKind.PURCHASE, SUPPLIERS, "supplier") if purchase else (OrderKind.SALES, CUSTOMERS, "customer")
        )
        state = OrderState(
            Order(
                f"{'PO' if purchase else 'SO'}{number:07}",
                kind,
                f"{role} {chance.randrange(many):04}",
                style=f"HD{number % 9000}",
                product="women's fleece hoodie",
                quantity=Decimal(1200),
                unit="pcs",
                order_date=due - timedelta(days=90),
                due_date=due,
                ship_mode="sea",
                linked_order=f"SO{number // 10 * 10 + 7 + number % 3:07}" if purchase and number % 10 < 6 else "",
                status="open" if is_open else "closed",
                shipping_mark="LANMEI",
                destination_port="Hamburg",
                destination_country="Germany",
            ),
            acknowledged=due - timedelta(days=88),
        )
        yield state if is_open else _shipped(state, due)


def _shipped(state: OrderState, day: date) -> OrderState:
    return replace(
        state, lots=(Lot(Milestone.SHIP, actual=day), Lot(Milestone.RECEIVE, actual=day + timedelta(days=40)))
    )


def _view_row(state: OrderState) -> dict[str, object]:
    return {
        "view": ORDERS.name,
        "key": state.order.number,
        "group_key": ORDERS.groups(state)[0],
        "is_open": True,
        "data": ORDERS.dump(state),
        "party": state.order.party,
        "flagged": False,
        "look_at": AWAKE,
    }


_NUMBERS = iter(range(1, 10**9))


def _letters(state: OrderState) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    """Yield the letters that were written about an order long ago, each with its duty."""
    due = state.order.due_date or WEDNESDAY.date()
    for step, ahead in (("chase_ack", 88), ("ask_ship", 7)):
        day = due - timedelta(days=ahead)
        if day >= WEDNESDAY.date() - timedelta(days=5):
            continue
        number = next(_NUMBERS)
        duty = {
            "letter": number,
            "step": step,
            "order_number": state.order.number,
            "recipient": "p0@supplier.example",
            "occasion": str(due if step == "ask_ship" else state.order.order_date),
            "released": False,
        }
        yield _letter(number, datetime.combine(day, datetime.min.time(), UTC)), duty


def _letter(number: int, at: datetime) -> dict[str, object]:
    return {
        "id": number,
        "account": "main",
        "state": "sent",
        "mode": "auto",
        "urgent": False,
        "approved": False,
        "filed": True,
        "uncertain": False,
        "attempts": 1,
        "repeated": 0,
        "worker": "",
        "created_at": at,
        "not_before": at,
        "next_try": at,
        "handed_at": at,
        "sent_at": at,
        "reply": "250",
        "refused": "[]",
        "planned": "{}",
        "message_id": f"<{number}@lanmei.example>",
        "sender": HOUSE.mailbox,
        "recipients": '["p0@supplier.example"]',
        "raw": b"",
    }


def _chunks(states: Iterator[OrderState], size: int = 5000) -> Iterator[list[OrderState]]:
    chunk: list[OrderState] = []
    for state in states:
        chunk.append(state)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


if __name__ == "__main__":
    main()
