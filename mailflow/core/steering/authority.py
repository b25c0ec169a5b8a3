"""Who may steer: a mail is obeyed only where it proves that it comes from the person in whose name it is written.

The proof is a letter of ours to that very person which it answers (by its Message-ID or its signed token), a signed
key out of their digest, or what our own mail server says of the sender. Without one the person is asked at the address
that we know; nothing is ever written to an address that a mail brings along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.matching.senders import looks_like
from mailflow.core.message.model import Message, MessageKind
from mailflow.core.orders.state import PersonState
from mailflow.core.steering.keys import Key, verify
from mailflow.core.steering.model import STEPS, Colleague
from mailflow.core.steering.words import AnswerRules, fold

SHORTEST_NAME = 3


class Standing(StrEnum):
    """What becomes of a mail that may want to steer."""

    OBEY = "obey"
    ASK = "ask"  # the person is asked at the address that we know
    TELL = "tell"  # the person is told why not
    REFUSE = "refuse"  # recorded, and nobody is answered
    NOT_OURS = "not_ours"  # an ordinary mail


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a mail bears: letters of ours that it answers (latest first), signed keys, how many senders it names,
    whether it bears a token or key that is not ours, what our own server says (None: nothing), and why words that it
    does not show are in doubt."""

    letters: Sequence[OutboxLetter] = ()
    keys: Sequence[Key] = ()
    forged: bool = False
    senders: int = 1
    authentic: bool | None = None
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """What a mail may do, and why not more; `reason` is recorded, `says` names the phrase that the person reads."""

    standing: Standing
    person: Colleague | None = None
    reason: str = ""
    says: str = ""
    letter: OutboxLetter | None = None
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """Our own people by address, who is away, the key of our signatures, the rules, and the day that it is."""

    people: Mapping[str, Colleague]
    away: Mapping[str, PersonState]
    secret: bytes
    rules: AnswerRules
    today: date

    def decides_for(self, person: Colleague, owner: str) -> bool:
        """Say whether a person decides in another's place: as a manager, or as the delegate of who is away."""
        if person.email == owner or person.manager:
            return True
        state = self.away.get(owner)
        return state is not None and is_away(state, self.today) and state.delegate == person.email


def is_away(state: PersonState, today: date) -> bool:
    """Say whether a person is away on a day."""
    return state.away_until is not None and today <= state.away_until


def authority(message: Message, bearing: Bearing, house: House, *, speaks: bool) -> Authority:
    """Say what a mail may do; `speaks` says that it holds anything that a person of ours might say to us."""
    person = house.people.get(message.sender.email)
    if person is None:
        reason = _pretends(message, bearing, house, speaks=speaks)
        return Authority(Standing.REFUSE if reason else Standing.NOT_OURS, reason=reason)
    if message.kind is not MessageKind.PERSONAL:
        decides = speaks and any(one.planned.step in STEPS for one in bearing.letters)
        reason = f"a program wrote it in the name of {person.email}" if decides else ""
        return Authority(Standing.REFUSE if reason else Standing.NOT_OURS, reason=reason)
    if bearing.senders > 1:
        return Authority(Standing.REFUSE, person, "it names several senders")
    letter = next((letter for letter in bearing.letters if letter.planned.step in STEPS), None)
    if reason := _doubt(message, bearing, person, house):
        return Authority(Standing.ASK, person, reason, "ask_doubt", letter)
    if bearing.keys:
        return _by_keys(bearing.keys, person, house)
    if letter is not None:
        return _by_letter(letter, person, house)
    if bearing.authentic:
        return Authority(Standing.OBEY, person)
    return Authority(Standing.ASK, person, "it answers none of our letters and bears no key", "ask_proof")


def _pretends(message: Message, bearing: Bearing, house: House, *, speaks: bool) -> str:
    """Return how a mail from elsewhere speaks for one of ours, or nothing where it does not."""
    owner = next((one.planned.to[0].email for one in bearing.letters if one.planned.step in STEPS), "")
    if owner:
        return f"it answers what was written to {owner}, from another address"
    if bearing.keys:
        return "it bears a key of a digest, from an address that is none of ours"
    if not speaks:
        return ""
    shown = fold(message.sender.name)
    for one in house.people.values():
        named = len(one.name) >= SHORTEST_NAME and fold(one.name) == shown
        if named or one.email in shown:
            return f"it bears the name of {one.email}, from another address"
    domain = message.sender.email.rpartition("@")[2]
    for ours in dict.fromkeys(email.rpartition("@")[2] for email in house.people):
        if domain and looks_like(domain, ours):
            return f"its domain {domain} looks like ours ({ours}) and is not"
    if bearing.forged:
        return "it bears a key that is not ours"
    return ""


def _doubt(message: Message, bearing: Bearing, person: Colleague, house: House) -> str:
    """Return why a mail from an address of ours may not be theirs, or nothing."""
    if bearing.authentic is False:
        return "our mail server does not vouch for its sender"
    strangers = [one.email for one in message.reply_to if one.email and one.email not in house.people]
    if strangers:
        return f"answers to it would go to {strangers[0]}"
    if bearing.forged or not all(verify(house.secret, key, person.email) for key in bearing.keys):
        return "it bears a key that is not ours, or not theirs"
    if message.parts_disagree:
        return "its two forms say different things"
    if bearing.unseen:
        return bearing.unseen
    if message.problems:
        return "it could not be read as a whole"
    return ""


def _by_keys(keys: Sequence[Key], person: Colleague, house: House) -> Authority:
    if any(house.today > key.day + timedelta(days=house.rules.valid_days) for key in keys):
        return Authority(Standing.TELL, person, "its key has expired", "expired", keys=tuple(keys))
    return Authority(Standing.OBEY, person, keys=tuple(keys))


def _by_letter(letter: OutboxLetter, person: Colleague, house: House) -> Authority:
    owner = letter.planned.to[0].email
    if not house.decides_for(person, owner):
        return Authority(Standing.TELL, person, f"it answers what was written to {owner}", "not_yours", letter)
    if house.today > letter.created_at.date() + timedelta(days=house.rules.valid_days):
        return Authority(Standing.TELL, person, "what it answers is too old", "expired", letter)
    return Authority(Standing.OBEY, person, letter=letter)
