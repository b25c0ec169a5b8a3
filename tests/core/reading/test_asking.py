"""What a person is asked, in their language."""

from dataclasses import replace
from functools import cache

from mailflow.core.message.model import Message
from mailflow.core.reading.asking import Asking
from mailflow.core.reading.reader import read_message
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.defaults import default_rules
from tests.core.reading.generated import mails
from tests.core.reading.test_properties import BOOK, message
from tests.core.reading.worlds import words


def _asked(mail: Message, language: str) -> list[str]:
    book = replace(BOOK, speaks=lambda orders: language)
    return [question.text for question in read_message(mail, book, words()).questions]


def test_a_question_names_order_words_reason_and_entry_in_the_language_asked_for() -> None:
    mail = message(["KX/2027/1187: if the material comes in time we ship on 15 April."])

    (english,), (chinese,) = _asked(mail, "en"), _asked(mail, "zh")

    assert english.endswith("depends on a condition. Enter ship 15 Apr?")
    assert chinese.startswith('KX/2027/1187："KX/2027/1187: if the material comes in time we ship on 15 April')
    assert chinese.endswith("（有前提条件）。是否录入：出货 4月15日？")


def test_a_question_about_the_whole_mail_is_asked_in_chinese_too() -> None:
    mail = message(["The kiln of KX/2027/1187 has collapsed."])

    assert all("\u4e00" <= text[0] <= "\u9fff" for text in _asked(mail, "zh"))
    assert all(text[0].isascii() for text in _asked(mail, "en"))


def test_an_unknown_language_is_asked_in_english() -> None:
    mail = message(["The kiln of KX/2027/1187 has collapsed."])

    assert _asked(mail, "eo") == _asked(mail, "en")


@cache
def _table() -> dict[str, str]:
    source, problems = read_yaml((default_rules() / "reading" / "questions.yaml").read_text("utf-8"), "questions.yaml")
    assert source is not None, problems
    return dict(source.data["zh"])


def test_every_star_of_a_text_stands_in_its_translation() -> None:
    assert {key: into for key, into in _table().items() if key.count("*") != into.count("*")} == {}


def test_no_generated_mail_is_asked_about_in_two_languages_at_once() -> None:
    """Outside the mail's own words a Chinese question holds no English sentence of ours."""
    asking = Asking("zh", _table())
    english = {key for key in _table() if key.endswith(("?", ".")) and "*" not in key}

    assert len(mails()) > len(english) > 0
    assert [key for key in english if asking.say(key) == key] == []


def test_a_star_keeps_the_words_that_it_stands_for() -> None:
    asking = Asking("zh", {"the address looks like *'s": "像*的地址"})

    assert asking.say("the address looks like Anvil Ltd's") == "像Anvil Ltd的地址"
    assert asking.say("what no table knows") == "what no table knows"
