"""The rules of steering: what is wrong in them is told at once, with its line and the right word."""

import pytest

from mailflow.core.steering.words import Verb, load_steering
from tests.core.steering.tongues import RULES, shipped_steering

SHIPPED = (RULES / "steering.yaml").read_text("utf-8")


def problems(text: str) -> list[str]:
    rules, found = load_steering(text, "rules/steering.yaml")
    assert (rules is None) == bool(found)
    return [str(one) for one in found]


def test_the_shipped_rules_are_right_and_let_managers_alone_hand_over() -> None:
    assert problems(SHIPPED) == []
    assert shipped_steering().managers_only == {Verb.HANDOVER}


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("  latest: ", "  lastest: ", "unknown key 'lastest'; did you mean 'latest'?"),
        ('"12:00"', '"25:00"', "'latest': "),
        ("quiet_days: nothing", "quiet_days: none", "'none' is no value for 'quiet_days'; known here: line, nothing"),
        ("  hold: {", "  holt: {", "unknown name 'holt'; did you mean 'hold'?"),
        ("  hold: {", "  holt: {", "'hold' is missing; copy it from the file that was shipped"),
        ("yes: [ok, ", "yes: [ship, ", "'ship' already means ship; let it stand in one list alone"),
        ("by: managers", "by: manager", "'manager' is no value for 'by'; did you mean 'managers'?"),
    ],
)
def test_a_fault_is_told_with_its_line_and_cure(right: str, wrong: str, told: str) -> None:
    assert right in SHIPPED
    found = problems(SHIPPED.replace(right, wrong, 1))
    assert any(told in one for one in found), found
    line = SHIPPED[: SHIPPED.index(right)].count("\n") + 1
    assert any(one.startswith(f"rules/steering.yaml:{line}: ") for one in found), found


def test_an_empty_file_is_told() -> None:
    assert problems("")
