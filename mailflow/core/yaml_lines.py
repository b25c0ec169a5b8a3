"""YAML that people write: the data, and the line on which each piece of it stands."""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mailflow.core.problems import Problem


def load_yaml(text: str, file: str) -> tuple[object, list[Problem]]:
    """Return what the text holds (None where it is empty or broken), and what is wrong with its form."""
    try:
        return YAML(typ="rt").load(text), []
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = (error.problem or "is no valid YAML").split("\n")[0]
        return None, [Problem(file, line, what, "mend the indentation, quotes or brackets here or just above")]
    except (YAMLError, ValueError, RecursionError) as error:
        return None, [Problem(file, 1, f"is no valid YAML: {str(error).splitlines()[0]}", "check the file's form")]


def line_at(node: object, path: Sequence[str | int] = ()) -> int:
    """Return the line (from 1) on which the piece at `path` stands; the nearest piece around it where it has none."""
    line = 1
    for step in path:
        if isinstance(node, CommentedMap) and step in node:
            line = int(node.lc.key(step)[0]) + 1
            node = node[step]
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line = int(node.lc.item(step)[0]) + 1
            node = node[step]
        else:
            break
    return line


def nearest(word: str, known: Iterable[str], least: float = 70) -> str:
    """Return the known word that `word` most likely stands for, or an empty string."""
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=least, processor=str.casefold)
    return found[0] if found else ""


def unknown_key(file: str, line: int, key: str, known: Iterable[str]) -> Problem:
    """Return the problem of a key that means nothing here, with the one that was most likely meant."""
    names = sorted(known)
    right = nearest(key, names)
    cure = f"did you mean '{right}'?" if right else f"known here: {', '.join(names)}"
    return Problem(file, line, f"unknown key '{key}'", cure)
