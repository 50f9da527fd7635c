"""Compares issuing and calling on a day with 100 000 tickets and on a day with 100."""

import sqlite3
from pathlib import Path

from backend.protection.roles import DeviceKind
from backend.reception.deciding.case import CaseState
from backend.wire.codes import TicketState
from tests.bench.counter import Counter
from tests.bench.measurement import BenchError, Measurement
from tests.bench.people import Clerk, Kiosk
from tests.bench.plan import WARM_UP, Plan
from tests.bench.reference import References

AREA = "growth"
WAITING = 20
"""How many visitors wait all the time, on the small and on the large day."""
_NUMBERS = 9000

_ROWS = "WITH RECURSIVE rows (i) AS (VALUES (:first) UNION ALL SELECT i + 1 FROM rows WHERE i < :last) "
_COPIES = {
    # Finished visits of today are copied from one that went through the server, with all of its rows.
    "tickets": {
        "id": "printf('%032x', i)",
        "number": f"1 + i % {_NUMBERS}",
        "state": f"'{TicketState.ISSUED.value}'",
        "window": "NULL",
        "holder": "NULL",
    },
    "cases": {
        "id": "printf('%032x', i)",
        "ticket_id": "printf('%032x', i)",
        "state": f"'{CaseState.ISSUED.value}'",
    },
    "ticket_steps": {"id": "NULL", "ticket_id": "printf('%032x', i)"},
    "events": {"seq": "(SELECT last FROM event_counters WHERE office_id = one.office_id) + i"},
    "requests": {"request_id": "printf('%032x', i)"},
    "audit": {"seq": "NULL"},
}


def measure(folder: Path, plan: Plan, references: References) -> list[Measurement]:
    """Measure on a small and on a large day of the same counter."""
    counter = Counter(folder / "growth")
    small, large = plan.day
    found: list[Measurement] = []
    try:
        with (
            counter.serving() as servers,
            Kiosk(servers[0].address, counter.device(DeviceKind.KIOSK)) as kiosk,
            Clerk(servers[0].address, counter.clerk(), "1") as clerk,
        ):
            for _ in range(WAITING):
                kiosk.walk_in()
            _work(kiosk, clerk, WARM_UP)
            there = WAITING + WARM_UP
            before: tuple[Measurement, ...] = ()
            for tickets in (small, large):
                fill(counter.file, there, max(there, tickets))
                issues, calls = _work(kiosk, clerk, plan.grown)
                there = max(there, tickets) + plan.grown
                told = tuple(
                    Measurement.of(
                        AREA,
                        f"{what}, day of {tickets} tickets",
                        times,
                        against=(references.commit, *before[place : place + 1]),
                    )
                    for place, (what, times) in enumerate((("issue", issues), ("call", calls)))
                )
                found += told
                before = told
    finally:
        counter.close()
    return found


def fill(file: Path, first: int, last: int) -> None:
    """Add finished visits of today to a SQLite file until there are ``last`` tickets, with all rows of a visit.

    Raises:
        BenchError: no visit has gone through the server yet.
    """
    connection = sqlite3.connect(file, timeout=30)
    try:
        with connection:
            for table, changes in _COPIES.items():
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                names = ", ".join(f'"{name}"' for name in columns)
                values = ", ".join(changes.get(name, f'one."{name}"') for name in columns)
                copy = (
                    f"{_ROWS} INSERT INTO {table} ({names}) SELECT {values} FROM rows, "  # noqa: S608 - our own tables' names
                    f"(SELECT * FROM {table} ORDER BY rowid DESC LIMIT 1) AS one"
                )
                added = connection.execute(copy, {"first": first + 1, "last": last}).rowcount
                if added == 0:
                    raise BenchError(f"the table {table} holds nothing to copy")
            connection.execute(
                "UPDATE event_counters SET last = (SELECT max(seq) FROM events) WHERE office_id <> ''"
            )
    finally:
        connection.close()


def _work(kiosk: Kiosk, clerk: Clerk, rounds: int) -> tuple[list[float], list[float]]:
    """Alternately issue a ticket and call a visitor."""
    issues, calls = [], []
    for _ in range(rounds):
        issues.append(kiosk.walk_in()[0].ms)
        exchange, ticket = clerk.call_next()
        if ticket is None:
            raise BenchError("nobody waits although tickets were issued")
        calls.append(exchange.ms)
        clerk.finish(ticket)
    return issues, calls
