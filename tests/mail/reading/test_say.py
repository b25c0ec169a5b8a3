"""Who has a say: what moves an order from its supplier moves nothing from one who only looks like it."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

Read = Callable[..., dict[str, Any]]


def mail(sender: str = "Ravi Nair <ravi@deccancast.example>", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "orders@brightwell.example"
    message["Date"] = "Wed, 10 Feb 2027 10:00:00 +0530"
    message["Subject"] = "KX/2027/1240"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("KX/2027/1240 will be shipped on 10 April.\n")
    return message.as_bytes()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Reply_To": "ravi@deccancast.example"},
        {"Reply_To": "Export <export@deccancast.example>"},
        {"Reply_To": "orders@brightwell.example"},
        {"Authentication_Results": "mx.brightwell.example; dmarc=pass header.from=deccancast.example"},
        {"Authentication_Results": "mx.elsewhere.example; dmarc=fail"},
    ],
)
def test_a_supplier_has_a_say_in_its_order(headers: dict[str, str], read_mail: Read) -> None:
    found = read_mail("x", mail(**headers), "mx.brightwell.example")

    assert found["disposition"] == "update"
    assert [(u["order"], u["date"], u["applied"]) for u in found["updates"]] == [("KX/2027/1240", "2027-04-10", True)]


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("Ravi Nair <ravi@deccancast.example>", {"Reply_To": "ravi.nair@freemail.example"}),
        ("Ravi Nair <ravi@deccancast.example>", {"Reply_To": "ravi@deccancost.example"}),
        ("Ravi Nair <ravi@deccancast.example>", {"Reply_To": "ravi@deccancast.example, x@elsewhere.example"}),
        ("Ravi Nair <ravi@deccancast.example>", {"Authentication_Results": "mx.brightwell.example; dmarc=fail"}),
        (
            "Ravi Nair <ravi@deccancast.example>",
            {"Authentication_Results": "mx.brightwell.example; spf=pass smtp.mailfrom=evil.example; dmarc=none"},
        ),
        ("Ravi Nair <ravi@deccancost.example>", {}),
        ("Ravi Nair <ravi@deccancast.example.evil.example>", {}),
        ('"ravi@deccancast.example" <ravi@freemail.example>', {}),
    ],
)
def test_who_only_looks_like_a_supplier_has_none(sender: str, headers: dict[str, str], read_mail: Read) -> None:
    found = read_mail("x", mail(sender, **headers), "mx.brightwell.example")

    assert found["disposition"] == "attention"
    assert found["updates"] == []
    assert any("Likely fraud" in question for question in found["questions"])


def test_two_senders_in_one_mail_are_not_read(read_mail: Read) -> None:
    found = read_mail("x", mail("ravi@deccancast.example, x@evil.example"))

    assert found["disposition"] == "attention"
    assert found["updates"] == []
