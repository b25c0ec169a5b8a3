"""The situations of many letters, gathered in one go."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from mailflow.core.orders.state import OrderState, ReviewState
from mailflow.core.playbook.model import Done, Situation
from mailflow.core.views.orders import groups
from mailflow.jobs.follow_up import situation
from mailflow.jobs.ports import Transaction
from mailflow.jobs.rules import FollowUpRules


def situations(
    tx: Transaction, rules: FollowUpRules, letters: Iterable[Sequence[str]]
) -> Callable[[Sequence[str]], Situation]:
    """Gather once for letters about these orders; what is returned gives each the situation of its own orders.

    It is the one that `situation` gives for these orders. A letter about no order, or about one that is not in the
    book, is gathered for by itself.
    """
    together = situation(tx, rules, sorted({order for orders in letters for order in orders}))
    states = {state.order.number: state for state in together.orders.values()}
    found: dict[str, dict[str, OrderState]] = {}
    for key, state in together.orders.items():
        for name in groups(state):
            found.setdefault(name, {})[key] = state
    done: dict[str, list[Done]] = {}
    for one in together.done:
        done.setdefault(one.duty.order, []).append(one)
    reviews = _by_order(together.reviews)

    def of(orders: Sequence[str]) -> Situation:
        if not orders or not all(order in states for order in orders):
            return situation(tx, rules, orders or None)
        names = {name for order in orders for name in groups(states[order])}
        linked = {key: state for name in names for key, state in found[name].items()}
        asked = {item: review for state in linked.values() for item, review in reviews.get(state.order.number, ())}
        return replace(
            together,
            orders=dict(sorted(linked.items())),
            done=tuple(one for order in dict.fromkeys(orders) for one in done.get(order, ())),
            reviews=dict(sorted(asked.items())),
        )

    return of


def _by_order(reviews: Mapping[str, ReviewState]) -> dict[str, list[tuple[str, ReviewState]]]:
    found: dict[str, list[tuple[str, ReviewState]]] = {}
    for item, review in reviews.items():
        for order in {*review.opened.orders, *review.opened.candidates}:
            found.setdefault(order, []).append((item, review))
    return found
