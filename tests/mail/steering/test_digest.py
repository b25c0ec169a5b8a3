"""The digest: at its hour, once a day, to each their own, twelve questions by ship date and money, every one proven."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.orders.by_hand import HandedOver, WentAway
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import (
    DatePromised,
    LetterSent,
    MailRead,
    OrderImported,
    Proof,
    ReviewDecided,
    ReviewOpened,
)
from mailflow.core.orders.model import Milestone, Order, OrderKind
from mailflow.core.steering.model import Digest
from mailflow.jobs.digest import Steerers, send_digests
from tests.mail.steering.world import AMY, BOB, HENGTAI, NOW, SALES, Office, rendered, steerers

TOMORROW = NOW + timedelta(days=1)
SATURDAY = NOW + timedelta(days=4)


def sent(office: Office, now: datetime, who: Steerers | None = None) -> dict[str, Digest]:
    """Send the digests that are due, and return them by whom they go to."""
    found = send_digests(office.store, who or steerers(), now)
    return {one.to[0].email: one.facts.digest for _, one in found if one.facts.digest is not None}


def of(office: Office, person: str) -> Digest:
    """Return this morning's digest."""
    digest = office.digest(person).planned.facts.digest
    assert digest is not None
    return digest


def one_line(*, wanted: bool) -> Steerers:
    """Return who steers, with another rule for days on which there is nothing to tell."""
    who = steerers()
    return replace(who, rules=replace(who.rules, digest=replace(who.rules.digest, one_line=wanted)))


def still_open(office: Office) -> int:
    """Return how many of Amy's items wait tomorrow: the letter that nobody stopped has gone by then."""
    return len(of(office, AMY).items) - 1


def settle_everything(office: Office) -> None:
    with office.store.look() as tx:
        open_ones = [*tx.views.reviews()]
    office.record(*(ReviewDecided(item, "seen") for item in open_ones))
    with office.store.begin() as tx:
        for letter in tx.outbox.letters([one.state for one in office.letters()]):
            if letter.id in (1, 2):
                tx.outbox.decline(letter.id)


@pytest.mark.parametrize(
    ("now", "people"),
    [
        (TOMORROW - timedelta(minutes=1), set()),
        (TOMORROW, {AMY, BOB}),
        (TOMORROW + timedelta(hours=3, minutes=30), {AMY, BOB}),
        (TOMORROW + timedelta(hours=3, minutes=31), set()),
        (SATURDAY, set()),
        (datetime.fromisoformat("2026-10-01T08:30:00+08:00"), set()),
    ],
    ids=["before half past eight", "at half past eight", "at noon", "after noon", "on a Saturday", "on National Day"],
)
def test_a_digest_goes_out_in_the_morning_of_a_working_day(office: Office, now: datetime, people: set[str]) -> None:
    assert set(sent(office, now)) == people


def test_a_digest_goes_out_once_a_day(office: Office) -> None:
    assert sent(office, NOW + timedelta(minutes=1)) == {}
    assert set(sent(office, TOMORROW)) == {AMY, BOB}
    assert sent(office, TOMORROW + timedelta(hours=1)) == {}


def test_somebodys_own_hour_counts_for_them(office: Office) -> None:
    who = replace(steerers(), hours={BOB: datetime.fromisoformat("2026-11-25T09:30:00").time()})
    assert set(sent(office, TOMORROW, who)) == {AMY}
    assert set(sent(office, TOMORROW + timedelta(hours=1), who)) == {BOB}


def test_while_a_mail_lies_unread_no_digest_is_made(office: Office) -> None:
    office.put(b"From: a@b.example\r\n\r\nhello\r\n", TOMORROW)
    assert sent(office, TOMORROW) == {}


@pytest.mark.parametrize("wanted", [True, False])
def test_on_a_day_without_anything_to_tell_one_line_goes_out_or_nothing(office: Office, wanted: bool) -> None:
    settle_everything(office)
    found = sent(office, TOMORROW, one_line(wanted=wanted))
    assert (AMY in found) is wanted
    if wanted:
        assert found[AMY].empty
        letter = next(one for one in office.letters() if one.planned.facts.digest == found[AMY])
        text = [line for line in rendered(letter).text.splitlines() if line]
        assert text[1] == "Nothing waits for you today."
        assert len(text) == 5


def test_everybody_decides_about_their_own_orders_alone(office: Office) -> None:
    own = {person: {order for item in of(office, person).items for order in item.orders} for person in (AMY, BOB)}
    assert own[BOB] == {"PO26-04880"}
    assert not own[AMY] & own[BOB]
    assert "PO26-04880" not in rendered(office.digest(AMY)).text


