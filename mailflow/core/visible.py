"""Text from outside made fit for a terminal or a log: shown, never obeyed."""

import re

_BLANK = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # ESC and the other controls, C0 and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    "\ud800-\udfff\ufeff\U000e0000-\U000e007f]"  # what cannot be written, and what nobody sees
)
INSTEAD = "�"


def visible(text: str) -> str:
    """Return a text on one line, with a sign instead of each character that a terminal would obey or hide."""
    return _OBEYED.sub(INSTEAD, _BLANK.sub(" ", text))
