"""Phrases that letters share (templates/_words): reasons, kinds of dates, headings of columns; one file a language."""

from collections.abc import Mapping

from mailflow.core.letters.languages import language_chain
from mailflow.core.letters.traditional import Words, traditional_words
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Place, Source, read_yaml

FOLDER = "_words/"
TRADITIONAL = "zh-hant"


class Phrasebook(dict[str, Words]):
    """The phrases of each language; those in traditional Chinese are made when they are first asked for."""

    def __init__(self, words: Mapping[str, Words], own: Words) -> None:
        super().__init__(words)
        self.own = own  # what _words/zh-Hant.yaml says

    def of(self, language: str) -> Words:
        """Return the phrases for a language, or for the nearest one that there is."""
        return next(self[tongue] for tongue in language_chain(language) if tongue in self or self._makes(tongue))

    def __missing__(self, language: str) -> Words:
        if not self._makes(language):
            raise KeyError(language)
        self[language] = traditional_words(self["zh"], self.own)
        return self[language]

    def _makes(self, language: str) -> bool:
        return language == TRADITIONAL and "zh" in self


def load_words(texts: Mapping[str, str], folder: str) -> tuple[Phrasebook, list[Problem]]:
    """Return the phrases of each language, completed from the languages that it falls back to."""
    own: dict[str, Words] = {}
    problems: list[Problem] = []
    for path, text in texts.items():
        if path.startswith(FOLDER) and path.endswith(".yaml"):
            words, problem = _read(text, folder + path)
            own[path.removeprefix(FOLDER).removesuffix(".yaml").lower()] = words
            problems += problem
    if "en" not in own:
        problems.append(Problem(f"{folder}{FOLDER}en.yaml", 0, "is missing", "copy it from the default templates"))
        return Phrasebook({}, {}), problems
    for language in sorted(own):
        if "-" not in language:  # a variant such as zh-hant may hold just what differs
            missing = sorted(_names(own["en"]) - _names(own[language]))
            file = f"{folder}{FOLDER}{language}.yaml"
            problems += [
                Problem(file, 0, f"the phrase {name} is missing", "add it, en.yaml has it") for name in missing
            ]
    variant = own.pop(TRADITIONAL, {})
    return Phrasebook({language: _complete(own, language) for language in own}, variant), problems


def _read(text: str, file: str) -> tuple[Words, list[Problem]]:
    source, problems = read_yaml(text, file)
    if source is None:
        return {}, list(problems)
    if not isinstance(source.data, dict):
        return {}, [source.problem((), "holds no phrases", "write NAME: phrase, a line each")]
    found: list[Problem] = []
    return _as_words(source, (), source.data, found), found


def _as_words(source: Source, above: Place, data: Mapping[str, object], problems: list[Problem]) -> Words:
    words: Words = {}
    for key, value in data.items():
        place = (*above, key)
        if isinstance(value, dict):
            words[key] = _as_words(source, place, value, problems)
        elif isinstance(value, str):
            words[key] = value
        else:
            what = f"{'.'.join(map(str, place))} is no text but {value!r}"
            problems.append(source.problem(place, what, "put the phrase (and a key such as yes or 10) in quotes"))
    return words


def _names(words: Words, above: str = "") -> set[str]:
    names: set[str] = set()
    for key, value in words.items():
        names |= _names(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}"}
    return names


def _complete(own: Mapping[str, Words], language: str) -> Words:
    merged: Words = {}
    for part in reversed(language_chain(language)):
        merged = _merge(merged, own.get(part, {}))
    return merged


def _merge(below: Words, above: Words) -> Words:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merge(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def phrase(words: Words, group: str, name: str) -> str:
    """Return a phrase of a group, or the name itself where the words don't know it."""
    phrases = words.get(group)
    found = phrases.get(name) if isinstance(phrases, dict) else None
    return found if isinstance(found, str) else name
