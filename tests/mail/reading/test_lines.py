"""Golden lines: what the trade writes in one line, mailed on Wednesday 10 February 2027 against the shared book.

A line of lines.txt is `sender | text | expectation`; `{}` stands for the sender's first order. The expectation begins
with the disposition (u update, a attention, i ignore), then comes what is taken: a milestone is a forecast, with `+` it
has happened.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SENDERS = {
    "ml": ("zhoumin@minglan-led.example", "KX/2027/1210", "+0800"),
    "kg": ("yating@kaogang.example", "KX/2027/1230", "+0800"),
    "de": ("krantz@nordwald.example", "KX/2027/1187", "+0100"),
    "fr": ("claire@valmont.example", "KX/2027/1193", "+0100"),
    "es": ("marta@aldama.example", "KX/2027/1194", "-0600"),
    "tr": ("deniz@egekar.example", "KX/2027/1201", "+0300"),
    "pt": ("rui@ribalta.example", "KX/2027/1191", "+0000"),
    "ja": ("tanaka@hikari-mfg.example", "KX/2027/1235", "+0900"),
    "in": ("ravi@deccancast.example", "KX/2027/1240", "+0530"),
    "us": ("dana@maplestone.example", "VK-0412", "-0600"),
    "kn": ("brandt@kontorhaus.example", "VK-0414", "+0100"),
    "lu": ("roux@lurcat.example", "VK-0416", "+0100"),
    "ff": ("joost@blueanchor.example", "VK-0412", "+0100"),
    "hy": ("mali@huanyu-fwd.example", "VK-0413", "+0800"),
}
LINES = [line for line in (HERE / "lines.txt").read_text("utf-8").splitlines() if line and not line.startswith("#")]
DISPOSITIONS = {"update": "u", "attention": "a", "ignore": "i", "auto_reply": "r", "bounce": "b"}

Read = Callable[[str, bytes], dict[str, Any]]


def _mail(sender: str, zone: str, text: str) -> bytes:
    return (
        f"Date: Wed, 10 Feb 2027 15:00:00 {zone}\nFrom: {sender}\nTo: orders@brightwell.example\nSubject: Re: order\n"
        "Message-ID: <line@mail.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{text}\n"
    ).encode()


def _told(update: dict[str, Any], order: str) -> str:
    kind = update["kind"]
    what = {"forecast": "", "done": "+", "acknowledged": "ack"}.get(kind, kind)
    name = (
        what + update["milestone"]
        if kind in ("forecast", "done")
        else "/".join((what, *(update[key] for key in ("topic", "verdict") if update.get(key))))
    )
    words = [name]
    if update.get("date"):
        words.append(update["date"].removeprefix("2027-"))
    if update.get("quantity"):
        words.append(f"q{update['quantity']}")
    if update.get("refs"):
        words.append(",".join(update["refs"]))
    if update["order"] != order:
        words.insert(0, update["order"])
    told = " ".join(words)
    return told if kind not in ("forecast", "done") or update["applied"] else f"({told})"


def test_there_are_lines_of_every_sender() -> None:
    assert len(LINES) >= 100
    assert {line.split(" | ")[0] for line in LINES} == set(SENDERS)


@pytest.mark.parametrize("line", LINES)
def test_line(line: str, read_mail: Read) -> None:
    who, text, wanted = line.split(" | ")
    sender, order, zone = SENDERS[who]

    found = read_mail("line", _mail(sender, zone, text.replace("{}", order)))

    taken = sorted(_told(update, order) for update in found["updates"])
    expected = sorted(part.strip() for part in wanted[1:].split(";") if part.strip())
    assert (DISPOSITIONS[found["disposition"]], taken) == (wanted[0], expected)
