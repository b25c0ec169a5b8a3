"""Every letter as its readers see it, compared with what was read over once by a person (--refresh-golden)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailflow.core.letters.manifest import Manifest
from mailflow.core.letters.model import LetterFacts
from mailflow.core.letters.samples import HOUSE, bare, facts, reader
from mailflow.core.letters.templates import Rendered, Templates
from mailflow.core.message.model import Address
from tests.core.letters.pages import said_by, strange_tags
from tests.core.letters.samples import hostile_names, long_product

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(p.parent.name for p in (Path(__file__).parents[3] / "templates").glob("*/letter.yaml"))
LANGUAGES = ("en", "zh")
KEPT: dict[str, Callable[[Manifest], LetterFacts]] = {
    "one order": lambda manifest: facts(manifest.to),
    "several, a product of sixty letters": lambda manifest: long_product(facts(manifest.to, 3)),
    "nothing but what it needs": lambda manifest: bare(manifest.to, manifest.needs),
}
"""What is kept as golden files, one a letter and language, as plain text."""
SEEN = {
    **KEPT,
    "forty orders": lambda manifest: facts(manifest.to, 40),
    "right to left, emoji, markup": lambda manifest: hostile_names(facts(manifest.to)),
    "a person's own words": lambda manifest: replace(
        facts(manifest.to), note="We <b>count</b> on you.\nThank you & all."
    ),
}
"""What the HTML is looked at for: it says what the text says, in tags that every mail program knows."""


def rendered(templates: Templates, name: str, language: str, said: LetterFacts, person: str | None = None) -> Rendered:
    to, party = reader(templates.manifests[name].to)
    return templates.render(
        name, language, said, HOUSE, Address(to.email, to.name if person is None else person), party
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_letter_reads_as_it_was_read_over(
    name: str, language: str, templates: Templates, refresh_golden: bool
) -> None:
    written = ""
    for title, make in KEPT.items():
        said = make(templates.manifests[name])
        got = rendered(templates, name, language, said, "" if "needs" in title else None)
        written += f"===== {title}\nSubject: {got.subject}\n\n{got.text}"
    file = FOLDER / f"{name}.{language}.txt"
    if refresh_golden:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(written, "utf-8")
    assert file.read_text("utf-8") == written


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_the_text_says(name: str, templates: Templates) -> None:
    for language in LANGUAGES:
        for title, make in SEEN.items():
            got = rendered(templates, name, language, make(templates.manifests[name]), "יוסף 😀 <script>")
            assert said_by(got.html, page=True) == said_by(got.text, page=False), (language, title)
            assert strange_tags(got.html) == [], (language, title)


def test_a_list_of_forty_orders_reads_as_it_was_read_over(templates: Templates, refresh_golden: bool) -> None:
    got = rendered(templates, "weekly_list", "en", facts(templates.manifests["weekly_list"].to, 40))
    file = FOLDER / "weekly_list.en.forty.txt"
    if refresh_golden:
        file.write_text(got.text, "utf-8")
    assert file.read_text("utf-8") == got.text


def test_there_is_no_golden_file_without_its_letter() -> None:
    wanted = {f"{name}.{language}.txt" for name in NAMES for language in LANGUAGES} | {"weekly_list.en.forty.txt"}
    assert {p.name for p in FOLDER.iterdir()} == wanted
