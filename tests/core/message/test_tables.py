"""Tables that people draw in plain text."""

import pytest

from tests.core.message.conftest import Read


def tables(read: Read, text: str) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in line.table.rows] for line in read(text).lines if line.table is not None
    ]


ROWS = [["Order", "Style", "Ship"], ["BW-1", "KT118", "9 Dec"], ["BW-2", "KT120", "12 Dec"]]


@pytest.mark.parametrize(
    "drawn",
    [
        "\n".join("\t".join(row) for row in ROWS),
        "\n".join(" | ".join(row) for row in ROWS),
        "\n".join("| " + " | ".join(row) + " |" for row in ROWS),
        "| Order | Style | Ship |\n|---|---|---|\n| BW-1 | KT118 | 9 Dec |\n| BW-2 | KT120 | 12 Dec |",
        "\n".join("   ".join(cell.ljust(8) for cell in row) for row in ROWS),
    ],
)
def test_drawn_tables(drawn: str, read: Read) -> None:
    assert tables(read, f"Status:\n\n{drawn}\n\nthat is all for today") == [ROWS]


@pytest.mark.parametrize(
    "text",
    [
        "Tariq | Padma Apparel | Dhaka",
        "Tariq | Padma | Dhaka\nTel | Fax | Mail",
        "Order          BW-1\nVessel         EVER ALP",
        "a  b  c\n\nd  e  1",
    ],
)
def test_what_only_looks_like_a_table(text: str, read: Read) -> None:
    assert tables(read, text) == []


def test_a_quoted_table_is_history(read: Read) -> None:
    message = read("9 Dec\n\n> Order\tShip\n> BW-1\t5 Dec\n")
    assert message.new_text == "9 Dec"
    assert message.quoted == "Order\tShip\nBW-1\t5 Dec"
