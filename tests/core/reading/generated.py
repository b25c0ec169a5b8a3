"""Generated mails: phrases by what they say, in many numbers, days and frames, their truth known by construction."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

from mailflow.core.message.model import Address, Line, Message, MessageKind
from mailflow.core.orders.model import Contact, Order, OrderKind, Party, Role
from mailflow.core.reading.book import Book, build_book
from mailflow.core.yaml_source import read_yaml

PHRASES = Path(__file__).parent / "phrases"
VARIATIONS = 4  # of each phrase
GLUED = 3  # the one that leaves out the blank between a number and a day
MAIL_DAYS = (date(2026, 11, 11), date(2026, 11, 18), date(2026, 11, 24))
QUANTITY = 1250
NUMBERS = (
    "LM-55{:03d}",
    "9{:03d}47",
    "TR/88{:03d}",
    "26Q{:03d}-B",
    "51{:03d}-7",
    "C.40{:03d}",
    "ZH26{:03d}Y",
    "700{:03d}",
)
GOODS = ("trampoline", "kayak", "tent", "sewing machine", "fruit press", "bicycle pump", "hydraulic jack", "easel")
ROLES = {"supplier": Role.SUPPLIER, "customer": Role.CUSTOMER, "forwarder": Role.FORWARDER}
LONG_MONTHS = tuple(date(2000, month, 1).strftime("%B") for month in range(1, 13))


@dataclass(frozen=True)
class Mail:
    """One generated mail with its truth, in the form of a corpus' gold."""

    name: str
    family: str
    message: Message
    gold: dict[str, Any]


@cache
def manners() -> dict[str, Any]:
    """Return how people of each language write days, and how they begin and end a mail."""
    source, problems = read_yaml((PHRASES.parent / "manners.yaml").read_text("utf-8"), "manners.yaml")
    assert source is not None, problems
    return dict(source.data)


@cache
def parties() -> dict[tuple[str, str], Party]:
    """Return a supplier, a customer and a forwarder for each language."""
    found = {}
    for language, manner in manners().items():
        for role, kind in ROLES.items():
            email = f"mail@{role}-{language}.example"
            contact = Contact("Writer", email)
            found[language, role] = Party(f"{role} {language}", kind, country=manner["country"], contacts=(contact,))
    return found


def _order(index: int, party: Party) -> Order:
    forwarded = party.role is Role.FORWARDER
    kind = OrderKind.SALES if party.role is Role.CUSTOMER else OrderKind.PURCHASE
    owner = next(p for p in parties().values() if p.role is Role.SUPPLIER) if forwarded else party
    return Order(
        NUMBERS[index % len(NUMBERS)].format(100 + index * 3),
        kind,
        owner.name,
        style=f"ST{index:03d}K",
        quantity=Decimal(QUANTITY),
        unit="pcs",
        due_date=date(2026, 12, 18) + timedelta(days=index % 9),
        description=GOODS[index % len(GOODS)],
    )


@cache
def world() -> tuple[Book, dict[tuple[str, str], list[Order]]]:
    """Return the book and each party's orders."""
    orders: dict[tuple[str, str], list[Order]] = {}
    index = 0
    for key, party in parties().items():
        orders[key] = []
        for _ in range(6):
            orders[key].append(_order(index, party))
            index += 1
    every = [order for some in orders.values() for order in some]
    return build_book(every, list(parties().values()), None), orders


def _written(day: date, language: str, turn: int) -> str:
    manner = manners()[language]
    names = str(manner.get("months", manners()["en"]["months"])).split()
    ordinal = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in (11, 12, 13) else 0, "th")
    parts = {"d": day.day, "m": day.month, "y": day.year, "o": ordinal}
    form = manner["days"][turn % len(manner["days"])]
    return str(form).format(**parts, n=names[day.month - 1], l=LONG_MONTHS[day.month - 1])


