"""The documents of an order: filed, released for the customer, withdrawn."""

from dataclasses import replace
from datetime import date

from mailflow.core.orders.papers import DocumentFiled, DocumentReleased, OfDocuments
from mailflow.core.orders.state import Paper


def with_paper(papers: tuple[Paper, ...], event: OfDocuments, day: date) -> tuple[Paper, ...]:
    """Return the documents of an order after an event about one of them; a file of two kinds stands there twice."""
    same = [one for one in papers if (one.mail, one.part) == (event.mail, event.part)]
    if isinstance(event, DocumentReleased):
        return tuple(replace(one, released=True) if one in same else one for one in papers)
    if not isinstance(event, DocumentFiled):
        return tuple(one for one in papers if one not in same)
    new = Paper(
        event.kind,
        event.mail,
        event.part,
        event.name,
        day,
        event.content_type,
        event.size,
        event.party,
        event.role,
        event.readable,
        event.names,
        released=any(one.released for one in same),
    )
    return (*(one for one in papers if one not in same or one.kind != new.kind), new)
