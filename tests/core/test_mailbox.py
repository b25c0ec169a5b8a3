"""What jobs and the IMAP edge say to each other."""

from mailflow.core.mailbox import FolderStatus, LoginLimitError, RefusedError, backoff


def test_each_failure_is_waited_out_longer_up_to_ten_minutes() -> None:
    waits = [backoff(attempt, 0.5) for attempt in range(1, 14)]
    assert waits == sorted(waits)
    assert waits[0] < 5
    assert waits[-1] <= 600
    assert backoff(20, 0.999) < 600


def test_the_wait_is_spread_so_that_not_all_come_back_at_once() -> None:
    assert backoff(4, 0.0) < backoff(4, 0.5) < backoff(4, 0.99) < 2 * backoff(4, 0.0)


def test_a_hint_of_the_server_stands_over_the_usual_wait() -> None:
    assert LoginLimitError("full").retry_after > 0
    assert (RefusedError("no").retry_after, RefusedError("no", 30.5).retry_after) == (0.0, 30.5)


def test_a_keyword_is_kept_where_the_folder_says_so() -> None:
    assert FolderStatus(1, 1, 0, frozenset({r"\*"})).keeps("$Mailflow")
    assert FolderStatus(1, 1, 0, frozenset({"$mailflow"})).keeps("$Mailflow")
    assert not FolderStatus(1, 1, 0, frozenset({r"\seen"})).keeps("$Mailflow")
