import pytest

from mailflow.core.letters.templates import Templates
from tests.core.letters.samples import shipped_templates, shipped_texts


@pytest.fixture
def texts() -> dict[str, str]:
    """The files of templates/ as they are shipped."""
    return dict(shipped_texts())


@pytest.fixture(scope="session")
def templates() -> Templates:
    """The shipped letters."""
    return shipped_templates()
