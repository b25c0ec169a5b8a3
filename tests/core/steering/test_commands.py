"""Commands by mail: the verb anywhere, what it is about beside it, nothing left over."""

from datetime import date

import pytest

from mailflow.core.steering.said import Command
from mailflow.core.steering.words import Verb
from tests.core.steering.tongues import said

PO = "PO26-04871"
BOB = "bob@lanmei.example"


def command(verb: Verb, *subjects: str, **more: object) -> Command:
    return Command(verb, "", subjects, **more)  # type: ignore[arg-type] # test sugar


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status PO26-04871", command(Verb.STATUS, PO)),
        ("PO26-04871 status", command(Verb.STATUS, PO)),
        ("Status of it", None),
        ("状态 PO26-04871", command(Verb.STATUS, PO)),
        ("PO26-04871 进度", command(Verb.STATUS, PO)),
        ("list late", command(Verb.LIST_LATE)),
        ("逾期清单", command(Verb.LIST_LATE)),
        ("hold PO26-04871 until 15 Dec", command(Verb.HOLD, PO, day=date(2026, 12, 15))),
        ("hold PO26-04871", command(Verb.HOLD, PO)),
        ("暂停 PO26-04871 到12月15日", command(Verb.HOLD, PO, day=date(2026, 12, 15))),
        ("hold Hengtai Garment until 15 Dec", command(Verb.HOLD, "Hengtai Garment", day=date(2026, 12, 15))),
        ("resume PO26-04871", command(Verb.RESUME, PO)),
        ("恢复 恒泰", command(Verb.RESUME, "Hengtai Garment")),
        ("set PO26-04871 ship 12 Dec", command(Verb.SET, PO, milestone="ship", day=date(2026, 12, 12))),
        (
            "set ship PO26-04871 done 20 Nov 2026",
            command(Verb.SET, PO, milestone="ship", day=date(2026, 11, 20), done=True),
        ),
        ("登记 PO26-04871 出货 12月5日", command(Verb.SET, PO, milestone="ship", day=date(2026, 12, 5))),
        ("set SO26-1100 told 20 Dec", command(Verb.SET, "SO26-1100", milestone="told", day=date(2026, 12, 20))),
        ("spoke PO26-04871 12 Dec", command(Verb.SPOKE, PO, day=date(2026, 12, 12))),
        ("已电 PO26-04871", command(Verb.SPOKE, PO)),
        ("微信 PO26-04871 出货 12月5日", command(Verb.SPOKE, PO, milestone="ship", day=date(2026, 12, 5))),
        ("close PO26-04871", command(Verb.CLOSE, PO)),
        ("结案 PO26-04871", command(Verb.CLOSE, PO)),
        ("stop chasing PO26-04871", command(Verb.STOP_CHASING, PO)),
        ("别催 PO26-04871 PO26-04872", command(Verb.STOP_CHASING, PO, "PO26-04872")),
        ("chase now PO26-04871", command(Verb.CHASE_NOW, PO)),
        ("催一下 PO26-04871", command(Verb.CHASE_NOW, PO)),
        ("away until 5 Jan delegate Bob", command(Verb.AWAY, day=date(2027, 1, 5), person=BOB)),
        (
            "I am away until 5 Jan 2027 delegate bob@lanmei.example",
            command(Verb.AWAY, day=date(2027, 1, 5), person=BOB),
        ),
        ("休假到12月5日 代理 Bob", command(Verb.AWAY, day=date(2026, 12, 5), person=BOB)),
        ("back", command(Verb.BACK)),
        ("handover PO26-04871 to Bob", command(Verb.HANDOVER, PO, person=BOB)),
        ("hand over all to Bob", command(Verb.HANDOVER, person=BOB, everything=True)),
        ("who PO26-04871", command(Verb.WHO, PO)),
        ("谁负责 PO26-04871", command(Verb.WHO, PO)),
        ("who", command(Verb.WHO)),
        ("help", command(Verb.HELP)),
        ("帮助", command(Verb.HELP)),
        ("undo", command(Verb.UNDO)),
        ("撤销", command(Verb.UNDO)),
        ("Hi,\nhelp please\nAmy", command(Verb.HELP)),
    ],
)
def test_shapes_of_commands(text: str, expected: Command | None) -> None:
    found = said(text)
    assert not found.answers
    if expected is None:
        assert not found.commands
        assert found.unclear
        return
    assert not found.unclear, found.unclear
    (one,) = found.commands
    assert Command(one.verb, "", *(getattr(one, name) for name in list(Command.__slots__)[2:])) == expected


@pytest.mark.parametrize(
    ("text", "why", "about"),
    [
        ("hold", "needs_subject", "hold"),
        ("set PO26-04871 12 Dec", "needs_milestone", "set"),
        ("set PO26-04871 ship", "needs_day", "set"),
        ("handover PO26-04871", "needs_person", "handover"),
        ("hold PO26-99999 until 15 Dec", "unknown_order", "po26-99999"),
        ("hold PO26-04871 until 5/12", "unsure_date", "5/12"),
        ("away until 5 Jan delegate Zoe", "unknown_name", "zoe"),
        ("close PO26-04871 if the customer agrees", "not_understood", ""),
        ("don't close PO26-04871", "not_understood", ""),
        ("hold PO26-04871 and close PO26-04872", "not_understood", ""),
        ("should I close PO26-04871?", "not_understood", ""),
    ],
)
def test_what_is_not_wholly_understood_is_not_obeyed(text: str, why: str, about: str) -> None:
    found = said(text)
    assert not found.commands
    assert [(one.why, one.about) for one in found.unclear if one.why == why] == [(why, about)]
