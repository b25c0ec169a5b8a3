"""Makes docs/images/demo.svg, what the first days of `mailflow demo` look like on a terminal.

usage: .venv/bin/python scripts/demo-picture.py
"""

import html
import re
import sys
from io import StringIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from mailflow.demo.play import play

WIDTH = 150
DAYS = ("Monday, 16", "Wednesday, 18")  # promises, a delay told at once; a slip, a question to a person
CELL = 12.2  # width of a cell in the pictures that rich draws
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "demo.svg"
# The fonts that the reader's computer has: rich's own template fetches one from elsewhere.
FONTS = '"Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "Microsoft YaHei", monospace'


def show() -> list[str]:
    """Play the week on a terminal that keeps what it is given; return its lines."""
    kept = StringIO()
    console = Console(file=kept, width=WIDTH, force_terminal=True, color_system="truecolor", highlight=False)
    with TemporaryDirectory() as folder:
        play(Path(folder), language="en", stay=False, console=console)
    return kept.getvalue().splitlines()


def excerpt(lines: list[str]) -> list[str]:
    """Return the opening and the days that the picture shows."""
    rules = [number for number, line in enumerate(lines) if "──────" in line and "202" in line] + [len(lines)]
    end_of_opening = next(number for number, line in enumerate(lines) if "╰" in line)
    chosen = lines[: end_of_opening + 1]
    for start, end in pairwise(rules):
        if any(day in lines[start] for day in DAYS):
            chosen += lines[start:end]
    return chosen


def widened(match: re.Match[str]) -> str:
    """Give a piece of text the width of its cells: rich counts signs, and Chinese ones are two cells wide."""
    cells = cell_len(html.unescape(match[3]))
    return f'{match[1]}textLength="{cells * CELL:.1f}"{match[2]}>{match[3]}</text>'


def main() -> int:
    """Write the picture."""
    paper = Console(file=StringIO(), width=WIDTH, record=True, force_terminal=True, color_system="truecolor")
    for line in excerpt(show()):
        paper.print(Text.from_ansi(line), soft_wrap=True)
    svg = paper.export_svg(title="make demo", unique_id="demo")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: (?:Fira Code, monospace|Fira Code|arial);?", f"font-family: {FONTS};", svg)
    svg = re.sub(r'(<text [^>]*?)textLength="[\d.]+"([^>]*)>([^<]*)</text>', widened, svg)
    svg = "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(svg, encoding="utf-8")
    sys.stdout.write(f"{PICTURE}: {PICTURE.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
