"""The letters of templates/: loaded once, checked as a whole, rendered many times."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailflow.core.letters.formats import FILTERS, TESTS
from mailflow.core.letters.inline import inline_styles
from mailflow.core.letters.languages import language_chain
from mailflow.core.letters.manifest import Manifest
from mailflow.core.letters.model import Account, Difference, Figure, LetterFacts, OrderLine, Point, ReviewLine
from mailflow.core.letters.traditional import TERMS, Words, traditional
from mailflow.core.letters.words import TRADITIONAL, Phrasebook
from mailflow.core.letters.writing import written
from mailflow.core.message.model import Address
from mailflow.core.orders.model import Contact, House, Party
from mailflow.core.reports.model import Chart, Mark, ReportFiles
from mailflow.core.steering.model import (
    BookAnswer,
    BookFault,
    BookList,
    BookRow,
    Candidate,
    Digest,
    DigestItem,
    DigestList,
    DigestRow,
    Quote,
    SteeringReply,
    SteerLine,
)

PARTS = ("subject", "text", "html")
WRITING = "letter"
STYLE = "_layout/style.css"
_HANT = "traditional:"
_OF_LETTERS = {LetterFacts, OrderLine, ReviewLine, Account, Difference, Figure, Point, ReportFiles, Chart, Mark}
_OF_STEERING = {Digest, DigestItem, DigestList, DigestRow, Candidate, Quote, SteeringReply, SteerLine}
_OF_BOOKS = {BookAnswer, BookFault, BookList, BookRow}
_PLAIN = frozenset({*_OF_LETTERS, *_OF_STEERING, *_OF_BOOKS, Address, House, Party, Contact})
_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")


class UnknownLetterError(LookupError):
    """A letter that templates/ does not have."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of a letter; `language` is the one that it was found in."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All letters. `parts` tells where each is, by letter, party (or empty), language and part, all in lower case."""

    manifests: Mapping[str, Manifest]
    words: Phrasebook
    parts: Mapping[tuple[str, str, str, str], str]
    environment: Environment

    def render(
        self, name: str, language: str, facts: LetterFacts, house: House, to: Address, party: Party | None = None
    ) -> Rendered:
        """Return the words of a letter to somebody; a party's own version comes before everybody's."""
        if name not in self.manifests:
            raise UnknownLetterError(f"there is no letter {name} in templates/")
        found = {part: self._find(name, part, language, party) for part in PARTS}
        values: dict[str, object] = {"letter": facts, "house": house, "contact": to}
        if party is not None:
            values["party"] = party
        done = {
            part: self.environment.get_template(path).render(values, words=self.words.of(tongue), language=tongue)
            for part, (tongue, path) in found.items()
        }
        text = _GAP.sub("\n\n", done["text"].strip()) + "\n"
        return Rendered(" ".join(done["subject"].split()), text, done["html"], found["text"][0])

    def languages(self, name: str) -> tuple[str, ...]:
        """Return the languages that a letter is written in."""
        return tuple(sorted({key[2] for key in self.parts if key[0] == name}))

    def _find(self, name: str, part: str, language: str, party: Party | None) -> tuple[str, str]:
        """Return the language in which a part is there for somebody, and its path."""
        names = ("",) if party is None else (party.short.lower(), party.name.lower(), "")
        chain = language_chain(language)
        for tongue in chain:
            for party_name in names:
                path = self.parts.get((name, party_name, tongue, part))
                if path is not None and tongue == "zh" and TRADITIONAL in chain:
                    return TRADITIONAL, _HANT + path
                if path is not None:
                    return tongue, path
        raise UnknownLetterError(f"the letter {name} has no {part} in {language}")


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template's path taken apart; `party` and `language` in lower case."""

    path: str
    name: str
    part: str
    language: str
    party: str = ""


def template_files(paths: Iterable[str]) -> tuple[list[TemplateFile], list[str]]:
    """Tell which texts are parts of letters: NAME/PART.LANGUAGE.j2 or NAME/parties/PARTY/PART.LANGUAGE.j2.

    Also returns the paths that are neither that nor a manifest, so that a typing slip does not go unnoticed.
    """
    found: list[TemplateFile] = []
    strange: list[str] = []
    for path in paths:
        folders, _, file = path.rpartition("/")
        steps = folders.split("/")
        pieces = file.split(".")
        shaped = len(pieces) == 3 and pieces[0] in PARTS and pieces[2] == "j2"
        if not folders or steps[0].startswith("_") or (len(steps) == 1 and file == "letter.yaml"):
            continue
        if shaped and len(steps) == 1:
            found.append(TemplateFile(path, steps[0], pieces[0], pieces[1].lower()))
        elif shaped and len(steps) == 3 and steps[1] == "parties":
            found.append(TemplateFile(path, steps[0], pieces[0], pieces[1].lower(), steps[2].lower()))
        else:
            strange.append(path)
    return found, strange


def spread(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Make the three parts of every letter that is written once (NAME/letter.LANGUAGE.j2).

    Returns all texts, the file that each part made comes from, and the files that do not begin with a subject. A part
    that has a file of its own is left to it.
    """
    found = {path: text for path, text in texts.items() if not _is_writing(path)}
    origins: dict[str, str] = {}
    faulty: list[str] = []
    for path in (path for path in texts if _is_writing(path)):
        parts = written(texts[path])
        if parts is None:
            faulty.append(path)
            continue
        folder, _, file = path.rpartition("/")
        for part in PARTS:
            made = f"{folder}/{part}{file.removeprefix(WRITING)}"
            if made not in texts:
                found[made] = getattr(parts, part)
                origins[made] = path
    return found, origins, faulty


def _is_writing(path: str) -> bool:
    file = path.rpartition("/")[2]
    return file.startswith(f"{WRITING}.") and file.endswith(".j2") and not path.startswith("_")


class _Loader(BaseLoader):
    """Templates from memory; each is known by its path, so that faults name their file."""

    def __init__(self, texts: Mapping[str, str], terms: Words, *, inlined: bool) -> None:
        self._texts = texts
        self._terms = terms
        self._inlined = inlined

    def list_templates(self) -> list[str]:
        """Return the paths of all templates."""
        return [path for path in self._texts if path.endswith(".j2")]

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """Return a template's text; of HTML with its styles where they are wanted."""
        simplified = template.removeprefix(_HANT)
        if simplified not in self._texts:
            raise TemplateNotFound(template)
        source = self._texts[simplified]
        if simplified != template:
            source = traditional(source, self._terms)
        if self._inlined and is_html(template):
            source = inline_styles(source, self._texts.get(STYLE, ""))
        return source, template, None


def is_html(path: str | None) -> bool:
    """Whether a template writes HTML, and so escapes what it is given."""
    return path is not None and (path.rpartition("/")[2].startswith("html.") or ".html." in path)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that need not ask about the fields of what letters are made of: they are plain values."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Whether a template may see an attribute."""
        return (type(obj) in _PLAIN and not attr.startswith("_")) or super().is_safe_attribute(obj, attr, value)


def new_environment(texts: Mapping[str, str], words: Phrasebook, *, inlined: bool = True) -> Environment:
    """Return a sandbox in which a template can neither change its data nor name what isn't there."""
    terms = words.own.get(TERMS)
    environment = _Sandbox(
        loader=_Loader(texts, terms if isinstance(terms, dict) else {}, inlined=inlined),
        undefined=StrictUndefined,
        autoescape=is_html,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    environment.tests.update(TESTS)
    return environment
