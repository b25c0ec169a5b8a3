"""What one sees: Rich on a terminal, plain text elsewhere."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from email.utils import parseaddr
from io import TextIOWrapper

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailflow.core.orders.model import Milestone, OrderKind, Party
from mailflow.core.orders.state import OrderState
from mailflow.demo.narrate import ASKED, FILED, MOVED, NOTED, SENT, TROUBLE, WAITS, Line
from mailflow.demo.week import Mail
from mailflow.demo.words import Words

PLAIN_WIDTH = 150
_MARKS = {MOVED: "●", NOTED: "○", ASKED: "?", FILED: "·", SENT: "→", WAITS: "✎", TROUBLE: "!"}
_STYLES = {
    MOVED: "green",
    NOTED: "green",
    ASKED: "bold yellow",
    FILED: "dim",
    SENT: "cyan",
    WAITS: "magenta",
    TROUBLE: "red",
}
_ROW = (
    "number",
    "party",
    "product",
    "quantity",
    "due",
    "promised",
    "shipped",
    "sales",
    "customer",
    "sales_due",
    "told",
)
# A narrow terminal goes without these columns.
_WIDE_ENOUGH = {"quantity": 148, "product": 134, "sales_due": 110, "customer": 100, "party": 84}


def new_console() -> Console:
    """Return the console of the show; wide and without colours where there is no terminal."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Chinese signs shows the rest
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


def order_rows(orders: Mapping[str, OrderState], parties: Mapping[str, Party], words: Words) -> list[dict[str, str]]:
    """Return one row for each purchase order, with the sales order that it serves."""
    rows = []
    for number, state in sorted(orders.items()):
        order = state.order
        if order.kind is not OrderKind.PURCHASE:
            continue
        sales = orders.get(order.linked_order)
        ship = [lot for lot in state.lots if lot.milestone == Milestone.SHIP]
        values = (
            number,
            _short(order.party, parties),
            order.product,
            f"{order.quantity:,.0f} {order.unit}" if order.quantity is not None else "",
            words.day(order.due_date),
            ", ".join(words.day(lot.promise) for lot in ship if lot.promise),
            ", ".join(words.day(lot.actual) for lot in ship if lot.actual),
            order.linked_order,
            _short(sales.order.party, parties) if sales else "",
            words.day(sales.order.due_date) if sales else "",
            words.day(sales.told) if sales else "",
        )
        rows.append(dict(zip(_ROW, values, strict=True)))
    return rows


def _short(name: str, parties: Mapping[str, Party]) -> str:
    party = parties.get(name)
    return (party.short or name) if party else name


def _harmless(text: str) -> str:
    """Return text that a terminal only shows: what mails say may hold commands to it."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)


class Show:
    """Prints the week as it is played."""

    def __init__(self, console: Console, words: Words, parties: Mapping[str, Party]) -> None:
        self._console = console
        self._words = words
        self._parties = parties
        self._addresses = {
            contact.email: party for party in parties.values() for contact in party.contacts if contact.email
        }

    def opening(self, orders: Mapping[str, OrderState]) -> None:
        """Say what will be seen."""
        kinds = [state.order.kind for state in orders.values()]
        text = self._words.opening.format(purchases=kinds.count(OrderKind.PURCHASE), sales=kinds.count(OrderKind.SALES))
        self._console.print(Panel(Text(text), title=self._words.title, border_style="blue", padding=(0, 1)))

    def orders(self, title: str, rows: Sequence[dict[str, str]], earlier: Sequence[dict[str, str]] = ()) -> None:
        """Print the order table; what differs from the earlier rows is in colour."""
        known = {row["number"]: row for row in earlier}
        table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        names = [name for name in _ROW if self._console.width >= _WIDE_ENOUGH.get(name, 0)]
        for heading, name in zip(self._words.columns, _ROW, strict=True):
            if name not in names:
                continue
            whole = name in {"number", "sales", "due", "promised", "shipped", "sales_due", "told"}
            table.add_column(heading, no_wrap=whole, justify="right" if name == "quantity" else "left")
        for row in rows:
            before = known.get(row["number"])
            table.add_row(
                *(Text(row[name], style="bold green" if before and before[name] != row[name] else "") for name in names)
            )
        self._console.print(table)

    def day(self, day: date) -> None:
        """Begin a day."""
        self._console.rule(Text(self._words.full_day(day), style="bold"), align="left", style="blue")

    def mail(self, at: datetime, mail: Mail, subject: str) -> None:
        """Tell of a mail that arrives."""
        name, address = parseaddr(mail.sender)
        party = self._addresses.get(address.lower())
        head = Text(f"{at:%H:%M}  ", style="bold")
        head.append("✉ ", style="blue")
        who = f"{name} · {party.short or party.name}" if party else f"{name} <{address}>"
        head.append(_harmless(who), style="bold")
        head.append(f"  {_harmless(subject)}", style="not bold")
        self._console.print(head)
        self.indented(Text(getattr(mail.note, self._words.language), style="dim italic"))

    def round(self, at: datetime, lines: Sequence[Line]) -> None:
        """Tell what mailflow did at a moment at which no mail came; nothing where it did nothing."""
        if lines:
            self._console.print(Text(f"{at:%H:%M}  mailflow", style="bold"))
            self.lines(lines)

    def lines(self, lines: Sequence[Line]) -> None:
        """Print what a round came to."""
        for line in lines:
            text = Text(f"{_MARKS[line.kind]} ", style=_STYLES[line.kind])
            if line.orders:
                text.append(f"{', '.join(line.orders)}  ", style="bold")
            if line.kind == ASKED:
                text.append(f"{self._words.asks} · ", style="not bold")
            text.append(_harmless(line.text), style="default not bold")
            if line.quote:
                text.append(f"  “{_harmless(line.quote)}”", style="default not bold italic")
            self.indented(text)

    def heading(self, text: str) -> None:
        """Print a line that stands out."""
        self._console.print(Text(text, style="bold"))

    def indented(self, text: Text) -> None:
        """Print a line below a mail."""
        self._console.print(Padding(text, (0, 0, 0, 7)))

    def plain(self, text: str) -> None:
        """Print a line as it is, never broken, so that it can be copied."""
        self._console.print(Text(text), soft_wrap=True)
