"""`mailflow once` as a process: what came in and what follows; in shadow mode nothing leaves the house."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.servers.postfix import MailSystem
from tests.service.world import World, make_world, wait_until

pytestmark = pytest.mark.service


@pytest.fixture
def world(tmp_path: Path, mail_system: MailSystem) -> World:
    """Everybody live, one supplier's new date in the mailbox."""
    world = make_world(tmp_path / "world", mail_system, orders=3)
    world.send(world.promise(2, date(2026, 12, 23)))
    wait_until(lambda: world.inbox(world.mailbox))
    return world


def once(world: World, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mailflow", "once", "--now", "2026-11-17T10:00:00+08:00", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "MAILFLOW_CONFIG": str(world.config)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_shadow_says_what_came_and_what_it_would_do(world: World) -> None:
    told = once(world, "--shadow")
    came, follows = told.split("Would be written\n")
    assert came.startswith("1 mail received, 1 read\n")
    assert f"mail from {world.supplier} “Re: PO26-00002”: understood" in came
    assert "PO26-00002: ship promised for 2026-12-23 ex-factory" in came
    assert "“PO26-00002: we are short of workers, new ex-factory date is 23 Dec 2026”" in came
    notice = next(line for line in follows.splitlines() if line.startswith("delay notice"))
    assert world.customers[0] in notice
    assert "auto" in notice
    assert "SO26-00002 moves from 2026-12-15" in notice
    assert follows.endswith("Shadow: nothing was sent, and no mailbox was changed.\n")
    assert [world.inbox(customer) for customer in world.customers] == [[], []]
    assert world.inbox(world.mailbox, "Drafts") == world.inbox(world.mailbox, "Sent") == []
    assert [mail.flags for mail in world.inbox(world.mailbox)] == [()]


def test_a_round_says_what_it_did(world: World) -> None:
    told = once(world)
    assert "Planned\n" in told
    assert "Shadow" not in told
    assert "Letters: 2 sent" in told, "the delay notice, and the morning digest"
    assert "2 copies in Sent" in told
    wait_until(lambda: world.inbox(world.customers[0]))
    assert once(world).startswith("0 mails received, 0 read\n")
