"""What decides which letters are due, apart from the orders."""

from dataclasses import dataclass

from mailflow.core.calendars.working_days import Calendars
from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import House
from mailflow.core.playbook.rules import Playbook


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """The administrator's rules, and who we are."""

    playbook: Playbook
    calendars: Calendars
    house: House
    account: str
    outside: Mode = Mode.DRAFT
