"""How much processor time the whole idle counter uses, and how long its windows take to open, with real processes."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from backend.demo.counter import Counter, Folders, prepare
from backend.demo.errors import DemoError
from backend.demo.processes import Children, forget_settings
from backend.demo.starting import Starting
from backend.demo.virtual_screens import HALL_SIZE, KIOSK_SIZE, open_screen
from backend.demo.waiting import Waiter
from tests.bench.measurement import BenchError, Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.reference import References

AREA = "idle and restart"
_PART_SECONDS = 60.0
_SETTLE_SECONDS = 3.0
_IDLE_PERCENT = 25.0
_KIOSK_READY_MS = 5000.0
_PROGRAMS = {"kiosk": "uketsuke-kiosk run", "hall display": "uketsuke-display", "server": "uketsuke serve"}


@dataclass(frozen=True)
class _Opened:
    """The running parts, and how long two of them took to start, in milliseconds."""

    parts: dict[str, psutil.Process]
    kiosk_ms: float
    display_ms: float


def measure(plan: Plan, references: References) -> list[Measurement]:
    """Open the counter, do nothing with it, and watch its processes second by second.

    Raises:
        BenchError: a part did not start.
    """
    forget_settings()
    try:
        with _open_counter() as opened:
            time.sleep(_SETTLE_SECONDS)
            shares: dict[str, list[float]] = {name: [] for name in opened.parts}
            for _ in range(plan.idle_seconds):
                began = time.monotonic()
                before = {name: _used(part) for name, part in opened.parts.items()}
                time.sleep(1.0)
                for name, part in opened.parts.items():
                    used = _used(part) - before[name]
                    shares[name].append(100 * used / (time.monotonic() - began))
            megabytes = {name: round(part.memory_info().rss / 1e6) for name, part in opened.parts.items()}
    except DemoError as error:
        raise BenchError(str(error)) from None
    together = [sum(second) for second in zip(*shares.values(), strict=True)]
    facts = {f"{name}, mean": round(sum(found) / len(found), 1) for name, found in shares.items()} | {
        f"{name}, MB": size for name, size in megabytes.items()
    }
    idle = Figure("p50", _IDLE_PERCENT, "25 % of a core")
    ready = Figure("p95", _KIOSK_READY_MS, "ready within 5 s")
    told = [
        Measurement.of(
            AREA, "kiosk, hall display and server together, nobody there, windows drawn by the processor",
            together, unit="% of a core", facts=facts, figure=idle,
        )
    ]  # fmt: skip
    for name, ms, figure in (
        ("kiosk started → ready for visitors", opened.kiosk_ms, ready),
        ("hall display started → shows the hall", opened.display_ms, None),
    ):
        told.append(Measurement.of(AREA, name, [ms], against=(references.start,), figure=figure))
    return told


@contextmanager
def _open_counter() -> Iterator[_Opened]:
    """Every part on virtual screens, as ``make run`` starts them."""
    with tempfile.TemporaryDirectory(prefix="uketsuke-bench-") as place:
        folders = Folders(Path(place) / "work", Path(place) / "logs")
        folders.logs.mkdir()
        with Children(folders.logs) as children:
            waiter = Waiter(children.check, _PART_SECONDS)
            prepare(folders, datetime.now(UTC), Starting(_silent)).close()
            kiosk = open_screen(children, waiter, "kiosk", KIOSK_SIZE)
            hall = open_screen(children, waiter, "hall", HALL_SIZE)
            counter = Counter(folders, children, waiter)
            counter.start_server(0)
            printer = counter.start_printer()
            kiosk_ms = _timed(
                lambda: counter.start_kiosk(kiosk, printer, f"watch:{folders.camera}", KIOSK_SIZE)
            )
            display_ms = _timed(lambda: counter.start_display(hall, HALL_SIZE, sound=False))
            yield _Opened(_parts(), kiosk_ms, display_ms)


def _silent(_: str) -> None:
    """Print nothing, because the figures tell how long a start takes."""


def _parts() -> dict[str, psutil.Process]:
    """The processes of the three programs among this process's children, by the name of the program."""
    found = {}
    for child in psutil.Process(os.getpid()).children(recursive=True):
        words = " ".join(child.cmdline())
        for name, program in _PROGRAMS.items():
            if program in words:
                found[name] = child
    if set(found) != set(_PROGRAMS):
        raise BenchError("a part of the counter is not running")
    return found


def _timed(start: Callable[[], None]) -> float:
    began = time.monotonic()
    start()
    return (time.monotonic() - began) * 1000


def _used(process: psutil.Process) -> float:
    """Seconds of processor time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)
