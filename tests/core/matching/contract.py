"""What every index of identifiers must do, in memory or in a database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from mailflow.core.matching.index import MOST_OF_A_PARTY, MOST_TAILS, Alias, Entry, Lookup, Naming
from mailflow.core.orders.model import Order, OrderKind

MakeLookup = Callable[[Sequence[Order], Sequence[Alias]], Lookup]


def book(*numbers: str, party: str = "Works") -> list[Order]:
    """Return purchase orders with these numbers, each with a style of its own."""
    return [
        Order(number, OrderKind.PURCHASE, party, style=f"S{i}-77", quantity=Decimal(1))
        for i, number in enumerate(numbers)
    ]


def orders_of(entries: Sequence[Entry]) -> list[str]:
    """Return the orders that names mean."""
    return sorted({entry.order for entry in entries})


class LookupContract:
    """Inherited by the tests of each implementation, which give the fixture `make_lookup`."""

    def test_a_name_is_found_as_it_is(self, make_lookup: MakeLookup) -> None:
        full = Order("KX/2027/118", OrderKind.SALES, "Kunde", customer_ref="C 4-1", supplier_ref="S#12", style="ST-9")
        lookup = make_lookup([full, *book("PO26-04867")], ())

        assert [(e.naming, e.order, e.party, e.kind) for e in lookup.exact("kx2027118")] == [
            (Naming.OWN, "KX/2027/118", "Kunde", OrderKind.SALES)
        ]
        assert [e.naming for e in lookup.exact("c41")] == [Naming.CUSTOMER]
        assert [e.naming for e in lookup.exact("s12")] == [Naming.SUPPLIER]
        assert [e.naming for e in lookup.exact("st9")] == [Naming.STYLE]
        assert not lookup.exact("kx2027119")
        assert not lookup.exact("")

    def test_one_name_of_several_orders_means_all_of_them(self, make_lookup: MakeLookup) -> None:
        twins = [Order(f"PO-{i}00", OrderKind.PURCHASE, "Works", customer_ref="4500771209") for i in (1, 2)]

        assert orders_of(make_lookup(twins, ()).exact("4500771209")) == ["PO-100", "PO-200"]

    def test_letters_for_digits_are_found(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup(book("PO26-04867", "SB-1105"), ())

        assert orders_of(lookup.folded("p026o4867")) == ["PO26-04867"]
        assert orders_of(lookup.folded("5811os")) == ["SB-1105"]
        assert orders_of(lookup.folded("po2604867")) == ["PO26-04867"]
        assert not lookup.exact("p026o4867")

    @pytest.mark.parametrize("typed", ["po2604868", "po2604876", "po264867", "po26048767", "po2694867"])
    def test_neighbours_are_found_by_every_kind_of_slip(self, make_lookup: MakeLookup, typed: str) -> None:
        lookup = make_lookup(book("PO26-04867", "PO26-09999"), ())

        assert orders_of(lookup.near(typed)) == ["PO26-04867"]

    def test_a_name_is_not_its_own_neighbour(self, make_lookup: MakeLookup) -> None:
        assert not make_lookup(book("PO26-04867"), ()).near("po2604867")

    def test_short_names_and_styles_have_no_neighbours(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup(book("PO26-04867", "4711"), ())

        assert not lookup.near("s0778")
        assert not lookup.near("4712")

    def test_tails_are_the_partys_own(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup(book("KX/2027/1187", "0487-26P"), ())

        assert orders_of(lookup.tail("Works", "1187")) == ["KX/2027/1187"]
        assert orders_of(lookup.tail("Works", "187")) == ["KX/2027/1187"]
        assert orders_of(lookup.tail("Works", "487")) == ["0487-26P"]
        assert not lookup.tail("Works", "118")
        assert not lookup.tail("Mill", "1187")

    def test_open_orders_are_their_partys(self, make_lookup: MakeLookup) -> None:
        over = [replace(order, status="closed") for order in book("KX-3")]
        lookup = make_lookup([*book("KX-2", "KX-1"), *over, *book("KX-4", party="Mill")], ())

        assert [order.number for order in lookup.of_party("Works")] == ["KX-1", "KX-2"]
        assert not lookup.of_party("Nobody")

    def test_of_very_many_open_orders_none_are_given(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup(book(*(f"KX-{i:04}" for i in range(MOST_OF_A_PARTY + 1))), ())

        assert not lookup.of_party("Works")

    def test_tails_that_very_many_share_are_cut_off(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup(book(*(f"{i}-4711" for i in range(MOST_TAILS + 20))), ())

        assert len(lookup.tail("Works", "4711")) == MOST_TAILS

    def test_only_our_own_numbers_have_a_shape(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup([Order("PO26-0487", OrderKind.PURCHASE, "Works", supplier_ref="ABC123")], ())

        assert lookup.known_shape("ab123456")
        assert not lookup.known_shape("xyz999")

    def test_an_order_is_had_by_its_number(self, make_lookup: MakeLookup) -> None:
        (order,) = book("PO 26/0487")
        lookup = make_lookup([order], ())

        assert lookup.order("PO 26/0487") == order
        assert lookup.order("po260487") is None

    def test_what_was_learned_is_a_name_too(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup(book("PO26-04867"), [Alias("Job 88-17", "PO26-04867"), Alias("XX-1", "nobody's")])

        assert [(e.naming, e.order, e.party) for e in lookup.exact("job8817")] == [
            (Naming.LEARNED, "PO26-04867", "Works")
        ]
        assert not lookup.exact("xx1")

    def test_being_told_what_comes_changes_no_answer(self, make_lookup: MakeLookup) -> None:
        lookup = make_lookup(book("PO26-04867", "PO26-09999"), ())

        lookup.expect(["po26-04867 and p026-o4867, po26-04868 but not xy12-00000"])

        assert orders_of(lookup.exact("po2604867")) == ["PO26-04867"]
        assert orders_of(lookup.folded("p026o4867")) == ["PO26-04867"]
        assert orders_of(lookup.near("po2604868")) == ["PO26-04867"]
        assert not lookup.near("xy1200000")
