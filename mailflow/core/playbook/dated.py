"""Steps relative to a date of one order: asked once, asked again, and the ladder of the overdue."""

from dataclasses import dataclass
from datetime import date, datetime

from mailflow.core.calendars.windows import start_of
from mailflow.core.calendars.working_days import Days
from mailflow.core.letters.model import Duty, LetterFacts, Mode, OrderLine
from mailflow.core.orders.model import Handling, Milestone, OrderKind, Party
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.disclosure import carriers_numbers, line_for_customer, line_for_house, line_for_supplier
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Done, Due, Held
from mailflow.core.playbook.people import letterhead, obstacle, opening, stricter
from mailflow.core.playbook.phrases import Dated, Side
from mailflow.core.playbook.rules import Conditions, Step


@dataclass(frozen=True, slots=True)
class Turn:
    """Which rung of a step has its turn, since when, and how often was asked before."""

    rung: int
    day: date
    asked_before: int
    waits: str = ""


def dated_due(frame: Frame, step: Step, when: Dated, state: OrderState) -> Due | Held | None:
    """Return what a step wants for an order now: a letter, the reason why not, or nothing yet."""
    anchor = _anchor(frame, when, state)
    if anchor is None or (anchor - frame.house_today).days > when.reach:
        return None
    if any(frame.reached(state, milestone) for milestone in step.stops) or not holds(frame, step.only, state):
        return None
    party = frame.party(state.order.party)
    turn = _turn(frame, step, when, state, party, anchor)
    if turn is None:
        return None
    duty = Duty(step.name, state.order.number, "-", occasion(step, anchor, turn.rung))
    reason = turn.waits or obstacle(frame, state.order.party, party, (state,), inside=step.inside)
    if not step.inside:
        reason = reason or _question(frame, state) or _too_far(party, turn)
    if reason or party is None:
        return Held(duty, reason)
    return _write(frame, step, when, state, party, anchor, turn)


def occasion(step: Step, anchor: date, rung: int) -> str:
    """Return what a duty is about: the anchored date, with the rung where a step has several."""
    return f"{anchor}#{rung + 1}" if len(step.ladder) > 1 else f"{anchor}"


def holds(frame: Frame, only: Conditions, state: OrderState) -> bool:
    """Say whether the conditions of a step hold for an order."""
    order = state.order
    party = frame.situation.parties.get(order.party)
    checks = (
        not only.order_type or order.order_type in only.order_type,
        not only.ship_mode or order.ship_mode in only.ship_mode,
        not only.party or order.party in only.party,
        not only.handling or (party is not None and party.party.handling in only.handling),
        only.trusted is None or (party is not None and party.party.trusted == only.trusted),
        only.acknowledged is None or accepted(frame, state) == only.acknowledged,
    )
    return (
        all(checks)
        and all(frame.reached(state, milestone) is None for milestone in only.missing)
        and all(frame.reached(state, milestone) is not None for milestone in only.reached)
    )


def accepted(frame: Frame, state: OrderState) -> bool:
    """Say whether the other side has taken the order on: said so, or promised or done anything in it."""
    return bool(state.lots) or frame.reached(state, Milestone.ACKNOWLEDGED) is not None


def local_start(frame: Frame, day: date, party: Party) -> datetime:
    """Return when a day begins at a party's."""
    return start_of(day, frame.zone(party))


def _anchor(frame: Frame, when: Dated, state: OrderState) -> date | None:
    if when.milestone is None:
        return state.order.order_date
    if when.side == Side.ACTUAL:
        return frame.reached(state, when.milestone)
    stands = frame.standing(state, when.milestone)
    if when.side == Side.PLAN:
        return stands.plan
    return stands.anchor if when.side == Side.STANDING or stands.promised else None


def _turn(
    frame: Frame, step: Step, when: Dated, state: OrderState, party: PartyState | None, anchor: date
) -> Turn | None:
    """Return whose turn it is at this moment; None while nothing is due, or once there is nothing more to ask."""
    someone = party.party if party else None
    days = frame.days(someone) if someone else frame.house_days
    today = frame.today(someone)
    moment = when.offset.apply(anchor, days)
    if moment > today and not when.ahead:
        return None
    if when.ahead:
        moment = min(moment, days.last_sendable(moment))
    if moment > today or _too_late(frame, step, when, state, anchor, moment, today, days):
        return None
    history = _history(frame, step, state, anchor)
    rung = len(history)
    if rung >= len(step.ladder) or (when.side == Side.ACTUAL and frame.was_done(step.name, state.order.number)):
        return None
    if history:
        moment = step.ladder[rung].after.apply(frame.local(history[-1].at, someone), days)
        if moment > today:
            return None
        if history[-1].open:
            return Turn(rung, moment, rung, "the letter before has not gone out yet")
    live = frame.local(party.live_at, someone) if party and party.live_at else None
    if live is not None and moment < live:
        if step.at_go_live == "skip":
            return None
        moment = live
    return Turn(rung, moment, _asked(frame, step, state, anchor), _resting(frame, step, state, days, today, someone))


def _too_late(
    frame: Frame, step: Step, when: Dated, state: OrderState, anchor: date, moment: date, today: date, days: Days
) -> bool:
    """Say whether the time of a step is over: the day asked about has come, or the letter would be stale."""
    if when.ahead and today >= anchor:
        return True
    if step.expires is not None and today > step.expires.apply(moment, days):
        return True
    if step.until is None:
        return False
    limit = frame.standing(state, step.until).anchor
    return limit is not None and today > limit


