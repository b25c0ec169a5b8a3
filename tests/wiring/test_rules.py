"""The rules as one set: what two files say of one thing must agree."""

from pathlib import Path

import pytest

from mailflow.wiring.rules import load_rules
from tests.core.playbook.situations import RULES

TEXT = (RULES / "playbook.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        (
            "    mode: off                  # `veto` where customers like to hear\n    cheerful: true\n",
            "    mode: off\n",
            "  - name: progress ",
            "step 'progress' writes a cheerful letter and would do so while a complaint is open; write",
        ),
        (
            "    letter: complaint_received\n    mode: draft\n",
            "    letter: complaint_received\n    mode: draft\n    cheerful: true\n",
            "    cheerful: true\n",
            "step 'complaint_received' is cheerful, its letter is not; write 'cheerful: true' in templates/",
        ),
    ],
    ids=["the letter alone", "the step alone"],
)
def test_a_step_is_as_cheerful_as_its_letter(before: str, after: str, line: str, told: str, tmp_path: Path) -> None:
    assert before in TEXT
    head, _, tail = TEXT.partition(before)
    text = head + after + tail
    (tmp_path / "playbook.yaml").write_text(text, "utf-8")
    rules, problems = load_rules(tmp_path, None)
    assert rules is None
    (fault,) = problems
    at = text.index(line) if line.startswith("  - ") else len(head) + after.index(line)
    assert str(fault).startswith(f"rules/playbook.yaml:{text.count(chr(10), 0, at) + 1}: {told}")


def test_a_column_for_a_milestone_that_the_playbook_has_not_is_told(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(TEXT.replace("  bom: {en", "  bill: {en").replace("bom", "bill"), "utf-8")
    _, problems = load_rules(tmp_path, None)
    assert [str(one) for one in problems if "order_book.yaml" in str(one) and "unknown key 'bom'" in str(one)]
