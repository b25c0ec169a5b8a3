from dataclasses import replace
from datetime import date

from mailflow.core.letters.model import Mode, Told
from mailflow.core.message.model import Address
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.model import Due
from tests.core.playbook.situations import at, look, promised, purchase, sale, situation, without_lists

NOW = at("2026-11-26")


def chases(*numbers: str) -> list[Due]:
    return look(NOW, *(purchase(number, "2026-11-20") for number in numbers)).of("overdue")


def letters(*dues: Due) -> list[tuple[str, ...]]:
    return [letter.orders for letter in plan_letters(dues, situation(), without_lists())]


def test_what_goes_to_the_same_people_with_the_same_words_is_one_letter() -> None:
    one, two = chases("PO1", "PO2")
    assert letters(one, two) == [("PO1", "PO2")]


def test_what_differs_in_people_words_mode_language_or_key_is_not() -> None:
    one, two = chases("PO1", "PO2")
    for other in (
        replace(two, to=(Address("second@hengtai.example"),)),
        replace(two, cc=(Address("second@hengtai.example"),)),
        replace(two, template="overdue_2"),
        replace(two, mode=Mode.DRAFT),
        replace(two, language="en"),
        replace(two, merge="other"),
        replace(two, party="Jinxiu"),
    ):
        assert letters(one, other) == [("PO1",), ("PO2",)]


def test_without_a_key_nothing_is_merged() -> None:
    one, two = (replace(due, merge="") for due in chases("PO1", "PO2"))
    assert letters(one, two) == [("PO1",), ("PO2",)]


def test_one_letter_carries_everything_of_its_dues() -> None:
    one, two = chases("PO1", "PO2")
    later = at("2026-11-27")
    one = replace(one, told=(Told("PO1", date(2026, 12, 1)),), missing=("port",), not_before=later, urgent=True)
    two = replace(two, missing=("port", "style"), facts=replace(two.facts, rung=2, asked_before=3))
    [letter] = plan_letters([one, two], situation(), without_lists(), "box")
    assert letter.duties == (one.duty, two.duty)
    assert (letter.told, letter.missing, letter.urgent) == (one.told, ("port", "style"), True)
    assert (letter.facts.rung, letter.facts.asked_before, letter.not_before) == (2, 3, later)
    assert plan_letters([two, one], situation(), without_lists())[0].not_before == later
    assert letter.why == f"{one.why}; {two.why}"
    assert letter.account == "box"


def test_reason_and_dates_stand_in_a_merged_letter_only_where_all_agree() -> None:
    purchases = [
        promised(purchase(f"PO{n}", "2026-12-10", linked_order=f"SO{n}"), f"2027-01-{n + 10}", "2026-11-25", topic)
        for n, topic in enumerate(("material", "capacity"))
    ]
    sales = [sale(f"SO{n}", "2026-12-20") for n in range(2)]
    dues = [replace(due, merge="delay") for due in look(NOW, *sales, *purchases).of("delay_notice")]
    [letter] = plan_letters(dues, situation(), without_lists())
    facts = letter.facts
    assert (facts.topic, facts.old_date, facts.new_date) == ("", date(2026, 12, 20), None)
    assert [line.expected for line in facts.lines] == [date(2027, 1, 11), date(2027, 1, 10)]


def test_the_account_is_our_mailbox_unless_another_is_given() -> None:
    [due] = chases("PO1")
    [letter] = plan_letters([due], situation(), without_lists())
    assert letter.account == "followup@lanmei.example"
