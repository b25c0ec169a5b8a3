"""Every letter as its readers see it, compared with what was read over once by a person (--refresh-golden)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailflow.core.letters.manifest import Manifest
from mailflow.core.letters.model import LetterFacts
from mailflow.core.letters.samples import HOUSE, bare, facts, reader
from mailflow.core.letters.templates import Templates
from mailflow.core.message.model import Address
from tests.core.letters.samples import hostile_names, long_product

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(p.parent.name for p in (Path(__file__).parents[3] / "templates").glob("*/letter.yaml"))
VARIANTS: dict[str, Callable[[Manifest], LetterFacts]] = {
    "one": lambda manifest: facts(manifest.to),
    "forty": lambda manifest: facts(manifest.to, 40),
    "bare": lambda manifest: bare(manifest.to, manifest.needs),
    "long": lambda manifest: long_product(facts(manifest.to, 2)),
    "names": lambda manifest: hostile_names(facts(manifest.to)),
}
CASES = [f"{name}.{language}.{variant}" for name in NAMES for language in ("en", "zh") for variant in VARIANTS]


@pytest.mark.parametrize("case", CASES)
def test_a_letter_reads_as_it_was_read_over(case: str, templates: Templates, refresh_golden: bool) -> None:
    name, language, variant = case.split(".")
    manifest = templates.manifests[name]
    to, party = reader(manifest.to)
    if variant == "names":
        to = Address(to.email, "יוסף 😀 <script>")
    if variant == "bare":
        to = Address(to.email)
    got = templates.render(name, language, VARIANTS[variant](manifest), HOUSE, to, party)
    for file, written in (
        (FOLDER / f"{case}.txt", f"Subject: {got.subject}\n\n{got.text}"),
        (FOLDER / f"{case}.html", got.html),
    ):
        if refresh_golden:
            FOLDER.mkdir(exist_ok=True)
            file.write_text(written + ("" if written.endswith("\n") else "\n"), "utf-8")
        assert file.read_text("utf-8").rstrip("\n") == written.rstrip("\n")


def test_there_is_no_golden_file_without_its_letter() -> None:
    assert {p.stem for p in FOLDER.iterdir()} == set(CASES)
