"""A step's turn becomes a due letter, or is held with the reason."""

from dataclasses import dataclass, field, replace
from datetime import date

from mailflow.core.letters.model import Difference, Duty, LetterFacts, Mode, OrderLine, Told
from mailflow.core.orders.model import Handling, Milestone, OrderKind, Party, linked, place
from mailflow.core.orders.state import Happening, OrderState, PartyState
from mailflow.core.playbook.asked import asker, endangered, told_line
from mailflow.core.playbook.conditions import missing_documents
from mailflow.core.playbook.disclosure import (
    carriers_numbers,
    line_for_carrier,
    line_for_customer,
    line_for_house,
    line_for_supplier,
    quantity_text,
)
from mailflow.core.playbook.enclosing import enclosures
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Due, Held
from mailflow.core.playbook.moments import Happened
from mailflow.core.playbook.money import with_accounts
from mailflow.core.playbook.parts import PartShipped
from mailflow.core.playbook.people import (
    FAR,
    Letterhead,
    letterhead,
    nobody_to_write_to,
    obstacle,
    obstacle_until,
    opening,
    stricter,
)
from mailflow.core.playbook.steps import Step
from mailflow.core.playbook.turns import Case, Turn, occasion


@dataclass(frozen=True, slots=True)
class Said:
    """What a letter says beside the order's own line."""

    why: str
    stage: str = str(Milestone.SHIP)
    facts: LetterFacts = field(default_factory=lambda: LetterFacts(()))
    told: tuple[Told, ...] = ()
    expected: date | None = None
    part: PartShipped | None = None  # of an order that goes in parts, what it is about
    asks: bool = True  # a question that is open about the order stops it; a notice or an answer is a draft meanwhile
    asked: Happening | None = None  # their question where the order stands, which it answers


def write(
    frame: Frame, step: Step, state: OrderState, party: PartyState | None, case: Case, turn: Turn, said: Said
) -> Due | Held | None:
    """Return the letter that has its turn, or why it is not written; nothing where the playbook itself says `off`."""
    name = party.party.name if party else frame.reader(step, state)
    nobody = Duty(step.name, state.order.number, "-", occasion(step, case.about, turn.rung))
    if turn.waits:
        return Held(nobody, turn.waits, turn.until or FAR)
    reason = obstacle(frame, name, party, (state,), inside=step.inside)
    if reason or party is None:
        return Held(nobody, reason, obstacle_until(frame, party, (state,)))
    question = "" if step.inside else _question(frame, state)
    if not step.inside:
        reason = (question if said.asks else "") or _too_far(party, turn) or _complaint(frame, step, name)
    if reason:
        return Held(nobody, reason)
    rung = step.ladder[turn.rung]
    reader = None if step.inside else party.party
    head = _to_the_asker(frame, letterhead(frame, step, rung, reader, state), state, reader, said)
    if not head.to:
        return Held(nobody, *nobody_to_write_to(frame, rung.to, name, reader))
    mode = stricter(head.mode, Mode.DRAFT) if question and said.asked is None else head.mode
    head = replace(head, mode=_gated(frame, step, state, mode, said))
    duty = replace(nobody, recipient=head.to[0].email)
    if step.accounts:
        facts = replace(said.facts, day=frame.reached(state, said.stage) or said.facts.day)
        said = replace(said, facts=with_accounts(frame, step, [state], facts, language=head.language))
    if head.mode == Mode.OFF:
        return None if rung.mode == Mode.OFF else Held(duty, f"{rung.letter} is switched off for {name}", FAR)
    line, enclosed = (
        order_line(frame, step, state, party, said),
        enclosures(frame, step, state, _day_before(frame, said)),
    )
    if enclosed:
        line = replace(line, documents=tuple(dict.fromkeys(one.kind for one in enclosed)))
    told = line if said.asked is None or reader is None else told_line(frame, state, line)
    if told is None:
        return Held(duty, f"nothing of {state.order.number} may be told to {name} by now: a person answers", FAR)
    due = _due(frame, step, duty, head, rung.letter, told, turn, said, reader)
    return replace(due, enclosed=enclosed)


def _to_the_asker(frame: Frame, head: Letterhead, state: OrderState, reader: Party | None, said: Said) -> Letterhead:
    """Return who gets a letter: an answer goes to who asked, and waits for a person where the date is in danger."""
    if said.asked is None or reader is None:
        return head
    to = asker(frame, reader, said.asked)
    mode = stricter(head.mode, Mode.DRAFT) if endangered(frame, state) else head.mode
    return replace(head, to=head.to if to is None else (to,), mode=mode)


