"""Strangers: what of a mail from nobody we deal with a person must see; nothing of it is entered."""

from mailflow.core.matching.matcher import State
from mailflow.core.message.model import MessageKind
from mailflow.core.reading.case import Case, Verdict
from mailflow.core.reading.model import Disposition


def judge_stranger(case: Case) -> Verdict:
    """Try every rule; a mail that none hits is filed."""
    verdict = Verdict(nothing=True)
    for name, hit, question in (*_fraud(case), *_matters(case)):
        verdict.trace.append(f"{'hit ' if hit else 'miss'} stranger: {name}")
        if hit:
            verdict.disposition = Disposition.ATTENTION
            verdict.questions.append(question)
    return verdict


def _fraud(case: Case) -> tuple[tuple[str, bool, str], ...]:
    return (
        (
            "look-alike address",
            bool(case.sender.resembles),
            f"Likely fraud: the address looks like one of {case.sender.resembles}'s and is none. Who wrote?",
        ),
        (
            "a party's address as the name",
            bool(case.named and case.named.party),
            "Likely fraud: the sender's name is the address of one of our partners, the address is another. Who wrote?",
        ),
        (
            "bank details",
            "bank_word" in case.concepts,
            "Likely fraud: new bank details from an address that we do not know. Call a number that you know.",
        ),
    )


def _matters(case: Case) -> tuple[tuple[str, bool, str], ...]:
    concepts = case.concepts
    bulk = case.message.kind is MessageKind.BULK or "advert" in concepts
    wants = bool(concepts & {"question", "need", "request", "problem_quality"})
    return (
        (
            "names an order",
            any(m.orders or m.state is State.UNKNOWN for m in case.gathered.mentions),
            "The sender has no say in this order. Who is it?",
        ),
        ("inquiry", "inquiry" in concepts and not bulk, "A new inquiry?"),
        ("speaks to programs", "machine_talk" in concepts, "The mail speaks to programs, not to people. What is it?"),
        (
            "order matters",
            not bulk and bool(concepts & {"pay_word", "order_word"}) and wants,
            "What does this stranger want?",
        ),
        (
            "internal",
            case.sender.internal and case.names_orders,
            "A colleague writes about an order. Should it be entered?",
        ),
    )
