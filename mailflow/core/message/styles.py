"""What a tag's style says of its words: hidden, struck out, coloured, or a border that marks a quotation."""

import re
from dataclasses import dataclass
from functools import lru_cache

_DECLARATION = re.compile(r"([a-z-]{2,30})\s*:\s*([^;]{1,200})")
_RULE = re.compile(r"\.([A-Za-z][\w-]{0,60})[^{}]{0,200}\{([^{}]{0,2000})\}")
_NUMBER = re.compile(r"\s*(-?[\d.]{1,10})\s*([a-z%]{0,3})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})")
_CLEAR = re.compile(r"transparent|rgba\([^)]{1,40},\s*0(?:\.0+)?\s*\)")
_NAMED = {"white": "ffffff", "black": "000000", "red": "ff0000", "blue": "0000ff", "green": "008000", "windowtext": ""}


@dataclass(frozen=True, slots=True)
class Style:
    """The few properties that matter to a reader; colours as six hexadecimal digits, empty where not given."""

    hidden: bool = False
    struck: bool = False
    pre: bool = False
    quoted: bool = False  # a line down the left side
    indent: bool = False  # a blockquote used only to indent
    color: str = ""
    background: str = ""


PLAIN = Style()


@lru_cache(maxsize=2048)
def style_of(css: str) -> Style:
    """Read a style attribute."""
    found = {name: value.strip() for name, value in _DECLARATION.findall(css.lower()[:4000])}
    border = found.get("border-left", "")
    return Style(
        hidden=_hides(found),
        struck="line-through" in found.get("text-decoration", "") + found.get("text-decoration-line", ""),
        pre=found.get("white-space", "").startswith("pre"),
        quoted="solid" in border and _length(border, 1.0) >= 0.5,
        indent=found.get("border", "").startswith(("none", "0")) and "padding" in css.lower(),
        color=color_of(found.get("color", "")),
        background=color_of(found.get("background-color", "") or found.get("background", "")),
    )


def _hides(found: dict[str, str]) -> bool:
    if found.get("display", "").startswith("none") or found.get("visibility", "").startswith(("hidden", "collapse")):
        return True
    if found.get("mso-hide", "").startswith("all") or _CLEAR.match(found.get("color", "")):
        return True
    size = found.get("font-size", "")
    if size and _pixels(size) <= 1.0:
        return True
    if found.get("opacity", "").startswith("0") and _length(found["opacity"], 1.0) == 0:
        return True
    clipped = found.get("overflow", "").startswith("hidden")
    if clipped and any(
        found.get(name, "").startswith("0") and _length(found[name], 1.0) == 0
        for name in ("max-height", "height", "width", "max-width")
    ):
        return True
    return _length(found.get("text-indent", ""), 0.0) <= -999 or _length(found.get("left", ""), 0.0) <= -999


def _pixels(size: str) -> float:
    match = _NUMBER.match(size)
    if match is None:
        return 12.0
    number = _float(match.group(1), 12.0)
    scale = {"em": 16.0, "rem": 16.0, "%": 0.16}.get(match.group(2), 1.0)
    return number * scale


def _length(value: str, default: float) -> float:
    match = re.search(r"-?\d{1,6}(?:\.\d{1,6})?|-?\.\d{1,6}", value)
    return _float(match.group(), default) if match else default


def _float(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


@lru_cache(maxsize=512)
def color_of(value: str) -> str:
    """A colour as six hexadecimal digits; empty where it is none that we know."""
    clean = value.strip().lower().removesuffix("!important").strip()
    rgb = _RGB.search(clean)
    if rgb:
        return "".join(f"{min(int(part), 255):02x}" for part in rgb.groups())
    clean = clean.split(" ", 1)[0]
    if re.fullmatch(r"#?[0-9a-f]{6}", clean):
        return clean.lstrip("#")
    if re.fullmatch(r"#[0-9a-f]{3}", clean):
        return "".join(digit * 2 for digit in clean[1:])
    return _NAMED.get(clean, "")


@lru_cache(maxsize=512)
def similar(one: str, other: str) -> bool:
    """Whether two colours cannot be told apart when one stands on the other."""
    if not one or not other:
        return False
    pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return all(abs(left - right) <= 12 for left, right in pairs)


@lru_cache(maxsize=512)
def marked(color: str) -> bool:
    """Whether a colour is one that people mark their words with: neither black, grey nor white."""
    if not color:
        return False
    channels = bytes.fromhex(color)
    return max(channels) - min(channels) >= 90


def class_styles(sheet: str) -> dict[str, Style]:
    """The classes of a style sheet that hide or strike out."""
    if "none" not in sheet and "line-through" not in sheet and "hidden" not in sheet:
        return {}
    found = {}
    for name, body in _RULE.findall(sheet[:100_000]):
        style = style_of(body)
        if style.hidden or style.struck:
            found[name] = style
    return found
