"""Issuing and calling over HTTP: one client, and four kiosks with four clerks who never pause."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

from backend.protection.devices import DeviceKind
from tests.bench.counter import Counter, Server
from tests.bench.measurement import BenchError, Fact, Figure, Measurement
from tests.bench.people import Clerk, Kiosk
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.bench.tally import count, stored_today
from tests.postgres_server import running_postgres
from tests.support import fresh_postgres

AREA = "issue and call"
KIOSKS = 4
CLERKS = 4
_WARM_UP = 10
_ISSUE_FLOOR_MS = 8.0
_COMMITS_PER_ISSUE = 3
_CROWDED_P99_MS = 50.0
_NOBODY_PAUSE_SECONDS = 0.005


@contextmanager
def counters(folder: Path) -> Iterator[list[tuple[str, Counter, int]]]:
    """SQLite for one server process and PostgreSQL for two: name, counter, number of processes."""
    with running_postgres() as url:
        both = [
            ("SQLite, 1 process", Counter(folder / "load-sqlite"), 1),
            ("PostgreSQL, 2 processes", Counter(folder / "load-postgresql", fresh_postgres(url)), 2),
        ]
        try:
            yield both
        finally:
            for _, counter, _ in both:
                counter.close()


def measure(folder: Path, plan: Plan, references: References) -> list[Measurement]:
    """Measure on both databases."""
    found = []
    with counters(folder) as both:
        for name, counter, processes in both:
            with counter.serving(processes) as servers:
                found += _alone(name, counter, servers[0], plan, references)
            crowd = Counter(folder / f"crowd-{processes}", _emptied(counter))
            try:
                with crowd.serving(processes) as servers:
                    found += Crowd(name, crowd, servers, plan.tickets).measure(references)
            finally:
                crowd.close()
    return found


def _emptied(counter: Counter) -> str | None:
    """Another empty database of the same kind."""
    return None if counter.database.is_sqlite else fresh_postgres(counter.url)


def _alone(
    name: str, counter: Counter, server: Server, plan: Plan, references: References
) -> list[Measurement]:
    """One kiosk issues, then one clerk calls; nobody else is there."""
    numbers = counter.reserve(plan.alone + _WARM_UP)
    with Kiosk(server.address, counter.device(DeviceKind.KIOSK)) as kiosk:
        issues = [kiosk.check_in(number)[0].ms for number in numbers][_WARM_UP:]
    calls = []
    with Clerk(server.address, counter.clerk(), "1") as clerk:
        for _ in range(plan.alone + _WARM_UP):
            exchange, ticket = clerk.call_next()
            if ticket is None:
                raise BenchError("nobody waits although tickets were issued")
            calls.append(exchange.ms)
            clerk.finish(ticket)
    limit = max(_COMMITS_PER_ISSUE * references.commit.p50, _ISSUE_FLOOR_MS)
    figure = Figure("p50", limit, "3 bare commits or 8 ms, whichever is larger")
    against = (references.commit, references.request)
    return [
        Measurement.of(AREA, f"issue, one client ({name})", issues, against=against, figure=figure),
        Measurement.of(AREA, f"call, one client ({name})", calls[_WARM_UP:], against=against),
    ]


class Crowd:
    """Four kiosks and four clerks at once, each sending the next request as soon as it has the reply.

    Half of the kiosks check reservations in, half give numbers of the assisted queue. Times count while all
    eight are at work; the clerks then go on until everybody was called.

    Args:
        name: of the database and its servers.
        counter: with an empty database.
        servers: its processes; people are spread over them.
        tickets: how many are issued in all.
    """

    def __init__(self, name: str, counter: Counter, servers: list[Server], tickets: int) -> None:
        self._name = name
        self._counter = counter
        self._addresses = [server.address for server in servers]
        self._share = max(1, tickets // KIOSKS)
        self._issues: list[tuple[float, float]] = []
        self._calls: list[tuple[float, float]] = []
        self._issued: list[tuple[str, str]] = []
        self._called: list[str] = []
        self._kiosks_left = KIOSKS
        self._all_issued = threading.Event()
        self._failed = threading.Event()
        self._lock = threading.Lock()

    def measure(self, references: References) -> list[Measurement]:
        """Let them work, and count what went wrong."""
        numbers = self._counter.reserve(self._share * KIOSKS)
        tokens = [self._counter.device(DeviceKind.KIOSK) for _ in range(KIOSKS)]
        logins = [self._counter.clerk() for _ in range(CLERKS)]
        with ExitStack() as stack:
            clerks = [
                stack.enter_context(Clerk(self._address(place), login, str(place + 1)))
                for place, login in enumerate(logins)
            ]
            kiosks = [
                stack.enter_context(Kiosk(self._address(place), token)) for place, token in enumerate(tokens)
            ]
            work: list[Callable[[], None]] = [
                *(lambda kiosk=kiosk, place=place: self._issue(kiosk, place, numbers)
                  for place, kiosk in enumerate(kiosks)),
                *(lambda clerk=clerk: self._call(clerk) for clerk in clerks),
            ]  # fmt: skip
            began = time.monotonic()
            self._together(work)
            ended = time.monotonic()
        return self._told(references, began, ended)

    def _address(self, place: int) -> str:
        return self._addresses[place % len(self._addresses)]

    def _together(self, work: list[Callable[[], None]]) -> None:
        start = threading.Barrier(len(work))

        def one(act: Callable[[], None]) -> None:
            start.wait()
            try:
                act()
            except BaseException:
                self._failed.set()
                raise

        with ThreadPoolExecutor(len(work)) as pool:
            for done in [pool.submit(one, act) for act in work]:
                done.result()

    def _issue(self, kiosk: Kiosk, place: int, numbers: list[str]) -> None:
        mine = numbers[place * self._share : (place + 1) * self._share]
        for number in mine:
            exchange, ticket = kiosk.check_in(number) if place % 2 == 0 else kiosk.walk_in()
            self._issues.append((exchange.ended, exchange.ms))
            self._issued.append((UUID(ticket["ticket_id"]).hex, ticket["number"]))
            if self._failed.is_set():
                return
        with self._lock:
            self._kiosks_left -= 1
            if self._kiosks_left == 0:
                self._all_issued.set()

    def _call(self, clerk: Clerk) -> None:
        while not self._failed.is_set():
            everybody_is_in = self._all_issued.is_set()
            exchange, ticket = clerk.call_next()
            if ticket is None:
                if everybody_is_in:
                    return
                time.sleep(_NOBODY_PAUSE_SECONDS)
                continue
            self._calls.append((exchange.ended, exchange.ms))
            self._called.append(UUID(str(ticket["ticket_id"])).hex)
            clerk.finish(ticket)

    def _told(self, references: References, began: float, ended: float) -> list[Measurement]:
        with self._counter.database.read() as connection:
            stored, logged = stored_today(connection, self._counter.today)
        tally = count(self._issued, self._called, stored, logged)
        busy_until = max(at for at, _ in self._issues)
        calls = [ms for at, ms in self._calls if at <= busy_until]
        rates: dict[str, Fact] = {
            "tickets/s issued": round(len(self._issued) / (busy_until - began), 1),
            "tickets/s issued and called": round(len(self._called) / (ended - began), 1),
            **tally.facts(),
        }
        figure = (
            Figure("p99", _CROWDED_P99_MS, "50 ms with 4 kiosks and 4 clerks on 2 server processes")
            if len(self._addresses) > 1
            else None
        )
        against = (references.commit, references.request)
        issues = [ms for _, ms in self._issues]
        return [
            Measurement.of(
                AREA,
                f"issue, {KIOSKS} kiosks + {CLERKS} clerks ({self._name})",
                issues,
                against=against,
                facts=rates,
                figure=figure,
            ),
            Measurement.of(
                AREA, f"call, {KIOSKS} kiosks + {CLERKS} clerks ({self._name})", calls, against=against
            ),
        ]


def mistakes(found: list[Measurement]) -> int:
    """Duplicates, double calls, lost and ghost tickets of all measurements."""
    names = ("duplicates", "double calls", "lost", "ghosts")
    return sum(int(measurement.facts.get(name, 0)) for measurement in found for name in names)
