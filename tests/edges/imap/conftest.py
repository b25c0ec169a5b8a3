"""The mailboxes on which the contract is tested."""

from collections.abc import Iterator

import pytest

from mailflow.demo.sandbox import Sandbox
from tests.edges.imap.rigs import ARRIVED, FakeRig, Rig, ServerRig, plain_account
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import ScriptedImap, running_scripted_imap


@pytest.fixture
def dovecot_rig(dovecot: Dovecot) -> ServerRig:
    """An empty mailbox on Dovecot."""
    return ServerRig(plain_account(dovecot.host, dovecot.imap_port, dovecot.address(), dovecot.password))


@pytest.fixture
def pymap_rig() -> Iterator[ServerRig]:
    """An empty mailbox on pymap, the server of the demo."""
    with Sandbox(["me@mail.example"], clock=lambda: ARRIVED) as sandbox:
        yield ServerRig(plain_account("127.0.0.1", sandbox.imap_port, "me@mail.example", sandbox.password))


@pytest.fixture(params=["dovecot", "pymap", "fake"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """An empty mailbox, on each server in turn."""
    if request.param == "fake":
        return FakeRig()
    made: Rig = request.getfixturevalue(f"{request.param}_rig")
    return made


@pytest.fixture
def scripted_imap() -> Iterator[ScriptedImap]:
    """A server that says what the test tells it to."""
    with running_scripted_imap() as server:
        yield server
