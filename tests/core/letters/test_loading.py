# ruff: noqa: E501 - a row of the table of faults stays on one line
"""A template is checked as a whole when it is loaded, so that no letter fails at night."""

import re
from dataclasses import fields, replace

import pytest

from mailflow.core.letters.formats import CELLS, FILTERS
from mailflow.core.letters.loading import load_templates
from mailflow.core.letters.manifest import Side, missing_fields
from mailflow.core.letters.model import Account, Difference, Figure, LetterFacts, OrderLine, Point, ReviewLine
from mailflow.core.letters.samples import CUSTOMER, HOUSE, SUPPLIER, bare, facts, reader
from mailflow.core.letters.templates import Templates, UnknownLetterError
from mailflow.core.letters.writing import BLOCKS
from mailflow.core.message.model import Address

TEXT = "chase_ack/text.en.j2"
HTML = "chase_ack/html.en.j2"


@pytest.fixture
def few(texts: dict[str, str]) -> dict[str, str]:
    """Three letters and what they share: enough for faults, and loaded in a moment."""
    return {p: t for p, t in texts.items() if p.startswith(("_", "chase_ack/", "overdue_1/", "alarm/"))}


def faults(texts: dict[str, str], changes: dict[str, str | None]) -> list[str]:
    changed = {path: text for path, text in {**texts, **changes}.items() if text is not None}
    templates, problems = load_templates(changed)
    assert (templates is None) == bool(problems)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        (TEXT, "a\n{{ letter.tpic }}", "text.en.j2:2: letter.tpic is unknown; did you mean letter.topic?"),
        (TEXT, "{{ letter.lines[0].nmber }}", "text.en.j2:1: nmber is unknown; did you mean number?"),
        (TEXT, "{% for line in letter.lines %}\n{{ line.duee }}{% endfor %}", ":2: line.duee is unknown; did you mean line.due?"),
        (TEXT, "{% if letter.rung > 9 %}{{ house.fax }}{% endif %}", ":1: house.fax is unknown; use one of: company,"),
        (TEXT, "{{ words.reasons.materal }}", ":1: words.reasons.materal is unknown; did you mean material?"),
        (TEXT, "{{ words['greting'] }}", ":1: words.greting is unknown; did you mean greeting?"),
        (TEXT, "{{ leter.topic }}", ":1: leter is unknown; did you mean letter?"),
        (TEXT, "{{ letter.old_date|dte }}", ":1: the filter dte is unknown; did you mean date?"),
        (TEXT, "{{ letter.old_date|zzz }}", ":1: the filter zzz is unknown; use one of: book_fault, book_heading"),
        (TEXT, "{% if letter.rung is evn %}{% endif %}", ":1: the test evn is unknown; did you mean even?"),
        (TEXT, "x\n{% if letter.rung %}\n", "text.en.j2:2: Unexpected end of template"),
        (TEXT, "{{ letter.rung / 0 }}", ":1: cannot be written for a sample order: division by zero"),
        (TEXT, "{{ letter.lines.append(1) }}", ":1: cannot be written for a sample order: 'tuple object' has no attribute 'append'"),
        (TEXT, "{% extends '_layout/leter.text.j2' %}", "text.en.j2:1: cannot be written for a sample order: _layout/leter"),
        (HTML, "<p {% if letter.rung %}class='a'{% endif %}>x</p>", "html.en.j2:1: {% if letter.rung %} stands inside a tag; put only"),
        ("_layout/letter.text.j2", "{{ contact.nam }}", "_layout/letter.text.j2:1: contact.nam is unknown; did you mean contact.name?"),
        ("chase_ack/letter.yaml", "to: suplier", "letter.yaml:1: 'suplier' is no value for 'to'; did you mean 'supplier'?"),
        ("chase_ack/letter.yaml", "description: x", "letter.yaml:1: 'to' is missing; add it"),
        ("chase_ack/letter.yaml", "to: supplier\nned: [a]", "letter.yaml:2: unknown key 'ned'; did you mean 'needs'?"),
        ("chase_ack/letter.yaml", "to: supplier\nneeds: [line.dew]", "letter.yaml:2: needs names line.dew, which letters don't have; did you mean line.due?"),
        ("chase_ack/letter.yaml", "to: supplier\nkeeps_subject: often", "letter.yaml:2: 'keeps_subject': input should be a valid boolean"),
        ("chase_ack/letter.yaml", "to: [a\nb: c", "letter.yaml:2: not valid YAML"),
        ("chase_ack/letter.yaml", "supplier", "letter.yaml:1: "),
        ("chase_ack/letter.yaml", None, "chase_ack/letter.yaml: is missing"),
        ("chase_ack/letter.zh.j2", None, "chase_ack/letter.zh.j2: is missing; write the letter"),
        ("chase_ack/text.fr.j2", "Bonjour", "chase_ack/html.fr.j2: is missing"),
        ("chase_ack/letter.zh.j2", "您好", "chase_ack/letter.zh.j2:1: has no subject; write Subject: and"),
        ("chase_ack/letter.en.j2", "Subject: {{ letter.tpic }}\n\nx", "letter.en.j2:1: letter.tpic is unknown; did you mean"),
        ("chase_ack/letter.en.j2", "Subject: x\n\n| a | b |\n- {{ letter.tpic }}\n", "letter.en.j2:4: letter.tpic is unknown"),
        ("chase_ack/letter.en.j2", "Subject: x\n\n{% if letter.rung %}\n\nx\n", "letter.en.j2:6: Encountered unknown tag 'endblock'."),
        ("chase_ack/letter.en.j2", "Subject: x\n\n**{{ letter.rung / 0 }}**", "letter.en.j2:3: cannot be written for a sample"),
        ("chase_ack/letter.en.j2", "Subject: x\n\n{{ lsting(letter.lines, ['order']) }}", "letter.en.j2:3: lsting is unknown"),
        ("_layout/blocks.html.j2", "{{ words.colums }}", "_layout/blocks.html.j2:1: words.colums is unknown"),
        ("chase_ack/letter.yaml", "to: supplier\nworkbook: [order, answr]", "letter.yaml:2: workbook names answr, which is no column; did you mean answer?"),
        ("chase_ack/txt.en.j2", "x", "chase_ack/txt.en.j2: is no part of a letter; name it"),
        ("_words/zh.yaml", "greeting: 您好", "_words/zh.yaml: the phrase bases.etd is missing; add it, en.yaml has it"),
        ("_words/en.yaml", "greeting: [a", "_words/en.yaml:1: not valid YAML"),
        ("_words/en.yaml", None, "_words/en.yaml: is missing; copy it"),
        ("_words/de.yaml", "yes: 10", "_words/de.yaml:1: yes is no text but 10; put the phrase"),
        ("_words/zh.yaml", "- a", "_words/zh.yaml:1: holds no phrases"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_its_cure(
    few: dict[str, str], path: str, text: str | None, fault: str
) -> None:
    told = faults(few, {path: text})
    assert [line for line in told if fault in line], told
    assert all(line.startswith("templates/") for line in told)


def test_every_fault_is_told_at_once(few: dict[str, str]) -> None:
    told = faults(
        few,
        {TEXT: "{{ letter.a }}\n{{ line.b }}", "overdue_1/subject.zh.j2": "{{ x }}", "alarm/letter.yaml": "to: me"},
    )
    assert list(dict.fromkeys(line.partition(": ")[0] for line in told)) == [
        "templates/alarm/letter.yaml:1",
        "templates/chase_ack/text.en.j2:1",
        "templates/chase_ack/text.en.j2:2",
        "templates/overdue_1/subject.zh.j2:1",
    ]


def test_a_template_cannot_reach_beyond_its_facts(few: dict[str, str]) -> None:
    told = faults(few, {TEXT: "{{ letter['__class__'] }}{{ (letter.lines.__class__.__mro__)|join }}"})
    assert told


def load(texts: dict[str, str], more: dict[str, str]) -> Templates:
    templates, problems = load_templates({**texts, **more})
    assert [str(problem) for problem in problems] == []
    assert templates is not None
    return templates


def test_a_party_has_letters_of_its_own(few: dict[str, str]) -> None:
    mine = "Subject: 签回 {{ letter.lines[0].number }}\n\n老郑,{{ letter.lines[0].number }} 签一下"
    own = load(few, {"chase_ack/parties/Hengtai Garment/letter.zh.j2": mine})
    to, party = reader(Side.SUPPLIER)
    said = facts(Side.SUPPLIER)
    theirs = own.render("chase_ack", "zh", said, HOUSE, to, party)
    assert theirs.subject == "签回 PO26-0042"
    assert "老郑,PO26-0042 签一下" in theirs.text
    assert "<p" in theirs.html
    assert "老郑,PO26-0042 签一下</p>" in theirs.html
    assert party is not None
    other = own.render("chase_ack", "zh", said, HOUSE, to, replace(party, name="绍兴锦绣纺织", short="Jinxiu"))
    assert other.text.startswith("郑洁，您好")
    assert "老郑" not in other.text


def test_a_part_with_a_file_of_its_own_is_left_to_it(few: dict[str, str]) -> None:
    own = load(few, {"chase_ack/text.zh.j2": "只有文字"})
    got = own.render("chase_ack", "zh", facts(Side.SUPPLIER), HOUSE, *reader(Side.SUPPLIER))
    assert got.text == "只有文字\n"
    assert "请签字盖章后回传" in got.html
    assert got.subject == "订单 PO26-0042：请签字回传"


@pytest.mark.parametrize("language", ["zh-Hant", "zh-TW", "zh_TW", "zh-Hant-HK"])
def test_traditional_chinese_is_chinese_with_what_differs(few: dict[str, str], language: str) -> None:
    own = load(
        few,
        {
            "_words/zh-Hant.yaml": 'closing: "敬祝 商祺"',
            "overdue_1/subject.zh-Hant.j2": "催 {{ letter.lines|numbers }}",
        },
    )
    to, party = reader(Side.SUPPLIER)
    got = own.render("overdue_1", language, facts(Side.SUPPLIER), HOUSE, to, party)
    assert got.subject == "催 PO26-0042"
    assert got.language == "zh-hant"
    for part in (got.text, got.html):
        assert "我們還沒有收到出貨的消息" in part
        assert "敬祝 商祺" in part
        assert "出廠 2026年12月12日" in part
        assert "郑洁" in part  # a name is written as its owner writes it


@pytest.mark.parametrize("name", ["order_sent", "weekly_list", "inspection_result"])
def test_words_of_the_trade_are_those_of_traditional_readers(name: str, templates: Templates) -> None:
    to, party = reader(Side.SUPPLIER)
    got = templates.render(name, "zh-TW", bare(Side.SUPPLIER, templates.manifests[name].needs), HOUSE, to, party)
    own = got.text.replace("郑洁", "").replace("蓝湄贸易", "")
    assert not set("订单号验货贵为请签发数确认们这东则籤") & set(own)


@pytest.mark.parametrize("language", ["en-GB", "de", "pt-BR", ""])
def test_a_language_without_letters_gets_english(templates: Templates, language: str) -> None:
    got = templates.render("overdue_1", language, facts(Side.SUPPLIER), HOUSE, *reader(Side.SUPPLIER))
    assert got.language == "en"
    assert "12 Dec 2026" in got.text


def test_a_letter_that_is_not_there(templates: Templates) -> None:
    with pytest.raises(UnknownLetterError, match="no letter chase_akc"):
        templates.render("chase_akc", "en", facts(Side.SUPPLIER), HOUSE, *reader(Side.SUPPLIER))


def test_letters_are_there_in_both_languages(templates: Templates) -> None:
    assert {templates.languages(name) for name in templates.manifests} == {("en", "zh")}


def test_the_shipment_notice_has_exactly_what_the_factory_must_know(templates: Templates) -> None:
    said = facts(Side.SUPPLIER)
    got = templates.render("shipment_notice", "en", said, HOUSE, *reader(Side.SUPPLIER)).text
    assert [line.partition(":")[0] for line in got.splitlines() if ": " in line] == [
        *("Shipping mark", "Order number", "Product", "Description", "Quantity", "Ship date"),
        *("Port of destination", "Country of destination", "Transport"),
    ]
    manifest = templates.manifests["shipment_notice"]
    assert missing_fields(manifest, said) == ()
    poor = replace(said, lines=(replace(said.lines[0], shipping_mark="", destination_port=""),))
    assert missing_fields(manifest, poor) == ("shipping_mark of PO26-0042", "destination_port of PO26-0042")


def test_a_delay_notice_names_reason_and_exact_date_and_no_supplier(templates: Templates) -> None:
    said = facts(Side.CUSTOMER)
    for language, reason, day in (
        ("en", "material reached the factory later", "ETD Ningbo 17 Dec 2026"),
        ("zh", "原材料", "2026年12月17日"),
    ):
        got = templates.render("delay_notice", language, said, HOUSE, *reader(Side.CUSTOMER))
        for part in (got.text, got.html):
            assert reason in part
            assert day in part
            assert SUPPLIER.short not in part
    unknown = templates.render("delay_notice", "en", replace(said, topic=""), HOUSE, *reader(Side.CUSTOMER))
    assert "later than agreed." in unknown.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_date_stands_without_its_basis(templates: Templates, language: str) -> None:
    for name in (
        "chase_ack",
        "ask_ship",
        "overdue_1",
        "overdue_2",
        "overdue_3",
        "delay_notice",
        "shipment_notice",
        "weekly_list",
    ):
        manifest = templates.manifests[name]
        for basis, word in (
            ("", {"en": "ex-factory", "zh": "出厂"}[language]),
            ("etd", "ETD Ningbo"),
            ("eta", "ETA Los Angeles"),
        ):
            said = facts(manifest.to)
            said = replace(said, lines=(replace(said.lines[0], basis=basis),))
            text = templates.render(name, language, said, HOUSE, *reader(manifest.to)).text
            year = "2026年" if language == "zh" else " Dec 2026"
            dates = [line for line in text.splitlines() if year in line]
            assert dates
            assert all(word in line for line in dates), (name, dates)


def test_words_from_outside_cannot_become_html(templates: Templates) -> None:
    said = facts(Side.SUPPLIER)
    said = replace(
        said, lines=(replace(said.lines[0], product="<img src=x onerror=alert(1)>", shipping_mark="<b>\nx"),)
    )
    for name in ("chase_ack", "shipment_notice"):
        html = templates.render(name, "en", said, HOUSE, *reader(Side.SUPPLIER)).html
        assert "<img" not in html
        assert "&lt;img src=x" in html
    assert "&lt;b&gt;<br>x" in html


def test_letters_hold_nothing_that_mail_programs_fetch(templates: Templates) -> None:
    for name, manifest in templates.manifests.items():
        for language in ("en", "zh"):
            html = templates.render(name, language, facts(manifest.to, 3), HOUSE, *reader(manifest.to)).html
            assert "http" not in html
            assert html.count("<img") == html.count('src="cid:chart-'), "pictures come with the mail"
            assert "<link" not in html
            assert "style=" in html


def test_bare_facts_are_enough_for_everything_that_is_not_needed(templates: Templates) -> None:
    for name, manifest in templates.manifests.items():
        poor = bare(manifest.to, manifest.needs)
        assert missing_fields(manifest, poor) == ()
        assert templates.render(name, "zh", poor, HOUSE, *reader(manifest.to)).text.strip()


def test_the_party_is_of_the_right_side() -> None:
    assert reader(Side.CUSTOMER)[1] is CUSTOMER
    assert reader(Side.HOUSE)[1] is None


def test_the_page_beside_the_letters_names_everything_that_templates_may_use(texts: dict[str, str]) -> None:
    page = texts["README.md"]
    facts_of = (LetterFacts, OrderLine, ReviewLine, Account, Difference, Figure, Point, Address)
    names = {*FILTERS, *CELLS, *BLOCKS, *(field.name for kind in facts_of for field in fields(kind))}
    assert {name for name in names if not re.search(rf"(?:`|\||{{{{ ){name}\b", page)} == set()


def test_what_was_tried_and_is_as_it_was_is_not_tried_again(few: dict[str, str]) -> None:
    def found(tried: dict[str, str], **changes: str) -> bool:
        texts = {**few, "overdue_1/subject.en.j2": "{{ x }}", **changes}
        return load_templates(texts, tried={**texts, **tried})[0] is None

    assert not found({})
    assert found({"overdue_1/subject.en.j2": "{{ y }}"})
    assert found({"overdue_1/letter.yaml": "to: house"})
    assert found({"_words/en.yaml": "greeting: x"})
    assert found({"overdue_1/text.en.j2": "was there"})
