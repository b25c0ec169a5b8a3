"""The administrator's rules and letters as one set: loaded together, checked together, taken over together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailflow.core.calendars.working_days import Calendars
from mailflow.core.letters.loading import load_templates
from mailflow.core.letters.templates import Templates
from mailflow.core.message.phrases import Phrases, phrases_from
from mailflow.core.order_book.mapping import FILE as BOOK
from mailflow.core.order_book.mapping import BookRules, parse_rules
from mailflow.core.orders.model import Milestone
from mailflow.core.playbook.rules import Playbook
from mailflow.core.problems import Problem, errors
from mailflow.core.reading.words import Words, WordsError, load_words
from mailflow.core.reports.rules import ReportRules, load_report_rules
from mailflow.core.steering.words import SteeringRules, load_steering
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.configuration import UnreadableFileError, read_layers
from mailflow.edges.files.defaults import default_rules, default_templates
from mailflow.wiring.plan import PLAYBOOK, plan_from

READING = "reading/"
QUOTING = "reading/quoting.yaml"
STEERING = "steering.yaml"
REPORTS = "reports.yaml"


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that rules/ and templates/ say."""

    phrases: Phrases
    words: Words
    playbook: Playbook
    calendars: Calendars
    templates: Templates
    steering: SteeringRules
    reports: ReportRules
    book: BookRules  # which heading of an order book is which field


def load_rules(rules: Path | None, templates: Path | None) -> tuple[Rules | None, tuple[Problem, ...]]:
    """Return the rules, or None and every problem; the files of the folders take the place of the shipped ones."""
    try:
        texts = read_layers([default_rules(), *([rules] if rules else [])], (".yaml",))
        shipped = read_layers([default_templates()])
        letters = {**shipped, **(read_layers([templates]) if templates else {})}
    except UnreadableFileError as error:
        return None, (Problem(str(error.path), 0, error.what, error.cure),)
    return _loaded(texts, letters, shipped)


def _loaded(
    texts: Mapping[str, str], letters: Mapping[str, str], shipped: Mapping[str, str]
) -> tuple[Rules | None, tuple[Problem, ...]]:
    words, problems = _words(texts)
    phrases, more = _phrases(texts)
    problems = (*problems, *more)
    playbook, calendars, more = plan_from(texts)
    problems = (*problems, *more)
    steering, more = load_steering(texts.get(STEERING, ""), f"rules/{STEERING}")
    problems = (*problems, *more)
    reports, more = load_report_rules(texts.get(REPORTS, ""), f"rules/{REPORTS}")
    problems = (*problems, *more)
    book, columns = parse_rules(texts.get(BOOK, ""), f"rules/{BOOK}", playbook.stages if playbook else tuple(Milestone))
    problems = (*problems, *columns)
    templates, more = load_templates(letters, tried=shipped)
    problems = (*problems, *more)
    if playbook and templates:
        problems = (*problems, *_missing_letters(playbook, templates))
        problems = (*problems, *_cheerless(playbook, templates, texts.get(PLAYBOOK, "")))
    if errors(problems) or not (words and phrases and playbook and calendars and templates and steering and reports):
        return None, problems
    return Rules(phrases, words, playbook, calendars, templates, steering, reports, book), problems


def _words(texts: Mapping[str, str]) -> tuple[Words | None, tuple[Problem, ...]]:
    names = {name.removeprefix(READING): text for name, text in texts.items() if name.startswith(READING)}
    try:
        return load_words(names), ()
    except WordsError as error:
        return None, tuple(error.problems)


def _phrases(texts: Mapping[str, str]) -> tuple[Phrases | None, tuple[Problem, ...]]:
    source, problems = read_yaml(texts.get(QUOTING, ""), f"rules/{QUOTING}")
    if source is None:
        return None, problems
    try:
        return phrases_from(source.data or {}), ()
    except ValueError as error:
        return None, (Problem(f"rules/{QUOTING}", 0, str(error), "see the file that mailflow init writes"),)


def _missing_letters(playbook: Playbook, templates: Templates) -> tuple[Problem, ...]:
    return tuple(
        Problem(f"rules/{PLAYBOOK}", 0, f"names the letter '{name}'", f"make the folder templates/{name}/")
        for name in sorted(playbook.letters - set(templates.manifests))
    )


def _cheerless(playbook: Playbook, templates: Templates, text: str) -> Iterator[Problem]:
    """Yield the steps that are not as cheerful as their letters: nothing cheerful goes while a complaint is open."""
    source, _ = read_yaml(text, f"rules/{PLAYBOOK}")
    for index, step in enumerate(playbook.steps if source else ()):
        letters = [one for rung in step.ladder if (one := templates.manifests.get(rung.letter)) is not None]
        if source and not step.cheerful and any(one.cheerful for one in letters):
            what = f"step '{step.name}' writes a cheerful letter and would do so while a complaint is open"
            yield source.problem(("steps", index), what, "write 'cheerful: true'")
        if source and step.cheerful and letters and not any(one.cheerful for one in letters):
            what = f"step '{step.name}' is cheerful, its letter is not"
            cure = f"write 'cheerful: true' in templates/{letters[0].name}/letter.yaml, or take it away here"
            yield source.problem(("steps", index, "cheerful"), what, cure)
