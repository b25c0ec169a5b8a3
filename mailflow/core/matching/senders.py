"""Senders: which party wrote, and whether an address only looks like one of a party's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA

from mailflow.core.matching.identifiers import confusable
from mailflow.core.orders.model import House, Party, Role

NEAR_DOMAIN = 2  # slips between a party's domain and one that was made to look like it


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote a mail: a `party`, one of us (`internal`), or a stranger; `resembles` names a look-alike's model."""

    email: str
    party: Party | None = None
    internal: bool = False
    resembles: str = ""
    speaks_as: Role | None = None  # where it is not the party's own role

    @property
    def role(self) -> Role | None:
        """Return as what the sender speaks; None for a stranger."""
        return self.speaks_as or (self.party.role if self.party else None)


class SenderBook:
    """Knows every address and domain of the parties and of the house."""

    def __init__(self, parties: Iterable[Party], house: House | None) -> None:
        self._addresses: dict[str, Party] = {}
        self._domains: dict[str, Party] = {}
        for party in parties:
            for contact in party.contacts:
                self._addresses.setdefault(contact.email.lower(), party)
            for domain in party.domains:
                self._domains.setdefault(domain.lower().lstrip("@"), party)
        addresses = (house.mailbox, *house.merchandisers, *house.managers) if house else ()
        self._ours = {address.lower() for address in addresses if address}
        self._our_domains = {address.rpartition("@")[2] for address in self._ours}

    def who(self, email: str) -> Sender:
        """Tell who writes from an address."""
        email = email.strip().lower()
        domain = email.rpartition("@")[2]
        if email in self._ours or (domain in self._our_domains and domain not in self._domains):
            return Sender(email, internal=True)
        party = self._addresses.get(email) or self._domains.get(domain)
        if party is not None:
            return Sender(email, party)
        return Sender(email, resembles=self._model(domain))

    def is_ours(self, email: str) -> bool:
        """Say whether an address is of our own house."""
        return email.lower() in self._ours or email.lower().rpartition("@")[2] in self._our_domains

    def _model(self, domain: str) -> str:
        if not domain:
            return ""
        for known in (*self._domains, *self._our_domains):
            if looks_like(domain, known):
                return known
        return ""


def looks_like(domain: str, known: str) -> bool:
    """Say whether a domain that isn't `known` could be taken for it."""
    if domain == known or domain.endswith("." + known):
        return False
    if domain.startswith(known + ".") or f".{known}." in domain:
        return True
    if confusable(domain) == confusable(known):
        return True
    core, _, _ = known.partition(".")
    mine, _, _ = domain.partition(".")
    if len(core) >= 6 and core in mine.replace("-", "") + mine:
        return True
    scorer: Any = OSA.distance
    return len(known) >= 8 and bool(scorer(domain, known, score_cutoff=NEAR_DOMAIN) <= NEAR_DOMAIN)
