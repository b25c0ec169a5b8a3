"""The fixtures through which tests get their servers: one of each a test process, started when first asked for."""

from collections.abc import Callable, Iterator

import pytest

from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.postfix import MailSystem, running_mail_system
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.scripted_smtp import ScriptedSmtp, running_scripted_smtp


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A private Dovecot: IMAP and LMTP."""
    with running_dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def mail_system(dovecot: Dovecot) -> Iterator[MailSystem]:
    """Postfix in front of Dovecot."""
    with running_mail_system(dovecot) as system:
        yield system


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A private PostgreSQL."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def fresh_postgres(postgres: Postgres) -> Iterator[Callable[[], str]]:
    """A function that makes an empty database and returns its URL; all of them go after the test."""
    made: list[str] = []

    def new() -> str:
        made.append(postgres.new_database())
        return made[-1]

    yield new
    for url in made:
        postgres.drop_database(url)


@pytest.fixture
def postgres_url(fresh_postgres: Callable[[], str]) -> str:
    """The URL of an empty database of this test's own."""
    return fresh_postgres()


@pytest.fixture
def scripted_smtp() -> Iterator[ScriptedSmtp]:
    """An SMTP server that fails as the test says, and keeps what it accepted."""
    with running_scripted_smtp() as server:
        yield server
