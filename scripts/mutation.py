"""Changes the reading in small ways, one at a time, and counts how many of the changes a test notices.

usage: .venv/bin/python scripts/mutation.py [--sample 300] [--seed 1] [--only reading/settle.py]

A sample of all mutants that mutmut makes of core/reading and core/matching, the same one for the same seed. Methods of
data classes and decorated functions have none: mutmut leaves them out. Works on a copy, the tree stays as it is.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).parents[1]
ROOMS = ("mailflow/core/matching", "mailflow/core/reading")
WANTED = 0.75
# A mutant that runs without end is noticed by whoever waits.
NOTICED = frozenset(("killed", "timeout", "caught by type check", "segfault"))


def mutants(only: str) -> dict[str, Path]:
    """Return the names of all mutants with the files that they are in."""
    found = {}
    for file in sorted(path for room in ROOMS for path in Path(room).rglob("*.py") if only in path.as_posix()):
        made = mutate_file_contents(str(file), file.read_text("utf-8"))
        module = ".".join(file.with_suffix("").parts)
        found.update({f"{module}.{name}": file for name in made.mutant_names})
    return found


def copy_into(folder: Path) -> None:
    """Copy the files that git knows, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def states_of(chosen: dict[str, Path]) -> dict[str, str]:
    """Return what became of each mutant."""
    states = {}
    for file in sorted(set(chosen.values())):
        data = SourceFileMutationData(path=file)
        data.load()
        inside = [name for name, place in chosen.items() if place == file]
        states.update({name: status_by_exit_code[data.exit_code_by_key.get(name)] for name in inside})
    return states


def main() -> int:
    """Run the sample; say which mutants no test noticed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sample", type=int, default=300, help="how many mutants (default 300, some 40 minutes)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (default 1)")
    parser.add_argument("--only", default="", help="a part of the path of the files that are changed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="mutation-") as folder:
        copy_into(Path(folder))
        os.chdir(folder)
        every = mutants(asked.only)
        names = random.Random(asked.seed).sample(sorted(every), min(asked.sample, len(every)))
        print(f"{len(names)} of {len(every)} mutants, seed {asked.seed}", flush=True)
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(asked.jobs), *names]
        subprocess.run(command, env=os.environ | {"PYTHONPATH": folder}, check=False)
        return tell({name: every[name] for name in names})


def tell(chosen: dict[str, Path]) -> int:
    """Print the survivors and the figure; return the exit status."""
    states = states_of(chosen)
    for name, state in sorted(states.items()):
        if state not in NOTICED:
            print(f"\n{chosen[name]}: {name}: {state}\n{get_diff_for_mutant(name, path=chosen[name])}")
    noticed = sum(state in NOTICED for state in states.values())
    counted = ", ".join(f"{count} {state}" for state, count in Counter(states.values()).most_common())
    print(f"\n{noticed} of {len(states)} noticed ({noticed / len(states):.0%}; wanted {WANTED:.0%}): {counted}")
    return 0 if noticed >= WANTED * len(states) else 1


if __name__ == "__main__":
    sys.exit(main())
