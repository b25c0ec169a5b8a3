import pytest

from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Milestone
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.schema import SCHEMAS
from tests.core.playbook.situations import RULES, playbook_with

SMALL = """\
order_types:
  standard:
    milestones:
      ship: due
steps:
  - name: ask_ship
    orders: purchase
    for: supplier
    when: 5 working days before ship
    letter: ask_ship
"""


def problems_of(*exchanges: tuple[str, str]) -> list[str]:
    text = SMALL
    for before, after in exchanges:
        assert before in text
        text = text.replace(before, after)
    playbook, problems = load_playbook(text, "playbook.yaml")
    assert playbook is None
    return [str(problem) for problem in problems]


def test_the_shipped_playbook_is_sound_and_has_the_defaults() -> None:
    playbook = playbook_with()
    modes = {step.name: [str(rung.mode) for rung in step.ladder] for step in playbook.steps}
    assert modes == {
        "chase_ack": ["auto", "auto", "auto"],
        "ask_ship": ["auto"],
        "overdue": ["auto", "veto", "draft"],
        "weekly_list": ["auto"],
        "delay_notice": ["draft"],
        "shipment_notice": ["auto"],
        "shipment_advice": ["auto"],
        "backlog": ["auto"],
    }


def test_every_letter_of_the_shipped_playbook_has_its_template() -> None:
    templates = RULES.parent / "templates"
    assert [name for name in sorted(playbook_with().letters) if not (templates / name).is_dir()] == []


def test_a_small_playbook_stands_on_defaults() -> None:
    playbook, problems = load_playbook(SMALL, "playbook.yaml")
    assert playbook is not None
    assert problems == ()
    assert playbook.by_name["ask_ship"].stops == {Milestone.SHIP}
    assert playbook.by_name["ask_ship"].ladder[0].mode == Mode.AUTO


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("    when: 5", "    wen: 5", 9, "unknown key 'wen'; did you mean 'when'?"),
        ("    for: supplier", "    for: suplier", 8, "did you mean 'supplier'?"),
        ("before ship", "before shp", 9, "'shp' is no milestone; did you mean 'ship'?"),
        ("before ship", "before ship prmise", 9, "did you mean 'promise'?"),
        ("5 working days before ship", "some days before ship", 9, "cannot read when"),
        ("5 working days before ship", "weekly on tusday at 09:00", 9, "did you mean 'tuesday'?"),
        ("5 working days before ship", "weekly on tuesday at 25:00", 9, "no time of the day"),
        ("ship: due", "ship: dew", 4, "did you mean 'due'?"),
        ("ship: due", "ship: due - x", 4, "cannot read the plan"),
        ("ship: due", "shipp: due", 4, "ship"),
        ("ship: due", "ship: production", 4, "add 'production:'"),
        ("ship: due", "ship: ship - 3 days", 4, "planned from itself"),
        ("  standard:", "  normal:", 1, "'standard' is missing"),
        ("steps:", "delay: {buffer_days: two}\nsteps:", 5, "buffer_days"),
        ("steps:", "delay: {topics: [material, money]}\nsteps:", 5, "'money' is no value for 'topics'"),
        ("steps:", "lead_times: {sea: {exw_etd: 3}}\nsteps:", 5, "'default' is missing"),
        ("steps:", "sending: {lunch: noon}\nsteps:", 5, "two hours"),
        ("steps:", "sending: {opens: 830}\nsteps:", 5, "as an hour"),
        ("    letter: ask_ship", "    mode: sometimes", 10, "known here: auto, draft, off, veto"),
        ("    letter: ask_ship", "    mode: auto", 6, "needs a letter or rungs"),
        ("letter: ask_ship", "letter: a\n    rungs: [{letter: b}]", 6, "needs a letter or rungs"),
        ("letter: ask_ship", "repeat: {every: 1 day}\n    rungs: [{letter: b}]", 10, "rungs do not repeat"),
        ("letter: ask_ship", "letter: a\n    repeat: {every: soon}", 11, "as a number of days"),
        ("letter: ask_ship", "letter: a\n    rest: soon", 11, "as a number of days"),
        ("orders: purchase", "orders: sales", 8, "a supplier has no sales orders"),
        (
            "letter: ask_ship",
            "letter: a\n    if: {order_type: [sample]}",
            11,
            "order type 'sample' is not in this file",
        ),
        ("letter: ask_ship", "letter: a\noverrides: [{modes: {}}]", 11, "whom is this override for?"),
        ("letter: ask_ship", "letter: a\noverrides:\n - party: X\n   modes: {ask_shp: off}", 13, "mean 'ask_ship'?"),
        ("steps:", "steps: [", 6, "not valid YAML"),
        ("  standard:", "  standard:\n  standard:", 3, "not valid YAML"),
    ],
)
def test_a_fault_is_told_with_its_line_and_a_cure(before: str, after: str, line: int, words: str) -> None:
    found = problems_of((before, after))
    assert any(one.startswith(f"playbook.yaml:{line}:") and words in one for one in found), found


