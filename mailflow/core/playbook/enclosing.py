"""Which documents go along with a letter to a customer (docs/decisions/0012-documents.md)."""

import re
from collections.abc import Iterable
from datetime import date

from mailflow.core.letters.model import Enclosure
from mailflow.core.orders.model import Role
from mailflow.core.orders.state import OrderState, Paper
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.steps import Step


def enclosures(frame: Frame, step: Step, state: OrderState, since: date | None = None) -> tuple[Enclosure, ...]:
    """Return what goes along about an order: what a person has released, and of the rest what the carrier made.

    Documents of the purchase orders that serve it count as its own. The latest of a kind is taken; with `since` nothing
    that was filed before that day.
    """
    if not step.attach:
        return ()
    orders = (state, *frame.serving.get(state.order.number, ()))
    found: list[Enclosure] = []
    for kind in step.attach:
        papers = [paper for one in orders for paper in one.papers if paper.kind == kind and _may_go(paper)]
        papers = [paper for paper in papers if since is None or paper.filed >= since]
        released = [paper for paper in papers if paper.released]
        for paper in _latest(released or papers):
            number = f"-{len(found) + 1}" if any(one.kind == kind for one in found) else ""
            name = f"{kind}-{state.order.number}{number}{_suffix(paper)}"
            found.append(_enclosure(name, paper))
    return tuple(found)


def _may_go(paper: Paper) -> bool:
    """Say whether a document may go along: released, or the carrier's own and without a word of the other side."""
    return paper.released or (paper.role == Role.FORWARDER and paper.readable and not paper.names)


def _latest(papers: Iterable[Paper]) -> list[Paper]:
    """Return the newest document of a kind; of those released all, each file once."""
    files = {(paper.mail, paper.part): paper for paper in papers}
    chosen = [files[key] for key in sorted(files)]
    return chosen if any(paper.released for paper in chosen) else chosen[-1:]


def _enclosure(name: str, paper: Paper) -> Enclosure:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:100]
    return Enclosure(plain, paper.kind, paper.mail, paper.name, paper.size, paper.content_type, paper.released)


def _suffix(paper: Paper) -> str:
    found = re.search(r"\.[A-Za-z0-9]{2,5}\Z", paper.name)
    return found[0].lower() if found else ""
