"""The tickler: what falls due on a day of ours, if nothing happens until then."""

from datetime import date

from mailflow.core.playbook.due import slot
from tests.core.playbook.situations import playbook_with, purchase, shipped_calendars, situation, without_lists


def test_each_day_has_its_slot() -> None:
    here = situation(purchase("PO1", "2026-11-20"), purchase("PO2", "2026-12-03"), purchase("PO3", "2026-12-04"))
    rules, calendars = without_lists(), shipped_calendars()
    found = {
        day: [(due.step, due.orders[0]) for due in slot(here, rules, calendars, date(2026, 11, day))]
        for day in range(20, 31)
    }
    assert {day: dues for day, dues in found.items() if dues} == {
        23: [("overdue", "PO1")],
        26: [("ask_ship", "PO2")],
        27: [("ask_ship", "PO3")],
        30: [("shipment_notice", "PO2")],
    }


def test_the_weekly_list_stands_in_its_day() -> None:
    here = situation(purchase("PO1", "2026-11-12"))
    assert [due.step for due in slot(here, playbook_with(), shipped_calendars(), date(2026, 11, 24))] == ["weekly_list"]
    assert slot(here, playbook_with(), shipped_calendars(), date(2026, 11, 25)) == ()
