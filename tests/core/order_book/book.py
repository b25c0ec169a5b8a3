"""Small books for the tests: rows of cells in, a book out."""

from functools import cache
from pathlib import Path

from mailflow.core.order_book.book import Source, read_book
from mailflow.core.order_book.mapping import FILE, BookRules, parse_rules
from mailflow.core.order_book.model import Book, CellValue, Sheet
from mailflow.core.order_book.settle import Settled, settle
from mailflow.core.orders.model import Milestone

RULES = Path(__file__).parents[3] / "rules" / FILE

STAGES = (*Milestone, "bom", "customer_data")
"""The milestones of the playbook that comes with mailflow, as far as its order book names them."""


@cache
def rules() -> BookRules:
    """Return the mapping that comes with mailflow."""
    found, problems = parse_rules(RULES.read_text(encoding="utf-8"), stages=STAGES)
    assert problems == []
    return found


def sheet(*rows: tuple[CellValue, ...], file: str = "book.xlsx") -> Source:
    """Return a file with one sheet."""
    return Source(file, (Sheet(file, rows),))


def read(*sources: Source, people: dict[str, str] | None = None, with_rules: BookRules | None = None) -> Book:
    return read_book(sources, with_rules or rules(), people)


def settled(*sources: Source) -> Settled:
    return settle(read(*sources), {}, {})


PARTIES = Source(
    "parties.yaml",
    text="""\
parties:
- name: 宁波恒泰制衣有限公司
  short: Hengtai
  role: supplier
  country: CN
  contacts:
  - {name: 郑洁, email: zheng@hengtai.example, role: sales}
- name: Northwind Outfitters
  role: customer
  language: en
  timezone: America/New_York
  contacts:
  - {name: Ann, email: ann@northwind.example}
""",
)
