"""Files of references and masks: what is wrong in them is told with its line; what they hide names no order."""

from decimal import Decimal

import pytest

from mailflow.core.matching.index import IdentifierIndex
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.reading.number_forms import load_forms
from mailflow.core.reading.text import Part, take_apart
from mailflow.core.reading.words import WordsError, load_words
from mailflow.edges.files.configuration import read_folder
from mailflow.edges.files.defaults import default_rules
from tests.core.reading.worlds import words

SHIPPED = read_folder(default_rules() / "reading", (".yaml",))
GOOD = """\
type: courier
cues: [snail post]
forms:
- pattern: 'sn~\\d{6}'
  alone: true
  check: mod7
  valid: [SN 123456]
"""


SNAIL, SLUG = "references/snail.yaml", "references/slug.yaml"
COME_OUT = "mend the pattern, the cues or the example"


def test_examples_that_come_out_wrong_are_told_with_their_lines() -> None:
    other = GOOD.replace("  check: mod7\n", "").replace("valid: [SN 123456]", "invalid:\n  - SN 123\n  - SN 123456")

    with pytest.raises(WordsError) as raised:
        load_words({**SHIPPED, SNAIL: GOOD, SLUG: other.replace("sn~", "sl~").replace("SN", "SL")})

    assert {str(problem) for problem in raised.value.problems} == {
        f"rules/reading/{SNAIL}:7: `SN 123456` is not found, and it is an example of what is valid; {COME_OUT}",
        f"rules/reading/{SLUG}:8: `SL 123456` is found, and it is an example of what is invalid; {COME_OUT}",
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("check: mod7", "check: mod8", "snail.yaml:6: no check digit is called 'mod8'; did you mean 'mod7'?"),
        ("alone: true", "alown: true", "snail.yaml:5: unknown key 'alown'; did you mean 'alone'?"),
        ("sn~", "(sn~", "snail.yaml:4: no regular expression: "),
        ("type: courier", "type: curier", "snail.yaml:1: 'curier' is no value for 'type'; did you mean 'courier'?"),
        ("SN 123456", "123456", "snail.yaml:7: the example 123456 is read as a number; put it in quotes"),
        ("cues: [snail post]", "cues: [snail", "snail.yaml:3: not valid YAML: "),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(old: str, new: str, told: str) -> None:
    _, problems = load_forms({SNAIL: GOOD.replace(old, new)}, words().folder)

    assert any(told in str(problem) for problem in problems)


def test_every_file_is_told_of_at_once() -> None:
    with pytest.raises(WordsError) as raised:
        load_words(
            {**SHIPPED, "references/a.yaml": "type: curier\nforms: []\n", "masks/b.yaml": "hide: all\nforms: []\n"}
        )

    assert {problem.file.rpartition("/")[2] for problem in raised.value.problems} == {"a.yaml", "b.yaml"}


NUMBERS = ("26110", "47110", "4711 0487", "KX-2604-118", "GB/18401", "13806645102", "NW-55031")
INDEX = IdentifierIndex([Order(number, OrderKind.PURCHASE, "Works", quantity=Decimal(1)) for number in NUMBERS])


def _numbers(text: str) -> list[str]:
    part: Part = take_apart("body", text, words(), INDEX, "Works")
    return [part.folded.text[hit.start : hit.end] for hit in part.numbers]


@pytest.mark.parametrize(
    "text",
    [
        "Tel. 4711 0487",
        "电话：13806645102",
        "fax +86 4711 0487",
        "deposit USD 47110 received",
        "数量：26110",
        "HS code 4711 0487",
        "account no. 4711 0487",
        "邮编 26110",
        "提单 QNX MZ0 26110 339",
        "提单 26110 339",
        "seal KX-2604-118",
        "GB/T 18401-2010 applies",
        "page 471",
    ],
)
def test_what_is_called_something_else_names_no_order(text: str) -> None:
    assert _numbers(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("26110 ships", ["26110"]),
        ("order 47110 ships, USD 500", ["47110"]),
        ("13806645102 ships", ["13806645102"]),
        ("GB/18401 ships", ["gb/18401"]),
        ("GB/18402 ships", ["gb/18402"]),
        ("draft B/L NW-55031 is fine", ["nw-55031"]),
        ("单号 4711 0487", ["4711 0487"]),
        ("Tel. 0755 8261, KX-2604-118", ["kx-2604-118"]),
        ("ＫＸ－２６０４－１１８", ["kx-2604-118"]),
        ("К\u200bХ-2604-118", ["kx-2604-118"]),
        ("KX-2604-\n118", ["kx-2604-\n118"]),
        ("KX-26O4-ll8", ["kx-26o4-ll8"]),
        ("KX-2604-11B", ["kx-2604-11b"]),
    ],
)
def test_orders_are_found_beside_masks_and_however_typed(text: str, found: list[str]) -> None:
    assert _numbers(text) == found


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("references.yaml", "under references/"),
        ("milestone.yaml", "call it milestones.yaml"),
        ("zzz.yaml", "delete it"),
    ],
)
def test_a_file_that_nothing_reads_is_told(name: str, cure: str) -> None:
    with pytest.raises(WordsError) as raised:
        load_words({**SHIPPED, name: "a: [b]\n"})

    (problem,) = raised.value.problems
    assert (problem.file, problem.line) == (f"rules/reading/{name}", 1)
    assert cure in problem.cure
