"""The grammar of dates: regular expressions made from the words of the rules, each with what its groups mean."""

# ruff: noqa: E501 - a pattern reads better on one line

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from mailflow.core.reading.finders.heads import LENGTH, heads, is_odd
from mailflow.core.reading.lexicon import NOTHING, trie_pattern

CJK_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九十")} | {"两": 2, "零": 0, "半": 0}


@dataclass(frozen=True)
class DateWords:
    """The words of dates.yaml, folded."""

    months: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int | None] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one_of(self, name: str) -> str:
        """Return a pattern of the words of a list."""
        return trie_pattern(self.lists.get(name, ()))


def _tables(words: DateWords) -> dict[str, str]:
    """Return the patterns that a rule names: `<MON>`, `<WD>`, `<NUM>`, `<PART>`, `<RELA>` … and each list of the rules."""
    own = {
        "MON": trie_pattern(words.months),
        "WD": trie_pattern([w for w in words.weekdays if w.isascii()]),
        "WDL": trie_pattern(
            [w for w in words.weekdays if w.isascii() and len(w) > 5 and w not in ("pazar", "segunda")]
        ),
        "WDJ": trie_pattern([w for w in words.weekdays if not w.isascii()]),
        "NUM": r"\d{1,3}|" + trie_pattern(words.numbers),
        "PART": trie_pattern(words.parts),
        "RELA": trie_pattern([w for w in words.days if w.isascii()]),
        "RELC": trie_pattern([w for w in words.days if not w.isascii()]),
        "units": r"(?:pcs|pieces|sets|ctns?|cartons|pairs|pallets|units|bags|kgs?|tons|rolls|boxes|x)",
        "D": r"(?:0?[1-9]|[12]\d|3[01])",
        "M": r"(?:0?[1-9]|1[0-2])",
        "Y": r"20[2-4]\d",
        "ORD": r"(?:st|nd|rd|th|er|eme|\.|º|°|ª)?",
        "CN": "[〇一二三四五六七八九十两]{1,3}",
    }
    return {name: trie_pattern(phrases) for name, phrases in words.lists.items()} | own


def _fill(template: str, tables: Mapping[str, str]) -> str:
    """Put the words into a pattern: a name in angle brackets stands for its table."""
    return re.sub(r"<([A-Za-z_]+)>", lambda hit: f"(?:{tables.get(hit.group(1), NOTHING)})", template)


