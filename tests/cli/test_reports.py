"""`mailflow report`: figures on the screen, as a page, as a workbook."""

from pathlib import Path

from tests.cli.installation import Installation


def test_a_month_on_the_screen_and_as_files(installation: Installation, tmp_path: Path) -> None:
    page, book = tmp_path / "november.html", tmp_path / "november.xlsx"
    told = installation.told("report", "monthly", "--html", str(page), "--xlsx", str(book))
    assert "Monthly report 2026-11" in told
    assert "Orders overdue" in told
    assert "Dates moved\n" in told
    assert "PO26-101  Haitang Garment Co." in told
    assert "data:image/png" in page.read_text(encoding="utf-8")
    assert book.read_bytes()[:2] == b"PK"


def test_a_day_and_a_week_in_chinese(installation: Installation) -> None:
    assert "日报 2026-11-18" in installation.told("report", "daily", "--date", "2026-11-18", "--language", "zh")
    assert "周报 2026-11-16 – 2026-11-18" in installation.told(
        "report", "weekly", "--date", "2026-11-18", "--language", "zh"
    )


def test_what_cannot_be_reported_is_told(installation: Installation) -> None:
    assert "is no month" in installation.refused("report", "monthly", "--month", "November")
    assert "still to come" in installation.refused("report", "monthly", "--month", "2031-01")
    assert "--month names a month" in installation.refused("report", "daily", "--month", "2026-10")
