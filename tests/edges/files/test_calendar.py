"""Days go along as calendar files that other programs read, move and take back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from typing import cast

import pytest
from icalendar import Calendar

from mailflow.core.letters.build import compose
from mailflow.core.letters.manifest import Side, read_manifest
from mailflow.core.letters.model import Envelope, PlannedLetter
from mailflow.edges.files.calendar import write_calendar
from tests.core.letters.samples import SENDER, planned, shipped_templates

AT = datetime(2026, 12, 1, 2, tzinfo=UTC)


def letter(name: str = "inspection_factory", side: Side = Side.SUPPLIER, **line: object) -> PlannedLetter:
    found = planned(name, side)
    lines = tuple(replace(one, **line) for one in found.facts.lines)  # type: ignore[arg-type]  # test sugar
    return replace(found, facts=replace(found.facts, lines=lines))


def written(one: PlannedLetter, number: int = 7) -> Envelope:
    return compose(shipped_templates(), one, SENDER, number, AT, write_calendar=write_calendar)


def calendar(envelope: Envelope) -> tuple[Message, Calendar]:
    parts = [p for p in message_from_bytes(envelope.raw, policy=policy.default).walk() if p.get_filename()]
    (part,) = [one for one in parts if one.get_content_type() == "application/ics"]
    return part, cast(Calendar, Calendar.from_ical(cast(bytes, part.get_payload(decode=True))))


def test_the_day_of_an_inspection_goes_along() -> None:
    one = letter()
    part, book = calendar(written(one))
    assert (part.get_filename(), part.get_content_disposition()) == ("calendar.ics", "attachment")
    assert book["METHOD"] == "PUBLISH"
    (event,) = book.events
    assert event["DTSTART"].dt == one.facts.day
    assert event["DTEND"].dt == (one.facts.day or date.max) + timedelta(days=1)
    assert one.facts.lines[0].number in event["SUMMARY"]
    assert event["ORGANIZER"] == f"mailto:{SENDER.address.email}"
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")


def test_a_later_letter_moves_the_same_event() -> None:
    (first,) = calendar(written(letter(), 7))[1].events
    moved = letter()
    moved = replace(moved, facts=replace(moved.facts, day=date(2026, 12, 20)))
    (second,) = calendar(written(moved, 9))[1].events
    assert first["UID"] == second["UID"]
    assert first["SEQUENCE"] < second["SEQUENCE"]
    assert second["DTSTART"].dt == date(2026, 12, 20)


def test_other_orders_and_milestones_are_other_events() -> None:
    found = [letter(), letter(number="PO26-9"), letter("shipment_notice")]
    uids = {event["UID"] for one in found for event in calendar(written(one))[1].events}
    assert len(uids) == 3
    assert not any("PO26" in uid for uid in uids), "an event's name tells nothing"


def test_what_is_withdrawn_is_taken_back() -> None:
    published = calendar(written(letter("shipment_notice"), 7))[1].events[0]
    _, book = calendar(written(letter("order_withdrawn"), 8))
    (event,) = book.events
    assert (book["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (event["UID"], event["SEQUENCE"] > published["SEQUENCE"]) == (published["UID"], True)


@pytest.mark.parametrize("words", ["女装抓绒连帽卫衣" * 12, "a, b; c\\n d", "x\r\nATTENDEE:mailto:thief@x.example"])
def test_odd_words_stay_words(words: str) -> None:
    _, book = calendar(written(letter(product=words)))
    (event,) = book.events
    assert "ATTENDEE" not in event
    assert " ".join(words.split()) in " ".join(event["SUMMARY"].split())
    raw = write_lines(book)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


def write_lines(book: Calendar) -> bytes:
    return cast(bytes, book.to_ical())


def test_no_file_without_a_day_or_where_none_is_wanted() -> None:
    nowhere = letter("shipment_notice", ship_date=None)
    notice = letter("delay_notice", Side.CUSTOMER)  # its date may be changed in Drafts
    for one in (nowhere, notice, letter("ask_ship")):
        assert b"calendar.ics" not in written(one).raw


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert written(letter()) == written(letter())


def test_a_day_that_no_letter_has_is_told() -> None:
    manifest, problems = read_manifest("x", "to: supplier\ncalendar: line.shipdate\n", "templates/x/letter.yaml")
    assert manifest is None
    assert "did you mean line.ship_date?" in str(problems[0])
