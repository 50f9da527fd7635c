"""Checks whether the tests notice small faults: puts sampled faults into the pure modules and runs their tests.

``python -m tests.faults --only kiosk.paper.printer --count 20`` tries twenty faults of each module whose name begins
like that. Files are never changed. ``make proof`` runs it for every pure room.
"""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tests.faults.equal import EQUAL
from tests.faults.report import Report, markdown, words
from tests.faults.rooms import ROOMS, room_of
from tests.faults.sampling import try_module

SEED = 20261127
"""The seed of the sample whose results are in docs/testing.md."""


@click.command()
@click.option(
    "--only", multiple=True, metavar="PREFIX", help="Modules whose names begin so; several are allowed."
)
@click.option("--count", default=30, show_default=True, help="Faults of each module at most.")
@click.option("--seed", default=SEED, show_default=True, help="Which faults are drawn.")
@click.option("--processes", default=2, show_default=True, help="Modules at a time.")
@click.option("--least", default=95.0, show_default=True, help="Fail where fewer of a hundred are noticed.")
@click.option("--table", type=click.Path(path_type=Path), help="Write the table of docs/testing.md here.")
def main(
    only: Sequence[str], count: int, seed: int, processes: int, least: float, table: Path | None
) -> None:
    """Print for each module how many faults were noticed, and every fault that was not."""
    modules = [name for name in ROOMS if name.startswith(tuple(only) or "")]
    if not modules:
        raise click.UsageError("no pure module's name begins so")
    root = Path(__file__).parents[2]
    known = {name: frozenset(one.key for one in EQUAL if one.module == name) for name in modules}
    work = [(room_of(name, root), count, seed, known[name]) for name in modules]
    reports: list[Report] = []
    for name in (
        "UKETSUKE_PROOF",
        "UKETSUKE_LEDGER",
    ):  # faults must be noticed by what `make test` runs, but these runs do not count in its ledger
        os.environ.pop(name, None)
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        for report in pool.imap_unordered(try_module, work):
            click.echo(words(report))
            reports.append(report)
    reports.sort(key=lambda report: report.module)
    noticed, counted = sum(one.noticed for one in reports), sum(one.counted for one in reports)
    share = 100 * noticed / counted if counted else 100.0
    click.echo(f"{noticed} of {counted} noticed ({share:.1f} of 100), seed {seed}")
    if table is not None:
        table.write_text(markdown(reports), encoding="utf-8")
    sys.exit(share < least or any(one.unfit for one in reports))


if __name__ == "__main__":
    main()
