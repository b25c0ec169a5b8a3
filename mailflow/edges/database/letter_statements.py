"""The statements that move letters, each built once; a letter that isn't in a right state is not touched.

`asked` says whether the statement asks who claimed a letter: it then takes the worker's present name (`mine`) or all
that it ever had (`names`).
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, case, false, literal, or_, select, true, update

from mailflow.core.letters.model import LetterState as S
from mailflow.core.letters.model import Mode
from mailflow.edges.database.schema import outbox as t

_letter = t.letter.c


def in_state(*states: S) -> ColumnElement[bool]:
    """Return the condition that a letter is in one of the states."""
    return _letter.state.in_([literal(state.value) for state in states])  # a list of values would be spelt at each use


def waits_for_yes() -> ColumnElement[bool]:
    """Return the condition that a letter is a draft that nobody has approved."""
    return and_(_letter.mode == Mode.DRAFT, _letter.approved == false())


@cache
def freezing(asked: bool, anew: bool) -> Update:
    """Keep the bytes; with `anew` the plan as it was checked again."""
    names = ("message_id", "sender", "recipients", "raw", *(("planned", "mode", "urgent") if anew else ()))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return _moving(and_(_claimed_now(asked), _letter.message_id.is_(None)), values)


@cache
def frozen(asked: bool) -> Select[Any]:
    """Find a letter that this worker has claimed."""
    return select(t.letter).where(_letter.id == bindparam("letter"), _claimed_now(asked))


@cache
def handing(asked: bool) -> Update:
    """Note that letters are about to be handed to the server."""
    may_go = and_(_claimed_now(asked), _letter.message_id.is_not(None), ~waits_for_yes())
    return _moving(may_go, {"state": S.HANDED, "handed_at": bindparam("now"), "attempts": _letter.attempts + 1})


@cache
def sending() -> Update:
    """Note that a letter has gone out, by the server or (drafts) by hand: then its copy is in Sent already."""
    handed = or_(in_state(S.HANDED, S.UNKNOWN), and_(in_state(S.CLAIMED), _letter.uncertain == true()))
    by_people = in_state(S.DRAFTED, S.DECLINED, S.WITHDRAWN, S.QUEUED, S.HELD)
    by_hand = and_(by_people, _letter.message_id.is_not(None))
    values = {
        "state": S.SENT,
        "sent_at": bindparam("now"),
        "reply": bindparam("new_reply"),
        "refused": bindparam("new_refused"),
        "worker": "",
        "uncertain": False,
        "filed": case((handed, false()), else_=true()),
    }
    return _moving(or_(handed, by_hand), values)


@cache
def sent_again() -> Select[int]:
    """Find a letter that was handed over more than once and is sent."""
    return select(_letter.id).where(_letter.id == bindparam("letter"), in_state(S.SENT), _letter.repeated > 0)


@cache
def refusing(asked: bool) -> Update:
    """Note that no recipient is accepted."""
    values = {"state": S.REFUSED, "reply": bindparam("new_reply"), "refused": bindparam("new_refused"), "worker": ""}
    return _moving(or_(_claimed_once(asked, S.HANDED), in_state(S.UNKNOWN)), values)


@cache
def putting_back(asked: bool) -> Update:
    """Let a letter wait until its next try."""
    values = {
        "state": _queued_again(),
        "next_try": bindparam("at"),
        "reply": bindparam("new_reply"),
        "worker": "",
        "repeated": _counted_back(),
    }
    return _moving(_claimed_once(asked, S.HANDED, S.CLAIMED), values)


@cache
def losing_sight(asked: bool) -> Update:
    """Note that a letter was handed over and no reply came."""
    values = {
        "state": S.UNKNOWN,
        "next_try": bindparam("at"),
        "reply": bindparam("new_reply"),
        "worker": "",
        "uncertain": True,
    }
    return _moving(_claimed_once(asked, S.HANDED), values)


@cache
def holding(asked: bool) -> Update:
    """Keep a letter back."""
    values = {"state": S.HELD, "reply": bindparam("new_reply"), "worker": "", "repeated": _counted_back()}
    return _moving(or_(in_state(S.HELD, S.QUEUED, S.UNKNOWN), _claimed_once(asked, S.CLAIMED, S.HANDED)), values)


@cache
def withdrawing() -> Update:
    """Take a letter back."""
    where = in_state(S.HELD, S.QUEUED, S.CLAIMED, S.DRAFTED, S.UNKNOWN)
    return _moving(where, {"state": S.WITHDRAWN, "reply": bindparam("new_reply"), "worker": ""})


@cache
def releasing() -> Update:
    """Let the duties of a letter become due again, unless it may have gone out."""
    certain = select(_letter.id).where(_letter.id == bindparam("of_letter"), _letter.uncertain == false())
    return update(t.duty).where(t.duty.c.letter.in_(certain)).values(released=True)


@cache
def requeuing() -> Update:
    """Put a held letter without bytes back in the queue with a new plan."""
    values = {
        "state": S.QUEUED,
        "next_try": bindparam("at"),
        "reply": "",
        **{name: bindparam(f"new_{name}") for name in ("planned", "mode", "urgent")},
    }
    return _moving(and_(in_state(S.HELD), _letter.message_id.is_(None)), values)


@cache
def approving() -> Update:
    """Let a letter go; what lies in Drafts is no copy in Sent."""
    values = {
        "state": _queued_again(),
        "approved": True,
        "next_try": bindparam("at"),
        "not_before": bindparam("at"),
        "worker": "",
        "filed": False,
    }
    return _moving(_waiting(), values)


@cache
def declining() -> Update:
    """Note that a letter is not wanted."""
    return _moving(_waiting(), {"state": S.DECLINED, "worker": ""})


@cache
def filing() -> Update:
    """Note that the draft or the copy is in the mailbox."""
    draft = and_(in_state(S.CLAIMED), waits_for_yes())
    state = case((draft, literal(S.DRAFTED.value)), else_=_letter.state)
    return _moving(or_(in_state(S.SENT), draft), {"filed": True, "state": state, "worker": ""})


@cache
def overtaken() -> Select[int]:
    """Find a draft that a person answered while it was filed."""
    settled = in_state(S.QUEUED, S.CLAIMED, S.HANDED, S.UNKNOWN, S.DRAFTED, S.DECLINED, S.WITHDRAWN)
    return select(_letter.id).where(_letter.id == bindparam("letter"), _letter.mode == Mode.DRAFT, settled)


@cache
def recovering() -> Update:
    """Give up what workers had claimed."""
    handed = in_state(S.HANDED)
    values = {
        "state": case((handed, literal(S.UNKNOWN.value)), else_=_queued_again()),
        "next_try": case((handed, bindparam("now", type_=_letter.next_try.type)), else_=_letter.next_try),
        "repeated": _counted_back(),
        "uncertain": or_(handed, _letter.uncertain == true()),
        "worker": "",
    }
    lost = _letter.worker.in_(bindparam("gone", expanding=True))
    return update(t.letter).where(lost, in_state(S.CLAIMED, S.HANDED)).values(values)


def _moving(where: ColumnElement[bool], values: dict[str, Any]) -> Update:
    return update(t.letter).where(_letter.id == bindparam("number"), where).values(values)


def _claimed_now(asked: bool) -> ColumnElement[bool]:
    """Claimed by this worker, which is one still; what it had under other names another may have taken over."""
    return and_(in_state(S.CLAIMED), _letter.worker == bindparam("mine") if asked else true())


def _claimed_once(asked: bool, *states: S) -> ColumnElement[bool]:
    """In one of the states since this process claimed it, under whatever name."""
    return and_(in_state(*states), _letter.worker.in_(bindparam("names", expanding=True)) if asked else true())


def _waiting() -> ColumnElement[bool]:
    """Waits for a person, or for its time."""
    return or_(in_state(S.HELD, S.QUEUED, S.DRAFTED), and_(in_state(S.CLAIMED), waits_for_yes()))


def _queued_again() -> ColumnElement[Any]:
    """Queued; one that may have gone out stays unknown until it is settled."""
    return case((_letter.uncertain == true(), literal(S.UNKNOWN.value)), else_=literal(S.QUEUED.value))


def _counted_back() -> ColumnElement[Any]:
    """Return `repeated` without the repetition that was counted when an unknown letter was claimed and not handed."""
    return case((and_(in_state(S.CLAIMED), _letter.uncertain == true()), _letter.repeated - 1), else_=_letter.repeated)
