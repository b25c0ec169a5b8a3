"""Write the style sheet into the tags of an HTML template, once when it is loaded rather than for each letter.

Mail programs drop style sheets (Gmail on phones, Outlook), so each tag carries its own style. What belongs to Jinja is
put aside while the HTML is parsed: a value inside a tag as a word, everything else as a comment, which may stand
anywhere in HTML.
"""

import re
from functools import cache

from css_inline import CSSInliner, InlineError

_JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!](?:[^<>{]|\{(?![{%#]))*\Z")
_KEPT = re.compile(r"<!--jinja(\d+)j-->|jinja(\d+)j")
_TBODY = re.compile(r"</?tbody>")


class StyleError(ValueError):
    """An HTML template whose styles cannot be written into its tags; `line` is where."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def inline_styles(source: str, css: str) -> str:
    """Return a template with the styles in its tags; raises `StyleError`."""
    kept: list[str] = []
    plain = _put_aside(source, kept)
    try:
        if "<html" in source.lower():
            done = _inliner().inline(plain.replace("</head>", f"<style>{css}</style></head>", 1))
        else:
            done = _inliner().inline_fragment(plain, css)
    except InlineError as error:
        raise StyleError(1, str(error)) from error
    if "<tbody" not in source.lower():  # parsers add it, and would put one end of a loop outside and one inside
        done = _TBODY.sub("", done)
    return _KEPT.sub(lambda hit: kept[int(hit[1] or hit[2])], done)


def _put_aside(source: str, kept: list[str]) -> str:
    parts: list[str] = []
    end = 0
    for hit in _JINJA.finditer(source):
        parts.append(source[end : hit.start()])
        inside = _TAG.search(_since_last_tag("".join(parts))) is not None
        if inside and not hit[0].startswith("{{"):
            line = source.count("\n", 0, hit.start()) + 1
            raise StyleError(line, f"{hit[0]} stands inside a tag")
        parts.append(f"jinja{len(kept)}j" if inside else f"<!--jinja{len(kept)}j-->")
        kept.append(hit[0])
        end = hit.end()
    return "".join((*parts, source[end:]))


def _since_last_tag(text: str) -> str:
    """Return the text from the last opening bracket on: short, whatever the length of the template."""
    return text[text.rfind("<") :] if "<" in text else ""


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
