"""Plain promises with one word put in that takes them back: none of them is entered any more."""

from datetime import date
from functools import cache

import pytest

from tests.core.reading.test_traps import read

DAY = date(2026, 12, 5)
PROMISES = {
    "en": (
        "We will ship {A} on 5 December.",
        "{A} is ready on 5 December.",
        "The goods of {A} leave our factory on 5 December.",
        "{A}: ex-factory 5 December.",
        "Inspection of {A} is on 5 December.",
        "ETD of {A} is 5 December.",
    ),
    "zh": (
        "{A} 12月5日出货。",
        "{A}这批货12月5日装柜。",
        "{A}预计12月5日完成生产。",
        "{A}安排12月5日验货。",
        "{A}的交期是12月5日。",
        "{A}订的船12月5日开船。",
    ),
    "de": ("{A} versenden wir am 5. Dezember.", "{A} ist am 5. Dezember fertig."),
    "fr": ("Nous expédierons {A} le 5 décembre.", "{A} sera prête le 5 décembre."),
    "es": ("Embarcaremos {A} el 5 de diciembre.", "{A} estará listo el 5 de diciembre."),
}
BEFORE = {
    "en": (
        *("If the fabric comes in time, ", "Provided that you pay first, ", "Unless the weather turns bad, "),
        *(
            "As soon as you approve the sample, ",
            "Maybe ",
            "Perhaps ",
            "Hopefully ",
            "We hope that ",
            "In the best case ",
        ),
        *(
            "We cannot promise that ",
            "It is not sure that ",
            "We doubt that ",
            "It is not true that ",
            "Do you think that ",
        ),
        *("The customer says that ", "We heard that ", "Last year: ", "Another customer's order like "),
    ),
    "zh": (
        *(
            "如果面料按时到，",
            "要是您先付款，",
            "只要样品通过，",
            "除非天气不好，",
            "也许",
            "可能",
            "希望",
            "争取",
            "尽量",
            "不敢保证",
        ),
        *("不一定", "说不好，", "听说", "货代说", "客户说", "理想情况下", "等样品批了，", "万一顺利，"),
    ),
    "de": ("Falls der Stoff kommt: ", "Vielleicht: ", "Wenn alles klappt: ", "Hoffentlich: ", "Unter Vorbehalt: "),
    "fr": ("Si le tissu arrive : ", "Peut-être : ", "Sous réserve : ", "On espère : "),
    "es": ("Si llega la tela: ", "Quizás: ", "Tal vez: ", "Por confirmar: "),
}
BEHIND = {
    "en": (
        *(
            " if all goes well",
            " if the vessel has space",
            " - not sure yet",
            " (tbc)",
            " (to be confirmed)",
            " - tentative",
        ),
        *(", hopefully", ", maybe", ", subject to your approval", ", depending on the weather", ", or a week later"),
        *(
            " is not possible",
            ", no, that is wrong",
            "?",
            ", right?",
            ", is that ok?",
            " at the earliest",
            " is cancelled",
        ),
    ),
    "zh": (
        *(
            "，如果面料能到的话",
            "，前提是余款到账",
            "，还不一定",
            "，待定",
            "（待确认）",
            "，暂定",
            "，看情况",
            "，到时再看",
            "，说不准",
        ),
        *("，有点悬", "，来不及了", "，做不到", "吗？", "，可以吗？", "，行不行？", "以后才行", "，取消了", "，先暂停"),
    ),
    "de": (", falls der Stoff kommt", " (unter Vorbehalt)", ", vielleicht", "?", ", hoffentlich", " klappt nicht"),
    "fr": (", si le tissu arrive", " (sous réserve)", ", peut-être", " ?", ", ce n'est pas possible"),
    "es": (", si llega la tela", " (por confirmar)", ", quizás", "?", ", no es posible"),
}


def _small(text: str) -> str:
    return text if text.startswith("{") else text[0].lower() + text[1:]


def _behind(text: str, words: str) -> str:
    return text.rstrip(".。") + words + ("" if words.endswith(("?", "？")) else "." if text.isascii() else "。")


@cache
def _cases() -> list[tuple[str, str]]:
    cases = []
    for language, promises in PROMISES.items():
        cases += [(language, before + _small(text)) for text in promises for before in BEFORE[language]]
        cases += [(language, _behind(text, behind)) for text in promises for behind in BEHIND[language]]
    return cases


def _entered(language: str, text: str) -> bool:
    return any(update.applied and update.date == DAY for update in read(language, text).updates)


@pytest.mark.parametrize("language", PROMISES)
def test_the_promises_themselves_are_entered(language: str) -> None:
    assert [text for text in PROMISES[language] if not _entered(language, text)] == []


@pytest.mark.parametrize("language", PROMISES)
def test_a_promise_taken_back_is_not_entered(language: str) -> None:
    cases = [text for case, text in _cases() if case == language]

    assert [text for text in cases if _entered(language, text)] == []


@pytest.mark.parametrize("language", PROMISES)
def test_what_we_wrote_ourselves_is_not_entered(language: str) -> None:
    quoted = [f"ok\n\n> {text}" for text in PROMISES[language]]

    assert [text for text in quoted if _entered(language, text)] == []


@pytest.mark.parametrize("language", PROMISES)
def test_a_promise_for_somebody_elses_order_is_not_entered(language: str) -> None:
    """The numbers of another supplier's orders move nothing."""
    others = [text.replace("{A}", "706203") for text in PROMISES[language]]

    assert [text for text in others if _entered(language, text)] == []


def test_there_are_hundreds_of_cases() -> None:
    assert len(_cases()) > 400
