"""A day of customers' mails: answered from the record, acknowledged, left to people, listed before the evening."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import AnswerWanted, LetterSent
from mailflow.daemon.rounds import RoundReport
from tests.servers.postfix import MailSystem
from tests.service.by_hand import Desk
from tests.service.world import NOW, make_world, reply, wait_until

pytestmark = pytest.mark.service

HALF_PAST_TWO = 14 * 60 + 30
"""The hour in Shanghai that NOW is, in minutes."""


class Day:
    """Customers who write, and the service that comes round at hours of Shanghai."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._come = 0

    def at(self, hour: int, minute: int = 0, day: int = 0) -> RoundReport:
        """Come round."""
        return self.desk.round((day * 24 + hour) * 60 + minute - HALF_PAST_TWO)

    def asks(self, customer: int, subject: str, text: str) -> str:
        """Let a customer write; return the mail."""
        world = self.desk.world
        raw = reply(world.customers[customer], world.mailbox, subject, text, NOW).replace("Subject: Re: ", "Subject: ")
        world.send(raw, world.customers[customer])
        self._come += 1
        wait_until(lambda: len(world.inbox(world.mailbox)) == self._come)
        return raw

    def answers(self, asked: str, text: str, hours: float) -> None:
        """Let the merchandiser answer a mail from the mailbox, some hours of the clock after NOW."""
        head = dict(line.split(": ", 1) for line in asked.partition("\n\n")[0].splitlines() if ": " in line)
        world, said = self.desk.world, NOW + timedelta(hours=hours)
        written = reply(world.mailbox, head["From"], head["Subject"], text, said, head["Message-ID"])
        self.desk.put(written.encode(), "Sent", said)

    def got(self, customer: int) -> list[str]:
        """Return the subjects of what a customer was sent."""
        return [mail.subject.rpartition(" [")[0] for mail in self.desk.world.inbox(self.desk.world.customers[customer])]

    def told(self) -> list[str]:
        """Return the texts that the merchandiser was sent."""
        return [mail.text for mail in self.desk.world.inbox(self.desk.world.merchandiser)]


def test_from_the_morning_to_the_next(tmp_path: Path, mail_system: MailSystem) -> None:
    world = make_world(tmp_path, mail_system, orders=4, customers=2, mode=lambda customer: "off")
    service = world.service()
    with service.working():
        day = Day(Desk(world, service))
        day.at(9)
        day.asks(1, "Status", "Dear Amy,\n\nWhat is the status of SO26-00001?\n\nKim")
        labels = day.asks(
            0, "Labels of SO26-00002", "Dear Amy,\n\nCan the labels of SO26-00002 be sewn in left?\n\nKim"
        )
        day.asks(0, "SO26-00004", "Thank you very much!\n\nKim")
        price = day.asks(0, "SO26-00004", "Dear Amy,\n\nWhat is your best price for 500 more of SO26-00004?\n\nKim")
        day.asks(1, "SO26-00003", "Dear Amy,\n\nThe zips of SO26-00003 are broken, this is a complaint!\n\nKim")
        day.at(9, 5)
        answered_from_the_record(day)

        day.at(11, 4)
        assert day.got(0) == [], "their two hours are not over"
        day.at(11, 6)
        day.at(13, 55)
        wait_until(lambda: day.got(0))
        assert day.got(0) == ["Re: Labels of SO26-00002"], "no thanks, no price talk is acknowledged"
        assert day.got(1) == [], "nobody who complains is"
        (mail,) = world.inbox(world.customers[0])
        assert mail.headers["in-reply-to"] == (_id(labels),)
        assert "18 Nov 2026" in mail.text

        day.answers(price, "Dear Kim, we will send a quotation for SO26-00004 tomorrow.", 1)
        assert not [letter for _, letter in day.at(15, 59).followed.planned if letter.template == "unanswered"]
        day.at(16, 1)
        wait_until(day.told)
        (listed,) = day.told()
        shown = [listed.index(words) for words in ("“Status”", "“Labels of SO26-00002”", "“SO26-00003”")]
        assert shown == sorted(shown)
        assert "best price" not in listed, "one of ours has answered"
        assert "Thank you very much" not in listed
        assert "17 Nov 2026, 18:00" in listed

        day.answers(labels, "Dear Kim, yes, left is fine for SO26-00002.", 2)
        day.at(16, 45)
        assert len(day.told()) == 1, "one list an evening"
        the_next_morning(day)
    service.store.close()


def answered_from_the_record(day: Day) -> None:
    """Who asks where an order stands finds the date agreed with them, in a draft."""
    (draft,) = [one for one in day.desk.letters(LetterState.DRAFTED) if one.planned.template == "status_answer"]
    assert draft.envelope is not None
    (line,) = draft.planned.facts.lines
    assert (line.number, str(line.due), line.expected, line.promise) == ("SO26-00001", "2026-12-15", None, None)
    assert b"Re: Status" in draft.envelope.raw or b"SO26-00001" in draft.envelope.raw
    assert b"PO26" not in draft.envelope.raw


def the_next_morning(day: Day) -> None:
    """What came after our hours stands first, with its deadline; what was answered does not."""
    day.asks(0, "Carton marks", "Dear Amy,\n\nWhich carton marks will SO26-00004 have?\n\nKim")
    day.at(19)
    day.at(8, 31, day=1)
    wait_until(lambda: len(day.told()) == 2)
    digest = day.told()[-1]
    assert "“Carton marks” – answer by 18 Nov 2026, 18:00" in digest
    assert "“Status” – was to be answered by 17 Nov 2026, 18:00" in digest
    assert "“Labels of SO26-00002”" not in digest, "neither as unanswered nor as a question to read it"
    assert digest.index("“Status”") < digest.index("“Carton marks”") < digest.index("1) ")
    history = [one.event for one in day.desk.history("SO26-00002")]
    assert [one.template for one in history if isinstance(one, LetterSent)] == ["mail_received", "unanswered"]
    assert [one.topic for one in history if isinstance(one, AnswerWanted)] == ["other"]


def _id(raw: str) -> str:
    return next(line.partition(": ")[2] for line in raw.splitlines() if line.startswith("Message-ID: "))
