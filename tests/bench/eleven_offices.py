"""Eleven kiosks without pauses: alternately all at one office, and one at each of eleven offices."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from backend.protection.roles import DeviceKind
from tests.bench.crowd import KIOSKS, called, issued, together
from tests.bench.databases import Postgres, Running, on_postgresql, on_sqlite
from tests.bench.fast_path import Blocks, at_once, in_turns
from tests.bench.line import Exchange
from tests.bench.measurement import Fact, Figure, Measurement
from tests.bench.people import Clerk, Kiosk, sign_in
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.bench.tally import MISTAKES, Stored, count

AREA = "eleven offices"
_ONE, _EACH = "all at one office", "one at each office"
_WHAT = "walk-in, 11 kiosks"
_AT_LEAST = 0.95


class Ward:
    """All offices of a counter; nobody waits there between two blocks.

    Args:
        running: the running counter, whose database was empty.
        plan: how much is done in a block.
    """

    def __init__(self, running: Running, plan: Plan) -> None:
        self._counter = running.counter
        self._addresses = [server.address for server in running.servers]
        self._count_each = plan.burst // KIOSKS
        self._offices = self._counter.offices
        main, *branches = self._offices
        places = [(main, str(window + 1)) for window in range(plan.desks)] + [(one, "1") for one in branches]
        self._desks = [
            (office, window, sign_in(self._addresses[0], self._counter.clerk(office)))
            for office, window in places
        ]
        self._issued: dict[str, list[tuple[str, str]]] = {office: [] for office in self._offices}
        self._called: dict[str, list[str]] = {office: [] for office in self._offices}

    def one(self) -> Blocks:
        """As many kiosks as there are offices, all of them at the same office."""
        return self._walk_ins([self._offices[0]] * len(self._offices))

    def each(self) -> Blocks:
        """As many kiosks, one at each office."""
        return self._walk_ins(self._offices)

    def mistakes(self) -> dict[str, int]:
        """What went wrong in all blocks; every count must be 0."""
        stored = {office: self._counter.stored(office) for office in self._offices}
        return mistakes(self._issued, self._called, stored)

    def _walk_ins(self, places: Sequence[str]) -> Blocks:
        """A kiosk at each place gives the same number of tickets, without pauses; then everybody is called."""
        done: list[tuple[Exchange, dict[str, object]]] = []
        with ExitStack() as stack:
            acts = []
            for place, office in enumerate(places):
                token = self._counter.device(DeviceKind.KIOSK, office)
                kiosk = stack.enter_context(Kiosk(self._address(place), token))
                acts.append(partial(_walk_in, kiosk, office))
            # The first act of each is not measured: it connects, and the server looks the device up.
            first = [act() for act in acts]
            times, rate = at_once(acts, self._count_each, done)
        for _, ticket in (*first, *done):
            self._issued[str(ticket["office"])].append(issued(ticket))
        self._call_everybody(set(places))
        blocks = Blocks()
        blocks.add(times, issued=rate)
        return blocks

    def _call_everybody(self, offices: set[str]) -> None:
        with ExitStack() as stack:
            work = []
            for place, (office, window, who) in enumerate(self._desks):
                if office in offices:
                    clerk = stack.enter_context(Clerk(self._address(place), who, window))
                    work.append(partial(self._call, clerk, self._called[office]))
            together(work)

    @staticmethod
    def _call(clerk: Clerk, told: list[str]) -> None:
        while (ticket := clerk.call_next()[1]) is not None:
            told.append(called(ticket))
            clerk.finish(ticket)

    def _address(self, place: int) -> str:
        return self._addresses[place % len(self._addresses)]


def mistakes(
    given: Mapping[str, Sequence[tuple[str, str]]],
    calls: Mapping[str, Sequence[str]],
    stored: Mapping[str, Stored],
) -> dict[str, int]:
    """Mistakes of all offices, counted for each office: two offices may give the same number, but one office may not.

    Args:
        given: ticket id and number of every answer to a kiosk, by the kiosk's office.
        calls: ticket id of every answer to a clerk, by the clerk's office.
        stored: tickets and calls in the database, by office.
    """
    found = [count(given[office], calls[office], known).facts() for office, known in stored.items()]
    return {name: sum(facts[name] for facts in found) for name in MISTAKES}


def measure(folder: Path, plan: Plan, references: References, postgres: Postgres) -> list[Measurement]:
    """Measure on SQLite, then on PostgreSQL."""
    place = folder / "eleven-offices"
    with on_sqlite(place) as running:
        found = list(_measured(running, plan, references))
    with on_postgresql(place, postgres) as running:
        found += _measured(running, plan, references)
    return found


def _measured(running: Running, plan: Plan, references: References) -> Iterator[Measurement]:
    ward = Ward(running, plan)
    found = in_turns({(_ONE, _WHAT): ward.one, (_EACH, _WHAT): ward.each}, plan.rounds)
    one, each = found[_ONE, _WHAT], found[_EACH, _WHAT]
    yield Measurement.multiple(
        AREA, f"{_WHAT}: issued a second, {_EACH} ÷ {_ONE} ({running.name})",
        each.rates["issued"], one.rates["issued"], facts=ward.mistakes(),
        figure=Figure("p50", _AT_LEAST, f"at least {_AT_LEAST:g} × one office's", at_least=True),
    )  # fmt: skip
    for where, blocks in ((_ONE, one), (_EACH, each)):
        facts: dict[str, Fact] = {"issued/s": round(median(blocks.rates["issued"]), 1)}
        yield Measurement.of(
            AREA, f"{_WHAT}, {where} ({running.name})", blocks.all(), against=(references.commit,), facts=facts
        )  # fmt: skip


def _walk_in(kiosk: Kiosk, office: str) -> tuple[Exchange, dict[str, object]]:
    exchange, ticket = kiosk.walk_in()
    return exchange, {**ticket, "office": office}
