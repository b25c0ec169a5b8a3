"""What every test may ask for: the servers, and the flag that writes golden files anew."""

import os
import signal

import pytest

pytest_plugins = ["tests.servers.fixtures"]

# What the terminal or the machine of whoever runs the tests says is not the tests' affair.
_NOT_OURS = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


def pytest_configure() -> None:
    """Take away what would change what commands print, where they look for their settings, and how they end."""
    for name in list(os.environ):
        if name in _NOT_OURS or name.startswith("MAILFLOW_"):
            del os.environ[name]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in whatever a shell runs in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
