"""In shadow mode a person's mail moves nothing and is not answered; what it would have led to is told."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mailflow.cli.report import print_round
from mailflow.core.orders.events import DatePromised, ReviewDecided
from mailflow.daemon import RoundReport
from mailflow.jobs.read_mails import ReadReport
from mailflow.jobs.steering_done import WouldSteer
from tests.mail.steering.world import AMY, Office

HERE = Path(__file__).parent


def told(would: list[WouldSteer]) -> str:
    """Return what `mailflow once --shadow` prints of it."""
    page = StringIO()
    report = RoundReport(read=(ReadReport(1, would=tuple(would)),))
    print_round(Console(file=page, width=10_000, markup=False, emoji=False), report, shadow=True)
    return page.getvalue()


def test_an_answer_says_what_it_would_enter(office: Office) -> None:
    with office.store.look() as tx:
        orders, questions = tx.views.orders(), tx.views.reviews()
    letters = office.letters()
    office.put((HERE / "all-a-netease.eml").read_bytes())
    (would,) = office.read(shadow=True)
    assert (would.person, would.asks) == (AMY, False)
    assert {DatePromised, ReviewDecided} <= {type(event) for event in would.events}
    assert would.send
    assert "amy.lin@lanmei.example would be answered; “" in told([would])
    assert "PO26-04871: ship promised for" in told([would])
    with office.store.look() as tx:
        assert (tx.views.orders(), tx.views.reviews()) == (orders, questions)
    assert office.letters() == letters


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("spoof-05-known-address-no-proof", "would be asked whether “close PO26-04871” is theirs"),
        ("spoof-01-other-address-same-thread", ""),
    ],
)
def test_whoever_cannot_prove_it_would_be_asked_or_refused(office: Office, name: str, says: str) -> None:
    letters, before = office.letters(), office.last()
    office.put((HERE / f"{name}.eml").read_bytes())
    would = office.read(shadow=True)
    assert bool(would) == bool(says)
    assert says in told(would)
    assert office.letters() == letters
    assert "was not obeyed" in str(office.since(before))
