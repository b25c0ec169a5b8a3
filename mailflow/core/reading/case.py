"""The case that a verdict is made of, and the verdict."""

from dataclasses import dataclass, field

from mailflow.core.matching.senders import Sender
from mailflow.core.message.model import Message
from mailflow.core.reading.desk import Gathered
from mailflow.core.reading.milestones import Settled
from mailflow.core.reading.model import Disposition
from mailflow.core.reading.words import Words


@dataclass
class Verdict:
    """What becomes of the mail; `nothing` says that no update may stand."""

    disposition: Disposition = Disposition.IGNORE
    nothing: bool = False
    questions: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """Everything that a verdict is made of."""

    message: Message
    sender: Sender
    gathered: Gathered
    settled: Settled
    words: Words
    answers_to: tuple[Sender, ...] = ()  # who Reply-To names
    named: Sender | None = None  # whose address stands where the sender's name should

    @property
    def concepts(self) -> frozenset[str]:
        """Return what any word of subject and body may mean."""
        return self.gathered.subject_concepts | self.gathered.body_concepts

    @property
    def names_orders(self) -> bool:
        """Say whether subject or body name anything that may be an order."""
        return bool(self.gathered.mentions)
