"""Whether a line is somebody's name: the sender's own as the From header has it, or by its look."""

import re

from mailflow.core.message.model import Address
from mailflow.core.message.phrases import Phrases
from mailflow.core.message.prose import CJK, PHONE, SAYS_CHINESE

_SPACES = re.compile(r"[\s,|/()·&-]+")
_NOT_A_NAME = re.compile(r"[，。！？!?;；:：=<>@#%]|\d")
_JOINING = frozenset(
    (
        "and",
        "all",
        "at",
        "of",
        "the",
        "und",
        "et",
        "y",
        "van",
        "von",
        "de",
        "da",
        "di",
        "del",
        "dos",
        "bin",
        "i.a.",
        "for",
    )
)


def is_name(text: str, sender: Address, phrases: Phrases) -> bool:
    """Whether a line is the sender's name, perhaps with a firm, a title, a telephone."""
    bare = PHONE.sub(" ", text).strip()
    if not sender.name or not bare or len(bare) > 70 or _NOT_A_NAME.search(bare):
        return False
    words = [word for word in _SPACES.split(bare) if word]
    if not words or len(words) > 9 or any(word.lower() in phrases.answer_word for word in words):
        return False
    own = [word for word in re.split(r"[\s,|/()·.&-]+", sender.name) if word]
    known = [any(_same(word, name, phrases) for name in own) for word in words]
    if not any(known):
        return False
    return all(
        ours or (_stands_in_names(word) if CJK.search(word) else not word[0].islower() or word.lower() in _JOINING)
        for word, ours in zip(words, known, strict=True)
    )


def looks_like_name(text: str, strict: bool, phrases: Phrases) -> bool:
    """Whether a line below a closing could be a name; `strict` where the closing was only thanks."""
    if len(text) > 50 or _NOT_A_NAME.search(text):
        return False
    words = [word for word in _SPACES.split(text) if word]
    if not words or any(word.lower().strip(".") in phrases.answer_word for word in words):
        return False
    if CJK.search(text):
        return not strict and len(text) <= 20 and _stands_in_names(text)
    if len(words) > 6:
        return False
    return all(not word[0].islower() or word.lower() in _JOINING for word in words) or (not strict and len(words) == 1)


def _stands_in_names(word: str) -> bool:
    return SAYS_CHINESE.search(word) is None


def _same(word: str, name: str, phrases: Phrases) -> bool:
    if CJK.search(name):
        return _same_chinese(word, name, phrases)
    one, other = word.strip(".").casefold(), name.casefold()
    return len(one) >= 2 and (one == other or (len(one) >= 4 and other.startswith(one)))


def _same_chinese(word: str, name: str, phrases: Phrases) -> bool:
    if word == name[0] or (len(word) <= 4 and word[0] == name[0] and word[1:] in phrases.honorific):
        return True  # 何, 何生 of 何志远
    if len(word) == 2 and word[0] in "小老阿" and word[1] == name[0]:
        return True
    return len(word) >= 2 and (word in name or name in word or (len(name) >= 4 and word[:2] == name[:2]))