def test_customers_have_no_ladder() -> None:
    found = problems_of(
        ("orders: purchase", "orders: sales"),
        ("for: supplier", "for: customer"),
        ("letter: ask_ship", "letter: a\n    repeat: {every: 3 days}"),
    )
    assert any("customers have no ladder" in one for one in found), found


def test_every_fault_is_told_at_once_in_order() -> None:
    found = problems_of(("ship: due", "ship: dew"), ("    when", "    wen"), ("supplier", "suplier"))
    assert len(found) == 4  # `when` is missing, too
    assert found == sorted(found, key=lambda one: int(one.split(":")[1]))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("customers: {tell: [shp]}", 11, "'shp' is no milestone; did you mean 'ship'?"),
        ("customers: {dates: all}", 11, "dates"),
        ("overrides:\n- {party: Bergmann, tell: [inspect]}", 12, "did you mean 'inspection'?"),
        ("overrides:\n- {order_type: sample, dates: none}", 12, "what may be told is said of a party"),
        ("customers: {last_call_hours: 9}", 11, "last_call_hours"),
    ],
)
def test_what_customers_may_be_told_is_looked_at_too(text: str, line: int, words: str) -> None:
    playbook, problems = load_playbook(f"{SMALL}{text}\n", "playbook.yaml")
    assert playbook is None
    (problem,) = problems
    assert (problem.line, words in str(problem)) == (line, True), problem


def test_only_customers_mails_are_waited_for() -> None:
    (problem,) = problems_of(("5 working days before ship", "2 working hours after customer mail"))
    assert "this is about customers' mails; write 'for: customer'" in problem


def test_two_steps_of_one_name_are_refused() -> None:
    twice = SMALL + SMALL[SMALL.index("  - name") :]
    assert "stands here twice" in str(load_playbook(twice, "p.yaml")[1])


@pytest.mark.parametrize(
    "text", ["", "- a\n- b", "just words", "\t", "a: &x [*x]", "steps: !!python/object:os.system x"]
)
def test_what_is_no_playbook_is_told_and_does_not_raise(text: str) -> None:
    playbook, problems = load_playbook(text, "p.yaml")
    assert playbook is None
    assert problems


def test_the_schema_for_editors_knows_the_words_of_the_file() -> None:
    text = SCHEMAS["playbook.json"]()
    for word in ("at_go_live", "5 working days before ship", '"if"', '"for"', "at_least"):
        assert word in text


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_schemas_for_editors_are_those_of_the_models(name: str, request: pytest.FixtureRequest) -> None:
    file = RULES / "schema" / name
    if request.config.getoption("--refresh-golden"):
        file.write_text(SCHEMAS[name](), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == SCHEMAS[name](), "run this test with --refresh-golden"
