"""The words of the rules: parsed from YAML text, checked, and made into lexicon and grammars."""

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from mailflow.core.matching.goods import GoodsWords, singular
from mailflow.core.problems import Problem
from mailflow.core.reading.asking import Asking, askings
from mailflow.core.reading.finders.date_grammar import DateWords, Grammar, build_grammar
from mailflow.core.reading.finders.quantities import QuantityGrammar, build_quantities
from mailflow.core.reading.finders.references import ReferenceGrammar, build_references, find_references
from mailflow.core.reading.folding import Folder
from mailflow.core.reading.lexicon import Lexicon
from mailflow.core.reading.number_forms import MASKS, NOTHING, REFERENCES, NumberForm, line_of, load_forms
from mailflow.core.reading.plain_words import PlainWords

CONCEPT_FILES = ("milestones.yaml", "things.yaml", "moods.yaml", "topics.yaml", "courtesies.yaml")
OTHER_FILES = (
    *("dates.yaml", "units.yaml", "thresholds.yaml", "variants.yaml", "plain.yaml", "questions.yaml"),
    "goods.yaml",
)
FORMER_REFERENCES = "references.yaml"  # became a folder
PLAIN_LISTS = (
    *(
        "words",
        "hedges",
        "lots",
        "until",
        "others",
        "reported",
        "yours",
        "agrees",
        "waits",
        "wrong",
        "or",
        "gone_by",
    ),
    *("answer", "below", "before_names", "of", "articles", "tails", "persons", "people", "beside_days"),
    *("goods_endings", "auxiliaries", "carriers", "awaits", "shipping_papers"),
    *("not_goods", "comes_with", "helping", "nearly", "remains", "still", "halted", "no_plea", "compares", "latest"),
    *(
        "only_after",
        "asks_on",
        "own_store",
        "unreal",
        "returned",
        "begins_with",
        "papers",
        "order_words",
        "wanted",
        "own_stock",
    ),
    *("in_headings", "except", "excepted", "respectively", "substitutes", "checks"),
    *("told_on", "told_then", "told_what", "compounds", "inspected_again", "goes_along"),
)
HOW = ("exact", "folded", "one_slip", "own_reference", "customer_reference", "style", "tail", "thread", "quoted")


class WordsError(Exception):
    """The rules of reading cannot be used; `problems` holds every fault with its place and cure."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Words:
    """Everything that reading knows of languages, ready for use."""

    folder: Folder
    lexicon: Lexicon
    dates: Grammar
    quantities: QuantityGrammar
    references: ReferenceGrammar
    apply_from: float = 0.85
    order_confidence: Mapping[str, float] = field(default_factory=dict)
    date_words: DateWords = field(default_factory=DateWords)
    plain: PlainWords = field(default_factory=PlainWords)
    askings: Mapping[str, Asking] = field(default_factory=dict)
    goods: GoodsWords = field(default_factory=GoodsWords)


class _Problems:
    """Collects what is wrong, with the line that it stands on."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.found: list[Problem] = []

    def add(self, name: str, key: object, what: str) -> None:
        lines = self._texts.get(name, "").splitlines()
        number = next((i for i, line in enumerate(lines, 1) if line.lstrip(" -").startswith(f"{key}:")), 1)
        told, _, cure = what.partition("; ")
        self.found.append(Problem(f"rules/reading/{name}", number, told, cure))


def load_words(texts: Mapping[str, str]) -> Words:
    """Make the words from the rule files (name → text); every problem at once in a WordsError."""
    problems = _Problems(texts)
    problems.found += _unread(texts)
    data = {name: _parse(name, texts.get(name), problems) for name in (*CONCEPT_FILES, *OTHER_FILES)}
    folder = Folder(_variants(data["variants.yaml"], problems))
    lexicon = _lexicon(data, folder, problems)
    date_words = _date_words(data["dates.yaml"], folder, problems)
    units = _units(data["units.yaml"], folder, problems)
    forms, told = load_forms(texts, folder)
    problems.found += told
    thresholds = data["thresholds.yaml"] or {}
    confidence = _confidence(thresholds, problems)
    questions = _questions(data["questions.yaml"], problems)
    if problems.found:
        raise WordsError(problems.found)
    seals, orders = ([w for w, c in lexicon.items() if name in c] for name in ("seal_word", "order_word"))
    references = build_references(forms, seals, orders, list(units))
    problems.found += [fault for form in forms for fault in _examples(form, references, texts, folder)]
    if problems.found:
        raise WordsError(problems.found)
    return Words(
        folder,
        Lexicon(lexicon),
        build_grammar(date_words),
        build_quantities(units),
        references,
        float(thresholds.get("apply_from", 0.85)),
        confidence,
        date_words,
        _plain(data["plain.yaml"], folder, problems),
        askings(questions),
        _goods(data["goods.yaml"], folder, problems),
    )


