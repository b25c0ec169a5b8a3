"""A folder to start from: commented settings, and copies of the rules and letters."""

from dataclasses import dataclass
from pathlib import Path

from mailflow.edges.files.defaults import default_rules, default_templates

SETTINGS = Path(__file__).parent / "starter" / "mailflow.yaml"
_SKIPPED = ("__pycache__", ".DS_Store")


@dataclass(frozen=True, slots=True)
class Started:
    """What was written, and what was there already and was left as it is; paths count from the folder."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def write_starter(folder: Path) -> Started:
    """Write a folder to start from; a file that is there is never overwritten. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    kept: list[str] = []
    for name, source in _files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as file:
                file.write(source.read_bytes())
            written.append(name)
        except FileExistsError:
            kept.append(name)
    secrets = folder / "secrets"
    if not secrets.exists():
        secrets.mkdir(mode=0o700)
        written.append("secrets/")
    return Started(tuple(written), tuple(kept))


def _files() -> list[tuple[str, Path]]:
    found = [("mailflow.yaml", SETTINGS)]
    for name, source in (("rules", default_rules()), ("templates", default_templates())):
        for path in sorted(source.rglob("*")):
            inner = path.relative_to(source)
            if path.is_file() and not any(part in _SKIPPED or part.endswith("~") for part in inner.parts):
                found.append((f"{name}/{inner.as_posix()}", path))
    return found
