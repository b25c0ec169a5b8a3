"""Acting by hand: what is recorded, with who and why, and what is refused with the nearest right name."""

from datetime import date

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.orders import events as e
from mailflow.core.orders.model import Milestone
from tests.cli.installation import Installation, opened


def new(installation: Installation, before: int) -> list[e.Recorded]:
    return installation.events()[before:]


def letter(installation: Installation, number: int) -> LetterState:
    with opened(installation.folder) as store, store.look() as tx:
        found = tx.outbox.get(number)
    assert found is not None
    return found.state


@pytest.fixture
def before(installation: Installation) -> int:
    """How many events there are."""
    return len(installation.events())


def test_yes_enters_what_was_proposed(installation: Installation, before: int) -> None:
    told = installation.told("decide", "r2.1", "YES", "--why", "our own agent", "--who", "amy@company.example")
    assert "PO26-102: ship promised for 2026-11-20  by amy@company.example: our own agent" in told
    assert "R2.1 settled: yes" in told
    promised, settled = new(installation, before)
    assert isinstance(promised.event, e.DatePromised)
    assert settled.event == e.ReviewDecided("R2.1", "yes", ("PO26-102",))
    assert {(one.actor, one.why) for one in (promised, settled)} == {("amy@company.example", "our own agent")}


def test_another_order_is_meant(installation: Installation, before: int) -> None:
    assert "PO26-103: ship promised for 2026-11-20  by amy" in installation.told("decide", "R2.1", "PO26-103")
    (promised, _) = new(installation, before)
    assert getattr(promised.event, "order", "") == "PO26-103"


@pytest.mark.parametrize("choice", ["no", "seen"])
def test_no_and_seen_enter_nothing_and_say_so(installation: Installation, before: int, choice: str) -> None:
    told = installation.told("decide", "R2.1", choice)
    assert "Nothing was entered." in told
    assert [one.event for one in new(installation, before)] == [e.ReviewDecided("R2.1", choice, ("PO26-102",))]