def test_the_delegate_of_who_is_away_gets_theirs_too(office: Office) -> None:
    office.record(WentAway(AMY, date(2026, 11, 25), BOB))
    found = sent(office, TOMORROW)
    assert set(found) == {BOB}
    assert len(found[BOB].items) == still_open(office) + len(of(office, BOB).items)
    assert set(sent(office, TOMORROW + timedelta(days=1))) == {AMY, BOB}, "back again"


def test_who_took_an_order_over_is_asked_about_it(office: Office) -> None:
    office.record(HandedOver("PO26-04871", BOB))
    assert "PO26-04871" in {order for item in sent(office, TOMORROW)[BOB].items for order in item.orders}


def many(count: int) -> Sequence[OrderImported | ReviewOpened]:
    found: list[OrderImported | ReviewOpened] = []
    for n in range(count):
        number = f"PO26-1{n:04}"
        order = Order(
            number,
            OrderKind.PURCHASE,
            HENGTAI,
            quantity=Decimal(100 + n),
            unit_price=Decimal(10),
            due_date=date(2027, 1, 4 + n // 2),
            merchandiser=AMY,
        )
        dated = DatePromised(number, Milestone.SHIP, date(2027, 2, 1))
        found += [
            OrderImported(order, "test"),
            ReviewOpened(f"R{900 + n}.1", "?", (number,), 900 + n, (), (encode_event(dated),), "1 Feb", HENGTAI),
        ]
    return found


def test_at_most_twelve_questions_by_ship_date_then_money_and_the_rest_counted(office: Office) -> None:
    office.record(*many(20))
    digest = sent(office, TOMORROW)[AMY]
    assert [item.number for item in digest.items] == list(range(1, 13))
    assert digest.more == 20 + still_open(office) - 12
    days = [item.due for item in digest.items if item.due]
    assert days == sorted(days)
    same_day = [item.orders[0] for item in digest.items if item.due == date(2027, 1, 4)]
    assert same_day == ["PO26-10001", "PO26-10000"], "the dearer one first"


def test_every_question_has_the_words_the_sender_and_the_day_of_its_mail(office: Office) -> None:
    asked = [item for item in of(office, AMY).items if item.item.startswith("R")]
    assert asked
    for item in asked:
        assert item.quote is not None
        assert item.quote.words
        assert "@" in item.quote.sender
        assert item.quote.said is not None
    text = rendered(office.digest(AMY)).text
    assert "> 大货5/12出" in text
    assert f"({SALES}, 23 Nov 2026)" in text


def test_what_is_late_names_the_words_by_which_it_was_promised(office: Office) -> None:
    proof = Proof(7, "22日一定出", 0.9, "exact", SALES, "<7@hengtai.example>", NOW - timedelta(days=9))
    office.record(DatePromised("PO26-04880", Milestone.SHIP, date(2026, 11, 22), proof=proof), now=NOW)
    (row,) = sent(office, TOMORROW)[BOB].late.rows
    assert (row.line.kind, row.line.number, row.line.day) == ("late", 3, date(2026, 11, 22))
    assert row.quote is not None
    assert (row.quote.words, row.quote.sender) == ("22日一定出", SALES)


def test_what_went_out_and_what_came_in_since_the_last_one(office: Office) -> None:
    proof = Proof(8, "ships 20 Dec", 0.9, "exact", SALES, "<8@hengtai.example>", NOW)
    office.record(
        LetterSent(2, ("PO26-04873",), "<l@lanmei.example>", "overdue_2", (SALES,)),
        MailRead(8, "<8@hengtai.example>", SALES, "Re: PO26-04875", "update", ("PO26-04875",), HENGTAI),
        DatePromised("PO26-04875", Milestone.SHIP, date(2026, 12, 20), proof=proof),
        now=NOW + timedelta(hours=1),
    )
    digest = sent(office, TOMORROW)[AMY]
    assert [row.line.order for row in digest.sent.rows] == ["PO26-04873"]
    (came,) = digest.came.rows
    assert came.quote is not None
    assert (came.line.order, came.quote.words) == ("PO26-04875", "ships 20 Dec")
    later = sent(office, TOMORROW + timedelta(days=1))[AMY]
    assert not later.came.rows
    assert not later.sent.rows


def test_a_choice_in_the_page_is_a_link_with_its_own_key(office: Office) -> None:
    letter: OutboxLetter = office.digest(AMY)
    digest = letter.planned.facts.digest
    assert digest is not None
    page = rendered(letter).html
    links = [candidate.link for item in digest.items for candidate in item.candidates]
    assert len(set(links)) == len(links) > 5
    for link in links:
        assert f'href="mailto:followup@lanmei.example?subject={link}"' in page
