"""Authentication-Results in the shapes that servers write them, and whose are believed."""

import pytest

from mailflow.core.message.authentication import results_of, unproven
from mailflow.core.message.model import FileContent
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases

OURS = "mx.brightwell.example"
PASSED = (
    f"{OURS}; dkim=pass header.i=@deccancast.example header.s=s1; spf=pass smtp.mailfrom=ravi@deccancast.example; "
    "dmarc=pass"
)


@pytest.mark.parametrize(
    "value",
    [
        PASSED,
        f"{OURS}; none",
        f"{OURS}",
        f"{OURS} 1; dmarc=pass (p=none dis=none) header.from=deccancast.example",
        f"{OURS}; spf=none smtp.mailfrom=deccancast.example; dkim=none; dmarc=none header.from=deccancast.example",
        f"{OURS}; dmarc=none; spf=pass smtp.mailfrom=bounce.deccancast.example; dkim=fail header.d=list.example",
        f'{OURS}; dkim=pass (2048-bit key; unprotected) header.d="deccancast.example"; dmarc=temperror',
        f"{OURS.upper()}; DKIM=PASS header.d=DeccanCast.example",
        f"{OURS}; arc=fail; x-tls=fail",
        "",
        ";;; = ; (((",
    ],
)
def test_a_sender_that_is_proven_or_of_whom_nothing_is_said(value: str) -> None:
    assert unproven([value], OURS, "ravi@deccancast.example") == ""


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (f"{OURS}; dmarc=fail (p=reject) header.from=deccancast.example", "DMARC of deccancast.example failed"),
        (f"{OURS}; spf=pass smtp.mailfrom=deccancast.example; dmarc=fail", "DMARC of deccancast.example failed"),
        (f"{OURS}; spf=fail smtp.mailfrom=ravi@deccancast.example; dkim=none", "spf=fail"),
        (f"{OURS}; spf=softfail smtp.mailfrom=deccancast.example", "spf=softfail"),
        (f"{OURS}; spf=pass smtp.mailfrom=x@evil.example; dkim=pass header.d=evil.example; dmarc=none", "neither"),
        (f"{OURS}; dkim=pass header.d=notdeccancast.example", "neither"),
        (f"{OURS}; dkim=pass header.d=example", "neither"),
    ],
)
def test_a_sender_that_is_not_proven(value: str, why: str) -> None:
    assert why in unproven([value], OURS, "ravi@deccancast.example")


def test_only_our_own_servers_word_counts() -> None:
    forged = "mx.elsewhere.example; dmarc=fail"
    assert unproven([forged], OURS, "ravi@deccancast.example") == ""
    assert unproven([f"{OURS}; dmarc=fail"], "", "ravi@deccancast.example") == ""
    assert unproven([forged, PASSED, f"{OURS}; dmarc=fail"], OURS, "ravi@deccancast.example") == ""


def test_a_server_that_writes_no_name() -> None:
    said = (
        "spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=deccancast.example; dkim=none (message not signed) "
        "header.d=none;dmarc=fail action=quarantine header.from=deccancast.example;compauth=fail reason=000"
    )
    assert results_of(said)[0] == ""
    assert unproven([said, PASSED], "*", "ravi@deccancast.example") == "DMARC of deccancast.example failed"
    assert unproven([PASSED, said], "*", "ravi@deccancast.example") == ""


def test_a_mail_carries_what_our_server_says_of_its_sender() -> None:
    raw = f"Authentication-Results: {OURS};\r\n dmarc=fail\r\nFrom: r@d.example\r\n\r\nx\r\n".encode()

    def read(server: str) -> str:
        return parse_message(raw, lambda *_: FileContent(), Phrases(), authserv_id=server).unproven

    assert read(OURS) == read(OURS.upper()) == "DMARC of d.example failed"
    assert read("") == read("mx.other.example") == ""
