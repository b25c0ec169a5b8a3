"""Reads rules/playbook.yaml: the playbook, or every fault in it with its line and a cure."""

from mailflow.core.playbook.check import faults
from mailflow.core.playbook.rules import Playbook
from mailflow.core.playbook.stages import unknown_stages
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import read_yaml, validate


def load_playbook(text: str, file: str) -> tuple[Playbook | None, tuple[Problem, ...]]:
    """Return the playbook, or None and what is wrong with it."""
    source, problems = read_yaml(text, file)
    if source is None:
        return None, problems
    playbook, problems = validate(Playbook, source)
    more = [*unknown_stages(source), *(faults(playbook, source) if playbook else ())]
    found = tuple(sorted((*problems, *more), key=lambda problem: problem.line))
    return (None if found else playbook), found
