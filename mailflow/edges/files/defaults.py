"""Where the rules and templates that come with mailflow lie: in the wheel, or beside a checkout."""

from pathlib import Path


def default_folder() -> Path:
    """Return the folder that holds `rules/` and `templates/`."""
    package = Path(__file__).resolve().parents[2]
    shipped = package / "defaults"
    return shipped if shipped.is_dir() else package.parent


def default_rules() -> Path:
    """Return the folder of the rules that come with mailflow."""
    return default_folder() / "rules"


def default_templates() -> Path:
    """Return the folder of the letters that come with mailflow."""
    return default_folder() / "templates"
