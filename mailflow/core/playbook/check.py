"""What can be wrong in a playbook beyond its single values: names that nothing has, steps that make no sense."""

from collections.abc import Iterator
from dataclasses import fields

from mailflow.core.letters.model import OrderLine
from mailflow.core.orders.model import Milestone, OrderKind
from mailflow.core.playbook.moments import (
    Closure,
    Dated,
    Endangered,
    Improved,
    Mailed,
    Periodic,
    QuietBacklog,
    Side,
    Slipped,
    Waiting,
)
from mailflow.core.playbook.rules import OrderType, Playbook
from mailflow.core.playbook.steps import Step
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Place, Source, propose

SIDES = {"supplier": OrderKind.PURCHASE, "factory": OrderKind.PURCHASE, "customer": OrderKind.SALES}
ANYBODY = ("contact", "second_contact")
"""Recipients that no role names."""
OURS = ("our_merchandiser", "our_manager")
_INSIDE_ONLY = (QuietBacklog, Waiting)


def faults(playbook: Playbook, source: Source) -> Iterator[Problem]:
    """Yield everything that is wrong with a playbook."""
    yield from _order_types(playbook, source)
    yield from _milestones(playbook, source)
    yield from _steps(playbook, source)
    yield from _overrides(playbook, source)
    yield from _told(playbook, source)


def _order_types(playbook: Playbook, source: Source) -> Iterator[Problem]:
    if "standard" not in playbook.order_types:
        yield source.problem(("order_types",), "'standard' is missing here", "add it, it serves all others")
    if "default" not in playbook.lead_times:
        yield source.problem(("lead_times",), "'default' is missing here", "add it, it serves all others")
    for name, kind in playbook.order_types.items():
        for milestone, formula in kind.milestones.items():
            spot: Place = ("order_types", name, "milestones", milestone)
            if formula.base in ("due", "order") or formula.base not in playbook.stages:
                continue
            if formula.base not in kind.milestones:
                cure = f"add '{formula.base}:' to this order type"
                yield source.problem(spot, f"'{milestone}' is planned from '{formula.base}'", cure)
            elif _circular(kind, milestone):
                cure = "plan one of them from 'due' or 'order'"
                yield source.problem(spot, f"'{milestone}' is planned from itself", cure)


def _circular(kind: OrderType, milestone: str) -> bool:
    seen: set[str] = set()
    base = milestone
    while base in kind.milestones and base not in seen:
        seen.add(base)
        base = kind.milestones[base].base
    return base in seen


def _milestones(playbook: Playbook, source: Source) -> Iterator[Problem]:
    written = {rung.letter for step in playbook.steps for rung in step.ladder}
    for name, stage in playbook.milestones.items():
        if stage.letter and stage.letter not in written:
            what = f"no step writes the letter '{stage.letter}'"
            yield source.problem(("milestones", name, "letter"), what, propose(stage.letter, sorted(written)))


def _steps(playbook: Playbook, source: Source) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, step in enumerate(playbook.steps):
        spot: Place = ("steps", index)
        if step.name in seen:
            what = f"step '{step.name}' stands here twice"
            yield source.problem((*spot, "name"), what, "give each step a name of its own")
        seen.add(step.name)
        yield from (source.problem((*spot, key), what, cure) for key, what, cure in _faults(step))
        yield from _names(playbook, source, spot, step)


def _names(playbook: Playbook, source: Source, spot: Place, step: Step) -> Iterator[Problem]:
    """Yield the names in a step that nothing has."""
    for other in step.only.order_type:
        if other not in playbook.order_types:
            cure = propose(other, list(playbook.order_types))
            yield source.problem((*spot, "if"), f"order type '{other}' is not in this file", cure)
    roles = [*ANYBODY, *playbook.roles, *OURS, *(f"our_{role}" for role in playbook.roles)]
    for where, to in _recipients(step):
        if to not in roles:
            yield source.problem((*spot, *where), f"'{to}' is nobody who can be written to", propose(to, roles))
    for kind in step.attach:
        if kind not in playbook.documents:
            cure = propose(kind, list(playbook.documents))
            yield source.problem((*spot, "attach"), f"'{kind}' is no document of this file", cure)
    for need in step.needs:
        if need not in _LINE:
            yield source.problem((*spot, "needs"), f"'{need}' is no field of an order", propose(need, sorted(_LINE)))


_LINE = frozenset(field.name for field in fields(OrderLine))


def _recipients(step: Step) -> Iterator[tuple[Place, str]]:
    yield ("to",), step.to
    yield from ((("cc",), to) for to in step.cc)
    for number, rung in enumerate(step.rungs):
        yield ("rungs", number, "to"), rung.to
        yield from ((("rungs", number, "cc"), to) for to in rung.cc)


