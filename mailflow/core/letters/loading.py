"""Load templates/: read manifests and words, check every template of every language, compile what is right."""

from collections.abc import Mapping
from dataclasses import replace

from jinja2 import Environment, TemplateError

from mailflow.core.letters.check import check_names, check_samples, parsed
from mailflow.core.letters.inline import StyleError
from mailflow.core.letters.languages import language_chain
from mailflow.core.letters.manifest import Manifest, read_manifest
from mailflow.core.letters.templates import (
    PARTS,
    WRITING,
    TemplateFile,
    Templates,
    is_html,
    new_environment,
    spread,
    template_files,
)
from mailflow.core.letters.words import Phrasebook, load_words
from mailflow.core.letters.writing import SUBJECT
from mailflow.core.problems import Problem, errors

REQUIRED_LANGUAGES = ("en", "zh")


def load_templates(
    texts: Mapping[str, str], folder: str = "templates/", tried: Mapping[str, str] | None = None
) -> tuple[Templates | None, tuple[Problem, ...]]:
    """Return the letters, or None and every fault in them; `texts` are the files of templates/ by their path.

    `tried` are files that were tried before, the shipped ones: a letter that is still as it was there, with the words
    and the layout, is not tried again.
    """
    known = _as_tried(texts, tried or {})
    words, problems = load_words(texts, folder)
    texts, origins, faulty = spread(texts)
    cure = f"write {SUBJECT} and the subject into its first line"
    problems += [Problem(folder + path, 1, "has no subject", cure) for path in faulty]
    files, strange = template_files(texts)
    manifests, more = _manifests(texts, files, folder)
    problems += more
    cure = "name it letter, subject, text or html .LANGUAGE.j2, or letter.yaml"
    problems += [Problem(folder + path, 0, "is no part of a letter", cure) for path in strange]
    problems += _missing_parts(files, manifests, faulty, folder)
    if words:
        new = [file for file in files if file.name not in known]
        problems += _check(texts, new, manifests, words, origins, folder)
    if errors(problems):
        return None, _sorted(problems, origins, folder)
    environment, faults = _compile(texts, origins, words, folder)
    problems += faults
    parts = {(f.name, f.party, f.language, f.part): f.path for f in files}
    loaded = None if errors(problems) else Templates(manifests, words, parts, environment)
    return loaded, _sorted(problems, origins, folder)


def _as_tried(texts: Mapping[str, str], tried: Mapping[str, str]) -> frozenset[str]:
    """Return the letters of which no file, shared or own, is another than it was when they were tried."""
    new = {path.partition("/")[0] for path, text in texts.items() if tried.get(path) != text}
    gone = {path.partition("/")[0] for path in tried if path not in texts}
    shared = any(name.startswith("_") for name in new | gone)
    return frozenset() if shared else frozenset(path.partition("/")[0] for path in tried) - new - gone


def _sorted(problems: list[Problem], origins: Mapping[str, str], folder: str) -> tuple[Problem, ...]:
    """Put problems in order, each with the file that people wrote; what its three parts have in common is said once."""
    told = {folder + made: folder + path for made, path in origins.items()}
    own = (replace(problem, file=told.get(problem.file, problem.file)) for problem in problems)
    return tuple(sorted(dict.fromkeys(own), key=lambda p: (p.file, p.line, p.what)))


def _manifests(
    texts: Mapping[str, str], files: list[TemplateFile], folder: str
) -> tuple[dict[str, Manifest], list[Problem]]:
    manifests: dict[str, Manifest] = {}
    problems: list[Problem] = []
    names = {path.partition("/")[0] for path in texts if path.endswith("/letter.yaml")}
    for name in sorted(names | {file.name for file in files}):
        path = f"{name}/letter.yaml"
        if path not in texts:
            problems.append(Problem(folder + path, 0, "is missing", "write to: supplier, customer or house into it"))
            continue
        manifest, more = read_manifest(name, texts[path], folder + path)
        problems += more
        if manifest is not None:
            manifests[name] = manifest
    return manifests, problems


def _missing_parts(
    files: list[TemplateFile], manifests: Mapping[str, Manifest], faulty: list[str], folder: str
) -> list[Problem]:
    """A language that stands for itself needs subject, text and html; a variant (zh-Hant) only what differs."""
    there = {(file.name, file.language, file.part) for file in files if not file.party}
    problems: list[Problem] = []
    for name in manifests:
        written = {file.language for file in files if file.name == name and not file.party and "-" not in file.language}
        for language in sorted({*written, *REQUIRED_LANGUAGES}):
            missing = [part for part in PARTS if (name, language, part) not in there]
            whole = f"{name}/{WRITING}.{language}.j2"
            if len(missing) == len(PARTS) and whole not in faulty:
                problems.append(Problem(folder + whole, 0, "is missing", "write the letter in that language"))
            elif whole not in faulty:
                for part in missing:
                    file = f"{folder}{name}/{part}.{language}.j2"
                    problems.append(Problem(file, 0, "is missing", f"write the {part} of the letter in that language"))
    return problems


def _check(
    texts: Mapping[str, str],
    files: list[TemplateFile],
    manifests: Mapping[str, Manifest],
    words: Phrasebook,
    origins: Mapping[str, str],
    folder: str,
) -> list[Problem]:
    """Check the templates as they were written, so that lines are those of the file."""
    environment = new_environment(texts, words, inlined=False)
    problems: list[Problem] = []
    for path in texts:
        if path.startswith("_layout/") and path.endswith(".j2"):
            tree = parsed(environment, path, folder + path)
            found = [tree] if isinstance(tree, Problem) else check_names(environment, tree, words["en"], folder + path)
            problems += found
    broken = {problem.file for problem in problems}
    for file in files:
        if file.part == "html" and file.path in origins:
            continue  # its words and values are those of the text
        tongue = next(language for language in language_chain(file.language) if language in words)
        tree = parsed(environment, file.path, folder + file.path)
        if isinstance(tree, Problem):
            problems.append(tree)
            continue
        faults = check_names(environment, tree, words[tongue], folder + file.path)
        if not faults and not broken and file.name in manifests:
            manifest = manifests[file.name]
            faults = check_samples(environment, file.path, tree, manifest, words[tongue], tongue, folder)
        problems += faults
    return problems


def _compile(
    texts: Mapping[str, str], origins: Mapping[str, str], words: Phrasebook, folder: str
) -> tuple[Environment, list[Problem]]:
    """Compile the HTML that people wrote; what is made of plain writing has no tags of theirs and can wait."""
    environment = new_environment(texts, words)
    problems: list[Problem] = []
    for path in sorted(path for path in texts if path.endswith(".j2") and is_html(path) and path not in origins):
        try:
            environment.get_template(path)
        except StyleError as error:
            cure = "put only {{ values }} into a tag, and write the tag twice for two cases"
            problems.append(Problem(folder + path, error.line, str(error), cure))
        except TemplateError as error:
            what = f"its tables do not hold together: {error}"
            problems.append(Problem(folder + path, 0, what, "open and close a table and its loops in the same place"))
    return environment, problems
