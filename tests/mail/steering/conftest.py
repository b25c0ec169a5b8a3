"""The office in which the golden mails of steering arrive."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mail.steering.world import Office, new_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A trading house after the digests of the morning."""
    made = new_office(tmp_path)
    yield made
    made.store.leave()
    made.store.close()
