"""From dues to letters: what goes to the same people with the same words becomes one letter."""

from collections.abc import Sequence
from dataclasses import replace

from mailflow.core.letters.model import LetterFacts, PlannedLetter
from mailflow.core.playbook.model import Due, Situation
from mailflow.core.playbook.rhythm import group
from mailflow.core.playbook.rules import Playbook


def plan_letters(
    dues: Sequence[Due], situation: Situation, playbook: Playbook, account: str = ""
) -> tuple[PlannedLetter, ...]:
    """Return the letters for some dues; those with the same merge key, people, template and mode become one."""
    groups: dict[object, list[Due]] = {}
    for due in dues:
        shared = due.merge or due.together
        key: object = (due.party, due.together, *group(due), due.language) if shared else due.duty
        groups.setdefault(key, []).append(due)
    return tuple(letter_of(members, account or situation.house.mailbox) for members in groups.values())


def letter_of(dues: Sequence[Due], account: str) -> PlannedLetter:
    """Return one letter that fulfils all of some dues; they agree in people, template and mode."""
    first = dues[0]
    return PlannedLetter(
        template=first.template,
        step=first.step,
        party=first.party,
        to=first.to,
        cc=first.cc,
        language=first.language,
        mode=first.mode,
        duties=tuple(due.duty for due in dues),
        orders=tuple(dict.fromkeys(number for due in dues for number in due.orders)),
        facts=_facts(dues),
        account=account,
        not_before=max(due.not_before for due in dues),
        told=tuple(told for due in dues for told in due.told),
        urgent=any(due.urgent for due in dues),
        missing=tuple(dict.fromkeys(name for due in dues for name in due.missing)),
        enclosed=tuple(dict.fromkeys(one for due in dues for one in due.enclosed)),
        why="; ".join(dict.fromkeys(due.why for due in dues if due.why)),
        answers=first.answers,
    )


def _facts(dues: Sequence[Due]) -> LetterFacts:
    """Return the facts of several dues as one: all lines, and of the rest what they agree in or the highest."""
    facts = [due.facts for due in dues]
    if len(facts) == 1:
        return facts[0]
    first = facts[0]
    lines = sorted((line for one in facts for line in one.lines), key=lambda line: (-line.days_late, line.number))
    return replace(
        first,
        lines=tuple(lines),
        topic=first.topic if len({one.topic for one in facts}) == 1 else "",
        old_date=first.old_date if len({one.old_date for one in facts}) == 1 else None,
        new_date=first.new_date if len({one.new_date for one in facts}) == 1 else None,
        rung=max(one.rung for one in facts),
        asked_before=max(one.asked_before for one in facts),
        backlog=sum(one.backlog for one in facts),
        changes=(),
        day=min((one.day for one in facts if one.day is not None), default=None),
    )
