"""Over simulated quarters no party learns what is another's: every letter as bytes, with its files and headers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mailflow.core.letters.bank import bank_details
from mailflow.core.letters.build import compose
from mailflow.core.letters.loading import load_templates
from mailflow.core.letters.manifest import Manifest, Side
from mailflow.core.letters.model import LetterState, PlannedLetter
from mailflow.core.letters.said import CannotWriteError
from mailflow.core.letters.templates import Templates
from mailflow.core.message.model import Address
from mailflow.core.orders.events import Event, PartyImported
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.playbook.by_hand import Wanted, letter_by_hand
from mailflow.core.playbook.disclosure import line_for_house, line_for_supplier
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.rules import Playbook
from mailflow.core.simulation.people import Habits
from mailflow.core.simulation.run import Outcome, Scene, simulate
from mailflow.core.simulation.world import Letter
from mailflow.edges.files.workbook import write_workbook
from tests.core.letters.contents import everything, found_in
from tests.core.letters.samples import SENDER, shipped_templates, shipped_texts
from tests.core.playbook.situations import HOUSE, RULES, shipped_calendars
from tests.core.playbook.test_canaries import SAID
from tests.core.simulation.canaries import (
    BUYERS,
    BY_NAME,
    PARTIES,
    SELLERS,
    bought,
    happened,
    hidden,
    sold,
    strangers,
)

START = date(2026, 11, 16)
DAYS = 60
LANGUAGES = ("en", "zh")
OUTSIDE = (LetterState.SENT, LetterState.DRAFTED, LetterState.DECLINED)
QUARTERS = settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate), database=None)


@cache
def playbook() -> Playbook:
    """Return the shipped playbook with every step that is switched off switched on."""
    text = (RULES / "playbook.yaml").read_text("utf-8").replace("mode: off ", "mode: draft ")
    made, problems = load_playbook(text, "playbook.yaml")
    assert made is not None, problems
    return made


habits = st.builds(
    Habits,
    answers=st.sampled_from((0.0, 0.6, 1.0)),
    hours=st.sampled_from(((1, 5), (40, 120))),
    slips=st.sampled_from((0.3, 1.0)),
    tells=st.sampled_from((0.3, 1.0)),
    reports=st.sampled_from((0.0, 1.0)),
    bounces=st.sampled_from((0.0, 0.1)),
    sends_drafts=st.sampled_from((0.5, 1.0)),
    transit=st.just((5, 15)),
    asks=st.sampled_from((0.0, 1.0)),
    changes=st.sampled_from((0.0, 1.0)),
    complains=st.sampled_from((0.0, 1.0)),
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Return a book of canaries: orders of several sides, some shipped in part, some changed, some cancelled."""
    sales = [
        sold(n, draw(st.sampled_from(BUYERS)), START + timedelta(days=draw(st.integers(-6, 50)))) for n in range(1, 4)
    ]
    purchases = [bought(n, draw(st.sampled_from(SELLERS)), sales[(n - 1) % 3]) for n in range(1, 6)]
    purchases[4] = replace(purchases[4], status=draw(st.sampled_from(("open", "cancelled"))))
    orders = [*sales, *purchases]
    before = [(draw(st.booleans()), draw(st.booleans())) for _ in orders]
    return scene_of(orders, before, draw(st.integers(0, 9999)), draw(habits))


def scene_of(orders: list[Order], before: list[tuple[bool, bool]], seed: int, usual: Habits) -> Scene:
    """Return a quarter; `before` says of each order whether a part of it has shipped and whether it was changed."""
    facts: list[Event] = [PartyImported(one, "book") for one in PARTIES]
    for order, (shipped, changed) in zip(orders, before, strict=True):
        facts += happened(order, START, shipped=shipped, changed=changed)
    return Scene(orders, PARTIES, facts, playbook(), shipped_calendars(), HOUSE, START, DAYS, seed, usual)


def by_hand(scene: Scene, outcome: Outcome, manifest: Manifest) -> Iterator[PlannedLetter]:
    """Yield the letters of a kind that a person may order at the end of a quarter, about each party's orders."""
    end = datetime.combine(scene.start + timedelta(days=scene.days), time(8), UTC)
    frame = Frame(outcome.world.situation(), scene.playbook, scene.calendars, end)
    kinds = {Side.CUSTOMER: {OrderKind.SALES}, Side.PARTNER: set(OrderKind)}
    needed = {need.removeprefix("line.") for need in manifest.needs} | {"day", "until", "person", "note"}
    said = tuple((name, text) for name, text in SAID.items() if name in needed)
    seen: set[str] = set()
    for order in scene.orders:
        if order.kind in kinds.get(manifest.to, {OrderKind.PURCHASE}) and order.party not in seen:
            seen.add(order.party)
            try:
                yield letter_by_hand(frame, manifest, Wanted((order.number,), said=said, who="amy"), "main")
            except CannotWriteError:
                continue  # a complaint is open, an address fails


TO_OTHERS = [manifest for _, manifest in sorted(shipped_templates().manifests.items()) if manifest.to is not Side.HOUSE]


