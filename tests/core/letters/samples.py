"""Planned letters for tests, on top of the made-up facts on which templates are tried."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from mailflow.core.letters.build import Sender
from mailflow.core.letters.loading import load_templates
from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import Duty, LetterFacts, Mode, PlannedLetter, Told
from mailflow.core.letters.samples import HOUSE, facts, reader
from mailflow.core.letters.templates import Templates
from mailflow.core.message.model import Address

NOW = datetime(2026, 12, 8, 1, 30, tzinfo=UTC)
SENDER = Sender(Address("followup@lanmei.example", "蓝湄贸易 跟单"), HOUSE, b"sesame")


@cache
def shipped_texts() -> dict[str, str]:
    """Return the files of templates/ as they are shipped."""
    folder = Path(__file__).parents[3] / "templates"
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in sorted(folder.rglob("*")) if p.is_file()}


@cache
def shipped_templates() -> Templates:
    """Return the shipped letters; loaded once a test process."""
    loaded, problems = load_templates(shipped_texts())
    assert [str(problem) for problem in problems] == []
    assert loaded is not None
    return loaded


def planned(
    template: str = "ask_ship",
    side: Side = Side.SUPPLIER,
    language: str = "en",
    count: int = 1,
    said: LetterFacts | None = None,
) -> PlannedLetter:
    """Return a letter as the playbook would plan it."""
    to, party = reader(side)
    said = said or facts(side, count)
    orders = tuple(line.number for line in said.lines)
    return PlannedLetter(
        template=template,
        step=template,
        party=party.name if party else "",
        to=(to,),
        language=language,
        mode=Mode.AUTO,
        duties=tuple(Duty(template, order, to.email, "2026-12-08") for order in orders),
        orders=orders,
        facts=said,
        account="main",
        not_before=NOW,
        told=tuple(Told(order, date(2026, 12, 17)) for order in orders) if side is Side.CUSTOMER else (),
    )


def long_product(said: LetterFacts) -> LetterFacts:
    """Return the facts with a product name of sixty characters."""
    name = "women's heavyweight brushed fleece hoodie with zip & pockets"
    assert len(name) == 60
    return replace(said, lines=tuple(replace(line, product=name) for line in said.lines))


def hostile_names(said: LetterFacts) -> LetterFacts:
    """Return the facts with right-to-left text, emoji and markup where people put free text."""
    return replace(
        said,
        lines=tuple(
            replace(
                line,
                product="سترة 🧥 <b>{{ 7*7 }}</b>",
                description='"><script>',
                shipping_mark="علامة\n🚢",
                their_ref="A&B",
            )
            for line in said.lines
        ),
    )