def _history(frame: Frame, step: Step, state: OrderState, anchor: date) -> list[Done]:
    """Return what this step has written already about the date that holds now, oldest first."""
    written = frame.was_done(step.name, state.order.number)
    about = [done for done in written if done.duty.occasion.partition("#")[0] == anchor.isoformat()]
    rungs = {done.duty.occasion: done for done in sorted(about, key=lambda done: done.at)}
    return sorted(rungs.values(), key=lambda done: (rung_of(done.duty.occasion), done.at))


def rung_of(occasion: str) -> int:
    """Return which rung, from 1, a duty is about."""
    number = occasion.partition("#")[2]
    return int(number) if number.isdigit() else 1


def _asked(frame: Frame, step: Step, state: OrderState, anchor: date) -> int:
    """Count how often we have asked about this date, whichever step it was; a notice asks nothing."""
    if not step.merge:
        return 0
    day = anchor.isoformat()
    steps = (name for name, other in frame.playbook.by_name.items() if other.merge)
    return sum(
        done.duty.occasion.partition("#")[0] == day and not done.open
        for name in steps
        for done in frame.done.get((name, state.order.number), ())
    )


def _resting(frame: Frame, step: Step, state: OrderState, days: Days, today: date, party: Party | None) -> str:
    """Return why a step rests: they wrote lately, or one of ours asked them by hand."""
    number = state.order.number
    spoken = (
        (state.answered_at, f"they wrote about {number} lately"),
        (state.written_at, f"one of ours wrote to them about {number} lately"),
    )
    if step.rest is None:
        return ""
    for at, reason in spoken:
        if at is not None and (again := step.rest.apply(frame.local(at, party), days)) > today:
            return f"{reason}; asked again from {again}"
    return ""


def _question(frame: Frame, state: OrderState) -> str:
    item = frame.question(state)
    return f"question {item} about {state.order.number} is open" if item else ""


def _too_far(party: PartyState | None, turn: Turn) -> str:
    if party is None or not turn.rung or party.party.handling != Handling.GENTLE:
        return ""
    return f"{party.party.name} is handled gently: nothing beyond the first rung"


def _write(
    frame: Frame, step: Step, when: Dated, state: OrderState, party: PartyState, anchor: date, turn: Turn
) -> Due | Held:
    rung = step.ladder[turn.rung]
    order = state.order
    reader = None if step.inside else party.party
    head = letterhead(frame, step, rung, reader, order)
    mode = _gated(frame, step, state, head.mode)
    about = occasion(step, anchor, turn.rung)
    if not head.to:
        return Held(Duty(step.name, order.number, "-", about), f"no address of {order.party} can be written to")
    duty = Duty(step.name, order.number, head.to[0].email, about)
    if mode == Mode.OFF:
        return Held(duty, f"{rung.letter} is switched off for {order.party}")
    line = _line(frame, step, state, party)
    due_at = local_start(frame, turn.day, party.party)
    if party.live_at is not None:
        due_at = min(max(due_at, party.live_at), frame.now)
    return Due(
        duty=duty,
        step=step.name,
        template=rung.letter,
        mode=mode,
        party=reader.name if reader else "",
        to=head.to,
        cc=head.cc,
        language=head.language,
        facts=LetterFacts((line,), rung=turn.rung + 1, asked_before=turn.asked_before),
        due_at=due_at,
        not_before=opening(frame, reader, mode, due_at, step.urgent, reader.name if reader else duty.recipient),
        orders=(order.number,),
        merge=step.merge,
        urgent=step.urgent,
        missing=tuple(name for name in step.needs if not getattr(line, name)),
        why=_why(step, when, state, anchor, turn),
    )


def _line(frame: Frame, step: Step, state: OrderState, party: PartyState) -> OrderLine:
    """Return the order as its own party, or our own people, may see it."""
    today = frame.today(party.party)
    if step.inside:
        return line_for_house(state, state.order.party, frame.standing(state, Milestone.SHIP).anchor, today)
    if state.order.kind == OrderKind.PURCHASE:
        return line_for_supplier(state, frame.standing(state, Milestone.SHIP).anchor, today)
    shipped = frame.reached(state, Milestone.SHIP)
    refs = carriers_numbers((state, *frame.serving.get(state.order.number, ()))) if shipped else ()
    return line_for_customer(state, shipped=shipped, refs=refs)


def _gated(frame: Frame, step: Step, state: OrderState, mode: Mode) -> Mode:
    """Return the mode of a letter, a draft at most while its gates are not green."""
    shut = any(frame.reached(state, gate) is None for gate in step.gates)
    if step.references and not carriers_numbers((state, *frame.serving.get(state.order.number, ()))):
        shut = True
    return stricter(mode, Mode.DRAFT) if shut else mode


def _why(step: Step, when: Dated, state: OrderState, anchor: date, turn: Turn) -> str:
    what = when.milestone or "order"
    kind = "promised" if any(lot.promise == anchor for lot in state.lots) else "planned"
    stands = "done" if when.side == Side.ACTUAL else "placed" if when.milestone is None else kind
    rung = f", rung {turn.rung + 1} of {len(step.ladder)}" if len(step.ladder) > 1 else ""
    return f"{step.name}: {state.order.number} {what} {stands} {anchor}{rung}"