# name, what it starts with (digit, word, character), look-behind, pattern (its groups are read by finders/dates.py), look-ahead; the first that fits at a place wins
RULES: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "ymd_cjk",
        "dc",
        r"(?<!\d)",
        r"(?:民国|令和)?(\d{2,4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2})(?: ?[日号]|(?!\d))(?:(?: ?[-~到至] ?)(\d{1,2})[日号])?",
        "",
    ),
    ("roc", "d", r"(?<![a-z0-9/.-])", r"(1[0-4]\d) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{1,2})", r"(?![\d/]|[-.]\d)"),
    ("iso", "d", r"(?<![a-z0-9/.-])", r"(<Y>)([-/.])(<M>)\2(<D>)", r"(?![\d/]|[-.]\d)"),
    (
        "dmy",
        "d",
        r"(?<![a-z0-9/.-])",
        r"(<D>)(?:\. ?(?:-|bis|au|to|al) ?(<D>))?([./-]) ?(<D>)\3 ?(<Y>|2[4-9]|3\d)",
        r"(?![a-z0-9/]|[-.]\d)",
    ),
    ("compact", "d", r"(?<![a-z0-9/.-])", r"(<Y>)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", r"(?![a-z0-9/.-])"),
    (
        "d_mon",
        "d",
        r"(?<![a-z0-9/.])",
        r"(?:(<D>)<ORD>(?: ?- ?| (?:to|till|until|and|or|bis|und|au|et|al|y|a|e|do) (?:the |den |el |le )?|/))?(<D>)<ORD>(?:[ -]|\. ?)?"
        r"(?:of |de |d'|di )?(<MON>)(?:\.(?! ?\d{1,2}\b))?(?:(?:,? |-|'|, ?| de | del |\. ?)(<Y>)|[-' ]?(2[4-9])(?!\d|[.,:/]\d| ?<units>(?![a-z]))|/(2[4-9]))?",
        r"(?![a-z0-9])",
    ),
    ("dm_vi", "dw", r"(?<![a-z0-9/.])", r"(?:ngay )?(<D>) thang (<M>)(?:,? nam (<Y>)|[/-](<Y>))?", r"(?![\d/])"),
    (
        "mon_d",
        "w",
        r"(?<![a-z0-9])",
        r"(<MON>)[. -]{0,2}(?:the )?(<D>)(?:st|nd|rd|th)?(?:(?: ?[-/] ?| (?:to|and|or) )(<D>)(?:st|nd|rd|th)?(?! ?<units>(?![a-z])))?(?:,? (<Y>))?",
        r"(?![\d/:a-z]|[.,]\d)",
    ),
    (
        "md_cjk",
        "d",
        r"(?<![\d.])",
        r"(\d{1,2})月(?:份)?的? ?(\d{1,2})(?:[日号](?:左右|前)?)?(?:(?: ?[-~到至、/或和及] ?)(\d{1,2})[日号]|-(\d{1,2})(?!\d|月))?",
        r"(?!\d|[个天周日号])",
    ),
    ("md_cn", "c", r"(?<![一二三四五六七八九十])", r"(<CN>)月(<CN>)[日号]", ""),
    ("md_hao", "d", r"(?<![\d.])", r"(?:(<M>)[./]|(\d{1,2})-)(\d{1,2}) ?[日号]", ""),
    ("md_range", "d", r"(?<![a-z0-9/.-])", r"(<D>)([/.])(<D>) ?[-~至到] ?(?:(<D>)\2)?(<D>)", r"(?![a-z0-9/%]|\.\d)"),
    (
        "md_slash",
        "d",
        r"(?<![a-z0-9/.$€£-])",
        r"(?!24/7)(<D>)/(<D>)",
        r"(?![\d/%a-z]|\.\d| ?(?:of|pcs|pieces)\b|-[a-z])",
    ),
    ("d_dot_m_dot", "d", r"(?<![a-z0-9/.,-])", r"(?:(<D>)\. ?(?:-|bis|und|/) ?)?(<D>)\. ?(<M>)\.", r"(?!\d)"),
    (
        "md_dot",
        "d",
        r"(?<![a-z0-9/.,$€£¥-])",
        r"(<D>)\.(<D>)",
        r"(?![\d%./]|\.\d| ?(?:usd|eur|rmb|cny|kg|gsm|元|块|米|m\b|cm|mm|%|hrs|h\b|uhr|am\b|pm\b|x\b))",
    ),
    ("md_dash", "d", r"(?<![a-z0-9./,$€£¥-])", r"(\d\d)-(\d\d)", r"(?![\d/%-]|[.,]\d| ?(?:pcs|mm|cm|kg|m\b|%|[日号]))"),
    (
        "part_cjk",
        "dc",
        r"(?<![\d一二三四五六七八九十腊正冬])",
        r"(?:(\d{1,2}|元|<CN>)月份?|(本|今|这个?|当|下个?|来|次|上个?)月(?:份)?|月)(?:的| )?(上旬|中旬|下旬|底|末|初|中|(?<=[本今这当个]月)(?:之|以)?内)(?![国间心午])",
        "",
    ),
    ("part_dec", "c", "", r"(上旬|中旬|下旬)", ""),
    (
        "year_end",
        "wc",
        "",
        r"(?:年(底|末)|(?:year end|end of (?:the |this )?year|jahresende|fin de ano|fin d'annee))",
        r"(?![a-z])",
    ),
    (
        "part",
        "w",
        r"(?<![a-z0-9])",
        r"(<PART>)(?:[ -]?of|[ -]de|[ -]des|[ -]del|[ -]di|[ -]du)?[ -]?(?:the[ -]|this[ -]|of[ -])?(?:(<MON>)|(<next>)[ -](?:<month_word>)|(<this>)[ -](?:<month_word>)|(<month_word>))(?:[ ,]+(<Y>))?",
        r"(?![a-z]|[ -]?\d)",
    ),
    ("part_after", "w", r"(?<![a-z0-9])", r"(<MON>)(?: ayi(?:nin)?|'in| nin)?[ -](<PART>)", r"(?![a-z])"),
    (
        "eom",
        "w",
        r"(?<![a-z0-9])",
        r"(?:eom|within (?:this|the) month|by (?:the )?month'?s end|bis monatsende|avant la fin du mois|month[ -]end|end of (?:the )?month|ende des monats|monatsende|fin de mois|fin de mes|ay sonu)",
        r"(?![a-z]| of| <MON>)",
    ),
    (
        "nth_week",  # of a month: no day that all agree on
        "wd",
        r"(?<![a-z0-9])",
        r"(?:<nth>)[ -]<week>(?: of| in| de| d'| im| del| di)? ?(?:the |this |next |<month_word> )?(?:<MON>|<month_word>)",
        r"(?![a-z])",
    ),
    (
        "nth_week_cjk",
        "dc",
        r"(?<!\d)",
        r"(?:\d{1,2}|<CN>|[下本这次])个?月份?的?第 ?[一二三四五1-5] ?个?(?:周|星期|礼拜)",
        "",
    ),
    (
        "week_iso",
        "dw",
        r"(?<![a-z0-9-])",
        r"(?:(<Y>)[ -]?(?:w|kw|cw) ?(\d\d)|(?:w|kw|cw) ?(\d\d)[/ .-](<Y>))",
        r"(?![\d/a-z])",
    ),
    (
        "day_next_month",
        "dw",
        r"(?<![a-z0-9/.-])",
        r"(?:(?:the )?(<D>)<ORD> (?:of |of the |del |des |du |di |do )?<next> <month_word>|<next> <month_word>(?:'s)?,? (?:on )?(?:the )?(<D>)(?:st|nd|rd|th)?)",
        r"(?![a-z0-9/]|[.,:]\d)",
    ),
    ("week_start", "w", r"(?<![a-z0-9])", r"(?:<week_starting>)[ :]*(?:the |mon(?:day)? )?", r"(?=\d|<MON> ?\d)"),
    ("week_end", "w", r"(?<![a-z0-9])", r"(?:<week_ending>)[ :]*(?:the |fri(?:day)? )?", r"(?=\d|<MON> ?\d)"),
    (
        "week_no",
        "w",
        r"(?<![a-z0-9])",
        r"(?:<week_number>)[ .-]{0,2}(?:no\.? ?|nr\.? ?|# ?)?(\d{1,2})(?: ?[-/.]? ?(<Y>)| ?[-/] ?(\d{1,2}))?",
        r"(?![\d/]|[.,]\d|[a-z])",
    ),
    (
        "week_no_after",
        "d",
        r"(?<![a-z0-9.-])",
        r"(\d{1,2})(?:(?:\.|th|st|nd|rd|e|eme) ?(?:kw|calendar week|week(?! ?s)|hafta(?!s))|\.? ?kw)",
        r"(?![a-z])",
    ),
    ("week_cjk", "c", r"(?<!\d)", r"第 ?(\d{1,2}) ?(?:周|星期|礼拜|週)", ""),
    (
        "wd_cjk",
        "c",
        "",
        r"(?:(下下|下|这|本|上上|上)?个?(?:周|星期|礼拜)([一二三四五六日天])|(?:(来|今|先|다음 ?|이번 ?)(?:周|週|주) ?(?:の)?)?([月火水木金土日])曜日?)",
        "",
    ),
    (
        "wk_cjk",
        "c",
        "",
        r"(?:(下下|下|这|本|当|上)一?个?(?:周|星期|礼拜)(末|底|内|初|中)?(?![一二三四五六日天\d])|(来|今|다음 ?|이번 ?)(?:周|週|주)(末|中)?|(周)末)",
        "",
    ),
    (
        "wk_wd",
        "w",
        r"(?<![a-z0-9])",
        r"(?:(?:(<next>)|(<last>)|(<this>)) (<WD>)\.?|(<WD>)\.?(?: of)? (?:(?:(<next>)|(<last>)|(<this>)) <week>|(<next>)|(<last>))|(?:(<next>)|(<this>)) <week>'?s? (?:on )?(<WD>))",
        r"(?![a-z])",
    ),
    (
        "wk",
        "w",
        r"(?<![a-z0-9])",
        r"(?:<PART> (?:of )?|weekend of |friday of )?(?:la |der |die |das )?(?:(?:(<next>)|(<last>)|(<this>))[ -]<week>(?:end)?|<week> (?:(<next>)|(<last>)))",
        r"(?![a-z]|[ -]?\d)",
    ),
    (
        "weekday",
        "w",
        r"(?<![a-z0-9])",
        r"(?:(?:on|by|this|before|until|till|am|le|el|(since|seit|depuis|desde|desde el|od)) )?(<WDL>)",
        r"(?![a-z])",
    ),
    ("weekday_on", "w", r"(?<![a-z0-9])", r"(?:on|by|before|until|till|am|el|le|il|since) (<WD>)\.?", r"(?![a-z])"),
    ("rel", "w", r"(?<![a-z0-9])", r"(<RELA>)", r"(?![a-z0-9])"),
    ("rel_cjk", "c", "", r"(<RELC>)(?!早上好|的)", ""),
    (
        "ago",
        "dw",
        r"(?<![a-z0-9])",
        r"(?:(?:<within_before>) )?(<NUM>) (?:(<day_words>)|(<week_words>)) (?:<ago>)",
        r"(?![a-z])",
    ),
    ("before", "w", r"(?<![a-z0-9])", r"(?:<within_before>) (<NUM>) (?:(<day_words>)|(<week_words>))", r"(?![a-z])"),
    (
        "within",
        "w",
        r"(?<![a-z0-9])",
        r"(?:<within>) (?:the next |about |around |approx\.? |ca\.? |max\.? |another )?(?:(<NUM>) ?(?:-|to|or|bis|a) ?)?(<NUM>)(?: more| further)?[ -](?:(<working_day_words>)|(<day_words>)|(<week_words>)|(<month_words>))'?(?: time)?",
        r"(?![a-z]| (?:of|ahead|earlier|later|more|late|delay|advance))",
    ),
    (
        "within_cjk",
        "dc",
        r"(?<![\d第])",
        r"(\d{1,2}|<CN>|半)(?:[-~到至](\d{1,2}|<CN>))?个?(工作日|天|日|周|星期|礼拜|月)(?:之|以)?(内|后)",
        "",
    ),
    ("ago_cjk", "dc", r"(?<![\d第])", r"(\d{1,2}|<CN>)个?(天|日(?=以)|周|星期|礼拜)(?:以|之)?前(?!出|发|装|走|交)", ""),
    (
        "span",
        "dw",
        r"(?<![a-z0-9])",
        r"(?:(<NUM>) ?(?:-|to|or|bis|a) ?)?(<NUM>)(?: more| further| additional| extra| another| full| weitere)?[ -](?:(<working_day_words>)|(<day_words>)|(<week_words>)|(<month_words>))'?",
        r"(?![a-z])",
    ),
    ("span_ri", "dc", r"(?<=[迟后延晚早前推])", r"(\d{1,2}|<CN>)(?:[-~到至](\d{1,2}|<CN>))?(日)(?!前)", ""),
    (
        "span_cjk",
        "dc",
        r"(?<![\d第/.])",
        r"(\d{1,2}|<CN>|半)(?:[-~到至](\d{1,2}|<CN>))?个?(?:多)?(工作日|天|周|星期|礼拜|月(?!\d|<CN>|底|初|中|末|下|上|份))(?!前)",
        "",
    ),
    (
        "ordinal",
        "wd",
        r"(?<![a-z0-9/.-])",
        r"(?:(?:the|on|by|till|until|before|after|from|for|am|bis zum|bis|den|zum|le|el|al|du|au|~|-) )(?:the )?(<D>)(?:st|nd|rd|th)(?:(?: ?- ?| (?:or|to|and) (?:the )?)(<D>)(?:st|nd|rd|th))?",
        r"(?![a-z0-9]|[ -]?(?:of |de )?<MON>(?![a-z])| (?:lot|batch|shipment|floor|order|sample|line|week|reminder|time|carton|container|part|of|delivery|half|payment|mail|quarter))",
    ),
    (
        "ordinal_end",
        "d",
        r"(?<![a-z0-9/.-])",
        r"(<D>)(?:st|nd|rd|th)",
        r"(?= ?(?:[.,;)!]|$|\n)| (?:and|or|but|only|latest|please|pls|as|at)\b)",
    ),
    ("d_dot", "w", r"(?<![a-z0-9/.,-])", r"(?:am|bis zum|bis|zum|den|dem|ab|vom) (<D>)\.", r"(?! ?[\da-z])"),
    (
        "d_verb_cjk",  # a bare day between two verbs: 15号完工16发车
        "d",
        r"(?<=完工|做完|做好|包完|包好|验货)",
        r"(\d{1,2})",
        r"(?=(?:发车|出货|发货|走货|装柜|开船|交货|发走|出|走))",
    ),
    (
        "d_cjk",
        "dc",
        r"(?<![\d.月/年第-])",
        r"(?:(?:本|今|这个?|当)月|(下个?|来|次|上个?)月)?(\d{1,2})(?:[日号]?[-~到至、或](\d{1,2}))?(?:[日号])(?!线|楼|仓|车|门|机|柜|染|色|样|厂|店|库|船|口|针|码)",
        "",
    ),
)


