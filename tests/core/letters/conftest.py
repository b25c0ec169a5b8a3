from pathlib import Path

import pytest

from mailflow.core.letters.loading import load_templates
from mailflow.core.letters.templates import Templates

FOLDER = Path(__file__).parents[3] / "templates"


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """The files of templates/ as they are shipped."""
    return {p.relative_to(FOLDER).as_posix(): p.read_text("utf-8") for p in sorted(FOLDER.rglob("*")) if p.is_file()}


@pytest.fixture(scope="session")
def templates(texts: dict[str, str]) -> Templates:
    """The shipped letters."""
    loaded, problems = load_templates(texts)
    assert [str(problem) for problem in problems] == []
    assert loaded is not None
    return loaded
