"""What answers taught can be listed and taken back."""

from mailflow.core.orders.by_hand import AliasLearned, ContactLearned, DateOrderLearned, LearnedWithdrawn
from tests.cli.installation import Installation

PARTY = "Haitang Garment Co."
KEY = f"alias:ht-8812:{PARTY}"


def test_nothing_learned_is_said(installation: Installation) -> None:
    assert "Nothing has been learned" in installation.told("learned")


def test_what_was_learned_is_listed(installation: Installation) -> None:
    installation.record(
        AliasLearned("HT-8812", "PO26-101", PARTY),
        ContactLearned("wang@elsewhere.example", PARTY),
        DateOrderLearned(PARTY, day_first=True),
    )
    told = installation.told("learned", COLUMNS="300")
    for words in (KEY, f"{PARTY} calls PO26-101 HT-8812", f"wang@elsewhere.example writes for {PARTY}"):
        assert words in told
    assert f"{PARTY} writes the day first" in told
    assert "2026-11-18" in told


def test_one_is_withdrawn_with_who_and_why(installation: Installation) -> None:
    installation.record(AliasLearned("HT-8812", "PO26-101", PARTY))
    told = installation.told("learned", "--withdraw", KEY, "--why", "their old number")
    assert f"no longer holds: {KEY}" in told
    last = installation.events()[-1]
    assert (last.event, last.actor, last.why) == (LearnedWithdrawn(KEY), "amy", "their old number")
    assert "Nothing has been learned" in installation.told("learned")


def test_a_wrong_key_is_told_with_the_right_one(installation: Installation) -> None:
    installation.record(AliasLearned("HT-8812", "PO26-101", PARTY))
    told = installation.refused("learned", "--withdraw", KEY.replace("8812", "8813"))
    assert f"did you mean {KEY}?" in told
