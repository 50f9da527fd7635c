"""How many SQL statements each command needs, today and in an earlier version; no times are measured."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import make_url, text

from backend.protection.roles import DeviceKind
from tests.bench.counter import Counter
from tests.bench.crowd import AnyCounter
from tests.bench.databases import Postgres
from tests.bench.measurement import BenchError, Fact, Figure, Measurement
from tests.bench.noting_server import LOOK, verb
from tests.bench.people import ENDING, Clerk, Kiosk, Staff
from tests.bench.plan import Plan
from tests.bench.release import VERSION, older_counter
from tests.migrated import closing_database, fresh_postgres

AREA = "statements"
_QUIET_SECONDS = 0.015
_ISSUANCE_WINDOW = "A"
_LOOKS = 6
"""How often connections are used before a command is counted; an idle one would first be tested with a statement."""
_FRAMES = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START", "END"})
"""Statements that only open or close a transaction; they are counted separately."""
_LOGGING = {"log_statement": "all", "log_line_prefix": "%d ", "lc_messages": "C"}
_LOGGED = re.compile(r"^(\S+) LOG:  (?:statement|execute [^:]*): (.+)$", re.MULTILINE)
_COMPLETE: dict[str, str | list[str]] = {"recipient": "R1", "applicant": ["A03"], "papers": ["notice"]}


@dataclass(frozen=True)
class Count:
    """Statements of one command.

    Attributes:
        asked: statements that read or change data.
        frames: statements that open or close transactions and savepoints.
        looks: looks at the event log for passing events on; their own transactions are not in ``frames``.
    """

    asked: int
    frames: int
    looks: int = 0


@dataclass
class Noted:
    """A file to which a database, or its client, writes every statement.

    Attributes:
        file: the file; it need not exist yet.
        words: returns the first words of the statements in a new part of the file.
    """

    file: Path
    words: Callable[[str], list[str]]
    _read: int = field(default=0)

    def of(self, act: Callable[[], object]) -> Count:
        """Call a function and count its statements, including those that follow immediately."""
        self._news()
        act()
        words = self.words(self._news())
        frames, looks = sum(word in _FRAMES for word in words), words.count(LOOK)
        return Count(len(words) - frames - looks, max(0, frames - 2 * looks), looks)

    def _news(self) -> str:
        """The new part of the file, once nothing more is added."""
        size = -1
        while size != (size := self.file.stat().st_size if self.file.exists() else 0):
            time.sleep(_QUIET_SECONDS)
        if size == 0:
            return ""
        with self.file.open("rb") as noted:
            noted.seek(self._read)
            news = noted.read(size - self._read)
        self._read = size
        return news.decode("utf-8", "replace")


def noted_words(news: str) -> list[str]:
    """The words that ``noting_server`` wrote, without statements of triggers."""
    return [word for word in news.split() if not word.startswith("--")]


def logged_words(database: str, news: str) -> list[str]:
    """The first words of the statements on one database in PostgreSQL's log, whose lines begin with the database."""
    return [verb(said) for where, said in _LOGGED.findall(news) if where == database]


def measure(folder: Path, plan: Plan, release: Path | None, postgres: Postgres) -> list[Measurement]:
    """Count on SQLite, then on PostgreSQL; ``release`` is the folder of the earlier version, if there is one."""
    found = []
    on_postgresql = partial(_on_postgresql, postgres.url)
    for where, counted in (("SQLite", _on_sqlite), ("PostgreSQL", on_postgresql)):
        each = list(counted(folder, plan, release))
        today, before = each[0], each[1] if len(each) > 1 else {}
        found += [_told(name, where, counts, before.get(name)) for name, counts in today.items()]
    return found


Counts = dict[str, list[Count]]
"""Statements of each command, one count per visit."""


def _on_sqlite(folder: Path, plan: Plan, release: Path | None) -> Iterator[Counts]:
    with _counters(folder / "statements-sqlite", [None, None], release) as counters:
        for place, counter in enumerate(counters):
            file = folder / f"statements-{place}.txt"
            yield _visits(counter, plan, Noted(file, noted_words), noting=file)


def _on_postgresql(server: str, folder: Path, plan: Plan, release: Path | None) -> Iterator[Counts]:
    with (
        fresh_postgres(server) as url,
        fresh_postgres(server) as other,
        _counters(folder / "statements-postgresql", [url, other], release) as counters,
        _log_of_everything(server) as log,
    ):
        for counter, its_url in zip(counters, (url, other), strict=False):
            name = make_url(its_url).database or ""
            yield _visits(counter, plan, Noted(log, partial(logged_words, name)))