def outside(outcome: Outcome) -> list[Letter]:
    """Return the letters to others that went, or that a person had before them."""
    return [one for one in outcome.letters if one.planned.party and one.state in OUTSIDE]


def leaks(scene: Scene, letter: PlannedLetter, number: int, at: datetime, templates: Templates) -> list[str]:
    """Return what a letter tells its reader of others, in each language, and any account that it holds."""
    reader = BY_NAME[letter.party]
    found = dict.fromkeys(strangers(letter))
    for language in LANGUAGES:
        told = replace(letter, language=language)
        mail = compose(templates, told, SENDER, number, at, party=reader, write_workbook=write_workbook)
        text = everything(mail.raw)
        found |= dict.fromkeys(found_in(text, hidden(reader, list(scene.orders))))
        found[bank_details(text)] = None
    return [word for word in found if word]


@QUARTERS
@given(scenes())
def test_no_letter_of_a_quarter_tells_a_party_what_is_anothers(scene: Scene) -> None:
    """Those that the rules write, and those that a person may order at its end."""
    outcome = simulate(scene)
    letters = [(one.planned, one.id, one.at) for one in outside(outcome)]
    some = TO_OTHERS[scene.seed % 3 :: 3]
    letters += [(letter, 57, letter.not_before) for manifest in some for letter in by_hand(scene, outcome, manifest)]
    for letter, number, at in letters:
        assert leaks(scene, letter, number, at, shipped_templates()) == [], (letter.party, letter.template)


def test_every_letter_to_others_is_looked_at() -> None:
    scene, outcome = one_course()
    ordered = {manifest.name for manifest in TO_OTHERS if any(by_hand(scene, outcome, manifest))}
    assert {manifest.name for manifest in TO_OTHERS} - ordered == set()
    sent = {one.planned.template for one in outside(outcome)}
    assert len(sent) > 20, sorted(sent)


@cache
def one_course() -> tuple[Scene, Outcome]:
    """Return the course of a time in which nearly everything happens, and no address fails."""
    sales = [sold(n, BUYERS[n % 2], START + timedelta(days=17 * n - 10)) for n in (1, 2, 3)]
    purchases = [bought(n, SELLERS[n % 3], sales[(n - 1) % 3]) for n in (1, 2, 3, 4, 5)]
    purchases[4] = replace(purchases[4], status="cancelled")
    usual = Habits(slips=0.7, bounces=0.0, transit=(5, 15), asks=1.0, changes=1.0, complains=1.0, settles=(1, 2))
    scene = scene_of(
        [*sales, *purchases], [(order.number == "PO-SING2", True) for order in (*sales, *purchases)], 3, usual
    )
    return scene, simulate(scene)


@pytest.mark.parametrize("part", ["text", "html"])
def test_a_template_that_leaks_is_found(part: str) -> None:
    """The tests above can fail: with a letter that names the other side, in the text alone or in the page alone."""
    scene, outcome = one_course()
    (one, *_) = [one for one in outside(outcome) if one.planned.template == "delay_notice"]
    assert leaks(scene, one.planned, one.id, one.at, shipped_templates()) == []
    made = shipped_templates().render("delay_notice", "en", one.planned.facts, HOUSE, one.planned.to[0])
    own = {"subject": made.subject, "text": made.text, "html": made.html}
    own[part] += " <!-- SellerCanaryA --> "
    texts = {path: text for path, text in shipped_texts().items() if not path.startswith("delay_notice/letter.en")}
    leaking, problems = load_templates({**texts, **{f"delay_notice/{name}.en.j2": text for name, text in own.items()}})
    assert leaking is not None, problems
    assert leaks(scene, one.planned, one.id, one.at, leaking) == ["SELLERCANARYA"]


@pytest.mark.parametrize(
    ("template", "seen"), [("progress", {"PO-SING1", "SELLERREF1"}), ("weekly_list", {"BUYERCANARYB"})]
)
def test_a_line_of_the_other_side_is_found(template: str, seen: set[str]) -> None:
    """The tests above can fail: with facts that are not the reader's, in the words and in the workbook."""
    scene, outcome = one_course()
    (one, *_) = [one for one in outside(outcome) if one.planned.template == template]
    state = outcome.world.order("PO-SING1")
    line = line_for_supplier(state, START, START)
    if template == "weekly_list":
        line = replace(line_for_house(state, BUYERS[1], START, START), product=BUYERS[1])
    letter = replace(one.planned, facts=replace(one.planned.facts, lines=(line,)))
    assert seen <= set(leaks(scene, letter, one.id, one.at, shipped_templates()))


def test_an_address_of_another_party_is_found() -> None:
    scene, outcome = one_course()
    one = outside(outcome)[0]
    stranger = next(party for party in PARTIES if party.name != one.planned.party).contacts[0]
    letter = replace(one.planned, cc=(Address(stranger.email, "x"),))
    assert stranger.email in leaks(scene, letter, one.id, one.at, shipped_templates())
