"""Jobs are tested on a real database and a mailbox in memory that keeps the contract of a real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailflow.edges.database import DatabaseStore, open_store, upgrade
from tests.core.letters.samples import shipped_templates
from tests.jobs.posting import Post
from tests.servers.scripted_smtp import ScriptedSmtp


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    """A SQLite database with tables and no rows."""
    url = f"sqlite:///{tmp_path}/mailflow.db"
    upgrade(url)
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def post(store: DatabaseStore, scripted_smtp: ScriptedSmtp) -> Post:
    """A trading house that sends letters through a server that fails as told."""
    return Post(store, shipped_templates(), scripted_smtp)
