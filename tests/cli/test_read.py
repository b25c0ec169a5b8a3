"""`mailflow read`: one line a mail, whatever the mail; nothing needed but the files."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mailflow.cli import build_app

MAILS = Path(__file__).parents[1] / "mail" / "reading"
BOOK = ("--orders", str(MAILS / "orders.csv"), "--parties", str(MAILS / "parties.yaml"))


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["read", *arguments])


def _lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_holds_what_the_contract_asks_for() -> None:
    (found,) = _lines(_run(*BOOK, str(MAILS / "de-shipped.eml")))

    assert found["id"] == "de-shipped"
    assert found["disposition"] == "update"
    assert found["from"] == "krantz@nordwald.example"
    assert found["date"] == "2027-03-10T10:00:00+01:00"
    assert found["orders"][0] == {"order": "KX/2027/1187", "confidence": 0.99, "how": "exact", "runner_up": 0.005}
    (update,) = found["updates"]
    assert update["refs"] == ["MSKU7741206"]
    assert update["applied"] is True
    assert found["mentions"]["refs"] == [{"type": "container", "value": "MSKU7741206"}]
    assert "failed" not in found
    assert found["questions"] == []


def test_files_come_in_the_order_given_and_a_folder_by_name() -> None:
    given = _lines(_run(*BOOK, str(MAILS / "fr-promise.eml"), str(MAILS / "de-promise.eml")))
    folder = _lines(_run(*BOOK, str(MAILS)))

    assert [found["id"] for found in given] == ["fr-promise", "de-promise"]
    names = [found["id"] + ".eml" for found in folder]
    assert names == sorted(path.name for path in MAILS.glob("*.eml"))


def test_the_same_bytes_come_out_however_sets_are_ordered() -> None:
    folder = Path(__file__).parents[1] / "corpus" / "second"
    book = ["--orders", folder / "orders.csv", "--parties", folder / "parties.yaml", folder / "mail"]
    command = [sys.executable, "-c", "from mailflow.cli import main; main()", "read", *map(str, book)]

    first, other = (
        subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ | {"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "6")
    )

    assert first
    assert first == other


def test_without_parties_nobody_has_a_say() -> None:
    (found,) = _lines(_run("--orders", str(MAILS / "orders.csv"), str(MAILS / "de-promise.eml")))

    assert found["updates"] == []
    assert found["disposition"] == "attention"


def test_without_anything_a_mail_is_still_told() -> None:
    (found,) = _lines(_run(str(MAILS / "de-promise.eml")))

    assert found["updates"] == []
    assert found["mentions"]["dates"] == ["2027-03-31"]


def test_what_cannot_be_read_still_gives_a_line(tmp_path: Path) -> None:
    missing, folder = tmp_path / "missing.eml", tmp_path / "odd.eml"
    folder.mkdir()
    (tmp_path / "noise.eml").write_bytes(bytes(range(256)) * 20)

    found = _lines(_run(*BOOK, str(missing), str(tmp_path / "noise.eml"), str(MAILS / "de-promise.eml")))

    assert [line["id"] for line in found] == ["missing", "noise", "de-promise"]
    assert found[0]["disposition"] == "attention"
    assert "No such file" in found[0]["error"]
    assert found[2]["disposition"] == "update"


def test_a_bounce_names_the_address_that_failed(tmp_path: Path) -> None:
    mail = tmp_path / "bounce.eml"
    mail.write_text(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: orders@brightwell.example\n"
        "Subject: Undelivered Mail Returned to Sender\nDate: Wed, 10 Mar 2027 10:00:00 +0000\n"
        "Auto-Submitted: auto-replied\n\n<rui@ribalta.example>: host mx.ribalta.example said: 550 5.1.1 User unknown\n"
    )

    (found,) = _lines(_run(*BOOK, str(mail)))

    assert found["disposition"] == "bounce"
    assert found["failed"] == ["rui@ribalta.example"]
    assert found["permanent"] is True


def test_a_mail_without_a_date_has_no_relative_dates(tmp_path: Path) -> None:
    mail = tmp_path / "undated.eml"
    mail.write_text(
        "From: ravi@deccancast.example\nTo: orders@brightwell.example\nSubject: KX/2027/1240\n\n"
        "KX/2027/1240 ships tomorrow. KX/2027/1241 ships 2027-04-20.\n"
    )

    (found,) = _lines(_run(*BOOK, str(mail)))

    assert found["date"] is None
    assert found["mentions"]["dates"] == ["2027-04-20"]


def test_explain_shows_words_and_rules() -> None:
    result = _run(*BOOK, "--explain", str(MAILS / "de-condition.eml"))

    assert result.exit_code == 0
    assert "hit  something is open" in result.stdout
    assert "condition" in result.stdout
    assert "KX/2027/1188" in result.stdout


@pytest.mark.parametrize(("text", "told"), [("shp: [x]\n", "did you mean `ship`?"), ("ship: [\n", "not valid YAML")])
def test_a_fault_in_the_words_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    words = tmp_path / "rules" / "reading" / "milestones.yaml"
    words.parent.mkdir(parents=True)
    words.write_text(text)

    result = _run("--rules", str(tmp_path / "rules"), str(MAILS / "de-promise.eml"))

    assert result.exit_code == 1
    assert "milestones.yaml:" in result.output
    assert told in result.output