@contextmanager
def _log_of_everything(server: str) -> Iterator[Path]:
    """Make PostgreSQL log every statement while the block lasts; yields its log file."""
    with closing_database(server) as database, database.engine.connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        for setting, value in _LOGGING.items():
            connection.execute(text(f"ALTER SYSTEM SET {setting} = '{value}'"))
        connection.execute(text("SELECT pg_reload_conf()"))
        yield Path(str(connection.execute(text("SHOW data_directory")).scalar_one())) / "log"
        for setting in _LOGGING:
            connection.execute(text(f"ALTER SYSTEM RESET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))


@contextmanager
def _counters(folder: Path, urls: Sequence[str | None], release: Path | None) -> Iterator[list[AnyCounter]]:
    with ExitStack() as stack:
        today = Counter(folder / "today", urls[0])
        stack.callback(today.close)
        counters: list[AnyCounter] = [today]
        if release is not None:
            counters.append(stack.enter_context(older_counter(release, folder / "older", urls[1])))
        yield counters


def _visits(counter: AnyCounter, plan: Plan, noted: Noted, noting: Path | None = None) -> Counts:
    """Count the statements of one visit after the other; the first, which fills caches, does not count."""
    found: Counts = {}
    codes = counter.notices(counter.reserve(plan.stories + 1))
    with counter.serving(noting=noting) as servers:
        address = servers[0].address
        with (
            Kiosk(address, counter.device(DeviceKind.KIOSK)) as kiosk,
            Clerk(address, counter.clerk(), "1") as clerk,
            Staff(address, counter.staff(), _ISSUANCE_WINDOW) as staff,
        ):
            for place, code in enumerate(codes):
                for name, count in _visit(noted, kiosk, clerk, staff, code):
                    if place > 0:
                        found.setdefault(name, []).append(count)
    return found


def _visit(noted: Noted, kiosk: Kiosk, clerk: Clerk, staff: Staff, code: str) -> Iterator[tuple[str, Count]]:
    """Play a visitor with a notice who gets the card, and one without a notice who lacks a paper."""

    def counted(act: Callable[[], object]) -> Count:
        for _ in range(_LOOKS):
            kiosk.look()
        return noted.of(act)

    ticket: list[dict[str, object] | None] = []
    yield "check-in with a notice", counted(lambda: kiosk.hold_up(code))
    yield "call-next", counted(lambda: ticket.append(clerk.call_next()[1]))
    first = _there(ticket[0])
    yield "start", counted(lambda: clerk.step(first, ENDING[0]))
    yield "tick", counted(lambda: clerk.step(first, "tick", **_COMPLETE))
    yield "hand-over", counted(lambda: clerk.step(first, "hand-over"))
    yield "call to issuance", counted(lambda: staff.step(first, "call"))
    yield "issue", counted(lambda: staff.step(first, "issue"))
    yield "walk-in", counted(lambda: ticket.append(kiosk.walk_in()[1]))
    second = _there(ticket[1])
    yield "print report", counted(lambda: kiosk.report_print(second))
    clerk.call_next()
    clerk.step(second, ENDING[0])
    yield ENDING[1], counted(lambda: clerk.step(second, ENDING[1]))


def _there(ticket: dict[str, object] | None) -> dict[str, object]:
    if ticket is None:
        raise BenchError("nobody waits although a ticket was issued")
    return ticket


def _told(name: str, where: str, today: list[Count], before: list[Count] | None) -> Measurement:
    """One command's row: the smallest count of all visits; statements for transactions are in the facts."""
    least, most = _fewest(today), max(one.asked for one in today)
    facts: dict[str, Fact] = {"transactions' own": least.frames, "most": most}
    figure = None
    if before is not None:
        earlier = _fewest(before)
        facts |= {VERSION: earlier.asked, f"transactions' own in {VERSION}": earlier.frames}
        figure = Figure("p50", earlier.asked, f"{earlier.asked}, as {VERSION}")
    asked = [float(least.asked)] * len(today)
    return Measurement.of(AREA, f"{name} ({where})", asked, unit="statements", facts=facts, figure=figure)


def _fewest(counts: list[Count]) -> Count:
    """The smallest count: it contains no statements that a timer sent meanwhile."""
    return min(counts, key=lambda one: (one.asked, one.frames))
