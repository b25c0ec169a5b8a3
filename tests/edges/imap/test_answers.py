"""The small grammar of FETCH answers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.edges.imap.answers import UNKNOWN_DATE, as_set, number_sets, parse_internaldate


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("18-Nov-2026 10:22:00 +0800", datetime(2026, 11, 18, 2, 22, tzinfo=UTC)),
        (" 7-Feb-2026 23:59:60 -0330", UNKNOWN_DATE),
        (" 7-feb-2026 23:59:59 -0330", datetime(2026, 2, 8, 3, 29, 59, tzinfo=UTC)),
        ("31-Feb-2026 10:22:00 +0000", UNKNOWN_DATE),
        ("18-Nov-2026 10:22:00 +9900", UNKNOWN_DATE),
        ("01-Jan-0001 00:00:00 +0100", UNKNOWN_DATE),
        ("18-十一-2026 10:22:00 +0800", UNKNOWN_DATE),
        ("", UNKNOWN_DATE),
    ],
)
def test_the_day_of_arrival_is_read_in_utc(text: str, utc: datetime) -> None:
    assert parse_internaldate(text) == utc


def test_runs_of_uids_are_shortened() -> None:
    assert as_set([1, 2, 3, 7, 9, 10]) == "1:3,7,9:10"


@given(st.sets(st.integers(1, 400)), st.integers(1, 50))
def test_no_uid_is_lost_on_the_way_into_commands(uids: set[int], most: int) -> None:
    written = [as_set(chunk) for chunk in number_sets(sorted(uids), most)]
    read = [
        uid
        for chunk in written
        for run in chunk.split(",")
        for uid in range(int(run.partition(":")[0]), int(run.partition(":")[2] or run) + 1)
    ]
    assert read == sorted(uids)
