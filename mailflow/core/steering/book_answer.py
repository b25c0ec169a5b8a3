"""What an order book that was mailed comes to, as the answer tells it: lists of orders, and faults by row and cell."""

from collections.abc import Iterable, Mapping, Sequence

from mailflow.core.order_book.compare import shown
from mailflow.core.order_book.faults import fault_of, place_of
from mailflow.core.order_book.mapping import BookRules
from mailflow.core.order_book.model import Sheet
from mailflow.core.order_book.records import column_letter, find_columns
from mailflow.core.order_book.values import cell_text
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Change, Event
from mailflow.core.orders.model import Order
from mailflow.core.orders.state import OrderState
from mailflow.core.problems import Problem
from mailflow.core.steering.books import Group, MailedBook, Plan, order_of
from mailflow.core.steering.model import (
    BookAnswer,
    BookChange,
    BookFault,
    BookList,
    BookPart,
    BookRow,
    BookRowCopy,
    BookSaying,
    BookSheet,
)

_MOST_ROWS = 5_000  # of a list
_MOST_FAULTS = 1_000
_MOST_CELLS = 60  # of a row that is copied
_LONGEST = 300


def answer_of(
    mailed: MailedBook,
    plan: Plan,
    problems: Sequence[Problem],
    same: int,
    orders: Mapping[str, OrderState],
    rules: BookRules,
    most: int,
    agreed: str,
) -> BookAnswer:
    """Return the answer; `most` rows of each list stand in the letter itself."""
    worst_first = sorted(problems, key=lambda one: (one.warning, one.file, one.line))
    faults = tuple(_fault(one) for one in worst_first[:_MOST_FAULTS])
    lists = tuple(_list(group, orders) for group in plan.groups)

    def count(part: BookPart) -> int:
        return sum(len(one.rows) for one in lists if one.part is part)

    return BookAnswer(
        mailed.file[:_LONGEST],
        lists,
        faults,
        tuple(_copies(mailed.sheets, faults, rules)),
        same,
        tuple(_one_line(heading) for heading in mailed.book.ignored[:20]),
        new=count(BookPart.NEW),
        changed=count(BookPart.CHANGED),
        vanished=count(BookPart.VANISHED),
        refused=sum(fault.refused for fault in faults),
        shown=most,
        agreed=agreed,
    )


def _list(group: Group, orders: Mapping[str, OrderState]) -> BookList:
    rows: dict[str, BookRow] = {}
    for event in group.events:
        name = order_of(event) or _party_of(event)
        row = rows.get(name)
        told = _row(event, orders.get(name))
        if row is None:
            rows[name] = told
        else:
            rows[name] = _joined(row, told)
    return BookList(group.part, tuple(rows.values())[:_MOST_ROWS], group.waits)


def _party_of(event: Event) -> str:
    return event.party.name if isinstance(event, e.PartyImported | e.PartyChanged) else ""


def _row(event: Event, state: OrderState | None) -> BookRow:
    match event:
        case e.OrderImported(order, source):
            return _of_order(order, _line(source), ())
        case e.OrderChanged(order, changes, source):
            return _of_order(order, _line(source), tuple(map(_change, changes)))
        case e.PartyImported(party, source):
            people = ", ".join(contact.email for contact in party.contacts[:3])
            return BookRow(_one_line(party.name), str(party.role), people, row=_line(source))
        case e.PartyChanged(party, changes, source):
            return BookRow(
                _one_line(party.name), str(party.role), "", None, _line(source), tuple(map(_change, changes))
            )
    number = order_of(event)
    gone = isinstance(event, e.OrderVanished)
    facts = () if gone else (_fact(event),)
    line = 0 if gone else _line(getattr(event, "source", ""))
    return _of_order(state.order, line, facts) if state is not None else BookRow(number, row=line, changes=facts)


def _of_order(order: Order, line: int, changes: tuple[BookChange, ...]) -> BookRow:
    goods = " ".join(part for part in (order.product or order.description, order.style) if part)
    amount = " ".join(part for part in (shown(order.quantity), order.unit) if part)
    said = ", ".join(_one_line(part) for part in (goods, amount) if part)
    return BookRow(order.number, _one_line(order.party), said, order.due_date, line, changes)


def _change(change: Change) -> BookChange:
    return BookChange(change.field, _one_line(change.before), _one_line(change.after))


def _fact(event: Event) -> BookChange:
    """Return what a book newly says has happened, is promised or was told, as a field that had nothing."""
    day = shown(getattr(event, "date", None))
    if isinstance(event, e.CustomerTold):
        return BookChange("told", "", day)
    if isinstance(event, e.OrderAcknowledged):
        return BookChange("actual.acknowledged", "", "yes")
    sort = "promised" if isinstance(event, e.DatePromised) else "actual"
    return BookChange(f"{sort}.{getattr(event, 'milestone', '')}", "", day)


def _joined(row: BookRow, more: BookRow) -> BookRow:
    return BookRow(row.name, row.party, row.goods, row.day, row.row or more.row, (*row.changes, *more.changes))


def _line(source: str) -> int:
    """Return the row of a source such as `orders.xlsx[Sheet1]:17`."""
    number = source.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def _fault(problem: Problem) -> BookFault:
    column, heading, what = place_of(problem.what)
    sheet = problem.file.rpartition("[")[2].removesuffix("]") if problem.file.endswith("]") else ""
    return BookFault(
        _saying(what), _saying(problem.cure), problem.line, column, _one_line(heading), sheet, not problem.warning
    )


def _saying(sentence: str) -> BookSaying:
    kind, values = fault_of(sentence)
    return BookSaying(_one_line(sentence), kind, tuple(_one_line(value) for value in values))


def _one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"


def _copies(sheets: Iterable[Sheet], faults: Sequence[BookFault], rules: BookRules) -> Iterable[BookSheet]:
    """Yield the rows at fault as they stood, so that they can be mended and sent again."""
    for sheet in sheets:
        columns = find_columns(sheet, rules)
        own: dict[int, list[BookFault]] = {}
        for fault in faults:
            if fault.row and fault.sheet == sheet.name:
                own.setdefault(fault.row, []).append(fault)
        if columns is None or not own:
            continue
        width = min(max(columns.headings, default=0) + 1, _MOST_CELLS)
        headings = tuple(columns.headings.get(column, "") for column in range(width))
        first = sheet.first_row + columns.row
        rows = tuple(_copy(sheet, number, own[number], width) for number in sorted(own) if number > first)
        if rows:
            yield BookSheet(sheet.name, headings, rows)


def _copy(sheet: Sheet, number: int, faults: list[BookFault], width: int) -> BookRowCopy:
    at = number - sheet.first_row
    values = sheet.rows[at] if 0 <= at < len(sheet.rows) else ()
    cells = tuple(_one_line(cell_text(value)) for value in values[:width])
    places = {fault.column for fault in faults}
    marked = tuple(column for column in range(width) if column_letter(column) in places)
    return BookRowCopy(number, cells + ("",) * (width - len(cells)), marked, tuple(faults))