def _faults(step: Step) -> Iterator[tuple[str, str, str]]:
    """Yield key, what is wrong and what to do, of a step by itself."""
    if bool(step.letter) == bool(step.rungs):
        yield "name", f"step '{step.name}' needs a letter or rungs, not both", "give 'letter:' or 'rungs:'"
    if step.rungs and step.repeat:
        yield "repeat", "rungs do not repeat", "write one more rung, or take 'repeat' away"
    if step.whom in SIDES and step.orders != SIDES[step.whom]:
        yield "for", f"a {step.whom} has no {step.orders} orders", f"write 'orders: {SIDES[step.whom]}'"
    if step.whom == "customer" and len(step.ladder) > 1:
        yield "for", "customers have no ladder", "take 'rungs' and 'repeat' away"
    if step.urgent and step.merge:
        yield "merge", "what is urgent is not merged", "take 'merge' or 'urgent' away"
    if step.attach and step.whom != "customer":
        yield "attach", "documents go along with letters to customers", "take 'attach' away"
    shipped = isinstance(step.when, Dated) and (step.when.milestone, step.when.side) == (Milestone.SHIP, Side.ACTUAL)
    if step.parts and not (shipped and step.orders == OrderKind.SALES):
        yield "parts", "only what has shipped of a sales order goes in parts", "take 'parts' away, or: on ship actual"
    if step.attach and step.of_many:
        yield "attach", "documents go along with letters about single orders", "take 'attach' away"
    if step.whom == "department" and any(not rung.to.startswith("our_") for rung in step.ladder):
        yield "to", "which of our people is this for?", "write 'to: our_accounts', 'to: our_quality' …"
    yield from _faults_of_moment(step)


def _faults_of_moment(step: Step) -> Iterator[tuple[str, str, str]]:
    when = step.when
    if isinstance(when, _INSIDE_ONLY) and not step.inside:
        yield "for", "this is told to our own people only", "write 'for: merchandiser' or 'for: manager'"
    if isinstance(when, Mailed) and step.whom != "customer":
        yield "for", "this is about customers' mails", "write 'for: customer'"
    if isinstance(when, Periodic | Closure) and step.whom not in ("supplier", "customer") and not step.inside:
        yield "for", "lists go to suppliers, customers or our own people", "write 'for: supplier'"
    if isinstance(when, Closure) and step.inside:
        yield "for", "a closure is a party's", "write 'for: supplier' or 'for: customer'"
    if step.of_many and len(step.ladder) > 1:
        yield "repeat", "a list is not repeated", "take 'rungs' and 'repeat' away; its day comes again"
    if isinstance(when, Endangered | Improved) and step.orders != OrderKind.SALES:
        yield "orders", "only sales orders have a customer's date", "write 'orders: sales'"
    if isinstance(when, Slipped) and step.orders != OrderKind.PURCHASE:
        yield "orders", "dates of purchase orders slip", "write 'orders: purchase'"


def _told(playbook: Playbook, source: Source) -> Iterator[Problem]:
    """Yield the milestones of which customers are told and that nothing has."""
    told: list[tuple[Place, tuple[str, ...]]] = [(("customers", "tell"), playbook.customers.tell)]
    told += [(("overrides", index, "tell"), one.tell or ()) for index, one in enumerate(playbook.overrides)]
    for spot, stages in told:
        for stage in stages:
            if stage not in playbook.stages:
                yield source.problem(spot, f"'{stage}' is no milestone", propose(stage, list(playbook.stages)))


def _overrides(playbook: Playbook, source: Source) -> Iterator[Problem]:
    known = sorted({*playbook.by_name, *playbook.letters})
    for index, override in enumerate(playbook.overrides):
        spot: Place = ("overrides", index)
        if sum(map(bool, (override.party, override.order_type, override.order))) != 1:
            cure = "give exactly one of 'party', 'order_type' and 'order'"
            yield source.problem(spot, "whom is this override for?", cure)
        if (override.tell is not None or override.dates is not None) and not override.party:
            cure = "give 'party:' here"
            yield source.problem(spot, "what may be told is said of a party", cure)
        for name in override.modes:
            if name not in known:
                what = f"'{name}' is neither a step nor a letter"
                yield source.problem((*spot, "modes", name), what, propose(name, known))
        for name, change in override.steps.items():
            here: Place = (*spot, "steps", name)
            step = playbook.by_name.get(name)
            if step is None:
                yield source.problem(here, f"'{name}' is no step", propose(name, sorted(playbook.by_name)))
                continue
            if change.when is not None and type(change.when) is not type(step.when):
                cure = "keep the sort of moment that the step has"
                yield source.problem((*here, "when"), "an override changes how far, not the sort of moment", cure)
            then = step.changed(change)
            yield from (source.problem((*here, key), what, cure) for key, what, cure in _faults(then))
            yield from _names(playbook, source, here, then)
