"""The measurement itself, in its short form: everything is measured, nothing is judged by time."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.common.console import run
from tests.bench.__main__ import command as bench
from tests.bench.parts import AREAS, area_named
from tests.bench.process import ROOT
from tests.bench.tally import MISTAKES


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_short_run_measures_everything(tmp_path: Path) -> None:
    """Every area is there with samples and a reference, on both databases, and no ticket went wrong."""
    out, paper = tmp_path / "bench.json", tmp_path / "figures.md"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out), "--markdown", str(paper)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(out.read_text("utf-8"))
    found = {(one["area"], one["name"]): one for one in told["measurements"]}
    assert {area for area, _ in found} == set(AREAS)
    for (area, _), one in found.items():
        assert one["n"] > 0
        assert one["p50"] <= one["p95"] <= one["p99"]
        assert one["ratios"] or one["figure"] or area in {"references", "statements"}
    crowds = [one for (area, name), one in found.items() if area == "issue and call" and "issue, 4" in name]
    assert len(crowds) == 2
    for one in crowds:
        assert [one["facts"][name] for name in MISTAKES] == [0, 0, 0, 0]
    need_targets(found)
    need_eleven_offices(found)
    assert sorted(out.parent.iterdir()) == [out, paper]
    written = paper.read_text("utf-8")
    assert all(f"\n| {name} | " in written for _, name in found)


TARGETS = {
    "issue, one client: p50 ÷ bare commit (SQLite, 1 process)": (25, False),
    "walk-in, one client: p50 ÷ stand-in's (SQLite, 1 process)": (2.5, False),
    "walk-in, 4 kiosks: p95 ÷ stand-in's (SQLite, 1 process)": (1, False),
    "walk-in, 4 kiosks: issued a second ÷ stand-in's (SQLite, 1 process)": (0.6, True),
    "4 + 4: p50 ÷ bare commit (SQLite, 1 process)": (120, False),
    "4 + 4: p99 ÷ bare commit (SQLite, 1 process)": (400, False),
    "4 + 4: commands a second ÷ 0.1.0's (SQLite, 1 process)": (3, True),
    "issue, one client: p50 ÷ 0.1.0's (PostgreSQL, 2 processes)": (0.7, False),
    "4 + 4: p50 ÷ 0.1.0's (PostgreSQL, 2 processes)": (0.4, False),
    "4 + 4: p99 ÷ 0.1.0's (PostgreSQL, 2 processes)": (0.6, False),
    "4 + 4: issued a second ÷ 0.1.0's (PostgreSQL, 2 processes)": (2.3, True),
    "any command, 4 kiosks + 4 clerks, each every 200 ms (SQLite, 1 process)": (50, False),
    "any command, 4 kiosks + 4 clerks, each every 200 ms (PostgreSQL, 2 processes)": (50, False),
}
"""What the fast path is to reach, and whether more is better."""
COMMANDS = (
    "check-in with a notice", "walk-in", "call-next", "start", "incomplete", "tick", "hand-over", "call to issuance",
    "issue", "print report",
)  # fmt: skip


def need_targets(found: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Check that every figure has its target, no mistakes were made, and every command's statements are counted."""
    held = any("0.1.0's 4 + 4" in name for _, name in found)
    wanted = {name: target for name, target in TARGETS.items() if held or "÷ 0.1.0's" not in name}
    told = {
        name: one["figure"] for (area, name), one in found.items() if area == "fast path" and one["figure"]
    }
    assert {name: (figure["limit"], figure["at_least"]) for name, figure in told.items()} == wanted
    crowds = [one for (area, name), one in found.items() if area == "fast path" and "'s 4 + 4 (" in name]
    assert len(crowds) == (4 if held else 2)
    for one in crowds:
        assert [one["facts"][name] for name in MISTAKES] == [0, 0, 0, 0]
    for command in COMMANDS:
        for database in ("SQLite", "PostgreSQL"):
            counted = found["statements", f"{command} ({database})"]
            assert counted["p50"] > 0
            assert counted["facts"]["transactions' own"] >= 2
            assert (counted["figure"] is not None) == held


def need_eleven_offices(found: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Check that eleven offices are compared with one on each database, with targets and without mistakes."""
    multiples = {
        name: one for (area, name), one in found.items() if area == "eleven offices" and one["figure"]
    }
    assert sorted(name.partition(" (")[2] for name in multiples) == [
        "PostgreSQL, 2 processes)", "SQLite, 1 process)",
    ]  # fmt: skip
    for one in multiples.values():
        assert (one["figure"]["limit"], one["figure"]["at_least"]) == (0.95, True)
        assert [one["facts"][name] for name in MISTAKES] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "words"), [(["--tickets", "0"], "tickets"), (["--fast"], "--fast"), (["--out", "."], "--out"),
     (["--only", "SQLite"], '"issue and call", "call to display"'), (["--only", ""], '"idle and restart"'),
     (["--only", "c"], "several")]
)  # fmt: skip
def test_wrong_use_is_one_plain_sentence(
    arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A mistake on the command line ends with a sentence and without a trace."""
    monkeypatch.setattr(sys, "argv", ["python -m tests.bench", *arguments])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(SystemExit) as ended:
        run(bench, "python -m tests.bench")
    assert ended.value.code != 0
    said = capfd.readouterr().err
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_only_takes_every_name_that_the_table_shows(tmp_path: Path) -> None:
    """A heading read off the table can be typed behind --only, and gives that heading's rows and the references."""
    out = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out), "--only", "Ticket"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(out.read_text("utf-8"))["measurements"]
    assert {one["area"] for one in told} == {"references", "ticket"}


@pytest.mark.parametrize("area", AREAS)
def test_a_name_of_the_table_or_its_beginning_means_that_area(area: str) -> None:
    """Nobody has to type a multiplication sign: the first word is enough where it is the only one."""
    assert area_named(area) == area_named(area.upper()) == area
    beginning = next(area[:length] for length in range(1, len(area) + 1) if only_one(area[:length]))
    assert area_named(beginning) == area


def only_one(beginning: str) -> bool:
    """Whether exactly one area's name begins with this."""
    return sum(area.startswith(beginning) for area in AREAS) == 1
