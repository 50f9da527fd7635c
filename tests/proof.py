"""How many random examples tests try: few in `make test`, fifty times as many in `make proof`.

`make proof` runs every test file that uses this module. ``python -m tests.proof`` does that and adds a line about the
run to docs/proofs.md: commit, seed, result, minutes.
"""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

import click

FACTOR: Final = int(os.environ.get("UKETSUKE_PROOF", "1"))
"""By which factor there are more examples than in `make test`."""
ROOT: Final = Path(__file__).resolve().parents[1]
PAPER: Final = ROOT / "docs" / "proofs.md"
_LONG: Final = 50
_HOURS_FOR_ONE_TEST: Final = 4
_ENDED = re.compile(
    r"^(?:\d+ (?:passed|failed|error|errors|skipped|deselected)[^=]*?) in [\d.]+s", re.MULTILINE
)
T = TypeVar("T")


def examples(count: int, *, proof: int | None = None) -> int:
    """How many examples to try, from how many `make test` tries.

    Args:
        count: in `make test`.
        proof: what a proof multiplies instead, where examples are dear and `make test` tries fewer.
    """
    return count if FACTOR == 1 else (proof or count) * FACTOR


def some_of(some: Sequence[T], *, everything: Sequence[T]) -> Sequence[T]:
    """Some representative cases in `make test`; all of them in `make proof`."""
    return some if FACTOR == 1 else everything


def proof_files(root: Path = ROOT) -> list[str]:
    """The test files that try more in a proof; those of screens are the last, and each needs its own process."""
    asking = [
        path.relative_to(root).as_posix()
        for path in (root / "tests").rglob("test_*.py")
        if re.search(
            r"^from tests\.proof import .*\b(?:examples|some_of)\b", path.read_text("utf-8"), re.MULTILINE
        )
    ]
    return sorted(asking, key=lambda file: (file.startswith("tests/ui/"), file))


def row(commit: str, seed: int, factor: int, ended: Sequence[str], minutes: float, day: str) -> str:
    """The line about a run in docs/proofs.md."""
    return f"| {day} | {commit} | {seed} | {factor} | {'; '.join(ended)} | {minutes:.0f} |"


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _run(files: Sequence[str], seed: int, factor: int) -> tuple[bool, str]:
    """Run files in another process; returns whether all tests passed, and pytest's last line."""
    command = [
        sys.executable, "-m", "pytest", "--quiet", f"--timeout={_HOURS_FOR_ONE_TEST * 3600}",
        f"--randomly-seed={seed}", f"--hypothesis-seed={seed}", *files,
    ]  # fmt: skip
    told = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "UKETSUKE_PROOF": str(factor)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            click.echo(line, nl=False)
            told.append(line)
    ended = _ENDED.findall("".join(told))
    return process.returncode == 0, ended[-1] if ended else "did not end"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--factor", type=click.IntRange(2), default=_LONG, show_default=True, help="Times the examples."
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Repeats a run; else one is drawn and told.")
@click.argument("files", nargs=-1)
def command(factor: int, seed: int | None, files: tuple[str, ...]) -> None:
    """Run the long proofs and add the result to docs/proofs.md; fails if one of them fails."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    began, commit, asked = time.monotonic(), _commit(), list(files) or proof_files()
    screens = [file for file in asked if file.startswith("tests/ui/")]
    others = [file for file in asked if file not in screens]
    click.echo(f"proof of {commit}, {factor} times the examples, seed {seed}")
    ended = [_run(group, seed, factor) for group in (others, *([one] for one in screens)) if group]
    minutes = (time.monotonic() - began) / 60
    told = row(commit, seed, factor, [words for _, words in ended], minutes, time.strftime("%Y-%m-%d"))
    click.echo(told)
    with PAPER.open("a", encoding="utf-8") as paper:
        paper.write(f"{told}\n")
    if not all(passed for passed, _ in ended):
        sys.exit(1)


if __name__ == "__main__":
    command()
