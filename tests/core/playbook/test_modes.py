"""Who lets a letter go: the step, the limit of a new installation, the overrides; and when it may go."""

import pytest

from mailflow.core.letters.model import Mode
from tests.core.playbook.situations import at, look, purchase, supplier, without_lists

OVERDUE = purchase("PO1", "2026-11-20", order_type="special")


def override(line: str) -> tuple[str, str]:
    return ("# overrides:\n", f"overrides:\n  - {line}\n# overrides:\n")


@pytest.mark.parametrize(
    ("line", "party_modes", "outside", "mode"),
    [
        ("", (), Mode.AUTO, Mode.AUTO),
        ("", (), Mode.VETO, Mode.VETO),
        ("", (), Mode.DRAFT, Mode.DRAFT),
        ("", (("overdue", "auto"),), Mode.DRAFT, Mode.AUTO),
        ("", (("overdue_1", "veto"), ("overdue", "draft")), Mode.AUTO, Mode.VETO),  # the letter outranks its step
        ("", (("overdue_2", "off"),), Mode.AUTO, Mode.AUTO),
        ("", (("overdue", "perhaps"),), Mode.AUTO, Mode.AUTO),  # a word that is no mode changes nothing
        ("{party: Hengtai, modes: {overdue: draft}}", (), Mode.AUTO, Mode.DRAFT),
        ("{party: Hengtai, modes: {overdue: draft}}", (("overdue", "auto"),), Mode.AUTO, Mode.AUTO),
        ("{party: Jinxiu, modes: {overdue: draft}}", (), Mode.AUTO, Mode.AUTO),
        ("{order_type: special, modes: {overdue_1: veto}}", (), Mode.AUTO, Mode.VETO),
        ("{order_type: special, modes: {overdue_1: auto}}", (), Mode.DRAFT, Mode.DRAFT),
        ("{order: PO1, modes: {overdue: auto}}", (), Mode.DRAFT, Mode.AUTO),
        ("{order: PO1, modes: {overdue: draft}}", (("overdue", "auto"),), Mode.AUTO, Mode.DRAFT),
        ("{order: PO2, modes: {overdue: draft}}", (), Mode.AUTO, Mode.AUTO),
    ],
)
def test_the_nearer_word_counts(line: str, party_modes: tuple[tuple[str, str], ...], outside: Mode, mode: Mode) -> None:
    playbook = without_lists(override(line)) if line else without_lists()
    seen = look(at("2026-11-26"), OVERDUE, supplier(modes=party_modes), playbook=playbook, outside=outside)
    assert [due.mode for due in seen.of("overdue")] == [mode]


def test_what_is_off_is_told_but_not_written() -> None:
    seen = look(at("2026-11-26"), OVERDUE, supplier(modes=(("overdue", "off"),)))
    assert not seen.of("overdue")
    assert "overdue_1 is switched off for Hengtai" in seen.reasons("overdue")


def test_a_step_that_is_off_in_the_playbook_is_not_told_of_and_may_be_switched_on_for_one() -> None:
    off = without_lists(("letter: ask_ship", "letter: ask_ship\n    mode: off"))
    order = purchase("PO1", "2026-12-15")
    seen = look(at("2026-12-09"), order, playbook=off)
    assert (seen.of("ask_ship"), seen.reasons("ask_ship")) == ([], "")
    on = look(at("2026-12-09"), order, supplier(modes=(("ask_ship", "auto"),)), playbook=off)
    assert [due.mode for due in on.of("ask_ship")] == [Mode.AUTO]


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (at("2026-11-26", "08:00"), at("2026-11-26", "14:00")),
        (at("2026-11-26", "08:31"), at("2026-11-27", "14:00")),  # nobody has read of it in this morning's digest
        (at("2026-11-27", "10:00"), at("2026-11-30", "14:00")),  # over the weekend
        (at("2026-11-28", "08:00"), at("2026-11-30", "14:00")),
    ],
)
def test_a_letter_that_may_be_stopped_goes_after_the_next_digest(now: object, goes: object) -> None:
    seen = look(now, OVERDUE, supplier(modes=(("overdue", "veto"),)))  # type: ignore[arg-type]  # a moment
    assert [due.not_before for due in seen.of("overdue")] == [goes]


def test_letters_go_in_the_recipients_hours() -> None:
    [due] = look(at("2026-11-26", "03:00"), OVERDUE).of("overdue")
    assert at("2026-11-26", "08:30") <= due.not_before <= at("2026-11-26", "11:00")
    assert due.due_at == at("2026-11-23", "00:00")
    indian = supplier(country="IN", timezone="Asia/Kolkata")
    [due] = look(at("2026-11-26", "09:00"), OVERDUE, indian).of("overdue")
    assert at("2026-11-26", "11:00") <= due.not_before <= at("2026-11-26", "13:30")  # half past eight to eleven there
