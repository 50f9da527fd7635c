"""How much processor time the idle server uses, and how long it takes to be ready."""

import time
from pathlib import Path

import psutil

from backend.protection.roles import DeviceKind
from tests.bench.counter import Counter
from tests.bench.measurement import Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.bench.visibility import reading

AREA = "idle and restart"
_SETTLE_SECONDS = 1.0
_IDLE_PERCENT = 25.0
_READY_MS = 2000.0


def measure(folder: Path, plan: Plan, references: References) -> list[Measurement]:
    """Watch an idle server with one display, then start it again and again on the same database."""
    counter = Counter(folder / "idle")
    try:
        idle, first = _idle(counter, plan.idle_seconds)
        starts = [first]
        for _ in range(plan.restarts - 1):
            with counter.serving() as servers:
                starts.append(servers[0].ready_ms)
    finally:
        counter.close()
    figure = Figure("p95", _READY_MS, "ready within 2 s")
    return [
        idle,
        Measurement.of(
            AREA,
            "server started → answers that it is well",
            starts,
            against=(references.start,),
            figure=figure,
        ),
    ]


def _idle(counter: Counter, seconds: int) -> tuple[Measurement, float]:
    """The processor time of the server process, second by second; and how long it took to start."""
    with (
        counter.serving() as servers,
        reading(counter.folder, servers[0].address, counter.device(DeviceKind.DISPLAY), 1),
    ):
        process = psutil.Process(servers[0].process.pid)
        time.sleep(_SETTLE_SECONDS)
        shares = []
        for _ in range(seconds):
            began, used = time.monotonic(), _used(process)
            time.sleep(1.0)
            shares.append(100 * (_used(process) - used) / (time.monotonic() - began))
        megabytes = process.memory_info().rss / 1_000_000
    figure = Figure("p50", _IDLE_PERCENT, "25 % of a core, with kiosk and display")
    facts = {"mean": round(sum(shares) / len(shares), 2), "memory, MB": round(megabytes)}
    told = Measurement.of(
        AREA, "server, nobody there, one display", shares, unit="% of a core", facts=facts, figure=figure
    )
    return told, servers[0].ready_ms


def _used(process: psutil.Process) -> float:
    """Seconds of processor time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)
