"""The references of all multiples; measured first, in the same run, on the same machine and disk."""

import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.line import Line
from tests.bench.measurement import BenchError, Measurement
from tests.bench.plan import Plan
from tests.bench.process import python_module, read_line, running

AREA = "references"
_ADDITIONS = 100_000


@dataclass(frozen=True)
class References:
    """The references of one run.

    Attributes:
        commit: one SQLite row, committed durably, without any code of this product.
        request: one HTTP request to a server that does nothing.
        loop: a fixed number of additions in Python.
        start: a Python process that imports nothing.
    """

    commit: Measurement
    request: Measurement
    loop: Measurement
    start: Measurement

    def all(self) -> list[Measurement]:
        """All of them."""
        return [self.commit, self.request, self.loop, self.start]


def measure(folder: Path, plan: Plan) -> References:
    """Measure every reference; the file of the commits is made in ``folder``."""
    return References(
        commit=Measurement.of(AREA, "bare commit", commit_times(folder / "bare.db", plan.commits)),
        request=Measurement.of(AREA, "bare request", _requests(folder, plan.commits)),
        loop=Measurement.of(
            AREA, "bare loop", _loops(max(10, plan.commits // 40)), facts={"additions": _ADDITIONS}
        ),
        start=Measurement.of(AREA, "bare start", _starts(max(3, plan.restarts))),
    )


def drift(references: References, plan: Plan) -> Measurement:
    """Measure the loop again at the end of a run: if the ratio is far from 1, the machine was busy meanwhile."""
    again = _loops(max(10, plan.commits // 40))
    return Measurement.of(AREA, "bare loop, at the end of the run", again, against=(references.loop,))


def commit_times(file: Path, count: int) -> list[float]:
    """Milliseconds of each of ``count`` commits of one row: WAL, ``synchronous=FULL``, as the server writes."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise BenchError("SQLite has no write-ahead log on this disk")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, words TEXT NOT NULL)")
        times = []
        for _ in range(count):
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bare (words) VALUES ('one row of a few words')")
            connection.execute("COMMIT")
            times.append((time.perf_counter() - began) * 1000)
        return times
    finally:
        connection.close()


def _requests(folder: Path, count: int) -> list[float]:
    """Milliseconds of requests to uvicorn with an application of one line, in a process of its own."""
    with running(python_module("tests.bench.bare_server"), says=folder / "bare_server.log") as process:
        address = read_line(process)
        if not address.startswith("http"):
            raise BenchError("the bare server did not start")
        with Line(address) as line:
            for _ in range(20):
                line.post_json("/", {})
            return [line.post_json("/", {}).ms for _ in range(count)]


def loop_seconds(count: int = 20) -> float:
    """CPU seconds of the bare loop: the fastest of several, so that a busy machine has little influence."""
    times = []
    for _ in range(count):
        began = time.thread_time()
        _bare_loop()
        times.append(time.thread_time() - began)
    return min(times)


def _bare_loop() -> None:
    total = 0
    for number in range(_ADDITIONS):
        total += number


def _loops(count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        _bare_loop()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _starts(count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-c", ""], check=True)
        times.append((time.perf_counter() - began) * 1000)
    return times
