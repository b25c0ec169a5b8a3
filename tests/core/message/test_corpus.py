"""The corpus as a whole: kinds as labelled, nothing of our own chase taken for new, nothing unreadable."""

import json
from pathlib import Path

import pytest

from mailflow.core.message.model import MessageKind
from tests.core.message.conftest import Read

DEV = Path(__file__).parents[2] / "corpus" / "dev"
GOLD = [json.loads(line) for line in (DEV / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
OURS = (
    "如有延误请说明原因",
    "以下订单请确认",
    "合同交期",
    "contract date 20",
    "please let us know the reason",
    "Order follow-up\n",
)


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold["id"])
def test_mail_of_the_corpus(gold: dict[str, str], read: Read) -> None:
    message = read((DEV / "mail" / f"{gold['id']}.eml").read_bytes())
    machine = {"auto_reply": {MessageKind.AUTO_REPLY, MessageKind.RECEIPT}, "bounce": {MessageKind.BOUNCE}}
    expected = machine.get(gold["disposition"], {MessageKind.PERSONAL, MessageKind.BULK})
    assert message.kind in expected
    if message.kind is MessageKind.BULK:
        assert gold["disposition"] == "ignore"
    assert (message.failure is not None) == (message.kind is MessageKind.BOUNCE)
    assert message.problems == ()
    assert not message.parts_disagree
    assert message.date is not None
    assert not any(ours in message.new_text for ours in OURS)
    assert message.subject or message.lines