def _families() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in sorted(PHRASES.glob("*.yaml")):
        source, problems = read_yaml(path.read_text("utf-8"), path.name)
        assert source is not None, problems
        for name, family in source.data.items():
            language, _, rest = name.partition(" ") if path.stem == "others" else (path.stem, "", name)
            yield language, rest, family


def _phrases(family: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for text in family.get("says", ()):
        yield text, list(family["truth"])
    for row in family.get("each", ()):
        truth = [t.replace("CAUSE", row.get("cause", "")) for t in row.get("truth", family.get("truth", ()))]
        yield row["say"], truth


_TOUCHING = re.compile(r"(?<=\})(?=\{)|(?<=\})(?=\d)")


def _apart(text: str, *, glued: bool) -> str:
    """Put a blank between a number and what begins with a digit; some writers leave it out."""
    return text if glued else _TOUCHING.sub(" ", text)


_SHIFT = re.compile(r"^(D|E|F|P|due)([+-]\d+)?$")


def _update(line: str, order: Order, days: dict[str, date], amounts: dict[str, int]) -> dict[str, Any]:
    kind, *rest = line.split()
    out: dict[str, Any] = {"order": order.number, "kind": kind}
    for word in rest:
        shifted = _SHIFT.match(word)
        if shifted:
            out["date"] = (days[shifted[1]] + timedelta(days=int(shifted[2] or 0))).isoformat()
        elif word == "today" or word[:2] == "20":
            out["date"] = days["today"].isoformat() if word == "today" else word
        elif word[:2] == "q=":
            out["quantity"] = amounts[word[2:]]
        elif word in ("approved", "rejected"):
            out["verdict"] = word
        else:
            out["milestone" if kind in ("forecast", "done") else "topic"] = word
    return out


def _disposition(family: dict[str, Any], updates: list[dict[str, Any]]) -> str:
    return str(family.get("is") or ("update" if updates else "attention"))


@cache
def mails() -> tuple[Mail, ...]:
    """Return every generated mail; the same each time."""
    found = []
    for language, name, family in _families():
        role = family.get("by", "supplier")
        for index, (text, truth) in enumerate(_phrases(family)):
            of = partial(_mail, language, name, role, text, truth, family, index)
            found += [of(turn) for turn in range(VARIATIONS)]
    return tuple(found)


def _mail(
    language: str, name: str, role: str, text: str, truth: list[str], family: dict[str, Any], index: int, turn: int
) -> Mail:
    seed = index * 7 + turn * 5 + len(text)
    today = MAIL_DAYS[(index + turn) % len(MAIL_DAYS)]
    order = world()[1][language, role][seed % 6]
    ahead = today + timedelta(days=6 + seed % 19)
    days = {"D": ahead, "E": ahead + timedelta(days=3 + turn), "F": ahead + timedelta(days=9 + turn)}
    days |= {"P": today - timedelta(days=2 + seed % 9)}
    amounts = {"Q": 725 + 25 * turn, "R": QUANTITY - 725 - 25 * turn}
    said = {key: _written(day, language, index + turn) for key, day in days.items()}
    opening, closing = manners()[language]["frames"][turn % 4]
    body = _apart(text, glued=turn == GLUED).format(N=order.number, **said, **amounts)
    lines = (opening + body + closing).split("\n")
    days |= {"due": order.due_date or today, "today": today}
    updates = [_update(line, order, days, amounts) for line in truth]
    mail = Message(
        f"<{language}-{name}-{index}-{turn}@mails.example>".replace(" ", "-"),
        Address(parties()[language, role].contacts[0].email),
        (),
        datetime(today.year, today.month, today.day, 9, tzinfo=UTC),
        "",
        MessageKind.PERSONAL,
        "\n".join(lines),
        tuple(Line(line) for line in lines),
        "",
    )
    label = f"{language} {name}"
    key = f"{label} {index}.{turn}"
    gold = {"id": key, "disposition": _disposition(family, updates), "updates": updates}
    return Mail(key, label, replace(mail, text="\n".join(lines)), gold)
