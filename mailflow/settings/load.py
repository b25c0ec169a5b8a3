"""Reads mailflow.yaml and the environment into settings, or every fault in them with its line."""

import ssl
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_settings import EnvSettingsSource
from pydantic_settings.exceptions import SettingsError

from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Place, Source, nearest, read_yaml, validate
from mailflow.settings.model import Settings

FILE = "mailflow.yaml"
PREFIX = "MAILFLOW_"
CONFIG = "MAILFLOW_CONFIG"
_PATHS = frozenset({"password_file", "client_secret_file", "key_file", "ca_file"})
_FOLDERS = ("rules", "templates", "data")
_SECRETS = ("password", "client_secret")
_ENVIRONMENT = "environment"


def find_settings(config: Path | None, env: Mapping[str, str]) -> Path:
    """Return where the settings are: as asked, else as MAILFLOW_CONFIG says, else in the current folder."""
    path = config or Path(env.get(CONFIG) or FILE)
    return path / FILE if path.is_dir() else path


def load_settings(config: Path | None, env: Mapping[str, str]) -> tuple[Settings | None, tuple[Problem, ...]]:
    """Return the settings with any warnings, or None and everything that is wrong with them."""
    path = find_settings(config, env)
    source, problems = _file(path, env, asked=config is not None or CONFIG in env)
    if source is None:
        return None, problems
    merged, problems = _merged(source, env)
    if merged is None:
        return None, problems
    folder = path.resolve().parent
    _make_absolute(merged.data, folder)
    files = [*_both(source), *_read_secrets(merged), *_authorities(merged)]
    settings, faults = validate(Settings, merged)
    found = (*faults, *files)
    if settings is None or any(not problem.warning for problem in found):
        return None, tuple(sorted(found, key=lambda problem: (problem.file, problem.line)))
    return settings, (*found, *_strangers(env), *_open_to_all(path, source))


def _file(path: Path, env: Mapping[str, str], asked: bool) -> tuple[Source | None, tuple[Problem, ...]]:
    """Return what the file says; without a file the environment may say everything."""
    if not asked and not path.exists() and any(name.upper().startswith(f"{PREFIX}ACCOUNTS__") for name in env):
        return Source(str(path), {}, {}), ()
    try:
        source, problems = read_yaml(path.read_bytes().decode("utf-8-sig"), str(path))
    except UnicodeDecodeError:
        return None, (Problem(str(path), 0, "is not UTF-8", "save it as UTF-8"),)
    except FileNotFoundError:
        cure = "write one with `mailflow init FOLDER`, or name yours with --config"
        return None, (Problem(str(path), 0, "is not there", cure),)
    except OSError as error:
        return None, (Problem(str(path), 0, error.strerror or str(error), "check the path and its rights"),)
    if source is not None and source.data is None:
        source = Source(source.file, {}, source.lines)
    if source is not None and not isinstance(source.data, dict):
        return None, (Problem(str(path), 1, "holds no settings", "start from what `mailflow init` writes"),)
    return source, problems


class _Environment(EnvSettingsSource):
    """The environment as an argument, for tests and for `check`."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._given = env
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._given.items()}


@dataclass(frozen=True, slots=True)
class _Merged(Source):
    """The file with the environment laid over it; a fault stands where its value came from."""

    from_env: frozenset[Place] = frozenset()

    def problem(self, place: Place, what: str, cure: str = "") -> Problem:
        if place in self.from_env:
            name = PREFIX + "__".join(str(step) for step in place).upper()
            return Problem(_ENVIRONMENT, 0, f"{name}: {what}", cure)
        return Problem(self.file, self.line(place), what, cure)


def _merged(source: Source, env: Mapping[str, str]) -> tuple[_Merged | None, tuple[Problem, ...]]:
    try:
        said = _Environment({name: value for name, value in env.items() if name.upper() != CONFIG})()
    except SettingsError as error:
        what = f"{error}".split(" from source")[0]
        return None, (Problem(_ENVIRONMENT, 0, what, 'write lists as JSON: ["a", "b"]'),)
    data = _without_rivals(deepcopy(source.data), said)
    places = frozenset(place for place, _ in _leaves(said, ()))
    return _Merged(source.file, _laid_over(data, said), source.lines, places), ()


def _leaves(data: Mapping[str, Any], place: Place) -> Iterator[tuple[Place, Any]]:
    """Yield every value of nested mappings with its place."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*place, key))
        else:
            yield (*place, key), value


