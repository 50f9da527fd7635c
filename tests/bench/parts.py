"""The parts of a run, each with the areas of the table that it fills; ``--only`` names one of these areas."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click

from tests.bench import (
    checklist,
    decoding,
    eleven_offices,
    fast_path,
    flood,
    growth,
    idle,
    idle_counter,
    importing,
    kiosk_visit,
    paper,
    preview,
    queue_load,
    reference,
    sealing,
    seeing,
    statements,
    trail,
    visibility,
)
from tests.bench.databases import Postgres, Running, on_postgresql, on_sqlite
from tests.bench.measurement import BenchError, Measurement
from tests.bench.pictures import Sheets
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.bench.release import ABSENT, unpack


@dataclass(frozen=True)
class Work:
    """What every part works with.

    Attributes:
        folder: folder for files, on the same disk as the reference commits.
        plan: how much is measured.
        references: the references that everything is compared with.
        sheets: notices to hold up.
        postgres: the PostgreSQL server of the run.
        photos: a folder of photos to read, too, or None.
        only: the only area to measure, or None for all.
    """

    folder: Path
    plan: Plan
    references: References
    sheets: Sheets
    postgres: Postgres
    photos: Path | None
    only: str | None

    @cached_property
    def release(self) -> Path | None:
        """The folder with the earlier version; None, with a message, if the repository does not contain it."""
        place = unpack(self.folder)
        if place is None:
            click.echo(ABSENT, err=True)
        return place

    def wants(self, area: str) -> bool:
        """Whether an area is to be measured."""
        return self.only in {None, area}


@dataclass(frozen=True)
class Part:
    """A part of a run.

    Attributes:
        name: its name, printed while it runs.
        areas: the areas of the table that it fills.
        measure: the function that measures it.
    """

    name: str
    areas: tuple[str, ...]
    measure: Callable[[Work], list[Measurement]]


def _of_database(
    open_counter: Callable[[Work], AbstractContextManager[Running]],
) -> Callable[[Work], list[Measurement]]:
    """Load, visibility of calls, and strangers' sign-ins on one database.

    On PostgreSQL the displays are connected to the other server process than the clerks, so that their events come
    through the database.
    """

    def measure(work: Work) -> list[Measurement]:
        found: list[Measurement] = []
        with open_counter(work) as running:
            if work.wants(queue_load.AREA):
                found += queue_load.measure(running, work.plan, work.references)
            if work.wants(visibility.AREA):
                found += visibility.measure(running, (1, work.plan.readers), work.plan, work.references)
            if work.wants(flood.AREA):
                found += flood.measure(running, work.plan, work.references)
        return found

    return measure


_OF_DATABASE = (queue_load.AREA, visibility.AREA, flood.AREA)

PARTS = (
    Part(kiosk_visit.AREA, (kiosk_visit.AREA,), lambda work: kiosk_visit.measure(work.folder, work.sheets, work.plan, work.references)),
    Part("SQLite", _OF_DATABASE, _of_database(lambda work: on_sqlite(work.folder))),
    Part("PostgreSQL", _OF_DATABASE, _of_database(lambda work: on_postgresql(work.folder, work.postgres))),
    Part(fast_path.AREA, (fast_path.AREA,), lambda work: fast_path.measure(work.folder, work.plan, work.references, work.release, work.postgres)),
    Part(eleven_offices.AREA, (eleven_offices.AREA,), lambda work: eleven_offices.measure(work.folder, work.plan, work.references, work.postgres)),
    Part(statements.AREA, (statements.AREA,), lambda work: statements.measure(work.folder, work.plan, work.release, work.postgres)),
    Part(growth.AREA, (growth.AREA,), lambda work: growth.measure(work.folder, work.plan, work.references)),
    Part(decoding.AREA, (decoding.AREA,), lambda work: decoding.measure(work.sheets, work.plan, work.references)),
    Part(preview.AREA, (preview.AREA,), lambda work: preview.measure(work.folder, work.plan)),
    Part(seeing.AREA, (seeing.AREA,), lambda work: seeing.measure(work.plan, work.references, work.photos)),
    Part(paper.AREA, (paper.AREA,), lambda work: paper.measure(work.plan, work.references)),
    Part(checklist.AREA, (checklist.AREA,), lambda work: checklist.measure(work.plan, work.references)),
    Part(sealing.AREA, (sealing.AREA,), lambda work: sealing.measure(work.folder, work.plan, work.references)),
    Part(trail.AREA, (trail.AREA,), lambda work: trail.measure(work.folder, work.plan, work.references)),
    Part(importing.AREA, (importing.AREA,), lambda work: importing.measure(work.folder, work.plan, work.references, work.release)),
    Part("the idle server", (idle.AREA,), lambda work: idle.measure(work.folder, work.plan, work.references)),
    Part("the idle counter", (idle_counter.AREA,), lambda work: idle_counter.measure(work.plan, work.references)),
)  # fmt: skip
"""The parts in the order in which they run, one after the other."""

AREAS = tuple(dict.fromkeys((reference.AREA, *(area for part in PARTS for area in part.areas))))
"""The headings of the table, in order."""


def area_named(text: str) -> str:
    """The area with this name, or with a name that begins with this text; case does not matter.

    Raises:
        BenchError: there is none, or several; the message lists every name.
    """
    wanted = text.strip().casefold()
    exact = [area for area in AREAS if area.casefold() == wanted]
    found = exact or [area for area in AREAS if wanted and area.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    told = "several areas begin" if found else "there is no area that begins"
    names = ", ".join(f'"{area}"' for area in AREAS)
    raise BenchError(f'{told} with "{text}"; the areas are {names}')


def parts_for(only: str | None) -> Iterator[Part]:
    """The parts that fill an area, or all of them."""
    return (part for part in PARTS if only is None or only in part.areas)
