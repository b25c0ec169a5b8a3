"""python-stdnum's own examples: what its documentation calls valid is found, what it calls wrong is not."""

import re
from types import ModuleType

import pytest
import stdnum.cn.uscc
import stdnum.iban
import stdnum.iso6346
from stdnum.eu import vat

from mailflow.core.reading.finders.references import find_references
from tests.core.reading.worlds import words

_EXAMPLE = re.compile(r">>> validate\(['\"](?P<number>[^'\"]+)['\"]\)(?P<rest>[^\n]*)\n\s*(?P<answer>[^\n]+)")
_LIBRARY = (
    (stdnum.iso6346, "container"),
    (stdnum.iban, "bank_account"),
    (stdnum.cn.uscc, "tax_number"),
    (vat, "tax_number"),
)


def _examples() -> list[tuple[str, str, bool]]:
    return [
        (hit["number"], kind, "Traceback" not in hit["answer"])
        for module, kind in _LIBRARY
        for hit in _EXAMPLE.finditer(_documentation(module))
    ]


def _documentation(module: ModuleType) -> str:
    return module.__doc__ or ""


def test_the_library_has_examples_of_each() -> None:
    assert {kind for _, kind, valid in _examples() if valid} == {kind for _, kind in _LIBRARY}
    assert any(not valid for _, _, valid in _examples())


@pytest.mark.parametrize(("number", "kind", "valid"), _examples())
def test_its_examples(number: str, kind: str, valid: bool) -> None:
    found = find_references(words().folder.plain(f"see {number} here"), words().references)

    kinds = {hit.type for hit in found.references} | {mask.kind.split("/")[-1].split(".")[0] for mask in found.masks}
    assert (kind in kinds) is valid