def _unread(texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the files that nothing reads: a misspelt name, or one that earlier versions read."""
    known = (*CONCEPT_FILES, *OTHER_FILES, "quoting.yaml")
    for name in sorted(texts):
        if name in known or name.startswith((REFERENCES, MASKS)):
            continue
        if name == FORMER_REFERENCES:
            cure = (
                "give each carrier or kind a file of its own under references/ (see those that `mailflow init` writes),"
                " then delete this one"
            )
        else:
            near = difflib.get_close_matches(name, known, 1)
            cure = f"call it {near[0]}" if near else f"delete it, or call it one of {', '.join(known)}"
        yield Problem(f"rules/reading/{name}", 1, "this file is not read any more or never was", cure)


def _parse(name: str, text: str | None, problems: _Problems) -> Any:
    if text is None:
        problems.add(name, "", "this file of the rules is missing; run `mailflow init` for a fresh copy")
        return None
    try:
        return YAML(typ="safe").load(StringIO(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.found.append(
            Problem(
                f"rules/reading/{name}",
                line,
                f"not valid YAML: {error.problem}",
                "check blanks, colons and brackets here",
            )
        )
        return None


def _variants(data: Any, problems: _Problems) -> tuple[tuple[str, str], ...]:
    pairs: dict[str, str] = {}
    for key, row in (data or {}).items():
        other, plain = str(row.get("from", "")), str(row.get("to", ""))
        if len(other) != len(plain):
            problems.add(
                "variants.yaml", key, f"`from` has {len(other)} characters and `to` {len(plain)}; they go by pairs"
            )
        pairs.update(zip(other, plain, strict=False))
    return tuple(pairs.items())


def _phrases(value: Any) -> list[str]:
    """Return the phrases of a concept: a list, or lists by language."""
    if isinstance(value, Mapping):
        return [str(phrase) for part in value.values() for phrase in part or ()]
    return [str(phrase) for phrase in value or ()]


def _lexicon(data: Mapping[str, Any], folder: Folder, problems: _Problems) -> dict[str, frozenset[str]]:
    phrases: dict[str, set[str]] = defaultdict(set)
    for name in CONCEPT_FILES:
        for concept, value in (data[name] or {}).items():
            if concept not in CONCEPTS:
                near = difflib.get_close_matches(str(concept), CONCEPTS, 1)
                hint = f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(sorted(CONCEPTS))}"
                problems.add(name, concept, f"unknown concept `{concept}`; {hint}")
                continue
            for phrase in _phrases(value):
                key = " ".join(folder.plain(phrase).split())
                if not key or key == "*":
                    problems.add(name, concept, f"`{concept}` holds an empty phrase; remove it")
                else:
                    phrases[key].add(str(concept))
    return {phrase: frozenset(concepts) for phrase, concepts in phrases.items()}


def _table(data: Any, key: str, folder: Folder, problems: _Problems) -> dict[str, Any]:
    rows = (data or {}).get(key)
    if not isinstance(rows, Mapping):
        problems.add("dates.yaml", key, f"`{key}` must map numbers to words; restore it")
        return {}
    return {folder.plain(str(word)): number for number, words in rows.items() for word in words or ()}


def _date_words(data: Any, folder: Folder, problems: _Problems) -> DateWords:
    tables = {key: _table(data, key, folder, problems) for key in ("months", "weekdays", "days", "parts", "numbers")}
    lists = {
        key: tuple(folder.plain(str(word)) for word in words)
        for key, words in (data or {}).items()
        if key not in tables and isinstance(words, list)
    }
    parts = {word: (None if day == "last" else int(day)) for word, day in tables["parts"].items()}
    return DateWords(tables["months"], tables["weekdays"], tables["days"], parts, tables["numbers"], lists)


def _units(data: Any, folder: Folder, problems: _Problems) -> dict[str, str]:
    return {folder.plain(str(word)): str(unit) for unit, words in (data or {}).items() for word in words or ()}


def _examples(
    form: NumberForm, grammar: ReferenceGrammar, texts: Mapping[str, str], folder: Folder
) -> Iterator[Problem]:
    """Try a form's own examples; each that comes out wrong is a problem on its line."""
    for key, wanted in (("valid", True), ("invalid", False)):
        for index, example in enumerate(form.valid if wanted else form.invalid):
            found = find_references(folder.plain(example), grammar)
            kinds = {mask.kind for mask in found.masks} if form.type == NOTHING else {r.type for r in found.references}
            if ((form.name if form.type == NOTHING else form.type) in kinds) is not wanted:
                told = f"`{example}` is {'not ' if wanted else ''}found, and it is an example of what is {key}"
                yield Problem(*line_of(texts, form, key, index), told, "mend the pattern, the cues or the example")


def _plain(data: Any, folder: Folder, problems: _Problems) -> PlainWords:
    """Return the plain words of all languages; hedges and words of lots stand in lists of their own."""
    for key in data or {}:
        if key not in PLAIN_LISTS:
            problems.add("plain.yaml", key, f"unknown list `{key}`; known are {', '.join(PLAIN_LISTS)}")
    lists = {key: frozenset(folder.plain(p) for p in _phrases((data or {}).get(key))) for key in PLAIN_LISTS}
    return PlainWords(lists.pop("words"), lists)


def _goods(data: Any, folder: Folder, problems: _Problems) -> GoodsWords:
    """Return what things are called, each word with the others of its rows, and the words that name nothing alone."""
    alike: dict[str, set[str]] = defaultdict(set)
    for row in (data or {}).get("things") or ():
        names = {singular(folder.plain(str(name))) for name in row}
        for name in names:
            alike[name] |= names - {name}
    vague = frozenset(singular(folder.plain(word)) for word in _phrases((data or {}).get("vague")))
    return GoodsWords({name: frozenset(others) for name, others in alike.items()}, vague)


def _questions(data: Any, problems: _Problems) -> Mapping[str, Mapping[str, str]]:
    """Return the questions' texts by language; a translation has its text's stars."""
    for texts in (data or {}).values():
        for key, into in texts.items():
            if str(key).count("*") != str(into).count("*"):
                what = f"`{key}` has {str(key).count('*')} stars and its translation {str(into).count('*')}"
                problems.add("questions.yaml", key, f"{what}; give each star its place")
    return data or {}


def _confidence(thresholds: Mapping[str, Any], problems: _Problems) -> dict[str, float]:
    given = thresholds.get("order") or {}
    for how in given:
        if how not in HOW:
            problems.add("thresholds.yaml", how, f"unknown way `{how}`; known are {', '.join(HOW)}")
    return {how: float(given.get(how, 0.9)) for how in HOW}


CONCEPTS = frozenset(
    [
        "ship",
        "ship_done",
        "ship_weak",
        "ship_left",
        "ship_etd",
        "ship_etd_done",
        "ship_exw",
        "deliver",
        "deliver_done",
        "arrive",
        "arrive_done",
        "come",
        "come_done",
        "receive",
        "receive_done",
        "material",
        "production",
        "production_done",
        "production_state",
        "inspection",
        "inspection_done",
        "inspection_weak",
        "sample_noun",
        "sample_sent",
        "material_noun",
        "document_noun",
        "goods_noun",
        "store",
        "port",
        "our_factory",
        "order_word",
        "style_word",
        "part_word",
        "cutoff",
        "step",
        "vessel_word",
        "booked",
        "bank_word",
        "seal_word",
        "future",
        "past",
        "negated",
        "not_negated",
        "affirm",
        "condition",
        "polite_condition",
        "question",
        "appeal",
        "please",
        "idle",
        "plead",
        "sub_supplier",
        "other_order",
        "wish",
        "request",
        "outlived",
        "renewed",
        "delay",
        "advance",
        "on_schedule",
        "someday",
        "others_said",
        "correction",
        "trouble",
        "problem_material",
        "capacity_noun",
        "problem_capacity",
        "logistics_noun",
        "problem_logistics",
        "problem_quality",
        "no_quality_problem",
        "spoilt",
        "problem_other",
        "problem_holiday",
        "cause",
        "money",
        "price_change",
        "quantity_change",
        "spec_change",
        "address_change",
        "cancel",
        "status_query",
        "need",
        "pay_word",
        "pay_first",
        "paid",
        "accept",
        "reject",
        "acknowledge",
        "date_word",
        "machine_talk",
        "thanks",
        "will_revert",
        "told_on",
        "advert",
        "inquiry",
        "closure",
        "bare",
    ]
)
