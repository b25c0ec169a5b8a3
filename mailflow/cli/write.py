"""Writing a letter that no rule has made due: a draft, with its facts from the record."""

from typing import Annotated

import typer

from mailflow.cli.common import Config, Who, fail, one_of, open_service, whoever
from mailflow.cli.names import the_order
from mailflow.cli.screen import console, line
from mailflow.core.letters.model import PlannedLetter
from mailflow.core.letters.said import CannotWriteError
from mailflow.core.playbook.by_hand import Wanted
from mailflow.jobs.write_letter import put_together, write_letter
from mailflow.wiring.service import Service

_SET = "A field of the letter or of its orders: cartons, gross_weight, day, until, note, points …; may be repeated."


def write(
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="A folder of templates/: booking, five_rights …")],
    orders: Annotated[list[str], typer.Argument(metavar="ORDER…", help="The orders that it is about, of one party.")],
    to: Annotated[
        str, typer.Option("--to", metavar="WHOM", help="A role, an address of the party, or a forwarder's name.")
    ] = "",
    said: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=_SET)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the letter, and leave it at that.")] = False,
    who: Who = "",
    config: Config = None,
) -> None:
    """Write a letter by hand: what the record knows is filled in, what it lacks you say, and a draft waits for you.

    Days are YYYY-MM-DD. A point of a list is `--set "points=what | who | day"`, a difference is
    `--set "differences=field | ordered | confirmed"`, both may be repeated.

    Examples: mailflow write booking PO26-04871 --to "Harbour Gate" --set cartons=60 --set gross_weight="840 kg"
    --set volume="5.6 CBM" --set freight_term=collect · mailflow write handover SO26-1100 --set person=lin@x.example
    """
    service = open_service(config)
    manifests = service.rules.templates.manifests
    name = one_of(letter, manifests, "letter", f"known: {', '.join(sorted(manifests))}")
    with service.store.look() as tx:
        numbers = tuple(dict.fromkeys(the_order(tx, order) for order in orders))
    wanted = Wanted(numbers, to, tuple(map(_pair, said or ())), whoever(who))
    rules, now = service.follow_up_rules(), service.clock.now()
    try:
        if dry_run:
            with service.store.look() as tx:
                _show(service, put_together(tx, rules, manifests[name], wanted, now))
            return
        number, planned = write_letter(service.store, rules, manifests[name], wanted, now)
    except CannotWriteError as error:
        fail(error.what, error.cure)
    _show(service, planned)
    line(console(), f"It is letter L{number} and lies in Drafts after the next round; send it from there.")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        fail(f"--set {text} has no value", "write NAME=VALUE, such as cartons=60")
    return name.strip(), value


def _show(service: Service, planned: PlannedLetter) -> None:
    """Print a letter as its reader will see it."""
    with service.store.look() as tx:
        party = tx.views.parties().get(planned.party)
    rendered = service.rules.templates.render(
        planned.template,
        planned.language,
        planned.facts,
        service.settings.house,
        planned.to[0],
        party.party if party else None,
    )
    out = console()
    line(out, f"To: {', '.join(address.email for address in planned.to)}")
    line(out, f"Subject: {rendered.subject}")
    for row in ("", *rendered.text.splitlines()):
        line(out, row)
