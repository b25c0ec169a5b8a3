"""What a reader sees of a letter, so that its two parts can be compared; and tags that mail programs may not know."""

import re
from html.parser import HTMLParser

_KNOWN = frozenset(("html", "head", "meta", "title", "style", "body", "div", "p", "br", "strong", "code", "a")) | {
    *("table", "tbody", "tr", "th", "td", "ul", "ol", "li", "bdi", "img")
}
_EMPTY = frozenset({"meta", "br", "img"})


def _odd(name: str, value: str) -> bool:
    """Say whether an attribute does or fetches something; a picture that came with the mail is there already."""
    fetches = name in ("src", "background") and not value.startswith("cid:")
    return name.startswith("on") or fetches


class _Page(HTMLParser):
    """Gathers the visible words of a page and what is odd in its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.odd: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words.append(" " if tag not in ("strong", "code", "bdi", "a") else "")
        if tag not in _KNOWN or any(_odd(name, value or "") for name, value in attrs):
            self.odd.append(tag)
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.odd.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if not {"head", "style", "title"}.intersection(self.open):
            self.words.append(data)


def _page(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


def said_by(part: str, *, page: bool) -> str:
    """Return the letters and figures of a part, without the marks that each part sets in its own way."""
    text = "".join(_page(part).words) if page else re.sub(r"(?m)^(?:\d+\.|>) ", "", part).replace("________", "")
    return re.sub(r"[\W_]+", "", text)


def strange_tags(html: str) -> list[str]:
    """Return the tags that are left open, closed twice, unknown to some mail programs, or load something."""
    page = _page(html)
    return page.odd + page.open
