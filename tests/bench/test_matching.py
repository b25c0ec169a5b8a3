"""The benchmark of matching builds what it says and finds what its mails name."""

from pathlib import Path

from bench.matching import BUILD, DISK, MAILS, Sample, brute_force, index
from mailflow.core.matching.index import IdentifierIndex
from mailflow.core.reading.finders.order_numbers import find_order_numbers, find_tails

NAMES = 2_000


def test_it_measures_what_it_builds(tmp_path: Path) -> None:
    measured = index(NAMES, str(tmp_path / "index.db"))

    assert measured.count == MAILS
    assert measured.cpu > 0
    assert measured.parts[BUILD] > 0
    assert measured.parts[DISK] > 0.1
    assert brute_force(NAMES) > 0


def test_nearly_every_mail_names_an_order_of_its_party() -> None:
    book = Sample(NAMES)
    lookup = IdentifierIndex(order for orders in book.all_orders() for order in orders)

    found = [
        find_order_numbers(text, lookup, party) or find_tails(text, lookup, party, [], subject_end=0)
        for party, text in book.mails()
    ]

    assert sum(map(bool, found)) > 0.95 * MAILS
    assert {hit.how for hits in found for hit in hits} >= {"exact", "folded", "near", "tail"}
