"""Follow up: what is due goes into the outbox once; nothing goes outside while an answer may lie unread."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.mails import MailKey, MailState, NewMail
from mailflow.core.orders.events import LetterQueued, OrderImported, PartyImported, Paused
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.follow_up import follow_up, preview_live
from mailflow.jobs.steer import CannotSteerError
from tests.core.playbook.situations import purchase, supplier
from tests.jobs.house import NOW, PURCHASE, SALE, TradingHouse

OVERDUE = "2026-11-20"


@pytest.fixture
def house(store: DatabaseStore) -> TradingHouse:
    return TradingHouse(store)


def store_mail(store: DatabaseStore) -> int:
    with store.begin() as tx:
        number = tx.mails.store(NewMail(MailKey("main", "INBOX", 1, 1), NOW, 5, b"hello"))
    assert number is not None
    return number


def test_what_is_due_is_planned_once_and_recorded(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    assert house.planned() == [("delay_notice", (SALE,))]
    assert house.planned() == []
    (queued,) = house.events(LetterQueued)
    assert isinstance(queued, LetterQueued)
    assert (queued.template, queued.orders, queued.mode) == ("delay_notice", (SALE,), "draft")


def test_a_crash_before_the_commit_plans_nothing(house: TradingHouse) -> None:
    class CrashError(Exception):
        pass

    def crash(name: str) -> None:
        if name == "before_plan_commit":
            raise CrashError

    house.promise("2026-12-28")
    with pytest.raises(CrashError):
        follow_up(house.store, house.rules(), NOW, crash_point=crash)
    assert not house.events(LetterQueued)
    assert house.planned() == [("delay_notice", (SALE,))]


def test_without_hearing_nothing_is_planned_that_leaves_the_house(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    report = house.follow_up(outside=False)
    assert report.inside
    assert not report.planned
    assert house.planned() == [("delay_notice", (SALE,))]


def test_what_stays_inside_is_planned_all_the_same(house: TradingHouse) -> None:
    overdue = replace(purchase("PO26-9", OVERDUE).order, party="Quiet Weaving")
    house.record(PartyImported(supplier("Quiet Weaving").party, "test"), OrderImported(overdue, "test"))
    house.promise("2026-12-28")
    assert [letter.template for _, letter in house.follow_up(outside=False).planned] == ["backlog"]


def test_while_a_stored_mail_waits_to_be_read_nothing_is_planned_outside(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    mail = store_mail(house.store)
    assert house.planned() == []
    with house.store.begin() as tx:
        tx.mails.settle(mail, MailState.ASIDE, "cannot be read")
    assert house.planned() == [("delay_notice", (SALE,))]


def test_shadow_says_the_same_and_writes_nothing(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    before = house.follow_up(shadow=True)
    assert house.follow_up(shadow=True) == before
    assert not house.events(LetterQueued)
    assert [letter for _, letter in before.planned] == [letter for _, letter in house.follow_up().planned]


def test_what_is_held_back_is_told_with_the_reason(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    house.record(Paused(SALE))
    report = house.follow_up()
    assert not report.planned
    assert [one.reason for one in report.held] == [f"{SALE} is paused"]


def test_a_letter_that_lacks_a_field_is_held_and_asked_about(store: DatabaseStore) -> None:
    house = TradingHouse(store, due="2026-11-27")
    planned = {letter.template: (number, letter) for number, letter in house.follow_up().planned}
    number, notice = planned["shipment_notice"]
    assert "shipping_mark" in notice.missing
    assert house.state(number) is LetterState.HELD
    assert "shipping_mark" in house.questions()[f"L{number}"]


def test_a_preview_names_only_quiet_parties_that_are_known(house: TradingHouse) -> None:
    with house.store.look() as tx, pytest.raises(CannotSteerError, match="there is no party Nobody"):
        preview_live(tx, house.rules(), "Nobody", NOW)
    with house.store.look() as tx:
        assert preview_live(tx, house.rules(), "all", NOW)[0] == []


def test_an_overdue_order_is_chased_rung_by_rung(store: DatabaseStore) -> None:
    house = TradingHouse(store, due=OVERDUE)
    assert ("overdue_1", (PURCHASE,)) in house.planned()
    number = house.draft("overdue_1")
    later = NOW + timedelta(days=7)
    assert "overdue_2" not in [template for template, _ in house.planned(later)], "the first still waits for a yes"
    with store.begin() as tx:
        tx.outbox.sent(number, NOW, "sent by hand")
    assert "overdue_2" in [template for template, _ in house.planned(later)]
