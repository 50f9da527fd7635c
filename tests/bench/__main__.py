"""``python -m tests.bench``: measure the product on this machine, print the figures, and keep them as JSON."""

import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import structlog

from backend.common.console import CommandFailedError, run
from backend.common.tokyo import in_tokyo
from backend.storage.unit_of_work import utc_now
from tests.bench import queue_load, reference
from tests.bench.databases import Postgres
from tests.bench.measurement import BenchError, Measurement
from tests.bench.parts import AREAS, Work, area_named, parts_for
from tests.bench.pictures import Sheets
from tests.bench.plan import FULL, QUICK, Plan
from tests.bench.process import ROOT
from tests.bench.report import print_table, write_json, write_markdown

DEFAULT_OUT = ROOT / "var" / "bench" / "bench.json"
_LONGEST_RUN = timedelta(minutes=25)
_LONGEST_QUICK_RUN = timedelta(minutes=5)


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
    "--markdown",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the figures as a paper, for example docs/figures.md; it is overwritten.",
)
@click.option(
    "--tickets",
    type=click.IntRange(8, 19_000),
    help="Tickets of the load of 4 kiosks and 4 clerks.  [default: 1000, quick 60]",
)
@click.option(
    "--photos",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of folders of photos of codes, each photo with a file .txt of what its code says, to be read too.",
)
@click.option(
    "--only",
    metavar="NAME",
    help=f"Measure the references and this one area of the table; the beginning is enough: {', '.join(AREAS)}.",
)
def command(
    *,
    quick: bool,
    out: Path,
    markdown: Path | None,
    tickets: int | None,
    photos: Path | None,
    only: str | None,
) -> None:
    """Measure the product on this machine: everything as a multiple of something measured in the same run.

    Prints a table and writes JSON. The exit code is 0 when everything was measured and no ticket was shared, called
    twice, lost or invented; it never depends on a time. What each line means: docs/performance.md.

    Example: python -m tests.bench --out var/bench/after.json
    """
    try:
        area = area_named(only) if only is not None else None
    except BenchError as error:
        raise CommandFailedError(f"{error}.") from None
    plan = QUICK if quick else FULL
    if tickets is not None:
        plan = replace(plan, tickets=tickets)
    _mind_midnight(quick=quick)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    began = time.monotonic()
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Next to the output file, so that it is on the same disk as the reference commits.
        with tempfile.TemporaryDirectory(prefix="work-", dir=out.parent) as folder:
            found = _measure(Path(folder), plan, photos, area)
    except BenchError as error:
        raise CommandFailedError(f"The measurement stopped: {error}.") from None
    print_table(found)
    try:
        write_json(found, out, quick=quick, seconds=time.monotonic() - began)
        if markdown is not None:
            write_markdown(found, markdown, seconds=time.monotonic() - began)
    except OSError as error:
        raise CommandFailedError(f"The figures cannot be written: {error.strerror}.") from None
    click.echo(f"{len(found)} measurements in {time.monotonic() - began:.0f} s, written to {out}", err=True)
    mistakes = queue_load.mistakes(found)
    if mistakes:
        raise CommandFailedError(f"{mistakes} tickets were shared, called twice, lost or invented.")


def _measure(folder: Path, plan: Plan, photos: Path | None, only: str | None) -> list[Measurement]:
    """Every part in turn, never two at once."""
    _say(reference.AREA)
    references = reference.measure(folder, plan)
    found = references.all()
    with Postgres() as postgres:
        work = Work(folder, plan, references, Sheets(), postgres, photos, only)
        for part in parts_for(only):
            _say(part.name)
            found += part.measure(work)
    return [*found, reference.drift(references, plan)]


def _say(name: str) -> None:
    click.echo(f"measuring: {name}", err=True)


def _mind_midnight(*, quick: bool) -> None:
    """Make sure that the run is within one business day: a short run waits for the next day, a long one is refused.

    Raises:
        CommandFailedError: the day in Tokyo is about to end.
    """
    today = in_tokyo(utc_now()).date()
    if not quick and in_tokyo(utc_now() + _LONGEST_RUN).date() != today:
        raise CommandFailedError(
            "It is almost midnight in Tokyo, and a run needs one business day: start it after."
        )
    if in_tokyo(utc_now() + _LONGEST_QUICK_RUN).date() != today:
        _say("nothing before midnight in Tokyo, a run needs one business day")
        while in_tokyo(utc_now()).date() == today:
            time.sleep(1)


if __name__ == "__main__":
    run(command, "python -m tests.bench")
