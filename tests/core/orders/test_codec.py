"""Events as text: nothing is lost, old data is read, and the same event is the same text."""

import json
from dataclasses import MISSING, fields, replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailflow.core.orders.codec import EVENTS, CodecError, decode_event, dump_event, encode_event, load_event
from mailflow.core.orders.events import DatePromised, Event, MailSetAside, ProblemReported, Proof
from mailflow.core.orders.model import Milestone
from tests.core.orders.strategies import anything

PROMISE = DatePromised("PO1", Milestone.SHIP, date(2026, 12, 5), quantity=Decimal("1200"), refs=("MSKU1",))


def test_every_event_has_a_name() -> None:
    assert set(EVENTS.values()) == set(get_args(Event))


@pytest.mark.parametrize("name", EVENTS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_every_event_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    event = data.draw(anything(EVENTS[name]))
    assert load_event(*dump_event(event)) == event
    assert decode_event(encode_event(event)) == event
    assert dump_event(load_event(*dump_event(event))) == dump_event(event)


def test_old_ledgers_are_read_for_ever() -> None:
    """Whoever changes what this reads needs a way to read the old."""
    old = (
        'DatePromised {"order":"PO1","milestone":"ship","date":"2026-12-05","part":"","quantity":"1200",'
        '"basis":null,"refs":["MSKU1"],"proof":null}'
    )
    assert decode_event(old) == PROMISE


def test_fields_of_a_later_version_are_passed_over() -> None:
    name, data = dump_event(PROMISE)
    assert load_event(name, json.dumps({**json.loads(data), "weather": "rain"})) == PROMISE


@pytest.mark.parametrize("name", EVENTS)
@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_fields_that_came_later_get_their_defaults(name: str, data: st.DataObject) -> None:
    event = data.draw(anything(EVENTS[name]))
    defaults = {field.name: field.default for field in fields(event) if field.default is not MISSING}
    old = {key: value for key, value in json.loads(dump_event(event)[1]).items() if key not in defaults}
    assert load_event(name, json.dumps(old)) == replace(event, **defaults)


def test_a_broken_mails_surrogates_are_shown_not_fatal() -> None:
    event = ProblemReported("PO1", "delay", Proof(3, "k\udce4me sp\u00e4ter", 0.9, "exact"))
    read = decode_event(encode_event(event))
    assert isinstance(read, ProblemReported)
    assert read.proof is not None
    assert "sp\u00e4ter" in read.proof.words
    assert "\ufffd" in read.proof.words


def test_nul_survives() -> None:
    assert decode_event(encode_event(MailSetAside(1, "a\x00b"))) == MailSetAside(1, "a\x00b")


@pytest.mark.parametrize("text", ["", "Nonsense {}", "DatePromised", 'DatePromised {"order":"PO1"}', "Resumed []"])
def test_what_is_no_event_is_said(text: str) -> None:
    with pytest.raises(CodecError):
        decode_event(text)
