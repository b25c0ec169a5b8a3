"""Golden pairs: a mail of one of our own people (or of somebody who pretends) and all that it comes to."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from mailflow.core.steering.model import REPLY
from tests.golden import same_as_golden
from tests.mail.steering.world import NOW, PEOPLE, Office, rendered

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.eml"))
SPOOFS = [name for name in NAMES if name.startswith("spoof-")]


def outcome(office: Office, raw: bytes) -> dict[str, object]:
    """Let a mail come in; return what was recorded, what became of the letters, and what was written to whom."""
    said = message_from_bytes(raw, policy=policy.default)
    now = max(NOW, parsedate_to_datetime(said["Date"])) + timedelta(minutes=1)
    before, letters = office.last(), {letter.id: letter.state for letter in office.letters()}
    office.put(raw, now)
    office.read(now)
    after = office.letters()
    return {
        "events": [
            line for line in office.since(before) if " steering reply to " not in line and " asked: " not in line
        ],
        "asked": any(" asked: " in line for line in office.since(before)),
        "letters": {f"L{one.id}": one.state.value for one in after if letters.get(one.id, one.state) is not one.state},
        "written": [
            {
                "letter": one.planned.template,
                "to": [address.email for address in (*one.planned.to, *one.planned.cc)],
                "says": said_in(rendered(one).text) if one.planned.step == REPLY else one.planned.orders[0],
            }
            for one in after
            if one.id not in letters
        ],
    }


def said_in(text: str) -> list[str]:
    """Return the lines between greeting and closing."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[1:-3]


def test_every_mail_has_its_expectation_and_the_reverse() -> None:
    assert len([name for name in NAMES if not name.startswith(("cmd-", "fwd-", "spoof-"))]) >= 60
    assert len(SPOOFS) >= 10
    assert sorted(path.stem for path in HERE.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, office: Office, refresh_golden: bool) -> None:
    got = outcome(office, (HERE / f"{name}.eml").read_bytes())
    same_as_golden(got, HERE / f"{name}.json", refresh_golden)


@pytest.mark.parametrize("name", SPOOFS)
def test_whoever_pretends_changes_nothing_and_is_not_answered(name: str, office: Office) -> None:
    """Whatever the golden file says: no order moves, no letter goes, nobody outside the house is written to, and why
    it was not obeyed is recorded."""
    with office.store.look() as tx:
        orders, questions = tx.views.orders(), tx.views.reviews()
    letters = {letter.id: letter.state for letter in office.letters()}
    told = outcome(office, (HERE / f"{name}.eml").read_bytes())
    assert " was not obeyed: " in str(told["events"])
    with office.store.look() as tx:
        assert tx.views.orders() == orders
        assert set(tx.views.reviews()) >= set(questions)
    ours = {one.email for one in PEOPLE}
    for letter in office.letters():
        assert letters.get(letter.id, letter.state) is letter.state
        if letter.id not in letters:
            assert {address.email for address in (*letter.planned.to, *letter.planned.cc)} <= ours
