"""The process that opens PDFs: reads lengths and bytes on its standard input, answers lines of JSON; may be killed."""

import json
import sys
from typing import Any, BinaryIO

import pypdfium2
import pypdfium2.raw

from mailflow.edges.files.helper import at_most, be_bounded, in_time

raw: Any = pypdfium2.raw  # bindings made by a program; they know no types

MEMORY = 1024 * 1024 * 1024
PAGES = 60
CHARACTERS = 400_000
RECTANGLES = 20_000

_Word = tuple[float, float, float, float, str]  # left, bottom, right, top, text


def main() -> None:
    """Answer until the input ends."""
    be_bounded(MEMORY)
    forget_fonts()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def forget_fonts() -> None:
    """Let the library find no fonts of the machine.

    Text needs none, and the same file then gives the same text everywhere. For a Chinese one that a file does not bring
    along it would read a font of 26 MB again for each file.
    """
    nowhere = dict(raw.FPDF_LIBRARY_CONFIG._fields_)["m_pUserFontPaths"]
    raw.FPDF_DestroyLibrary()  # importing the library has set it up with the machine's fonts
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=(nowhere._type_ * 1)()))


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read one file after another, each behind a line with its length and the microseconds it may take."""
    while header := source.readline():
        length, microseconds = header.split()
        data = source.read(int(length))
        at_most(int(microseconds) / 1e6)
        found = json.dumps(answer(data)).encode("ascii")
        in_time()
        sink.write(found + b"\n")
        sink.flush()


def answer(data: bytes, pages: int = PAGES) -> dict[str, str]:
    """The text of a PDF, or what is wrong with it."""
    try:
        return text_of(data, pages)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return {"problem": "is protected by a password"}
        return {"problem": "is no PDF that can be opened"}
    except MemoryError:
        return {"problem": "needs more memory than a PDF may"}


def text_of(data: bytes, pages: int = PAGES) -> dict[str, str]:
    """Put what stands beside each other on a page into one line, wide gaps kept."""
    document = pypdfium2.PdfDocument(data)
    try:
        texts: list[str] = []
        size = 0
        for number in range(min(len(document), pages)):
            page = document[number]
            words = page.get_textpage()
            text = "\n".join(lines_of(rectangles(words)))
            words.close()
            page.close()
            texts.append(text)
            size += len(text)
            if size > CHARACTERS:
                break
        whole = "\n\n".join(text for text in texts if text)[:CHARACTERS]
        if not whole.strip():
            return {"problem": "holds no text, it is a scan or a picture"}
        cut = len(document) > len(texts) or size > CHARACTERS
        return {"text": whole, "problem": "is longer than can be read: cut" if cut else ""}
    finally:
        document.close()


def rectangles(page: pypdfium2.PdfTextPage) -> list[_Word]:
    """The stretches of text of a page with their places."""
    found: list[_Word] = []
    for number in range(min(page.count_rects(), RECTANGLES)):
        left, bottom, right, top = page.get_rect(number)
        text = page.get_text_bounded(left, bottom, right, top).replace("\r\n", " ").strip()
        if text:
            found.append((left, bottom, right, top, text))
    return found


def lines_of(words: list[_Word]) -> list[str]:
    """Lines from top to bottom; a gap wider than a few letters becomes blanks that a table is known by."""
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda word: -(word[1] + word[3])):
        height = max(word[3] - word[1], 4.0)
        middle = (word[1] + word[3]) / 2
        row = rows[-1] if rows else None
        if row is not None and abs((row[0][1] + row[0][3]) / 2 - middle) < height * 0.6:
            row.append(word)
        else:
            rows.append([word])
    return [_joined(sorted(row)) for row in rows]


def _joined(row: list[_Word]) -> str:
    text, end, wide = "", 0.0, 0.0
    for left, _, right, _, word in row:
        if text:
            gap = left - end
            text += "    " if gap > 2.2 * wide else (" " if gap > 0.2 * wide else "")
        text += word
        end = max(end, right)
        wide = max((right - left) / max(len(word), 1), 3.0)
    return text


if __name__ == "__main__":
    main()
