"""How fast visitors get their numbers while a large file of the ward is imported, and how long the import takes."""

import json
import subprocess
import sys
import time
from datetime import timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from backend.common.shipped import locate
from backend.exchange.sample import SampleExport, write_sample
from backend.offices.directory_file import load_directory
from backend.protection.roles import DeviceKind
from tests.bench import importing_beside
from tests.bench.counter import Counter
from tests.bench.measurement import BenchError, Figure, Measurement
from tests.bench.people import Kiosk
from tests.bench.plan import Plan
from tests.bench.process import ROOT
from tests.bench.reference import References

AREA = "import"
_SEED = 17
_P99_MS = 100.0
_HELD_MS = 100.0
_PAUSE_SECONDS = 0.05
"""Pause between two visitors of the kiosk."""
_QUIET_VISITS = 40


def measure(
    folder: Path, plan: Plan, references: References, release: Path | None = None
) -> list[Measurement]:
    """Import a file as a process beside a server on SQLite, with a kiosk that goes on giving numbers; and without, beside 0.1.0."""
    counter = Counter(folder / "import")
    try:
        file = folder / "import.csv"
        directory = load_directory(locate("offices", "shinjuku.toml"))
        # The bench's own visitors are booked for today; those of the file come later.
        sample = SampleExport(directory, _SEED, counter.today + timedelta(days=30))
        write_sample(file, sample.rows(plan.imported))
        with (
            counter.serving() as servers,
            Kiosk(servers[0].address, counter.device(DeviceKind.KIOSK)) as kiosk,
        ):
            numbers = counter.reserve(_QUIET_VISITS + plan.commits)
            quiet = [_come(kiosk, number) for number in numbers[:_QUIET_VISITS]]
            beside, report, seconds = _import(counter, kiosk, file, numbers[_QUIET_VISITS:])
    finally:
        counter.close()
    written = report["written"]
    facts = {"rows": plan.imported, "pieces": written["pieces"], "longest ms": written["longest_ms"]}
    before = Measurement.of(AREA, "check-in before the import", quiet, against=(references.commit,))
    return [
        before,
        Measurement.of(
            AREA,
            "check-in while a file is imported",
            beside,
            against=(references.commit, before),
            facts=facts,
            figure=Figure("p99", _P99_MS, "100 ms"),
        ),
        Measurement.of(
            AREA,
            "one row, read and written",
            [seconds * 1000 / plan.imported],
            against=(references.commit,),
            facts={"seconds": round(seconds, 1), "rows": plan.imported},
        ),
        Measurement.of(
            AREA,
            "the writer held at most",
            [written["longest_ms"]],
            against=(references.commit,),
            facts=facts,
            figure=Figure("p99", _HELD_MS, "100 ms"),
        ),
        *importing_beside.measure(AREA, folder / "beside", file, plan, references.loop, release),
    ]


def _come(kiosk: Kiosk, number: str | None) -> float:
    """Receive a visitor, with a reservation number or without one; returns the milliseconds until the answer."""
    took = (kiosk.walk_in() if number is None else kiosk.check_in(number))[0].ms
    time.sleep(_PAUSE_SECONDS)
    return took


def _import(
    counter: Counter, kiosk: Kiosk, file: Path, numbers: list[str]
) -> tuple[list[float], dict[str, Any], float]:
    """Run the import as an administrator does, and receive visitors until it ends; also returns its seconds."""
    command = ["import", str(file), "--json", "--database", counter.url, "--config", str(counter.config)]
    visitors = chain(numbers, repeat(None))
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "backend", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        times = []
        while process.poll() is None:
            times.append(_come(kiosk, next(visitors)))
        seconds = time.monotonic() - began
        told, wrong = process.communicate()
    if process.returncode:
        raise BenchError(f"the import failed: {wrong.decode(errors='replace').strip()[:200]}")
    return times, json.loads(told), seconds
