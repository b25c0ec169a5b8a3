"""Names as people type them: an order, a party by its short name, a question or letter; or the nearest right one."""

from mailflow.cli.common import fail, one_of
from mailflow.jobs.ports import Transaction

ORDERS = "`mailflow orders` lists them"


def the_order(tx: Transaction, text: str) -> str:
    """Return an order's number; ends the command where there is none."""
    if text in tx.views.orders([text]):
        return text
    return one_of(text, tx.views.orders(), "order", ORDERS)


def the_party(tx: Transaction, text: str) -> str:
    """Return a party's name, also for its short name; ends the command where there is none."""
    return _by_name(tx, text) or one_of(text, _names(tx), "party", "`mailflow orders` names them")


def the_subject(tx: Transaction, text: str) -> str:
    """Return an order's number or a party's name; ends the command where it is neither."""
    if text in tx.views.orders([text]):
        return text
    known = [*tx.views.orders(), *_names(tx)]
    return _by_name(tx, text) or one_of(text, known, "order or party", ORDERS)


def _by_name(tx: Transaction, text: str) -> str:
    short = {state.party.short.casefold(): name for name, state in tx.views.parties().items() if state.party.short}
    return text if text in tx.views.parties() else short.get(text.casefold(), "")


def _names(tx: Transaction) -> list[str]:
    """Return the parties' names and short names, among which the nearest is looked for."""
    parties = tx.views.parties()
    return [*parties, *(state.party.short for state in parties.values() if state.party.short)]


def the_item(tx: Transaction, text: str) -> str:
    """Return a question (R…) or a letter (L…) as it is listed; ends the command where there is none."""
    if text[:1] in {"L", "l"} and text[1:].isdigit():
        if tx.outbox.get(int(text[1:])) is None:
            fail(f"there is no letter {text}", "`mailflow review` lists those that wait")
        return text.upper()
    settled = {item.casefold(): item for item in tx.views.reviews(decided=True)}
    if text.casefold() in settled:
        return settled[text.casefold()]
    return one_of(text, tx.views.reviews(), "question", "`mailflow review` lists the open ones")
