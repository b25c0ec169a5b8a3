"""Other worlds: the corpus rewritten into companies with other numbers and names, to tell rules from habits."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from mailflow.core.message.model import Message
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases, phrases_from
from mailflow.core.orders.model import House, Order, Party
from mailflow.core.reading.book import Book, build_book
from mailflow.core.reading.words import Words, load_words
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.configuration import read_folder
from mailflow.edges.files.defaults import default_rules
from mailflow.edges.files.order_book import load_book

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "dev"


@cache
def words() -> Words:
    """Return the words of the rules that come with mailflow."""
    return load_words(read_folder(default_rules() / "reading", (".yaml",)))


@cache
def phrases() -> Phrases:
    """Return the words of quoting that come with mailflow."""
    source, _ = read_yaml((default_rules() / "reading" / "quoting.yaml").read_text("utf-8"), "quoting.yaml")
    assert source is not None
    return phrases_from(source.data)


@cache
def book_in(folder: Path) -> Book:
    """Return the order book and the parties of a folder of mails."""
    orders, parties, house, _ = load_book(folder / "orders.csv", folder / "parties.yaml")
    return build_book(orders, parties, house)


@cache
def messages() -> tuple[tuple[str, Message], ...]:
    """Return the parsed mails of the corpus by name."""
    files = sorted((CORPUS / "mail").glob("*.eml"))
    return tuple((file.stem, parse_message(file.read_bytes(), open_attachment, phrases())) for file in files)


@cache
def corpus_book() -> tuple[tuple[Order, ...], tuple[Party, ...], House]:
    """Return the corpus' own orders, parties and house."""
    orders, parties, house, _ = load_book(CORPUS / "orders.csv", CORPUS / "parties.yaml")
    assert house is not None
    return orders, parties, house


@cache
def gold() -> tuple[dict[str, Any], ...]:
    """Return what a careful clerk takes from each mail."""
    return tuple(json.loads(line) for line in (CORPUS / "gold.jsonl").read_text("utf-8").splitlines() if line.strip())


@dataclass(frozen=True)
class World:
    """How a company writes its numbers: `{0}` stands for the digits that the corpus' numbers end in."""

    name: str
    purchase: str
    sales: str
    style: Callable[[str, str], str]
    suffix: str
    companies: tuple[tuple[str, str], ...]


_OWN = re.compile(
    r"(?P<kind>[PSＰＳ])(?P<o>[O0Ｏ０])[ ]?(?:26|２６)[ ]?(?:[-－][ ]?)?"
    r"(?P<digits>[\dO０-９]{2}-[\d]{3}|[\dO０-９]{4,5})(?![\d])"
)
_STYLE = re.compile(r"(?<![A-Za-z0-9])(?P<letters>HD|TS|TW|CU|DN|PJ|BL|ＴＳ)(?P<digits>[\d７４６９]{4})(?![\d])")
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


def rewriter(world: World) -> Callable[[str], str]:
    """Return the function that rewrites one text of the corpus into the world's manner."""

    def own(hit: re.Match[str]) -> str:
        wide = hit["kind"] in "ＰＳ"
        digits = hit["digits"].translate({c + 0xFEE0: c for c in range(0x30, 0x3A)})
        form = world.purchase if hit["kind"] in "PＰ" else world.sales
        out = form.replace("{0}", digits.replace("-", ""))
        return out.translate(_WIDE) if wide else out

    def style(hit: re.Match[str]) -> str:
        wide = hit["letters"] == "ＴＳ"
        letters, digits = hit["letters"], hit["digits"]
        if wide:
            letters, digits = "TS", digits.translate({c + 0xFEE0: c for c in range(0x30, 0x3A)})
        out = world.style(letters, digits)
        return out.translate(_WIDE) if wide else out

    def rewrite(text: str) -> str:
        text = _STYLE.sub(style, _OWN.sub(own, text))
        for old, new in world.companies:
            text = text.replace(old, new)
        return text

    return rewrite


def rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """Return a value with every text in it rewritten."""
    if isinstance(value, str) and type(value) is str:
        return rewrite(value)
    if isinstance(value, tuple):
        return tuple(rewritten(item, rewrite) for item in value)
    if isinstance(value, dict):
        return {key: rewritten(item, rewrite) for key, item in value.items()}
    if isinstance(value, list):
        return [rewritten(item, rewrite) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: rewritten(getattr(value, f.name), rewrite) for f in fields(value)})
    return value


def of_world(world: World) -> tuple[Book, Iterator[tuple[str, Message]], Iterable[dict[str, Any]]]:
    """Return the book, the mails and the gold of a world."""
    rewrite = rewriter(world)
    orders, parties, house = corpus_book()
    book = build_book(
        [rewritten(order, rewrite) for order in orders],
        [rewritten(party, rewrite) for party in parties],
        rewritten(house, rewrite),
    )
    mails = ((name, rewritten(message, rewrite)) for name, message in messages())
    return book, mails, [rewritten(line, rewrite) for line in gold()]


_NAMES = (
    ("Lanmei", "Brightwell"),
    ("lanmei", "brightwell"),
    ("hengtai-garment", "mingguang-led"),
    ("dhakaweave", "karachi-steel"),
    ("Dhaka Weave", "Karachi Steel"),
    ("kovaimills", "punecasting"),
    ("Kovai Mills", "Pune Casting"),
    ("OZ-", "WB/"),
    ("HF0", "GT-7"),
    ("YS26", "BC-3"),
    ("KM/", "PC."),
    ("SSG-", "QX"),
)

WORLDS = (
    World("slashes", "KX/2026/{0}", "VK/2026/{0}", lambda a, d: f"{a}-{d}", "", _NAMES),
    World("digits alone", "4711{0}", "4720{0}", lambda a, d: f"{d}{a}", "", ()),
    World("letters and zeros", "TRA0{0}", "XSA0{0}", lambda a, d: f"M{d}.{a[0]}", "", _NAMES[:6]),
    World("year behind", "{0}-26P", "{0}-26V", lambda a, d: f"{a}{d}X", "", _NAMES[2:]),
    World("points", "B26.{0}", "C26.{0}", lambda a, d: f"{d}-{a}-01", "", _NAMES),
)
