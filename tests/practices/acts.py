"""What may happen in a play, and how a house lives through it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from mailflow.core.letters.bank import bank_details
from mailflow.core.letters.model import OutboxLetter
from tests.practices.house import CHINA, ORDERS, Book, House, mail, words_of

ZHENG, JIE, PIOTR = "zheng@hengtai.example", "zhengjie@haitang.example", "piotr@bergmann.example"
LEO, GU, WEI = "leo@harbourgate.example", "gu@kestrel.example", "wei@lanmei.example"
AMY, CHEN, HE, LAN = "amy@lanmei.example", "chen@lanmei.example", "he@hengtai.example", "lan@lanmei.example"
HOURS = (time(8, 10), time(14, 10), time(17, 50), time(23, 30))
"""When the service comes round on a day that a play looks at, by our clock; the last is the customers' afternoon."""
SATURDAY = 5


@dataclass(frozen=True)
class Mail:
    """A mail comes in; with `answers` it answers our last letter to its writer."""

    at: str
    sender: str
    subject: str
    text: str
    answers: bool = False


@dataclass(frozen=True)
class Changes:
    """The order book is imported again, with some cells changed or a new order."""

    at: str
    order: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Sends:
    """The merchandiser sends what lies in Drafts."""

    at: str


@dataclass(frozen=True)
class Writes:
    """The merchandiser orders a letter."""

    at: str
    letter: str
    orders: tuple[str, ...]
    said: tuple[tuple[str, str], ...] = ()
    to: str = ""


@dataclass(frozen=True)
class Letter:
    """On this day, and not before it, a letter goes to somebody or lies in Drafts; `words` stand in it, `never` not."""

    day: str
    template: str
    to: str
    words: tuple[str, ...]
    never: tuple[str, ...] = ()
    regular: bool = False  # it goes on other days, too

    @property
    def at(self) -> str:
        return f"{self.day} 23:59"


@dataclass(frozen=True)
class Silence:
    """Up to and with this day no such letter goes to somebody, beside those that were expected."""

    day: str
    template: str
    to: str

    @property
    def at(self) -> str:
        return f"{self.day} 23:59"


Act = Mail | Changes | Sends | Writes | Letter | Silence


@dataclass(frozen=True)
class Play:
    """A practice as a course of acts; `on` are steps that are switched on, `cells` what the order book says besides."""

    practice: str
    acts: tuple[Act, ...]
    on: tuple[tuple[str, str], ...] = ()
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    parties: tuple[str, str] = ("", "")  # what stands in the list of parties, and what stands there instead
    reports: bool = False
    begins: str = "2026-11-16"


@dataclass
class Course:
    """A house in which a play goes on; `found` are the letters that nobody has expected yet."""

    house: House
    book: Book
    found: list[OutboxLetter] = field(default_factory=list)

    def play(self, acts: Sequence[Act]) -> None:
        """Let everything happen in its order."""
        days = {act.at[:10] for act in acts}
        for act in sorted(acts, key=lambda act: act.at):
            at = datetime.strptime(act.at, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
            for moment in _rounds(self.house.clock.at, at, days):
                self._round(moment)
            self._act(act, at)

    def _act(self, act: Act, at: datetime) -> None:
        house, house.clock.at = self.house, at
        match act:
            case Letter():
                self._expect(act)
                return
            case Silence(template=template, to=to):
                assert (template, to) not in [_which(letter) for letter in self.found], self._told()
                return
            case Mail(sender=sender, subject=subject, text=text):
                answers = house.answered(sender) if act.answers else ""
                house.server.deliver(mail(sender, subject, text, at, answers), at)
            case Changes(order=order, cells=cells):
                self.book[order] = {**self.book.get(order, ORDERS["PO26-2001"]), **cells}
                house.book(self.book)
            case Sends():
                house.send_drafts(at)
            case Writes(letter=letter, orders=orders, said=said, to=to):
                house.write(letter, orders, said, to)
        self._round(at + timedelta(minutes=1))

    def _expect(self, act: Letter) -> None:
        wanted = [letter for letter in self.found if _which(letter) == (act.template, act.to)]
        if act.regular:
            wanted = [letter for letter in wanted if _day(letter) == act.day][-1:]
        assert wanted, f"no {act.template} to {act.to} until {act.day}:\n{self._told()}"
        letter = wanted[0]
        self.found.remove(letter)
        assert _day(letter) == act.day, f"{act.template} on {_day(letter)}"
        words = words_of(letter)
        assert [word for word in act.words if word not in words] == [], words[:2000]
        assert [word for word in act.never if word.casefold() in words.casefold()] == [], words[:2000]

    def _round(self, at: datetime) -> None:
        self.house.round(at)
        for letter in self.house.new_letters():
            assert bank_details(words_of(letter)) == ""
            self.found.append(letter)

    def _told(self) -> str:
        """Tell what went and what is held back, for who must mend a play."""
        lines = [f"{_day(one)} {' to '.join(_which(one))}" for one in self.found]
        with self.house.service.store.look() as tx:
            lines += [f"question {item}: {one.opened.question}" for item, one in tx.views.reviews().items()]
        held = self.house.service.follow_up(self.house.clock.at).held
        return "\n".join([*lines, *(f"held: {one.duty.step} {one.duty.order}: {one.reason}" for one in held)])


def _which(letter: OutboxLetter) -> tuple[str, str]:
    return letter.planned.template, letter.planned.to[0].email


def _day(letter: OutboxLetter) -> str:
    """Return the day, by our clock, on which a letter was planned."""
    return letter.created_at.astimezone(CHINA).date().isoformat()


def _rounds(after: datetime, until: datetime, days: set[str]) -> Iterator[datetime]:
    """Yield the rounds between two moments: some on days on which something is played, one on other weekdays."""
    day = after.astimezone(CHINA).date()
    while day <= until.date():
        hours = HOURS if day.isoformat() in days else HOURS[1:2] if day.weekday() < SATURDAY else ()
        for hour in hours:
            moment = datetime.combine(day, hour, CHINA)
            if after < moment <= until:
                yield moment
        day += timedelta(days=1)