def _laid_over(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {key: _laid_over(below.get(key), above[key]) if key in above else below[key] for key in {**below, **above}}


def _without_rivals(below: Any, above: Any) -> Any:
    """Drop a secret of the file where the environment gives it in either of its two forms."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return below
    given = {name for name in _SECRETS if name in above or f"{name}_file" in above}
    dropped = given | {f"{name}_file" for name in given}
    return {key: _without_rivals(value, above.get(key)) for key, value in below.items() if key not in dropped}


def _make_absolute(data: dict[str, Any], folder: Path) -> None:
    """Make every path one that does not depend on where the program was started: they count from the file's folder."""
    for name in _FOLDERS:
        if isinstance(data.setdefault(name, name), str):
            data[name] = str(folder / Path(data[name]).expanduser())
    for section in _sections(data, ()):
        for key in _PATHS & section[1].keys():
            if isinstance(section[1][key], str):
                section[1][key] = str(folder / Path(section[1][key]).expanduser())
    database = data.get("database")
    url = database.get("url") if isinstance(database, dict) else None
    if isinstance(database, dict) and isinstance(url, str) and url.startswith("sqlite:///"):
        database["url"] = f"sqlite:///{folder / Path(url.removeprefix('sqlite:///')).expanduser()}"


def _sections(data: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(data, dict):
        yield place, data
        for key, value in data.items():
            yield from _sections(value, (*place, key))


def _both(source: Source) -> Iterator[Problem]:
    """Yield the places of the file that give a secret twice."""
    for place, section in _sections(source.data, ()):
        for name in _SECRETS:
            if section.get(name) and section.get(f"{name}_file"):
                yield source.problem(
                    (*place, name), f"'{name}' and '{name}_file' both stand here", "keep the file alone"
                )


def _read_secrets(merged: _Merged) -> list[Problem]:
    """Put the contents of the secrets' files where the secrets belong."""
    problems = []
    for place, section in _sections(merged.data, ()):
        for name in _SECRETS:
            said = section.get(f"{name}_file")
            if not isinstance(said, str) or section.get(name):
                continue
            here = (*place, f"{name}_file")
            path = Path(said)
            try:
                secret = path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "is no text"
                cure = f"write the {name.replace('_', ' ')} into it, and chmod 600 it"
                problems.append(merged.problem(here, f"{path}: {reason}", cure))
                secret = "(unread)"  # noqa: S105 - stands in, so that a missing secret is not told twice
            if not secret:
                problems.append(merged.problem(here, f"{path} is empty", f"write the {name.replace('_', ' ')} into it"))
                secret = "(empty)"  # noqa: S105 - the same
            section[name] = secret
            if _open(path):
                problems.append(_readable(str(path)))
    return problems


def _authorities(merged: _Merged) -> Iterator[Problem]:
    """Yield the files of certificates that are none: found out at login, they would look like a fault of the server."""
    for place, section in _sections(merged.data, ()):
        said = section.get("ca_file")
        if isinstance(said, str):
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(said)
            except OSError as error:
                reason = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
                cure = "name the file with the certificate (PEM) of the authority that signed the servers'"
                yield merged.problem((*place, "ca_file"), f"{said}: {reason}", cure)


def _open(path: Path) -> bool:
    """Tell whether everybody on this machine can read a file; a closed folder around it is enough to hide it."""
    return path.exists() and bool(path.stat().st_mode & 0o004 and path.parent.stat().st_mode & 0o001)


def _readable(path: str) -> Problem:
    return Problem(path, 0, "everybody on this machine can read this secret", f"chmod 600 {path}", warning=True)


def _open_to_all(path: Path, source: Source) -> list[Problem]:
    """Warn of secrets that stand in a file that everybody can read."""
    secret = any(section.get(name) for _, section in _sections(source.data, ()) for name in _SECRETS)
    return [_readable(str(path))] if secret and _open(path) else []


def _strangers(env: Mapping[str, str]) -> list[Problem]:
    """Warn of variables that look like settings and are none."""
    known = list(Settings.model_fields)
    problems = []
    for name in env:
        first = name.upper().removeprefix(PREFIX).split("__")[0].lower()
        if not name.upper().startswith(PREFIX) or name.upper() == CONFIG or first in known:
            continue
        if right := nearest(first, known):
            cure = f"did you mean {PREFIX}{right.upper()}?"
            problems.append(Problem(_ENVIRONMENT, 0, f"{name} means nothing", cure, warning=True))
    return problems
