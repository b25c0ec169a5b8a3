"""Load templates/: read manifests and words, check every template of every language, compile what is right."""

from collections.abc import Mapping

from jinja2 import Template, TemplateError

from mailflow.core.letters.check import check_names, check_samples
from mailflow.core.letters.inline import StyleError
from mailflow.core.letters.languages import language_chain
from mailflow.core.letters.manifest import Manifest, read_manifest
from mailflow.core.letters.templates import PARTS, TemplateFile, Templates, is_html, new_environment, template_files
from mailflow.core.letters.words import Words, load_words
from mailflow.core.problems import Problem, errors

REQUIRED_LANGUAGES = ("en", "zh")


def load_templates(
    texts: Mapping[str, str], folder: str = "templates/"
) -> tuple[Templates | None, tuple[Problem, ...]]:
    """Return the letters, or None and every fault in them; `texts` are the files of templates/ by their path."""
    words, problems = load_words(texts, folder)
    files, strange = template_files(texts)
    manifests, more = _manifests(texts, files, folder)
    problems += more
    problems += [
        Problem(
            folder + path, 0, "is no part of a letter", "name it subject, text or html .LANGUAGE.j2, or letter.yaml"
        )
        for path in strange
    ]
    problems += _missing_parts(files, manifests, folder)
    if words:
        problems += _check(texts, files, manifests, words, folder)
    if errors(problems):
        return None, _sorted(problems)
    parts, faults = _compile(texts, files, folder)
    problems += faults
    return (None if errors(problems) else Templates(manifests, words, parts)), _sorted(problems)


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line, p.what)))


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


def _missing_parts(files: list[TemplateFile], manifests: Mapping[str, Manifest], folder: str) -> list[Problem]:
    """A language that stands for itself needs subject, text and html; a variant (zh-Hant) only what differs."""
    there = {(file.name, file.language, file.part) for file in files if not file.party}
    problems: list[Problem] = []
    for name in manifests:
        written = {file.language for file in files if file.name == name and not file.party and "-" not in file.language}
        for language in sorted({*written, *REQUIRED_LANGUAGES}):
            for part in PARTS:
                if (name, language, part) not in there:
                    file = f"{folder}{name}/{part}.{language}.j2"
                    problems.append(Problem(file, 0, "is missing", f"write the {part} of the letter in that language"))
    return problems


def _check(
    texts: Mapping[str, str],
    files: list[TemplateFile],
    manifests: Mapping[str, Manifest],
    words: Mapping[str, Words],
    folder: str,
) -> list[Problem]:
    """Check the templates as they were written, so that lines are those of the file."""
    environment = new_environment(texts, inlined=False)
    problems: list[Problem] = []
    for path in texts:
        if path.startswith("_layout/") and path.endswith(".j2"):
            problems += check_names(environment, path, words["en"], folder + path)
    broken = {problem.file for problem in problems}
    for file in files:
        tongue = next(language for language in language_chain(file.language) if language in words)
        faults = check_names(environment, file.path, words[tongue], folder + file.path)
        if not faults and not broken and file.name in manifests:
            faults = check_samples(environment, file.path, manifests[file.name], words[tongue], tongue, folder)
        problems += faults
    return problems


def _compile(
    texts: Mapping[str, str], files: list[TemplateFile], folder: str
) -> tuple[dict[tuple[str, str, str, str], Template], list[Problem]]:
    environment = new_environment(texts)
    problems: list[Problem] = []
    for path in sorted(path for path in texts if path.endswith(".j2") and is_html(path)):
        try:
            environment.get_template(path)
        except StyleError as error:
            cure = "put only {{ values }} into a tag, and write the tag twice for two cases"
            problems.append(Problem(folder + path, error.line, str(error), cure))
        except TemplateError as error:
            what = f"its tables do not hold together: {error}"
            problems.append(Problem(folder + path, 0, what, "open and close a table and its loops in the same place"))
    if problems:
        return {}, problems
    return {(f.name, f.party, f.language, f.part): environment.get_template(f.path) for f in files}, []
