"""Who may steer: what proves a mail, what speaks against it, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailflow.core.letters.model import Duty, LetterFacts, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.core.message.authentication import proven
from mailflow.core.message.model import Address, Message, MessageKind
from mailflow.core.orders.state import PersonState
from mailflow.core.steering.authority import Authority, Bearing, House, Standing, authority
from mailflow.core.steering.keys import find_keys, key_of, without_keys
from mailflow.core.steering.model import Colleague
from mailflow.core.steering.words import AnswerRules

AMY, BOB, WANG = (
    Colleague("amy@lanmei.example", "Amy Lin"),
    Colleague("bob@lanmei.example", "Bob Qian"),
    Colleague("wang@lanmei.example", "Wang Li", manager=True),
)
SECRET = b"secret"
TODAY = date(2026, 11, 24)
HOUSE = House({one.email: one for one in (AMY, BOB, WANG)}, {}, SECRET, AnswerRules(), TODAY)


def message(sender: str = AMY.email, name: str = "", **more: object) -> Message:
    made = Message("<1@x.example>", Address(sender, name), (), None, "Re: digest", MessageKind.PERSONAL, "", ())
    return replace(made, **more)  # type: ignore[arg-type] # the names are those of Message


def letter(to: Colleague = AMY, step: str = "digest", day: int = 24) -> OutboxLetter:
    planned = PlannedLetter(
        step,
        step,
        "",
        (Address(to.email),),
        "en",
        Mode.AUTO,
        (Duty(step, "*", to.email, "x"),),
        (),
        LetterFacts(()),
        "main",
        datetime(2026, 11, day, tzinfo=UTC),
    )
    at = datetime(2026, 11, day, tzinfo=UTC)
    return OutboxLetter(7, planned, LetterState.SENT, at, at)


def judged(mail: Message, bearing: Bearing, house: House = HOUSE, *, speaks: bool = True) -> Authority:
    return authority(mail, bearing, house, speaks=speaks)


def test_an_answer_to_ones_own_digest_is_obeyed() -> None:
    found = judged(message(), Bearing([letter()]))
    assert (found.standing, found.person) == (Standing.OBEY, AMY)


@pytest.mark.parametrize(
    ("mail", "bearing", "standing"),
    [
        (message(), Bearing(), Standing.ASK),
        (message(), Bearing([letter(step="ask_ship")]), Standing.ASK),
        (message(), Bearing([letter()], forged=True), Standing.ASK),
        (message(), Bearing([letter()], authentic=False), Standing.ASK),
        (message(), Bearing(authentic=True), Standing.OBEY),
        (message(reply_to=(Address("m@evil.example"),)), Bearing([letter()]), Standing.ASK),
        (message(reply_to=(Address(BOB.email),)), Bearing([letter()]), Standing.OBEY),
        (message(parts_disagree=True), Bearing([letter()]), Standing.ASK),
        (message(problems=("cut",)), Bearing([letter()]), Standing.ASK),
        (message(), Bearing([letter()], senders=2), Standing.REFUSE),
        (message(), Bearing([letter(day=10)]), Standing.TELL),
        (message(BOB.email), Bearing([letter()]), Standing.TELL),
        (message(WANG.email), Bearing([letter()]), Standing.OBEY),
        (message(kind=MessageKind.AUTO_REPLY), Bearing([letter()]), Standing.REFUSE),
        (message(kind=MessageKind.AUTO_REPLY), Bearing(), Standing.NOT_OURS),
        (message(), Bearing([letter()], unseen="hidden words"), Standing.ASK),
        (message("m@evil.example"), Bearing([letter()]), Standing.REFUSE),
        (message("m@evil.example", "Amy Lin"), Bearing(), Standing.REFUSE),
        (message("m@evil.example", "amy@lanmei.example"), Bearing(), Standing.REFUSE),
        (message("amy@lanme1.example"), Bearing(), Standing.REFUSE),
        (message("m@evil.example", "Mallory"), Bearing(forged=True), Standing.REFUSE),
        (message("m@evil.example", "Mallory"), Bearing(), Standing.NOT_OURS),
    ],
)
def test_what_becomes_of_a_mail(mail: Message, bearing: Bearing, standing: Standing) -> None:
    found = judged(mail, bearing)
    assert found.standing is standing
    assert bool(found.reason) == (standing not in (Standing.OBEY, Standing.NOT_OURS))


def test_a_namesake_who_says_nothing_to_us_is_an_ordinary_writer() -> None:
    assert (
        judged(message("amy.lin@elsewhere.example", "Amy Lin"), Bearing(), speaks=False).standing is Standing.NOT_OURS
    )


@pytest.mark.parametrize(("until", "standing"), [(TODAY, Standing.OBEY), (date(2026, 11, 23), Standing.TELL)])
def test_a_delegate_decides_while_the_other_is_away(until: date, standing: Standing) -> None:
    house = replace(HOUSE, away={AMY.email: PersonState(AMY.email, until, BOB.email)})
    assert judged(message(BOB.email), Bearing([letter()]), house).standing is standing


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("made_for", "day", "standing"),
    [
        (AMY, TODAY, Standing.OBEY),
        (AMY, date(2026, 11, 17), Standing.OBEY),
        (AMY, date(2026, 11, 16), Standing.TELL),
        (BOB, TODAY, Standing.ASK),
    ],
)
def test_a_key_serves_one_person_until_one_day(made_for: Colleague, day: date, standing: Standing) -> None:
    keys = find_keys(key_of(SECRET, made_for.email, day, 3, "B"))
    assert judged(message(), Bearing(keys=keys)).standing is standing


@pytest.mark.parametrize(("before", "after"), [("-3B-", "-4B-"), ("-3B-", "-3A-"), ("20261124", "20261125")])
def test_a_key_chooses_one_candidate_of_one_item_of_one_day(before: str, after: str) -> None:
    key = key_of(SECRET, AMY.email, TODAY, 3, "B")
    assert before in key
    assert judged(message(), Bearing(keys=find_keys(key.replace(before, after)))).standing is Standing.ASK


def test_keys_are_found_in_any_subject_and_taken_out_of_it() -> None:
    key = key_of(SECRET, AMY.email, TODAY, 12, "C")
    (found,) = find_keys(f"Re: {key.upper()} thanks")
    assert (found.number, found.letter, found.day) == (12, "C", TODAY)
    assert without_keys(f"Re: {key} thanks").split() == ["Re:", "thanks"]
    assert find_keys(key.replace("20261124", "20261399")) == ()


# ── what our own server says ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("header", "genuine"),
    [
        ("mx.lanmei.example; dmarc=pass header.from=lanmei.example", True),
        ("mx.lanmei.example; dkim=pass header.d=lanmei.example", True),
        ("mx.lanmei.example; dkim=pass header.d=evil.example", False),
        ("mx.lanmei.example; spf=pass smtp.mailfrom=bounce@lanmei.example", True),
        ("mx.lanmei.example; dmarc=fail header.from=lanmei.example; dkim=pass header.d=lanmei.example", False),
        ("mx.lanmei.example; dmarc=none header.from=lanmei.example", False),
        ("mx.evil.example; dmarc=pass header.from=lanmei.example", False),
        ("", False),
    ],
)
def test_only_our_own_servers_word_is_proof(header: str, genuine: bool) -> None:
    assert proven([header] if header else [], "mx.lanmei.example", AMY.email) is genuine
    assert not proven([header], "", AMY.email)
