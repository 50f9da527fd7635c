"""``python -m tests.bench``: measure the product on this machine, print the figures, and keep them as JSON."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import structlog

from assets.console import CommandFailedError, run
from backend.offices.business_day import in_tokyo
from backend.storage.unit_of_work import utc_now
from tests.bench import (
    checklist,
    decoding,
    growth,
    idle,
    kiosk_visit,
    paper,
    queue_load,
    reference,
    visibility,
)
from tests.bench.databases import on_postgresql, on_sqlite
from tests.bench.measurement import BenchError, Measurement
from tests.bench.pictures import Sheets
from tests.bench.plan import FULL, QUICK, Plan
from tests.bench.process import ROOT
from tests.bench.reference import References
from tests.bench.report import print_table, write_json

DEFAULT_OUT = ROOT / "var" / "bench" / "bench.json"
_LONGEST_RUN = timedelta(minutes=10)

Part = Callable[[], list[Measurement]]


@click.command()
@click.option(
    "--quick",
    is_flag=True,
    help="A short run: shows that everything can be measured; its figures mean little.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DEFAULT_OUT,
    show_default="var/bench/bench.json",
    help="File for the figures as JSON; it is overwritten.",
)
@click.option(
    "--tickets",
    type=click.IntRange(8, 19_000),
    help="Tickets of the load of 4 kiosks and 4 clerks.  [default: 1000, quick 60]",
)
def command(*, quick: bool, out: Path, tickets: int | None) -> None:
    """Measure the product on this machine: everything as a multiple of something measured in the same run.

    Prints a table and writes JSON. The exit code is 0 when everything was measured and no ticket was shared, called
    twice, lost or invented; no time ever decides. What each line means: docs/performance.md.

    Example: python -m tests.bench --out var/bench/after.json
    """
    plan = QUICK if quick else FULL
    if tickets is not None:
        plan = replace(plan, tickets=tickets)
    _refuse_midnight()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    began = time.monotonic()
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Beside the figures, and so on the disk whose commits are the reference.
        with tempfile.TemporaryDirectory(prefix="work-", dir=out.parent) as folder:
            found = _measure(Path(folder), plan)
    except BenchError as error:
        raise CommandFailedError(f"The measurement stopped: {error}.") from None
    print_table(found)
    try:
        write_json(found, out, quick=quick, seconds=time.monotonic() - began)
    except OSError as error:
        raise CommandFailedError(f"The figures cannot be written: {error.strerror}.") from None
    click.echo(f"{len(found)} measurements in {time.monotonic() - began:.0f} s, written to {out}", err=True)
    mistakes = queue_load.mistakes(found)
    if mistakes:
        raise CommandFailedError(f"{mistakes} tickets were shared, called twice, lost or invented.")


def _measure(folder: Path, plan: Plan) -> list[Measurement]:
    """Every part in turn, never two at once."""
    _say("references")
    references = reference.measure(folder, plan)
    sheets = Sheets()
    found = references.all()
    for name, part in _parts(folder, plan, references, sheets).items():
        _say(name)
        found += part()
    return [*found, reference.drift(references, plan)]


def _parts(folder: Path, plan: Plan, references: References, sheets: Sheets) -> dict[str, Part]:
    return {
        kiosk_visit.AREA: lambda: kiosk_visit.measure(folder, sheets, plan, references),
        "SQLite": lambda: _on_sqlite(folder, plan, references),
        "PostgreSQL": lambda: _on_postgresql(folder, plan, references),
        growth.AREA: lambda: growth.measure(folder, plan, references),
        decoding.AREA: lambda: decoding.measure(sheets, plan, references),
        paper.AREA: lambda: paper.measure(plan, references),
        checklist.AREA: lambda: checklist.measure(plan, references),
        idle.AREA: lambda: idle.measure(folder, plan, references),
    }


def _on_sqlite(folder: Path, plan: Plan, references: References) -> list[Measurement]:
    with on_sqlite(folder) as running:
        load = queue_load.measure(running, plan, references)
        return load + visibility.measure(running, (1, plan.readers), plan, references)


def _on_postgresql(folder: Path, plan: Plan, references: References) -> list[Measurement]:
    """The displays stand at the process that does not call: their events come through the database."""
    with on_postgresql(folder) as running:
        load = queue_load.measure(running, plan, references)
        return load + visibility.measure(running, (1, plan.readers), plan, references)


def _say(name: str) -> None:
    click.echo(f"measuring: {name}", err=True)


def _refuse_midnight() -> None:
    """A run is of one business day.

    Raises:
        CommandFailedError: the day in Tokyo is about to end.
    """
    now = in_tokyo(utc_now())
    if in_tokyo(utc_now() + _LONGEST_RUN).date() != now.date():
        raise CommandFailedError(
            "It is almost midnight in Tokyo, and a run needs one business day: start it after."
        )


if __name__ == "__main__":
    run(command, "python -m tests.bench")
