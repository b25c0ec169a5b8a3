"""An installation of its own for each test, copied from one that was made once; the time stands still."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.cli.installation import NOW, Installation, install


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installation that the others are copied from."""
    return install(tmp_path_factory.mktemp("installation")).folder


@pytest.fixture
def installation(template: Path, tmp_path: Path) -> Iterator[Installation]:
    """An installation at ten in the morning of a Wednesday."""
    folder = tmp_path / "mailflow"
    shutil.copytree(template, folder)
    with time_machine.travel(NOW, tick=False):
        yield Installation(folder)