@dataclass(frozen=True)
class Grammar:
    """Every rule compiled: to find places, to read their groups, and to read with what must stand around them."""

    places: re.Pattern[str]  # words, numbers and characters with which a date may begin
    by_head: Mapping[str, tuple[str, ...]]  # the rules that can fit where a text goes on so
    by_start: Mapping[str, tuple[str, ...]]  # the same by digit, word, character alone
    finding: Mapping[str, re.Pattern[str]]
    rules: Mapping[str, re.Pattern[str]]
    placed: Mapping[str, re.Pattern[str]]
    words: DateWords
    connector: re.Pattern[str]

    def scan(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield the rule that fits first at each place, and the place, from left to right."""
        passed = 0
        for place in self.places.finditer(text):
            start = place.start()
            if start < passed:
                continue
            for name in self._fitting(text[start : start + LENGTH]):
                hit = self.finding[name].match(text, start)
                if hit is not None:
                    passed = hit.end()
                    yield name, start, passed
                    break

    def _fitting(self, head: str) -> tuple[str, ...]:
        fitting = self.by_head.get(head) or self.by_head.get(head[0])
        return fitting or (self.by_start[_start(head)] if is_odd(head) else ())


def build_grammar(words: DateWords) -> Grammar:
    """Compile the rules with the words put in; a place is tried only against rules that can begin there."""
    rules: dict[str, re.Pattern[str]] = {}
    placed: dict[str, re.Pattern[str]] = {}
    finding: dict[str, re.Pattern[str]] = {}
    begins: dict[str, list[str]] = {}
    tables = _tables(words)
    for name, starts, behind, pattern, ahead in RULES:
        inner, behind, ahead = (_fill(piece, tables) for piece in (pattern, behind, ahead))
        rules[name] = re.compile(inner)
        finding[name] = placed[name] = re.compile(behind + inner + ahead)
        if _REFERENCE.search(inner):
            finding[name] = re.compile(behind + _REFERENCE.sub("[-/.]", inner) + ahead)
        for head in heads(inner):
            if _start(head) in starts:
                begins.setdefault(head, []).append(name)
    connector = re.compile(rf"[ )]*(?:{words.one_of('range')})[ (]*(?:the |den |el |le )?")
    by_head = {head: _in_order({*names, *begins.get(head[0], ())}) for head, names in begins.items()}
    others = "".join(sorted({re.escape(head[0]) for head in begins if _start(head) == "c"}))
    by_start = {start: tuple(name for name, starts, *_ in RULES if start in starts) for start in "dwc"}
    by_start["d"] += by_start["c"]  # digits of other scripts
    places = re.compile(rf"[a-z]+|[0-9]+[a-z]*|[{others}]|\d")  # a date begins with the whole of a word or number
    return Grammar(places, by_head, by_start, finding, rules, placed, words, connector)


_REFERENCE = re.compile(r"\\[23]")  # what stands for it must be the same where a date is read, not where it is found


def _start(head: str) -> str:
    """Return what a head begins with: digit, word or character; a sign is none, no date begins there."""
    if head[0].isdecimal():
        return "d"
    return "c" if not head[0].isascii() else "w" if head[0].isalpha() else "-"


def _in_order(names: Set[str]) -> tuple[str, ...]:
    return tuple(name for name, *_ in RULES if name in names)
