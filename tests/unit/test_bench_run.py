"""The measurement itself, in its short form: everything is measured, nothing is judged by time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.process import ROOT
from tests.bench.tally import MISTAKES

AREAS = {
    "references",
    "notice to ticket",
    "issue and call",
    "call to display",
    "growth",
    "decode, 1280×720",
    "ticket",
    "checklist",
    "idle and restart",
}


@pytest.mark.timeout(600)
def test_the_short_run_measures_everything(tmp_path: Path) -> None:
    """Every area is there with samples and a reference, on both databases, and no ticket went wrong."""
    out = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(out.read_text("utf-8"))
    found = {(one["area"], one["name"]): one for one in told["measurements"]}
    assert {area for area, _ in found} == AREAS
    for (area, _), one in found.items():
        assert one["n"] > 0
        assert one["p50"] <= one["p95"] <= one["p99"]
        assert one["ratios"] or one["figure"] or area == "references"
    crowds = [one for (area, name), one in found.items() if area == "issue and call" and "issue, 4" in name]
    assert len(crowds) == 2
    for one in crowds:
        assert [one["facts"][name] for name in MISTAKES] == [0, 0, 0, 0]
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(
    ("arguments", "words"), [(["--tickets", "0"], "tickets"), (["--fast"], "--fast"), (["--out", "."], "--out")]
)  # fmt: skip
def test_wrong_use_is_one_plain_sentence(arguments: list[str], words: str) -> None:
    """A mistake on the command line ends with a sentence and without a trace."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
