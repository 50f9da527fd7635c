"""What an import costs beside 0.1.0, which sealed nothing and knew no cards: the processor's time of the whole command, in turns."""

import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench.measurement import BenchError, Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.process import ROOT
from tests.bench.release import VERSION

TIMES_OF_RELEASE = 1.5
"""So many times as long as that version an import may take, sealing included."""


def measure(
    area: str, folder: Path, file: Path, plan: Plan, loop: Measurement, release: Path | None
) -> list[Measurement]:
    """Import a file into empty databases on SQLite, by today's program and by that version; nothing else uses the database.

    Args:
        area: of the table.
        folder: for the databases.
        file: what is imported.
        plan: how many rows it has, and how often each program imports it.
        loop: the reference of the processor's time.
        release: where the version is laid out; without it there is nothing to compare with.

    Raises:
        BenchError: one of the imports fails.
    """
    places = {"today": ROOT} | ({VERSION: release} if release is not None else {})
    spent: dict[str, list[float]] = {name: [] for name in places}
    for turn in range(plan.imports):
        # Whoever goes first goes last in the next turn.
        for name in sorted(places, reverse=turn % 2 == 1):
            own = folder / f"{name}-{turn}"
            own.mkdir(parents=True)
            spent[name].append(_import(own, file, places[name]))
    told = [
        Measurement.of(
            area,
            f"one row, processor's time, {name}",
            [seconds * 1000 / plan.imported for seconds in took],
            against=(loop,),
            facts={
                "rows": plan.imported,
                "rows a second": round(plan.imported / (sum(took) / len(took))),
            },
        )
        for name, took in spent.items()
    ]
    if release is None:
        return told
    figure = Figure("p50", TIMES_OF_RELEASE, f"{TIMES_OF_RELEASE} × {VERSION}")
    multiple = Measurement.multiple(
        area, f"one row, processor's time ÷ {VERSION}", spent["today"], spent[VERSION], figure=figure
    )
    return [*told, multiple]


def _import(folder: Path, file: Path, program: Path) -> float:
    """Seconds of the processor that a command takes to import a file into an empty database."""
    config, url = folder / "server.toml", f"sqlite:///{folder / 'uketsuke.db'}"
    config.write_text(f'var_dir = "{folder / "var"}"\n', "utf-8")
    of_it = ["--database", url, "--config", str(config)]
    _run(["migrate", *of_it], program)
    before = _spent()
    _run(["import", str(file), "--json", *of_it], program)
    return _spent() - before


def _run(command: list[str], program: Path) -> None:
    # The folder in which it starts is where its modules are found.
    environment: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "backend", *command],
        cwd=program,
        env=environment,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise BenchError(f"{command[0]} failed: {said[:200]}")


def _spent() -> float:
    """Seconds of the processor that programs which this one started have used, as far as they have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
