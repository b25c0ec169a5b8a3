"""A person's mail as a whole: what it may do is done, what it may not is asked or told."""

from dataclasses import dataclass

from mailflow.core.steering.authority import Authority, Standing
from mailflow.core.steering.decide import answer_digest
from mailflow.core.steering.keys import Key
from mailflow.core.steering.model import Digest, SteerLine
from mailflow.core.steering.obey import LOOKS, Floor, obey
from mailflow.core.steering.said import ALL, Answer, Choice, Said
from mailflow.core.steering.undo import undo
from mailflow.core.steering.words import Verb

MOST_UNCLEAR = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What a mail says, what it may do, and what its numbers are those of. `undoes`: the mail that `undo` is about;
    `unseen`: why something that it does not show, or only quotes, is not obeyed."""

    said: Said
    authority: Authority
    digest: Digest | None = None
    undoes: int | None = None
    unseen: str = ""

    @property
    def speaks(self) -> bool:
        """Say whether there is anything in it that a person may want of us."""
        return bool(self.said.answers or self.said.commands or self.authority.keys)

    @property
    def wants(self) -> tuple[str, ...]:
        """Return the words that would change something."""
        commands = (command.words for command in self.said.commands if command.verb not in LOOKS)
        keys = (f"{key.number}{key.letter}" for key in self.authority.keys)
        return tuple(dict.fromkeys((*(one.words for one in self.said.answers), *commands, *keys)))

    @property
    def only_yes(self) -> Choice | None:
        """Return the choice of a mail that holds nothing but one word for everything."""
        said = self.said
        one = said.answers[0] if len(said.answers) == 1 and not said.commands and not said.doubtful else None
        return one.choice if one is not None and one.number == ALL else None


def act(heard: Heard, floor: Floor) -> None:
    """Gather in `floor.out` what a mail comes to; changes nothing by itself."""
    said, standing = heard.said, heard.authority.standing
    for command in said.commands:
        if command.verb in LOOKS:
            obey(command, floor)
    if heard.wants:
        if standing is Standing.ASK:
            floor.out.confirm.append(SteerLine(heard.authority.says))
            floor.out.confirm += [SteerLine("wanted", text=words) for words in heard.wants]
            return
        if standing is Standing.TELL:
            floor.out.fail(heard.authority.says)
            return
        if said.doubtful:
            floor.out.fail("doubtful")
        else:
            _do(heard, floor)
    if not heard.unseen:
        _tell_unclear(heard, floor)


def _do(heard: Heard, floor: Floor) -> None:
    answers = [*heard.said.answers, *(_by_key(key) for key in heard.authority.keys)]
    if answers and heard.digest is None:
        floor.out.fail("no_digest", answers[0].words)
    elif heard.digest is not None:
        answer_digest(list(dict.fromkeys(answers)), heard.digest, floor.person, floor.record, floor.out)
    for command in heard.said.commands:
        if command.verb is Verb.UNDO and heard.undoes is None:
            floor.out.fail("nothing_to_undo", command.words)
        elif command.verb is Verb.UNDO:
            undo(heard.undoes or 0, command.words, floor.record, floor.out)
        elif command.verb not in LOOKS:
            obey(command, floor)


def _by_key(key: Key) -> Answer:
    return Answer(key.number, Choice.LETTER, f"{key.number}{key.letter}", letter=key.letter)


def _tell_unclear(heard: Heard, floor: Floor) -> None:
    """Tell which lines were not understood, and where nothing was, what may be written."""
    unclear = heard.said.unclear
    known = heard.authority.standing is Standing.OBEY  # a stranger's words are not repeated to anybody
    for one in unclear[: MOST_UNCLEAR if known else 0]:
        floor.out.fail(one.why, one.words, text=one.about)
    if not heard.speaks and any(one.why == "not_understood" for one in unclear):
        floor.out.told.append(SteerLine("help"))
