"""Writing a letter by hand: shown or put into the outbox as a draft, or refused with what is missing."""

from mailflow.core.letters.model import LetterState, Mode
from mailflow.core.orders import events as e
from tests.cli.installation import Installation, opened


def test_a_letter_is_shown_and_left_at_that(installation: Installation) -> None:
    before = len(installation.events())
    told = installation.told("write", "chase_production", "PO26-102", "--set", "note=Photographs help us.", "--dry-run")
    assert "Subject: " in told
    assert "PO26-102" in told
    assert "Photographs help us." in told
    assert len(installation.events()) == before


def test_a_letter_waits_as_a_draft(installation: Installation) -> None:
    before = len(installation.events())
    told = installation.told("write", "chase_production", "PO26-102", "--who", "amy@company.example")
    assert "lies in Drafts after the next round" in told
    (queued,) = [one.event for one in installation.events()[before:]]
    assert isinstance(queued, e.LetterQueued)
    assert (queued.template, queued.orders, queued.mode) == ("chase_production", ("PO26-102",), "draft")
    with opened(installation.folder) as store, store.look() as tx:
        letter = tx.outbox.get(queued.letter)
    assert letter is not None
    assert (letter.state, letter.planned.mode) == (LetterState.QUEUED, Mode.DRAFT)
    assert "amy@company.example" in letter.planned.why


def test_what_is_missing_or_unknown_is_told(installation: Installation) -> None:
    for words, fault in (
        (("chase_prodution", "PO26-102"), "there is no letter chase_prodution; did you mean chase_production?"),
        (("chase_production", "PO26-12"), "there is no order PO26-12; did you mean"),
        (("five_rights", "PO26-102"), 'five_rights wants differences of PO26-102; say it: --set differences="…"'),
        (("chase_ack", "PO26-102", "--set", "note"), "--set note has no value; write NAME=VALUE"),
    ):
        done = installation.run("write", *words)
        assert done.exit_code == 1
        assert fault in done.output, done.output
