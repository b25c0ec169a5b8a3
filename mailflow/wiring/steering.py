"""Who steers: our own people as the settings name them, with the rules as they are now."""

from collections.abc import Mapping
from datetime import time

from mailflow.core.letters.words import phrase
from mailflow.core.order_book.mapping import plain
from mailflow.core.steering.model import Colleague
from mailflow.edges.files.mailed_book import BookReading, book_limits, mailed_book
from mailflow.jobs.digest import Steerers
from mailflow.jobs.rules import FollowUpRules
from mailflow.jobs.steering import Steering
from mailflow.jobs.steering_book import Books
from mailflow.settings import Settings
from mailflow.wiring.rules import Rules


def languages_of(settings: Settings) -> Mapping[str, str]:
    """Return in which language each of our people is asked; under the empty address, the house's."""
    people = (*settings.merchandisers, *settings.managers)
    return {"": settings.language} | {person.email: person.language or settings.language for person in people}


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
    return Steerers(tuple(people.values()), rules.steering, plan, secret, hours, shadow, rules.templates.manifests)


def steering_of(
    settings: Settings, rules: Rules, plan: FollowUpRules, secret: bytes, *, shadow: bool = False
) -> Steering:
    """Return what understands the mails of our own people."""
    mailboxes = [account.address for account in settings.accounts.values()]
    books = Books(lambda raw: mailed_book(raw, book_reading(settings, rules)), rules.book)
    steerers = steerers_of(settings, rules, plan, secret, shadow=shadow)
    return Steering(steerers, rules.words, mailboxes, books)


def book_reading(settings: Settings, rules: Rules) -> BookReading:
    """Return how order books are read that our own people mail; the words of traditional Chinese take 40 MB."""
    words = rules.templates.words
    return BookReading(
        rules.book,
        settings.people,
        rules.steering.book.headings,
        book_limits(settings.limits.order_book_megabytes, rules.steering.book.rows),
        frozenset(plain(phrase(words.of(language), "columns", "answer")) for language in (*words, "zh-hant")),
    )