def _due(
    frame: Frame,
    step: Step,
    duty: Duty,
    head: Letterhead,
    template: str,
    line: OrderLine,
    turn: Turn,
    said: Said,
    reader: Party | None,
) -> Due:
    who = reader.name if reader else duty.recipient
    return Due(
        duty=duty,
        step=step.name,
        template=template,
        mode=head.mode,
        party=reader.name if reader else "",
        to=head.to,
        cc=head.cc,
        language=head.language,
        facts=replace(said.facts, lines=(line,), rung=turn.rung + 1, asked_before=turn.asked_before),
        due_at=turn.at,
        not_before=opening(frame, reader, head.mode, turn.at, step.urgent, who),
        orders=(duty.order,),
        told=said.told,
        merge=step.merge,
        together=step.name if step.together else "",
        urgent=step.urgent,
        missing=tuple(name for name in step.needs if not getattr(line, name)),
        why=said.why,
    )


def order_line(frame: Frame, step: Step, state: OrderState, party: PartyState, said: Said) -> OrderLine:
    """Return the order as its reader may see it, with the dates of the milestone that the letter is about."""
    stage = said.stage
    line = _side_line(frame, step, state, party, said)
    if state.differing and isinstance(step.when, Happened) and step.when.kind == "differs":
        line = replace(line, differences=tuple(Difference(c.field, c.before, c.after) for c in state.differing))
    documents = missing_documents(frame, state) if step.only.documents == "missing" else ()
    if stage == Milestone.SHIP:
        return replace(line, documents=documents) if documents else line
    stands = frame.standing(state, stage)
    done = frame.reached(state, stage)
    language = frame.playbook.house.language if step.inside else party.party.language
    return replace(
        line,
        milestone=place(stage)[0],
        called=frame.playbook.called(stage, language),
        part=place(stage)[1],
        planned=stands.plan,
        promise=stands.anchor if stands.promised else None,
        happened=done,
        documents=documents,
    )


def _side_line(frame: Frame, step: Step, state: OrderState, party: PartyState, said: Said) -> OrderLine:
    today = frame.today(party.party)
    anchor = frame.standing(state, Milestone.SHIP).anchor
    if step.inside:
        return line_for_house(state, state.order.party, anchor, today)
    if step.whom in ("forwarder", "inspector"):
        line = line_for_carrier(state, anchor, today)
        return replace(line, party=state.order.party) if step.whom == "inspector" else line
    if state.order.kind == OrderKind.PURCHASE:
        return line_for_supplier(state, anchor, today)
    if said.part is not None:
        return _part_line(state, said.part)
    shipped = frame.reached(state, Milestone.SHIP)
    refs = carriers_numbers((state, *frame.serving.get(state.order.number, ()))) if shipped else ()
    return line_for_customer(state, said.expected, shipped=shipped, refs=refs)


def _part_line(state: OrderState, part: PartShipped) -> OrderLine:
    """Return a part of an order as its customer may see it: how much, on which day, under which numbers."""
    line = line_for_customer(state, shipped=part.day, refs=carriers_numbers((state, *part.purchases)))
    unit = state.order.unit
    remaining = quantity_text(part.remaining, unit) if part.remaining else ""
    return replace(line, quantity=quantity_text(part.quantity, unit), amount="", remaining=remaining)


def _question(frame: Frame, state: OrderState) -> str:
    item = frame.question(state)
    return f"question {item} about {state.order.number} is open" if item else ""


def _too_far(party: PartyState | None, turn: Turn) -> str:
    if party is None or not turn.rung or party.party.handling != Handling.GENTLE:
        return ""
    return f"{party.party.name} is handled gently: nothing beyond the first rung"


def _complaint(frame: Frame, step: Step, name: str) -> str:
    return f"a complaint of {name} is open" if step.cheerful and name in frame.complaining else ""


def _shut(frame: Frame, state: OrderState, gate: str) -> bool:
    """Say whether a gate is shut; one of payment also by the customer whose order this one serves."""
    if frame.lacks(state, gate):
        return True
    if state.order.kind != OrderKind.PURCHASE or place(gate)[0] != Milestone.PAYMENT or not place(gate)[1]:
        return False
    served = (frame.situation.orders.get(number) for number in linked(state.order))
    return any(frame.lacks(one, gate) for one in served if one is not None)


def _day_before(frame: Frame, said: Said) -> date | None:
    """Return the day of the advice before: what was filed by then went along with it."""
    return frame.local(said.part.since, None) if said.part is not None and said.part.since is not None else None


def _gated(frame: Frame, step: Step, state: OrderState, mode: Mode, said: Said) -> Mode:
    """Return the mode of a letter, a draft at most while its gates are not green."""
    if any(not one.released for one in enclosures(frame, step, state, _day_before(frame, said))):
        return stricter(mode, Mode.DRAFT)  # a document that no person has released waits for one
    shut = any(_shut(frame, state, gate) for gate in step.gates)
    purchases = said.part.purchases if said.part is not None else frame.serving.get(state.order.number, ())
    if step.references and not carriers_numbers((state, *purchases)):
        shut = True
    return stricter(mode, Mode.DRAFT) if shut else mode
