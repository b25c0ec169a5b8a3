"""Playbook and calendars: the part of the rules that tells when something is due."""

from collections.abc import Mapping
from pathlib import Path

from mailflow.core.calendars.working_days import Calendars, load_calendars
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.rules import Playbook
from mailflow.core.problems import Problem
from mailflow.edges.files.configuration import UnreadableFileError, read_layers
from mailflow.edges.files.defaults import default_rules

PLAYBOOK = "playbook.yaml"
CALENDARS = "calendars/"


def load_plan(rules: Path | None) -> tuple[tuple[Playbook, Calendars] | None, tuple[Problem, ...]]:
    """Return playbook and calendars, or None and every problem; the folder's files take the place of the shipped."""
    try:
        texts = read_layers([default_rules(), *([rules] if rules else [])], (".yaml",))
    except UnreadableFileError as error:
        return None, (Problem(str(error.path), 0, error.what, error.cure),)
    playbook, calendars, problems = plan_from(texts)
    return (playbook, calendars) if playbook and calendars else None, problems


def plan_from(texts: Mapping[str, str]) -> tuple[Playbook | None, Calendars | None, tuple[Problem, ...]]:
    """Return what the files of rules/ say of it, by their names, and every problem."""
    playbook, problems = load_playbook(texts.get(PLAYBOOK, ""), f"rules/{PLAYBOOK}")
    files = {f"rules/{name}": text for name, text in texts.items() if name.startswith(CALENDARS)}
    calendars, more = load_calendars(files, playbook.house.country if playbook else "")
    return playbook, calendars, (*problems, *more)
