"""Folders of rules and templates, read as text: the core gets the text, and never a path."""

from collections.abc import Sequence
from pathlib import Path

_MOST_BYTES = 2_000_000  # a rules file is a page or two; anything larger is a mistake


class UnreadableFileError(Exception):
    """A file of the configuration that cannot be read; says which, why and what to do."""

    def __init__(self, path: Path, what: str, cure: str) -> None:
        super().__init__(f"{path}: {what}; {cure}")
        self.path = path
        self.what = what
        self.cure = cure


def read_text(path: Path, most: int = _MOST_BYTES) -> str:
    """Return a configuration file's text; raises `UnreadableFileError`."""
    try:
        if path.stat().st_size > most:
            raise UnreadableFileError(
                path, f"is larger than {most // 1_000_000} MB", "split it, or check that it is the right file"
            )
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(path, f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or str(error), "check its path and its rights") from error


def read_folder(folder: Path, suffixes: Sequence[str] = ()) -> dict[str, str]:
    """Return the texts of all files below `folder` by their relative path with slashes; hidden files are left out."""
    if not folder.is_dir():
        return {}
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.startswith((".", "__pycache__")) for part in name.parts) or path.name.endswith("~"):
            continue
        if path.is_file() and (not suffixes or path.suffix in suffixes):
            texts[name.as_posix()] = read_text(path)
    return texts


def read_layers(folders: Sequence[Path], suffixes: Sequence[str] = ()) -> dict[str, str]:
    """Return the texts of several folders; a file of a later folder takes the place of its namesake."""
    texts: dict[str, str] = {}
    for folder in folders:
        texts.update(read_folder(folder, suffixes))
    return texts
