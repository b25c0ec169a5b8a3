"""Events as they are told: when, what, who made it so and why, and below it the words that prove it."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console

from mailflow.cli.screen import line
from mailflow.cli.wording import sentence
from mailflow.core.orders.events import Proof, Recorded

INDENT = 18  # a time and two blanks


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as the clocks at our house show it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def tell(out: Console, events: Iterable[Recorded], zone: ZoneInfo, order: str = "", *, sources: bool = True) -> None:
    """Print events; `order` is the one that is looked at; without `sources` of one mail, of which only words differ."""
    for recorded in events:
        by = "" if recorded.actor == "mailflow" else f"  by {recorded.actor}"
        because = f": {recorded.why}" if by and recorded.why else ""
        when = (f"{moment(recorded.at, zone)}  ", "dim")
        line(out, sentence(recorded.event, order), (by + because, "cyan"), lead=when)
        proof: Proof | None = getattr(recorded.event, "proof", None)
        if proof is not None:
            line(out, (f"“{proof.words}”", "italic green"), indent=INDENT)
            if sources:
                source(out, proof, zone, INDENT)


def source(out: Console, proof: Proof, zone: ZoneInfo, indent: int) -> None:
    """Print who wrote the words that prove something, when and in which mail, and how the order was told."""
    said = f", {moment(proof.said_at, zone)}" if proof.said_at else ""
    told = f"{proof.how}, {proof.confidence:.0%} sure"
    line(out, f"{proof.sender}{said}  {proof.message_id}  ({told})", indent=indent, style="dim")
