"""Bytes to text by a strict ladder: the label as browsers understand it, then UTF-8, then GB18030, a detector last."""

import codecs
import re

import charset_normalizer
import webencodings

# what mail programs write where they mean a code page of Windows, or a name that no table has
_ODD_LABELS = {
    "134": "gb18030",
    "gb2312_charset": "gb18030",
    "gbk_charset": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows-936": "gb18030",
    "chinesebig5": "big5",
    "136": "big5",
    "cp950": "big5",
    "ms950": "big5",
    "128": "shift_jis",
    "cp932": "shift_jis",
    "129": "euc-kr",
    "cp949": "euc-kr",
    "0": "windows-1252",
    "ansi": "windows-1252",
    "ascii": "us-ascii",
    "utf8mb4": "utf-8",
    "cp65001": "utf-8",
    "65001": "utf-8",
}
# codecs to try in turn for a label; the first is the standard's, the others hold what vendors added to it
_CODECS = {
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "gb18030": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    "euc-kr": ("cp949",),
    "iso-2022-kr": ("iso2022_kr",),
    "hz-gb-2312": ("hz",),
    "utf-7": ("utf_7",),
    "unicode-1-1-utf-7": ("utf_7",),
}
_SHIFTED = frozenset({"iso2022_jp", "iso2022_kr", "hz", "utf_7"})  # seven-bit: plain ASCII bytes may mean more
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CJK = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
_ODD_MIX = re.compile("[\u0080-\u024f\u0370-\u05ff]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_DETECTED_BYTES = 20_000


def decode(data: bytes, label: str = "") -> tuple[str, bool]:
    """Return the text of `data`, and whether every byte could be read; `label` is the charset it claims."""
    names = _codecs_of(label)
    if data.isascii() and not _SHIFTED.intersection(names) and b"\x00" not in data:
        return data.decode("ascii"), True
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace"), True
    utf8 = _strictly(data, "utf-8")
    if utf8 is not None and (not names or _really_utf8(utf8, names[0])):
        return utf8, True
    for name in names:
        text = _strictly(data, name)
        if text is not None and not _looks_mislabelled(text, name, data):
            return _other_chinese(data, name) or text, True
    if utf8 is not None:
        return utf8, True
    if _lone_letters(data):
        return data.decode("cp1252", "replace"), False
    text = _strictly(data, "gb18030")
    if text is not None and _mostly_cjk(text):
        return text, True
    return _detected(data, names)


def known(label: str) -> bool:
    """Whether a charset's label means anything here."""
    return bool(_codecs_of(label))


def _codecs_of(label: str) -> tuple[str, ...]:
    clean = label.strip(" \t\r\n\"'<>;").lower()
    if clean.startswith("x-") and clean not in ("x-sjis", "x-euc-jp", "x-x-big5"):
        clean = clean[2:]
    clean = _ODD_LABELS.get(clean, clean)
    if not clean.isascii():
        return ()
    if clean in _CODECS:
        return _CODECS[clean]
    found = webencodings.lookup(clean)
    if found is None or found.name in ("x-user-defined", "replacement"):
        return ()
    return _CODECS.get(found.name, (found.codec_info.name,))


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _really_utf8(text: str, claimed: str) -> bool:
    """Whether bytes that happen to be valid UTF-8 are that, against a label that says otherwise."""
    if claimed == "utf-8":
        return True
    if claimed in ("gb18030", "cp950", "big5hkscs", "cp932", "euc_jp", "cp949"):
        # two bytes of a Chinese code page seldom make UTF-8, and when they do not a Chinese character
        return len(_CJK.findall(text)) >= 2 and not _ODD_MIX.search(text)
    return not claimed.startswith("utf-16") and claimed not in _SHIFTED


_COMMON = {"gb18030": (0xB0, 0xD7, 0xA1), "cp950": (0xA4, 0xC6, 0x40)}  # of common characters: lead bytes, least trail
_SYMBOLS = range(0xA1, 0xA4)  # lead bytes of punctuation in both


def _other_chinese(data: bytes, name: str) -> str | None:
    """The text in the other Chinese code page, where that one makes common characters and what is claimed rare ones."""
    name = "cp950" if name == "big5hkscs" else name
    other = {"gb18030": "cp950", "cp950": "gb18030"}.get(name)
    if other is None or _common(data, name) >= 0.9 or _common(data, other) < 0.95:
        return None
    return _strictly(data, other)


def _common(data: bytes, name: str) -> float:
    """The share of two-byte characters that are common ones or punctuation."""
    first, last, trail = _COMMON[name]
    pairs = common = at = 0
    piece = data[:4000]
    while at < len(piece) - 1:
        if piece[at] < 0x80:
            at += 1
            continue
        pairs += 1
        common += (first <= piece[at] <= last and piece[at + 1] >= trail) or piece[at] in _SYMBOLS
        at += 2
    return common / pairs if pairs >= 4 else 1.0


def _looks_mislabelled(text: str, codec: str, data: bytes) -> bool:
    """Whether a code page that takes any byte at all was claimed for what are plainly Chinese bytes."""
    if not codec.startswith(("cp125", "iso8859", "latin")):
        return False
    high = sum(byte > 0x7F for byte in data[:2000])
    if high < 6 or high * 5 < len(data[:2000]):
        return False
    chinese = _strictly(data, "gb18030")
    return chinese is not None and _mostly_cjk(chinese)


def _lone_letters(data: bytes) -> bool:
    """Whether the high bytes stand singly among ASCII letters, as accented letters of a Western code page do."""
    runs = _HIGH.findall(data[:20_000])
    return bool(runs) and max(map(len, runs)) <= 2 and sum(len(run) == 1 for run in runs) * 2 >= len(runs)


def _mostly_cjk(text: str) -> bool:
    foreign = [char for char in text[:4000] if char > "\x7f"]
    common = sum(
        "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" for char in foreign
    )
    return bool(foreign) and common * 10 >= len(foreign) * 9


def _detected(data: bytes, names: tuple[str, ...]) -> tuple[str, bool]:
    if names:  # a few broken bytes under a label that is right else
        text = data.decode(names[0], "replace")
        if text.count("\ufffd") * 20 <= len(text):
            return text, False
    best = charset_normalizer.from_bytes(data[:_DETECTED_BYTES]).best()
    guess = best.encoding if best is not None else (names[0] if names else "utf-8")
    return data.decode(guess, "replace"), False
