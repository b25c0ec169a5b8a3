"""What every test may ask for: the servers, and the flag that writes golden files anew."""

import os

import pytest

pytest_plugins = ["tests.servers.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one flag that refreshes golden files."""
    parser.addoption("--refresh-golden", action="store_true", help="write the expected results of golden tests anew")


@pytest.fixture(scope="session")
def refresh_golden(pytestconfig: pytest.Config) -> bool:
    """Whether golden tests write what they got instead of comparing it; never in CI."""
    refresh = bool(pytestconfig.getoption("--refresh-golden"))
    if refresh and os.environ.get("CI"):
        pytest.exit("golden files are refreshed by a person and committed, never in CI", returncode=2)
    return refresh
