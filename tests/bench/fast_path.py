"""Compares today's commands with an earlier version, a stand-in and a bare commit, in alternating rounds of one run."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import click

from backend.protection.roles import DeviceKind
from tests.bench.counter import Counter
from tests.bench.crowd import CLERKS, KIOSKS, AnyCounter, Crowd, called, issued, together
from tests.bench.databases import Postgres
from tests.bench.line import Exchange, Line
from tests.bench.measurement import BenchError, Fact, Figure, Measurement, Statistic, percentile
from tests.bench.people import Clerk, Kiosk, sign_in
from tests.bench.plan import WARM_UP, Plan
from tests.bench.process import python_module, read_line, running
from tests.bench.reference import References, commit_times
from tests.bench.release import VERSION, older_counter
from tests.bench.tally import count
from tests.migrated import fresh_postgres

AREA = "fast path"
TODAY = "today's"
OLDER = f"{VERSION}'s"
STAND_IN = "stand-in's"
COMMIT = "bare commit"
SQLITE, POSTGRESQL = "SQLite, 1 process", "PostgreSQL, 2 processes"
_PACE_SECONDS = 0.2
_PACED_P99_MS = 50.0
_SHARES: dict[Statistic, float] = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


@dataclass
class Blocks:
    """The results of one kind of work on one server; each round adds a block.

    Attributes:
        times: milliseconds of each act, by block.
        rates: acts per second by block, for each kind of act.
    """

    times: list[list[float]] = field(default_factory=list)
    rates: dict[str, list[float]] = field(default_factory=dict)

    def add(self, times: Sequence[float], **rates: float) -> None:
        """Add a block."""
        self.times.append(list(times))
        for name, rate in rates.items():
            self.rates.setdefault(name, []).append(rate)

    def each(self, statistic: Statistic) -> list[float]:
        """The percentile of each block."""
        return [percentile(block, _SHARES[statistic]) for block in self.times]

    def all(self) -> list[float]:
        """The times of all acts."""
        return [one for block in self.times for one in block]


Found = dict[tuple[str, str], Blocks]
"""The results, by site (whose server) and kind of work."""


class Site:
    """A counter that works in blocks; nobody waits there between two of them.

    Args:
        counter: the counter, whose database was empty.
        addresses: the addresses of its servers.
        plan: how much is done in a block.
    """

    def __init__(self, counter: AnyCounter, addresses: Sequence[str], plan: Plan) -> None:
        self._counter = counter
        self._addresses = addresses
        self._plan = plan
        self._clerks = [sign_in(addresses[0], counter.clerk()) for _ in range(CLERKS)]
        self._issued: list[tuple[str, str]] = []
        self._called: list[str] = []

    def check_ins(self) -> Blocks:
        """One kiosk checks reservations in; nothing else happens."""
        numbers = self._counter.reserve(self._plan.block + WARM_UP)
        with self._kiosk() as kiosk:
            done = [kiosk.check_in(number) for number in numbers]
        return self._alone(done)

    def walk_ins(self) -> Blocks:
        """One kiosk gives numbers; nothing else happens."""
        with self._kiosk() as kiosk:
            done = [kiosk.walk_in() for _ in range(self._plan.block + WARM_UP)]
        return self._alone(done)

    def kiosks(self) -> Blocks:
        """Four kiosks give numbers and never pause."""
        done: list[tuple[Exchange, dict[str, object]]] = []
        with ExitStack() as stack:
            kiosks = [stack.enter_context(self._kiosk()) for _ in range(KIOSKS)]
            times, rate = at_once([kiosk.walk_in for kiosk in kiosks], self._plan.burst // KIOSKS, done)
        self._issued += [issued(ticket) for _, ticket in done]
        self._call_everybody()
        blocks = Blocks()
        blocks.add(times, issued=rate)
        return blocks

    def crowd(self) -> Blocks:
        """Four kiosks and four clerks without pauses; the times are those of the kiosks."""
        done = Crowd(self._counter, self._addresses, self._plan.burst * 3 // 2, clerks=self._clerks).run()
        self._issued += done.issued
        self._called += done.called
        blocks = Blocks()
        blocks.add(
            [one.ms for one in done.issues],
            issued=done.each_second(done.issues),
            called=done.each_second(done.busy_calls),
            commands=done.each_second(done.busy),
        )
        return blocks

    def paced(self) -> Blocks:
        """The same eight, each acting five times a second; the times are those of all acts."""
        done = Crowd(
            self._counter,
            self._addresses,
            self._plan.paced * KIOSKS,
            clerks=self._clerks,
            seconds=_PACE_SECONDS,
        ).run()
        self._issued += done.issued
        self._called += done.called
        blocks = Blocks()
        blocks.add([one.ms for one in done.busy], commands=done.each_second(done.busy))
        return blocks

    def mistakes(self) -> dict[str, int]:
        """What went wrong in all blocks; every count must be 0."""
        return count(self._issued, self._called, self._counter.stored()).facts()

    def _kiosk(self) -> Kiosk:
        return Kiosk(self._addresses[0], self._counter.device(DeviceKind.KIOSK))

    def _alone(self, done: Sequence[tuple[Exchange, dict[str, object]]]) -> Blocks:
        self._issued += [issued(ticket) for _, ticket in done]
        self._call_everybody()
        blocks = Blocks()
        blocks.add([exchange.ms for exchange, _ in done[WARM_UP:]])
        return blocks

    def _call_everybody(self) -> None:
        with Clerk(self._addresses[0], self._clerks[0], "1") as clerk:
            while (ticket := clerk.call_next()[1]) is not None:
                self._called.append(called(ticket))
                clerk.finish(ticket)


class StandIn:
    """The stand-in's kiosks.

    Args:
        address: its address.
        plan: how much is done in a block.
    """

    def __init__(self, address: str, plan: Plan) -> None:
        self._address = address
        self._plan = plan

    def walk_ins(self) -> Blocks:
        """One kiosk gives numbers, nobody else is there."""
        with Line(self._address) as line:
            done = [self._walk_in(line) for _ in range(self._plan.block + WARM_UP)]
        self._call_everybody()
        blocks = Blocks()
        blocks.add([exchange.ms for exchange, _ in done[WARM_UP:]])
        return blocks

    def kiosks(self) -> Blocks:
        """Four kiosks give numbers and never pause."""
        done: list[tuple[Exchange, dict[str, object]]] = []
        with ExitStack() as stack:
            lines = [stack.enter_context(Line(self._address)) for _ in range(KIOSKS)]
            acts = [partial(self._walk_in, line) for line in lines]
            times, rate = at_once(acts, self._plan.burst // KIOSKS, done)
        self._call_everybody()
        blocks = Blocks()
        blocks.add(times, issued=rate)
        return blocks

    def _walk_in(self, line: Line) -> tuple[Exchange, dict[str, object]]:
        return self._ask(line, "/walk-ins")

    def _call_everybody(self) -> None:
        with Line(self._address) as line:
            while self._ask(line, "/calls")[1]["number"] is not None:
                pass

    @staticmethod
    def _ask(line: Line, path: str) -> tuple[Exchange, dict[str, object]]:
        exchange = line.post_json(path, {})
        if exchange.status != 200:
            raise BenchError(f"the stand-in answered {exchange.status}")
        return exchange, exchange.json()


def at_once(
    acts: Sequence[Callable[[], tuple[Exchange, dict[str, object]]]],
    count_each: int,
    done: list[tuple[Exchange, dict[str, object]]],
) -> tuple[list[float], float]:
    """Do each act this many times, all acts at the same time; returns milliseconds and the rate per second."""

    def again_and_again(act: Callable[[], tuple[Exchange, dict[str, object]]]) -> None:
        done.extend(act() for _ in range(count_each))

    began = time.monotonic()
    together([partial(again_and_again, act) for act in acts])
    last = max(exchange.ended for exchange, _ in done)
    return [exchange.ms for exchange, _ in done], len(done) / (last - began)


def measure(
    folder: Path, plan: Plan, references: References, release: Path | None, postgres: Postgres
) -> list[Measurement]:
    """Measure on SQLite, then on PostgreSQL; ``release`` is the folder of the earlier version, if there is one."""
    return [
        *_on_sqlite(folder, plan, references, release),
        *_on_postgresql(folder, plan, references, release, postgres),
    ]


def _on_sqlite(folder: Path, plan: Plan, references: References, release: Path | None) -> list[Measurement]:
    with (
        _sites(folder / "fast-sqlite", [None, None], 1, plan, release) as sites,
        stand_in(folder) as address,
    ):
        other, today = StandIn(address, plan), sites[TODAY]
        file, commits = folder / "bare-in-turns.db", max(10, plan.commits // 40)
        parts: dict[tuple[str, str], Callable[[], Blocks]] = {
            (STAND_IN, "walk-in, one client"): other.walk_ins,
            (STAND_IN, "walk-in, 4 kiosks"): other.kiosks,
            (TODAY, "4 + 4 at a pace"): today.paced,
        }
        for whose, site in sites.items():
            parts |= {
                (whose, "issue, one client"): site.check_ins,
                (whose, "walk-in, one client"): site.walk_ins,
                (whose, "walk-in, 4 kiosks"): site.kiosks,
                (whose, "4 + 4"): site.crowd,
            }
        found = in_turns(parts, plan.rounds, lambda: commit_times(file, commits))
        mistakes = {whose: site.mistakes() for whose, site in sites.items()}
    return [*sqlite_rows(found), _paced_row(found, SQLITE), *_raw(found, SQLITE, references, mistakes)]


def _on_postgresql(
    folder: Path, plan: Plan, references: References, release: Path | None, postgres: Postgres
) -> list[Measurement]:
    with (
        fresh_postgres(postgres.url) as url,
        fresh_postgres(postgres.url) as other,
        _sites(folder / "fast-postgresql", [url, other], 2, plan, release) as sites,
    ):
        parts: dict[tuple[str, str], Callable[[], Blocks]] = {(TODAY, "4 + 4 at a pace"): sites[TODAY].paced}
        for whose, site in sites.items():
            parts |= {(whose, "issue, one client"): site.check_ins, (whose, "4 + 4"): site.crowd}
        found = in_turns(parts, plan.rounds)
        mistakes = {whose: site.mistakes() for whose, site in sites.items()}
    return [
        *_postgresql_rows(found),
        _paced_row(found, POSTGRESQL),
        *_raw(found, POSTGRESQL, references, mistakes),
    ]


@contextmanager
def _sites(
    folder: Path, urls: Sequence[str | None], processes: int, plan: Plan, release: Path | None
) -> Iterator[dict[str, Site]]:
    """Today's counter, and the earlier version's if there is one, each served by this many processes."""
    with ExitStack() as stack:
        today = Counter(folder / "today", urls[0])
        stack.callback(today.close)
        counters: dict[str, AnyCounter] = {TODAY: today}
        if release is not None:
            counters[OLDER] = stack.enter_context(older_counter(release, folder / "older", urls[1]))
        sites = {}
        for whose, counter in counters.items():
            servers = stack.enter_context(counter.serving(processes))
            sites[whose] = Site(counter, [server.address for server in servers], plan)
        yield sites


@contextmanager
def stand_in(folder: Path) -> Iterator[str]:
    """Run the stand-in with an empty queue while the block lasts; yields its address."""
    says = folder / "stand-in.log"
    with running(python_module("tests.bench.stand_in", str(folder / "stand-in.db")), says=says) as process:
        address = read_line(process)
        if not address:
            words = says.read_text("utf-8").strip().splitlines()
            raise BenchError(f"the stand-in did not start: {words[-1] if words else 'it said nothing'}")
        yield address


def in_turns(
    parts: dict[tuple[str, str], Callable[[], Blocks]],
    rounds: int,
    between: Callable[[], list[float]] = list,
) -> Found:
    """Do a block of each part in every round; every second round is in the opposite order.

    The speed of a disk that others use, too, changes within seconds, so the bare commits are spread over each round:
    ``between`` does some of them before every block.
    """
    found: Found = {of: Blocks() for of in parts}
    commits = Blocks()
    for number in range(rounds):
        click.echo(f"round {number + 1} of {rounds}", err=True)
        order, spread = list(parts.items()), list[float]()
        for of, part in reversed(order) if number % 2 else order:
            spread += between()
            one = part()
            found[of].times += one.times
            for name, rates in one.rates.items():
                found[of].rates.setdefault(name, []).extend(rates)
        commits.add(spread)
    return {(COMMIT, "commit"): commits, **found} if any(commits.times) else found


def sqlite_rows(found: Found) -> Iterator[Measurement]:
    """The multiples to be reached on SQLite."""

    def commits(statistic: Statistic, what: str, limit: float) -> Measurement:
        theirs = found[COMMIT, "commit"].each("p50")
        earlier = _earlier(found, what, theirs, lambda blocks: blocks.each(statistic))
        ours = found[TODAY, what].each(statistic)
        return _row(f"{what}: {statistic}", COMMIT, SQLITE, ours, theirs, limit, facts=earlier)

    def stand_ins(
        name: str, what: str, of: Callable[[Blocks], list[float]], limit: float, *, at_least: bool = False
    ) -> Measurement:
        theirs = of(found[STAND_IN, what])
        earlier = _earlier(found, what, theirs, of)
        return _row(
            f"{what}: {name}", STAND_IN, SQLITE, of(found[TODAY, what]), theirs, limit,
            at_least=at_least, facts=earlier,
        )  # fmt: skip

    yield commits("p50", "issue, one client", 25)
    yield stand_ins("p50", "walk-in, one client", lambda blocks: blocks.each("p50"), 2.5)
    yield stand_ins("p95", "walk-in, 4 kiosks", lambda blocks: blocks.each("p95"), 1)
    yield stand_ins(
        "issued a second", "walk-in, 4 kiosks", lambda blocks: blocks.rates["issued"], 0.6, at_least=True
    )
    yield commits("p50", "4 + 4", 120)
    yield commits("p99", "4 + 4", 400)
    yield from _against_older(found, SQLITE, [("4 + 4", "commands", 3, True)])


def _postgresql_rows(found: Found) -> Iterator[Measurement]:
    """The multiples to be reached on PostgreSQL."""
    wanted: list[tuple[str, str, float, bool]] = [
        ("issue, one client", "p50", 0.7, False),
        ("4 + 4", "p50", 0.4, False),
        ("4 + 4", "p99", 0.6, False),
        ("4 + 4", "issued", 2.3, True),
    ]
    return _against_older(found, POSTGRESQL, wanted)


def _against_older(
    found: Found, where: str, wanted: Sequence[tuple[str, str, float, bool]]
) -> Iterator[Measurement]:
    """The multiples of the earlier version, if there is one.

    ``wanted`` has the kind of work, the statistic, the limit, and whether more is better.
    """
    for what, name, limit, at_least in wanted:
        if (OLDER, what) not in found:
            continue
        ours, theirs = (_each(found[whose, what], name) for whose in (TODAY, OLDER))
        told = f"{name} a second" if at_least else name
        yield _row(f"{what}: {told}", OLDER, where, ours, theirs, limit, at_least=at_least)


def _each(blocks: Blocks, name: str) -> list[float]:
    """A percentile or a rate of each block."""
    statistic: Statistic
    for statistic in _SHARES:
        if name == statistic:
            return blocks.each(statistic)
    return blocks.rates[name]


def _earlier(
    found: Found, what: str, theirs: Sequence[float], of: Callable[[Blocks], list[float]]
) -> dict[str, Fact]:
    """The same multiple for the earlier version."""
    if (OLDER, what) not in found:
        return {}
    return {VERSION: f"{median(of(found[OLDER, what])) / median(theirs):.2f}"}


def _row(
    what: str,
    than: str,
    where: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    limit: float,
    *,
    at_least: bool = False,
    facts: dict[str, Fact] | None = None,
) -> Measurement:
    words = f"{'at least' if at_least else 'at most'} {limit:g} × {than}"
    figure = Figure("p50", limit, words, at_least=at_least)
    return Measurement.multiple(AREA, f"{what} ÷ {than} ({where})", ours, theirs, facts=facts, figure=figure)


def _paced_row(found: Found, where: str) -> Measurement:
    blocks = found[TODAY, "4 + 4 at a pace"]
    facts: dict[str, Fact] = {"commands/s": round(median(blocks.rates["commands"]), 1)}
    figure = Figure("p99", _PACED_P99_MS, "50 ms")
    who = f"{KIOSKS} kiosks + {CLERKS} clerks, each every {_PACE_SECONDS * 1000:g} ms"
    return Measurement.of(AREA, f"any command, {who} ({where})", blocks.all(), facts=facts, figure=figure)


def _raw(
    found: Found, where: str, references: References, mistakes: dict[str, dict[str, int]]
) -> Iterator[Measurement]:
    """The data behind the multiples: all times of all rounds, and the mistakes with tickets."""
    for (whose, what), blocks in found.items():
        if what == "4 + 4 at a pace":
            continue
        facts: dict[str, Fact] = {
            f"{name}/s": round(median(rates), 1) for name, rates in blocks.rates.items()
        }
        if what == "4 + 4":
            facts |= mistakes[whose]
        yield Measurement.of(
            AREA, f"{whose} {what} ({where})" if whose != COMMIT else f"{COMMIT}, in the same rounds",
            blocks.all(), against=(references.commit,), facts=facts,
        )  # fmt: skip