def test_a_letter_goes_or_does_not(installation: Installation, before: int) -> None:
    assert "It goes with the next delivery" in installation.told("decide", "l1", "send", "--why", "mark is known")
    assert "It is not sent" in installation.told("decide", "L2", "decline")
    assert (letter(installation, 1), letter(installation, 2)) == (LetterState.QUEUED, LetterState.DECLINED)
    sent, declined, withdrawn = new(installation, before)
    assert (sent.event, sent.actor, sent.why) == (e.ReviewDecided("L1", "send", ("PO26-101",)), "amy", "mark is known")
    assert declined.event == e.ReviewDecided("L2", "decline", ("PO26-102",))
    assert isinstance(withdrawn.event, e.LetterWithdrawn)
    assert "Nothing waits" not in installation.told("review"), "the question is open still"
    assert "L1" not in installation.told("review")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("decide", "R2.2", "yes"), "there is no question R2.2; did you mean R2.1? `mailflow review` lists the open"),
        (("decide", "L77", "send"), "there is no letter L77; `mailflow review` lists those that wait"),
        (("decide", "L1", "yes"), "a letter takes send or decline, not yes; try `mailflow decide L1 send`"),
        (("decide", "L1", "PO26-101"), "a letter takes send or decline, not PO26-101"),
        (("decide", "R2.1", "send"), "R2.1 is a question, not a letter; answer yes, no, seen"),
        (("decide", "R2.1", "PO26-109"), "there is no order PO26-109; did you mean PO26-10"),
        (("show", "po26-101"), "there is no order po26-101; did you mean PO26-101? `mailflow orders` lists them"),
        (("show", "103"), "there is no order 103; did you mean PO26-103?"),
        (
            ("why", "PO26-1O1"),
            "nothing is known of PO26-1O1; did you mean PO26-101? give an order's",
        ),
        (("orders", "--party", "Haitan"), "there is no party Haitan; did you mean Haitang"),
        (("pause", "Fjort"), "there is no order or party Fjort; did you mean Fjord?"),
        (("pause", "PO26-101", "--until", "2026-11-18"), "2026-11-18 is not to come; name the day on which it goes on"),
        (("go-live", "Haitan"), "there is no party Haitan; did you mean Haitang"),
        (("stop-writing", "zheng"), "zheng is no e-mail address"),
        (("set", "PO26-101", "shiped", "2026-12-01"), "there is no milestone shiped; did you mean ship? known: ackn"),
        (("set", "PO26-101", "ship", "5/12"), "5/12 is no day; write it as YYYY-MM-DD, such as 2026-12-01"),
        (("set", "PO26-101", "ship"), "ship wants a day; write it as YYYY-MM-DD"),
        (("set", "PO26-101", "ship", "2026-11-19", "--done"), "2026-11-19 is still to come; nothing has happened then"),
        (
            ("set", "PO26-101", "told", "2026-12-20"),
            "PO26-101 is a purchase order, of which no customer is told",
        ),
        (("due", "--date", "tomorrow"), "tomorrow is no day; write it as YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(installation: Installation, words: tuple[str, ...], told: str) -> None:
    before = installation.events()
    assert installation.refused(*words).startswith(f"mailflow: {told}")
    assert installation.events() == before


def test_what_was_settled_is_not_settled_again(installation: Installation) -> None:
    installation.told("decide", "R2.1", "no")
    assert installation.refused("decide", "R2.1", "yes") == "mailflow: R2.1 was settled already: no, by amy"
    installation.told("decide", "L2", "decline")
    assert installation.refused("decide", "L2", "send") == "mailflow: L2 does not wait for anybody: it is declined"
    assert "nothing is asked about L2" in installation.refused("decide", "L2", "seen")


def test_set_enters_promises_actuals_and_what_the_customer_knows(installation: Installation, before: int) -> None:
    for words in (
        ("PO26-101", "ship", "2026-12-10"),
        ("PO26-101", "ship", "2026-11-17", "--done"),
        ("PO26-102", "SHIP", "--done"),
        ("PO26-102", "acknowledged"),
        ("PO26-103", "acknowledged", "2026-10-05"),
        ("SO26-201", "told", "2026-12-12"),
    ):
        installation.told("set", *words)
    assert [one.event for one in new(installation, before)] == [
        e.DatePromised("PO26-101", Milestone.SHIP, date(2026, 12, 10)),
        e.MilestoneReached("PO26-101", Milestone.SHIP, date(2026, 11, 17)),
        e.MilestoneReached("PO26-102", Milestone.SHIP, date(2026, 11, 18)),
        e.MilestoneReached("PO26-102", Milestone.ACKNOWLEDGED, date(2026, 11, 18)),
        e.MilestoneReached("PO26-103", Milestone.ACKNOWLEDGED, date(2026, 10, 5)),
        e.CustomerTold("SO26-201", date(2026, 12, 12)),
    ]
    assert "acknowledged 2026-10-05" in installation.told("why", "PO26-103")
    assert "2026-12-12" in installation.told("orders", "--party", "Fjord")


def test_pause_and_resume_an_order_or_a_party_by_its_short_name(installation: Installation, before: int) -> None:
    assert "PO26-101 is paused until 2026-12-01" in installation.told("pause", "PO26-101", "--until", "2026-12-01")
    assert "paused until 2026-12-01" in installation.told("orders")
    assert "paused" in installation.told("why", "PO26-101")
    installation.told("pause", "haitang")
    installation.told("resume", "Haitang")
    installation.told("resume", "PO26-101")
    assert "paused" not in installation.told("orders")
    subjects = [getattr(one.event, "subject", "") for one in new(installation, before)]
    assert subjects == ["PO26-101", "Haitang Garment Co.", "Haitang Garment Co.", "PO26-101"]


def test_stop_writing_wonders_about_an_address_that_nobody_has(installation: Installation, before: int) -> None:
    assert "No party" not in installation.told("stop-writing", "Ingrid@fjordfell.example")
    assert "No party of the book has the address ingird@" in installation.told(
        "stop-writing", "ingird@fjordfell.example"
    )
    assert [one.event for one in new(installation, before)] == [
        e.WritingStopped("ingrid@fjordfell.example"),
        e.WritingStopped("ingird@fjordfell.example"),
    ]


def test_going_live_shows_first_what_would_be_sent(installation: Installation, before: int) -> None:
    asked = installation.run("go-live", "Fjord", input="n\n")
    assert asked.exit_code == 1
    assert "Quiet until now: Fjord & Fell AS." in asked.stdout
    assert "delay notice  ingrid@fjordfell.example  draft  PO26-101 is now expected so late" in asked.stdout
    assert "Nothing was changed." in asked.stdout
    nobody = installation.run("go-live", "Fjord", input="")
    assert nobody.exit_code == 1
    assert "nobody is there to ask; add --yes" in nobody.stderr
    assert new(installation, before) == []


def test_going_live(installation: Installation, before: int) -> None:
    assert "is switched on: from now on letters go out" in installation.told("go-live", "all", input="y\n")
    assert [one.event for one in new(installation, before)] == [e.WentLive("Fjord & Fell AS")]
    assert "Nobody is quiet" in installation.told("go-live", "all", "--yes")
    assert "is switched on already" in installation.told("go-live", "Haitang", "--yes")
