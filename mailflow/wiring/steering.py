"""Who steers: our own people as the settings name them, with the rules as they are now."""

from datetime import time

from mailflow.core.steering.model import Colleague
from mailflow.jobs.digest import Steerers
from mailflow.jobs.rules import FollowUpRules
from mailflow.jobs.steering import Steering
from mailflow.settings import Settings
from mailflow.wiring.rules import Rules


def steerers_of(
    settings: Settings, rules: Rules, plan: FollowUpRules, secret: bytes, *, shadow: bool = False
) -> Steerers:
    """Return who steers and by which rules; who is merchandiser and manager too is both."""
    managers = {person.email for person in settings.managers}
    people: dict[str, Colleague] = {}
    for person in (*settings.merchandisers, *settings.managers):
        language = person.language or settings.language
        colleague = Colleague(person.email, person.name, language, person.email in managers)
        people.setdefault(person.email, colleague)
    hours = {
        person.email: time.fromisoformat(person.digest_at)
        for person in (*settings.merchandisers, *settings.managers)
        if person.digest_at
    }
    return Steerers(tuple(people.values()), rules.steering, plan, secret, hours, shadow)


def steering_of(
    settings: Settings, rules: Rules, plan: FollowUpRules, secret: bytes, *, shadow: bool = False
) -> Steering:
    """Return what understands the mails of our own people."""
    mailboxes = [account.address for account in settings.accounts.values()]
    return Steering(steerers_of(settings, rules, plan, secret, shadow=shadow), rules.words, mailboxes)
