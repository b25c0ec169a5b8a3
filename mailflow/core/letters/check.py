"""Find what is wrong with a template before it is used: names that no letter has, faults of writing, failing samples.

Each template is looked at as a whole (a wrong name in a branch that no sample takes is found too), then tried on
made-up facts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import TracebackType
from typing import get_args, get_type_hints

from jinja2 import Environment, Template, TemplateError, TemplateSyntaxError, meta, nodes

from mailflow.core.letters.formats import FILTERS
from mailflow.core.letters.manifest import Manifest, Side, suggestion
from mailflow.core.letters.model import Account, Difference, Figure, LetterFacts, OrderLine, Point, ReviewLine
from mailflow.core.letters.samples import HOUSE, bare, facts, reader
from mailflow.core.letters.traditional import Words
from mailflow.core.message.model import Address
from mailflow.core.orders.model import House, Party
from mailflow.core.problems import Problem
from mailflow.core.reports.model import Chart, Mark

_TYPES: dict[str, type] = {
    "letter": LetterFacts,
    "party": Party,
    "contact": Address,
    "house": House,
    "line": OrderLine,  # by custom the name of one order in a loop or a macro
    "review": ReviewLine,
    "account": Account,
    "difference": Difference,
    "figure": Figure,
    "point": Point,
    "chart": Chart,
    "mark": Mark,
}
_NO_FIELD = re.compile(r"'(?:\w+\.)*(\w+) object' has no attribute '(\w+)'")
_FIELD = (nodes.Getattr, nodes.Getitem)
_GIVEN = frozenset({"letter", "party", "contact", "house", "words", "language"})


def parsed(environment: Environment, path: str, file: str) -> nodes.Template | Problem:
    """Return a template as a tree, or what is wrong with its writing."""
    source, _, _ = environment.loader.get_source(environment, path) if environment.loader else ("", "", None)
    try:
        return environment.parse(source, path, path)
    except TemplateSyntaxError as error:
        return _syntax_problem(error, file)


def check_names(environment: Environment, tree: nodes.Template, words: Words, file: str) -> list[Problem]:
    """Return the faults of a template that show without rendering it."""
    problems: list[Problem | None] = [
        Problem(file, node.lineno, f"the {kind} {node.name} is unknown", suggestion(node.name, ours))
        for node_kind, kind, known, ours in (
            (nodes.Filter, "filter", environment.filters, FILTERS),
            (nodes.Test, "test", environment.tests, environment.tests),
        )
        for node in tree.find_all(node_kind)
        if node.name not in known
    ]
    unknown = set() if problems else meta.find_undeclared_variables(tree) - _GIVEN - _set_here(tree)
    problems += [_unknown_field(node, words, file) for node in tree.find_all(_FIELD)]
    problems += [
        Problem(file, node.lineno, f"{node.name} is unknown", suggestion(node.name, _GIVEN))
        for node in tree.find_all(nodes.Name)
        if node.name in unknown and node.ctx == "load"
    ]
    return list(dict.fromkeys(p for p in problems if p is not None))


def _set_here(tree: nodes.Template) -> set[str]:
    """Return every name that a template sets, loops over, imports or takes as an argument, wherever that is."""
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    names |= {node.target for node in tree.find_all(nodes.Import)}
    names |= {node.name for node in tree.find_all(nodes.Macro)}
    for node in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in node.names}
    return names


def _syntax_problem(error: TemplateSyntaxError, file: str) -> Problem:
    return Problem(
        file, error.lineno, error.message or "is no template", "mend the line; a tag may be open or closed twice"
    )


def _unknown_field(node: nodes.Node, words: Words, file: str) -> Problem | None:
    whole = _path(node)
    if whole is None or len(whole) < 2:
        return None
    path, name = whole[:-1], whole[-1]
    if path[0] == "words":
        group = _group(words, path[1:])
        if group is not None and name not in group:
            phrase = ".".join((*path, name))
            return Problem(file, node.lineno, f"{phrase} is unknown", suggestion(name, group))
        return None
    kind = _type_of(path)
    if kind is None or name in (names := tuple(f.name for f in fields(kind))):
        return None
    known = suggestion(name, names)
    cure = known.replace("did you mean ", f"did you mean {'.'.join(path)}.") if known.startswith("did") else known
    return Problem(file, node.lineno, f"{'.'.join(path)}.{name} is unknown", cure)


def _key(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return node.arg.value
    return None


def _path(node: nodes.Node) -> tuple[str, ...] | None:
    """Return letter.old_date as ("letter", "old_date"), None for what is no plain chain of names."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        above, key = _path(node.node), _key(node)
        return (*above, key) if above and key else None
    return None


def _type_of(path: tuple[str, ...]) -> type | None:
    kind: object = _TYPES.get(path[0])
    for name in path[1:]:
        if not isinstance(kind, type) or not is_dataclass(kind):
            return None
        kind = get_type_hints(kind).get(name)
        kind = next((part for part in get_args(kind) if is_dataclass(part)), kind) if "|" in str(kind) else kind
    return kind if isinstance(kind, type) and is_dataclass(kind) else None


def _group(words: Words, path: tuple[str, ...]) -> Words | None:
    group: Words = words
    for name in path:
        inner = group.get(name)
        if not isinstance(inner, dict):
            return None
        group = inner
    return group


def check_samples(
    environment: Environment,
    path: str,
    tree: nodes.Template,
    manifest: Manifest,
    words: Words,
    language: str,
    folder: str,
) -> list[Problem]:
    """Return what goes wrong when a template is tried on full and on bare facts, on one order and on several."""
    to, party = reader(manifest.to)
    values: dict[str, object] = {"house": HOUSE, "contact": to, "words": words, "language": language}
    if manifest.to is not Side.HOUSE:
        values["party"] = party
    samples = (facts(manifest.to), facts(manifest.to, 4), bare(manifest.to, manifest.needs))
    problems: list[Problem] = []
    try:
        code = environment.compile(tree, path, path)
    except TemplateSyntaxError as error:
        return [_syntax_problem(error, folder + path)]
    template = Template.from_code(environment, code, environment.make_globals(None))
    for sample in samples:
        try:
            template.render(values, letter=sample)
        except TemplateSyntaxError as error:
            problems.append(_syntax_problem(error, folder + (error.filename or path)))
        except (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
            file, line = _place(error.__traceback__, environment, path)
            problems.append(Problem(folder + file, line, *_sample_fault(error)))
    return list(dict.fromkeys(problems))


def _sample_fault(error: Exception) -> tuple[str, str]:
    """Return what went wrong with a sample and what to do; a field that nothing has is named with the right one."""
    found = _NO_FIELD.search(str(error))
    kind = next((kind for kind in _TYPES.values() if found and kind.__name__ == found[1]), None)
    if found and kind:
        return f"{found[2]} is unknown", suggestion(found[2], tuple(field.name for field in fields(kind)))
    what = f"cannot be written for a sample order: {error}"
    return what, "mend the line, or test with {% if %} what may be missing"


def _place(trace: TracebackType | None, environment: Environment, path: str) -> tuple[str, int]:
    """Return the innermost line of a template that an error comes from."""
    known: Mapping[str, str] | list[str] = environment.list_templates()
    found = [(file, line) for file, line in _frames(trace) if file in known]
    return found[-1] if found else (path, 0)


def _frames(trace: TracebackType | None) -> Iterator[tuple[str, int]]:
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
