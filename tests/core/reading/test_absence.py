"""Until when somebody is away and who stands in, as out-of-office answers of a dozen languages say it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailflow.core.message.model import Address, MessageKind
from mailflow.core.reading.model import Absence, Disposition
from tests.core.reading.test_properties import message, read


def away(text: str) -> Absence | None:
    """Read an automatic answer of 17 November 2026."""
    mail = message(text.split("\n"), subject="Automatic reply: KX/2027/1187")
    sent = datetime(2026, 11, 17, 10, tzinfo=UTC)
    reading = read(replace(mail, kind=MessageKind.AUTO_REPLY, date=sent, to=(Address("orders@brightwell.example"),)))
    assert reading.disposition is Disposition.AUTO_REPLY
    assert reading.updates == ()
    return reading.absence


@pytest.mark.parametrize(
    ("text", "until", "delegates"),
    [
        ("I am out of the office until 24 November. Contact minh@works.example.", (11, 24), ["minh@works.example"]),
        ("Away from 16 November to 24 November 2026.\na@works.example", (11, 24), []),
        ("I will be back on Monday, 30 Nov 2026.", (11, 30), []),
        ("我11月16日至11月24日外出参展，急事请联系 chen@works.example。", (11, 24), ["chen@works.example"]),
        ("本人休假，11月30日返岗。", (11, 30), []),
        ("Ich bin bis einschließlich 23.11.2026 nicht im Haus: weber@works.example", (11, 23), ["weber@works.example"]),
        ("Absente jusqu'au 24 novembre 2026 inclus.", (11, 24), []),
        ("Fuera de la oficina hasta el 24 de noviembre de 2026.", (11, 24), []),
        ("Estou de férias até 24/11/2026.", (11, 24), []),
        ("Jestem na urlopie do 24.11.2026.", (11, 24), []),
        ("24 Kasım 2026 tarihine kadar yıllık izindeyim.", (11, 24), []),
        ("Tôi nghỉ phép đến hết ngày 24/11/2026.", (11, 24), []),
        ("11月24日まで休暇をいただいております。", (11, 24), []),
        ("On leave, ask A@B-C.example or a@works.example or orders@brightwell.example.", None, ["a@b-c.example"]),
        ("I am on leave.", None, None),
    ],
)
def test_absence(text: str, until: tuple[int, int] | None, delegates: list[str] | None) -> None:
    expected = None if delegates is None else Absence(date(2026, *until) if until else None, tuple(delegates))
    assert away(text) == expected


def test_a_person_is_not_away() -> None:
    assert read(message(["KX/2027/1187 will ship on 15 April. Ask b@works.example."])).absence is None
