"""Time of the trail: sealing what came within a second, checking a million entries, and a page of a long trail."""

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from backend.protection.audit import record_audit
from backend.protection.tables import audit
from backend.protection.trail.keys import TrailKey
from backend.protection.trail.sealer import TrailSealer
from backend.protection.trail.searching import Wanted, search_trail
from backend.protection.trail.verifying import verify_trail
from backend.storage.database import Database
from tests.bench.measurement import BenchError, Fact, Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.migrated import closing_database, migrated_sqlite
from tests.support import MORNING

AREA = "trail"
_SECOND = 5
"""Entries of one second of a busy hour at all offices, and so of one block."""
_MILLION = 1_000_000
_VERIFY_SECONDS = 60.0
_PAGE_MS = 100.0
_ACTORS, _ACTIONS = 40, ("tick", "call_next", "reservation_viewed", "device_report", "issue")
_KEY = TrailKey(b"a key for measuring" + bytes(13))


def measure(folder: Path, plan: Plan, references: References) -> list[Measurement]:
    """Measure on a SQLite file of a long trail, whose blocks are as small as a quiet day makes them."""
    place = folder / "trail"
    place.mkdir()
    with closing_database(migrated_sqlite(place / "u.db")) as database:
        _fill(database, plan.trail)
        facts: dict[str, Fact] = {"entries": plan.trail}
        against = (references.commit,)
        took = _timed(lambda: TrailSealer(database, _KEY, batch=_SECOND).seal_all())
        found = [
            Measurement.of(
                AREA, "check a million entries", [_checked(database, plan.trail)], unit="s",
                facts={**facts, "in a block": _SECOND}, figure=Figure("p50", _VERIFY_SECONDS, "60 s"),
            ),
            Measurement.of(AREA, "seal a block of a long trail", [took * 1000 * _SECOND / plan.trail], against=against, facts=facts),
            Measurement.of(AREA, "seal what came within a second", _rounds(database, plan.block), against=against, facts=facts),
        ]  # fmt: skip
        for name, wanted in _pages().items():
            times = [_timed(lambda one=wanted: _page(database, one)) * 1000 for _ in range(plan.block)]  # type: ignore[misc] # mypy: a default of a lambda
            figure = Figure("p95", _PAGE_MS, "100 ms")
            found.append(
                Measurement.of(AREA, f"a page {name}", times, against=against, facts=facts, figure=figure)
            )
        return found


def _fill(database: Database, count: int) -> None:
    """Entries of a counter, one every two seconds, by some actors in turn."""
    rows = (
        {
            "at": MORNING + timedelta(seconds=2 * number),
            "actor": f"{number % _ACTORS:032x}",
            "action": "account_created" if number == 1 else _ACTIONS[number % len(_ACTIONS)],
            "subject": f"{number // 3:032x}",
            "subject_kind": "ticket",
            "office_id": "00" if number else "10",
            "role": "clerk",
            "place": "10.0.0.7",
            "field_names": "name birth address",
            "facts": {"case": f"{number // 2:032x}"},
        }
        for number in range(count)
    )
    while some := list(islice(rows, 5000)):
        with database.engine.begin() as connection:
            connection.execute(insert(audit), some)


def _checked(database: Database, count: int) -> float:
    """Seconds that a million entries take."""
    with database.read() as connection:
        began = time.perf_counter()
        verdict = verify_trail(connection, _KEY)
        took = time.perf_counter() - began
    if not verdict.ok or verdict.entries != count:
        raise BenchError("the trail that was just sealed is broken")
    return took * _MILLION / count


def _rounds(database: Database, times: int) -> list[float]:
    """Milliseconds of one round of the sealer, with a few entries to seal."""
    sealer, took = TrailSealer(database, _KEY), []
    for _ in range(times):
        for _ in range(_SECOND):
            with database.write() as work:
                record_audit(work, "console", "tick", "t1")
        took.append(_timed(sealer.seal) * 1000)
    return took


def _pages() -> dict[str, Wanted]:
    day = MORNING + timedelta(hours=1)
    return {
        "of the newest": Wanted(),
        "of a day": Wanted(since=MORNING, until=day),
        "of an actor": Wanted(actor=f"{3:032x}"),
        "of an action that was once": Wanted(action="account_created"),
        "of an object": Wanted(objects=frozenset({f"{7:032x}", f"{9:032x}"})),
        "of an office that was once": Wanted(office_id="10"),
        "of an actor and an office": Wanted(actor=f"{3:032x}", office_id="10"),
    }


def _page(database: Database, wanted: Wanted) -> Any:
    with database.read() as connection:
        return search_trail(connection, wanted)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
