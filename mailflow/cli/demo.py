"""The demo: a week of order follow-up on this computer alone."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mailflow.cli.common import fail


class Language(StrEnum):
    """The languages that the show speaks."""

    EN = "en"
    ZH = "zh"


def demo(
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep mail server and service running afterwards, to look in and to answer.")
    ] = False,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where letters and digest are saved as web pages.")
    ] = Path("demo-out"),
    language: Annotated[
        Language | None, typer.Option("--language", help="What the show speaks; the terminal's if left out.")
    ] = None,
) -> None:
    """Play a week of order follow-up: a mail server in this process, sample orders, mails in Chinese and English.

    Nothing is sent anywhere. Examples: mailflow demo · mailflow demo --stay --language zh
    """
    try:
        from mailflow.demo.play import play
    except ModuleNotFoundError as error:
        fail(f"the demo wants the package {error.name}", 'install them all: pip install "mailflow-followup[demo]"')
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{out}: {error.strerror}", "name a folder that you may write to: --out DIR")
    spoken = language or (Language.ZH if os.environ.get("LANG", "").lower().startswith("zh") else Language.EN)
    raise typer.Exit(play(out, language=spoken.value, stay=stay))
