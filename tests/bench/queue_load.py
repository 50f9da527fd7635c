"""Issuing and calling over HTTP: one client, and four kiosks with four clerks who never pause."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from uuid import UUID

from backend.protection.roles import DeviceKind
from tests.bench.databases import Running
from tests.bench.measurement import BenchError, Fact, Figure, Measurement
from tests.bench.people import Clerk, Kiosk
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.bench.tally import MISTAKES, count, read_stored

AREA = "issue and call"
KIOSKS = 4
CLERKS = 4
_WARM_UP = 10
_ISSUE_FLOOR_MS = 8.0
_COMMITS_PER_ISSUE = 3
_CROWDED_P99_MS = 50.0
_NOBODY_PAUSE_SECONDS = 0.005


def measure(running: Running, plan: Plan, references: References) -> list[Measurement]:
    """Measure one client alone, then everybody at once."""
    return [
        *_alone(running, plan, references),
        *Crowd(running, plan.tickets).measure(references),
    ]


def _alone(running: Running, plan: Plan, references: References) -> list[Measurement]:
    """One kiosk issues, then one clerk calls; nobody else is there."""
    counter, address = running.counter, running.servers[0].address
    numbers = counter.reserve(plan.alone + _WARM_UP)
    with Kiosk(address, counter.device(DeviceKind.KIOSK)) as kiosk:
        issues = [kiosk.check_in(number)[0].ms for number in numbers][_WARM_UP:]
    calls = []
    with Clerk(address, counter.clerk(), "1") as clerk:
        for _ in range(plan.alone + _WARM_UP):
            exchange, ticket = clerk.call_next()
            if ticket is None:
                raise BenchError("nobody waits although tickets were issued")
            calls.append(exchange.ms)
            clerk.finish(ticket)
    limit = max(_COMMITS_PER_ISSUE * references.commit.p50, _ISSUE_FLOOR_MS)
    figure = Figure("p50", limit, "3 bare commits or 8 ms")
    against = (references.commit, references.request)
    return [
        Measurement.of(AREA, f"issue, one client ({running.name})", issues, against=against, figure=figure),
        Measurement.of(AREA, f"call, one client ({running.name})", calls[_WARM_UP:], against=against),
    ]


class Crowd:
    """Four kiosks and four clerks at once, each sending the next request as soon as it has the reply.

    Half of the kiosks check reservations in, half give numbers of the assisted queue. Times count while all
    eight are at work; the clerks then go on until everybody was called.

    Args:
        running: counter and servers; people are spread over the processes. Nobody waits there.
        tickets: how many are issued in all.
    """

    def __init__(self, running: Running, tickets: int) -> None:
        self._name = running.name
        self._counter = running.counter
        self._addresses = [server.address for server in running.servers]
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
        with self._counter.database.read() as connection:
            before = read_stored(connection, self._counter.today)
        with ExitStack() as stack:
            work: list[Callable[[], None]] = []
            for place, login in enumerate(logins):
                clerk = stack.enter_context(Clerk(self._address(place), login, str(place + 1)))
                work.append(partial(self._call, clerk))
            for place, token in enumerate(tokens):
                kiosk = stack.enter_context(Kiosk(self._address(place), token))
                work.append(partial(self._issue, kiosk, place, numbers))
            began = time.monotonic()
            self._together(work)
            ended = time.monotonic()
        with self._counter.database.read() as connection:
            after = read_stored(connection, self._counter.today)
        tally = count(self._issued, self._called, after.since(before))
        return self._told(references, tally.facts(), began, ended)

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

    def _told(
        self, references: References, mistakes: Mapping[str, int], began: float, ended: float
    ) -> list[Measurement]:
        busy_until = max(at for at, _ in self._issues)
        facts: dict[str, Fact] = {
            "tickets/s issued": round(len(self._issued) / (busy_until - began), 1),
            "tickets/s issued and called": round(len(self._called) / (ended - began), 1),
            **mistakes,
        }
        figure = (
            Figure("p99", _CROWDED_P99_MS, "50 ms with 2 server processes")
            if len(self._addresses) > 1
            else None
        )
        against = (references.commit, references.request)
        who = f"{KIOSKS} kiosks + {CLERKS} clerks ({self._name})"
        issues = [ms for _, ms in self._issues]
        calls = [ms for at, ms in self._calls if at <= busy_until]
        return [
            Measurement.of(AREA, f"issue, {who}", issues, against=against, facts=facts, figure=figure),
            Measurement.of(AREA, f"call, {who}", calls, against=against),
        ]


def mistakes(found: Sequence[Measurement]) -> int:
    """Duplicates, double calls, lost and ghost tickets of all measurements."""
    return sum(int(one.facts.get(name, 0)) for one in found for name in MISTAKES)
