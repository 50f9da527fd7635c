"""Measures whether the preview on the kiosk's screen stalls while decoders work."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measurement import BenchError, Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.process import python_module, read_line, running, write_line

AREA = "kiosk's preview"
_GAP_MS = 50.0
_SIZE = "540x960x24"


def measure(folder: Path, plan: Plan) -> list[Measurement]:
    """Measure the gaps between camera pictures on the screen, without any decoder, then with all of them at work."""
    with _screen(folder) as display:
        (alone, alone_core), (gaps, core) = _watch(folder, display, plan.preview_seconds)
    figure = Figure("p99", _GAP_MS, "50 ms at 30 pictures a second")
    reference = Measurement.of(
        AREA,
        "picture → next picture, no decoder",
        alone,
        facts={"% of a core": round(alone_core)},
        figure=figure,
    )
    return [
        reference,
        Measurement.of(
            AREA,
            "picture → next picture, every picture up the whole ladder",
            gaps,
            against=(reference,),
            facts={"longest, ms": round(max(gaps), 1), "% of a core": round(core)},
            figure=figure,
        ),
    ]


def _watch(folder: Path, display: str, seconds: float) -> list[tuple[list[float], float]]:
    """Run a window in another process, without and with decoders; returns gaps in milliseconds and use of a core."""
    says = folder / "preview.log"
    with running(python_module("tests.bench.preview_window"), says=says) as process:
        write_line(process, json.dumps({"seconds": seconds, "display": display}))
        told = read_line(process)
    found = json.loads(told) if told else []
    if not found or not all(one["gaps"] for one in found):
        raise BenchError("the kiosk's window showed no pictures")
    return [([float(gap) for gap in one["gaps"]], float(one["core"])) for one in found]


@contextmanager
def _screen(folder: Path) -> Iterator[str]:
    """A virtual screen, or the real one if the program for virtual screens is missing.

    Raises:
        BenchError: there is neither.
    """
    server = shutil.which("Xvfb")
    if server is None:
        if "DISPLAY" not in os.environ:
            raise BenchError(
                "there is no screen, and no virtual one: the Debian package xvfb is not installed"
            )
        yield os.environ["DISPLAY"]
        return
    argv = [server, "-displayfd", "1", "-screen", "0", _SIZE, "-nolisten", "tcp", "-noreset"]
    with running(argv, says=folder / "screen.log") as process:
        number = read_line(process).strip()
        if not number:
            raise BenchError("the virtual screen did not start")
        yield f":{number}"
