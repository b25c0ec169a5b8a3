"""Small signs by which a line that says something is told from a line that only names or addresses."""

import re

CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
DATE = re.compile(
    r"(?<![\d.-])\d{1,2}\s?[./]\s?\d{1,2}(?:\s?[./]\s?\d{2,4})?(?![\d-])|\d\s?[月号號日]|\b20\d\d-\d"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[\s-]?{_MONTH}|\b{_MONTH}[a-z]{{0,6}}\.?\s\d|\b(?:wk|week|kw)\s?\d",
    re.IGNORECASE,
)
"""Something that could be a day."""

IDENTIFIER = re.compile(
    r"\b[A-Za-z]{1,5}\d{2,}[-/]?\d{2,}|\b[A-Za-z]{2,5}[-/]\d{2,4}[-/]?\d{2,}|\b\d{2,4}[-/]\d{4,}\b(?![-\s]?\d)"
    r"|\b\d{3,}\s?(?:pcs|sets|prs|ctns|件|套|个|個|箱|米)"
)
"""Something that could be the number of an order, a consignment or an amount of goods."""

PHONE = re.compile(r"(?<!\w)(?:\+\d|\(0?\d{1,4}\)|0\d{1,3}[\s-]|1[3-9]\d)[\d\s().-]{5,20}\d")
"""A telephone number that shows it: a plus, a leading zero, a mobile's first three digits."""

_SMALL_WORD = re.compile(r"(?<![\w'’-])[a-zà-öø-ÿāăąćčđęěğıłńňőřśşšťůűźżž]{2,}(?![\w-])")
SAYS_CHINESE = re.compile(
    "[请請付到给給寄由已把是从從向按改让讓被送的会會能要没沒不]|可以|出货|出貨|发货|發貨|收到|安排|确认|確認|同意|尽快|儘快|马上|完成"
    "|[今明昨后後]天|周[一二三四五六日]|[月号號]"
)
"""Chinese words that say something, which stand in no name of a person or a firm."""

_ENDS = re.compile(r"[.!?]\s*\Z")


def small_words(text: str) -> list[str]:
    """The words that begin with a small letter: a name has hardly any."""
    return _SMALL_WORD.findall(text)


def is_prose(text: str) -> bool:
    """Whether a line is a sentence rather than a name, a title or an address."""
    if re.search(r"[，。！？；]", text):
        return True
    if len(CJK.findall(text)) > 24:
        return True
    small = len(small_words(text))
    return small >= 6 or (small >= 3 and _ENDS.search(text) is not None) or (small >= 3 and "?" in text)
