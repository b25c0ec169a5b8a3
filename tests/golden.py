"""Golden pairs: an input, and beside it what was got from it when a person last looked."""

import json
from pathlib import Path


def same_as_golden(got: object, golden: Path, refresh: bool) -> None:
    """Compare a result with the JSON file beside its input; with the refresh flag, write that file instead."""
    text = json.dumps(got, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if refresh:
        golden.write_text(text, encoding="utf-8")
        return
    assert golden.exists(), f"{golden.name} is missing: look at the result, then write it with --refresh-golden"
    assert json.loads(text) == json.loads(golden.read_text(encoding="utf-8"))
