"""Issuing and calling over HTTP: one client, and four kiosks with four clerks without pauses."""

from collections.abc import Sequence

from backend.protection.roles import DeviceKind
from tests.bench.crowd import CLERKS, KIOSKS, Crowd
from tests.bench.databases import Running
from tests.bench.measurement import BenchError, Fact, Figure, Measurement
from tests.bench.people import Clerk, Kiosk
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.bench.tally import MISTAKES, count

AREA = "issue and call"
_WARM_UP = 10
_ISSUE_FLOOR_MS = 8.0
_COMMITS_PER_ISSUE = 3
_CROWDED_P99_MS = 50.0


def measure(running: Running, plan: Plan, references: References) -> list[Measurement]:
    """Measure one client alone, then all at the same time."""
    return [
        *_alone(running, plan, references),
        *_crowded(running, plan, references),
    ]


def _alone(running: Running, plan: Plan, references: References) -> list[Measurement]:
    """One kiosk issues tickets, then one clerk calls; nothing else happens."""
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


def _crowded(running: Running, plan: Plan, references: References) -> list[Measurement]:
    """All at the same time, and the mistakes that were made."""
    counter = running.counter
    before = counter.stored()
    done = Crowd(counter, [server.address for server in running.servers], plan.tickets).run()
    tally = count(done.issued, done.called, counter.stored().since(before))
    facts: dict[str, Fact] = {
        "tickets/s issued": round(done.each_second(done.issues), 1),
        "tickets/s issued and called": round(len(done.called) / (done.ended - done.began), 1),
        **tally.facts(),
    }
    several = len(running.servers) > 1
    figure = Figure("p99", _CROWDED_P99_MS, "50 ms with 2 server processes") if several else None
    against = (references.commit, references.request)
    who = f"{KIOSKS} kiosks + {CLERKS} clerks ({running.name})"
    issues = [one.ms for one in done.issues]
    calls = [one.ms for one in done.busy_calls]
    return [
        Measurement.of(AREA, f"issue, {who}", issues, against=against, facts=facts, figure=figure),
        Measurement.of(AREA, f"call, {who}", calls, against=against),
    ]


def mistakes(found: Sequence[Measurement]) -> int:
    """The number of duplicates, double calls, lost and ghost tickets of all measurements."""
    return sum(int(one.facts.get(name, 0)) for one in found for name in MISTAKES)
