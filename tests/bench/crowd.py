"""Four kiosks and four clerks at the same time, without pauses or at a fixed rate."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from backend.protection.roles import DeviceKind
from tests.bench.counter import Counter
from tests.bench.line import Exchange
from tests.bench.people import ENDING, Clerk, Kiosk, Pass
from tests.bench.release import OlderCounter

KIOSKS = 4
CLERKS = 4
_NOBODY_PAUSE_SECONDS = 0.005
_GOLDEN = 0.618034

AnyCounter = Counter | OlderCounter
"""A counter of today's version, or of an earlier one."""


@dataclass
class Outcome:
    """What the kiosks and clerks did.

    Attributes:
        issues: the kiosks' exchanges.
        calls: the clerks' exchanges that call the next visitor.
        steps: the clerks' exchanges with called visitors.
        issued: ticket id and number of every answer to a kiosk.
        called: ticket id of every answer to a clerk.
        began: when they began, in seconds on the monotonic clock.
        ended: when everybody had been called, on the same clock.
    """

    issues: list[Exchange] = field(default_factory=list)
    calls: list[Exchange] = field(default_factory=list)
    steps: list[Exchange] = field(default_factory=list)
    issued: list[tuple[str, str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0

    @property
    def busy_until(self) -> float:
        """When the last ticket was issued: until then all eight were at work."""
        return max(one.ended for one in self.issues)

    @property
    def busy_calls(self) -> list[Exchange]:
        """The calls that ended by ``busy_until``."""
        return [one for one in self.calls if one.ended <= self.busy_until]

    @property
    def busy(self) -> list[Exchange]:
        """All exchanges that ended by ``busy_until``."""
        done = (*self.issues, *self.calls, *self.steps)
        return [one for one in done if one.ended <= self.busy_until]

    def each_second(self, done: Sequence[Exchange]) -> float:
        """Their rate per second, while all eight were at work."""
        return len(done) / (self.busy_until - self.began)


class Pace:
    """The rate at which one kiosk or clerk acts, independently of the others.

    Args:
        seconds: time between the beginnings of two acts; 0 for no pauses.
        first: seconds until the first act.
    """

    def __init__(self, seconds: float, first: float) -> None:
        self._seconds = seconds
        self._due = time.monotonic() + first

    def wait(self) -> None:
        """Wait until the next act is due; if that time has passed, later acts are still due at their own times."""
        if self._seconds:
            time.sleep(max(0.0, self._due - time.monotonic()))
            self._due += self._seconds


class Crowd:
    """Four kiosks and four clerks.

    Half of the kiosks check reservations in, half give numbers of the assisted queue. When all tickets are issued, the
    clerks go on without pauses until everybody has been called.

    Args:
        counter: the counter; nobody waits there yet.
        addresses: the addresses of its servers, over which kiosks and clerks are distributed.
        tickets: how many tickets are issued in total.
        clerks: four clerks who have signed in and have no window; new ones by default.
        seconds: time between two acts of each; no pauses by default.
    """

    def __init__(
        self,
        counter: AnyCounter,
        addresses: Sequence[str],
        tickets: int,
        *,
        clerks: Sequence[Pass] | None = None,
        seconds: float = 0.0,
    ) -> None:
        self._counter = counter
        self._addresses = addresses
        self._share = max(1, tickets // KIOSKS)
        self._clerks = clerks
        self._seconds = seconds
        self._done = Outcome()
        self._kiosks_left = KIOSKS
        self._all_issued = threading.Event()
        self._failed = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> Outcome:
        """Let them work."""
        numbers = self._counter.reserve(self._share * KIOSKS)
        tokens = [self._counter.device(DeviceKind.KIOSK) for _ in range(KIOSKS)]
        clerks: Sequence[str | Pass] = self._clerks or [self._counter.clerk() for _ in range(CLERKS)]
        with ExitStack() as stack:
            work: list[Callable[[], None]] = []
            for place, who in enumerate(clerks):
                clerk = stack.enter_context(Clerk(self._address(place), who, str(place + 1)))
                work.append(partial(self._call, clerk, place))
            for place, token in enumerate(tokens):
                kiosk = stack.enter_context(Kiosk(self._address(place), token))
                work.append(partial(self._issue, kiosk, place, numbers))
            self._done.began = time.monotonic()
            together(work, self._failed)
            self._done.ended = time.monotonic()
        return self._done

    def _address(self, place: int) -> str:
        return self._addresses[place % len(self._addresses)]

    def _pace(self, place: int) -> Pace:
        """The pace of one of them; their first acts are spread evenly, in the same way in every run."""
        return Pace(self._seconds, place * _GOLDEN % 1 * self._seconds)

    def _issue(self, kiosk: Kiosk, place: int, numbers: list[str]) -> None:
        mine = numbers[place * self._share : (place + 1) * self._share]
        pace = self._pace(CLERKS + place)
        for number in mine:
            pace.wait()
            exchange, ticket = kiosk.check_in(number) if place % 2 == 0 else kiosk.walk_in()
            self._done.issues.append(exchange)
            self._done.issued.append(issued(ticket))
            if self._failed.is_set():
                return
        with self._lock:
            self._kiosks_left -= 1
            if self._kiosks_left == 0:
                self._all_issued.set()

    def _call(self, clerk: Clerk, place: int) -> None:
        pace = self._pace(place)
        while not self._failed.is_set():
            everybody_is_in = self._all_issued.is_set()
            if not everybody_is_in:
                pace.wait()
            exchange, ticket = clerk.call_next()
            if ticket is None:
                if everybody_is_in:
                    return
                time.sleep(_NOBODY_PAUSE_SECONDS)
                continue
            self._done.calls.append(exchange)
            self._done.called.append(called(ticket))
            for name in ENDING:
                if not self._all_issued.is_set():
                    pace.wait()
                self._done.steps.append(clerk.step(ticket, name))


def issued(ticket: dict[str, Any]) -> tuple[str, str]:
    """Id and number of the ticket in an answer to a kiosk."""
    return UUID(str(ticket["ticket_id"])).hex, str(ticket["number"])


def called(ticket: dict[str, Any]) -> str:
    """Id of the ticket in an answer to a clerk."""
    return UUID(str(ticket["ticket_id"])).hex


def together(work: Sequence[Callable[[], None]], failed: threading.Event | None = None) -> None:
    """Run functions at the same time, each in its own thread; the first failure stops the others and is raised."""
    start = threading.Barrier(len(work))

    def one(act: Callable[[], None]) -> None:
        start.wait()
        try:
            act()
        except BaseException:
            if failed is not None:
                failed.set()
            raise

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(one, act) for act in work]:
            done.result()
