"""From a clerk's call to its event at the displays: one stream reader, many, and one at the other process."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from backend.protection.roles import DeviceKind
from tests.bench.databases import Running
from tests.bench.line import Exchange
from tests.bench.measurement import BenchError, Figure, Measurement
from tests.bench.people import Clerk, Kiosk
from tests.bench.plan import Plan
from tests.bench.process import Process, python_module, read_line, running, write_line
from tests.bench.reference import References

AREA = "call to display"
_EVERY_SECONDS = 0.1
_SEEN_P99_MS = 250.0


def measure(running: Running, counts: Sequence[int], plan: Plan, references: References) -> list[Measurement]:
    """Call at the first server process while readers read at the last one.

    Args:
        running: counter and servers; nobody waits there yet.
        counts: numbers of readers; one round for each.
        plan: how many calls are made.
        references: the references of this run.
    """
    found = []
    for readers in counts:
        found += _round(running, readers, plan.calls, references)
    return found


def _round(running_now: Running, readers: int, calls: int, references: References) -> list[Measurement]:
    """Call ten times a second, and measure when every reader gets every call."""
    counter = running_now.counter
    clerk_at, display_at = running_now.servers[0].address, running_now.servers[-1].address
    where = f"{readers} reader{'s' if readers > 1 else ''} ({running_now.name})"
    with Kiosk(clerk_at, counter.device(DeviceKind.KIOSK)) as kiosk:
        for _ in range(calls):
            kiosk.walk_in()
    exchanges: dict[str, Exchange] = {}
    token = counter.device(DeviceKind.DISPLAY)
    with (
        reading(counter.folder, display_at, token, readers) as process,
        Clerk(clerk_at, counter.clerk(), "1") as clerk,
    ):
        for _ in range(calls):
            began = time.monotonic()
            exchange, ticket = clerk.call_next()
            if ticket is None:
                raise BenchError("nobody waits although tickets were issued")
            exchanges[UUID(str(ticket["ticket_id"])).hex] = exchange
            clerk.finish(ticket)
            time.sleep(max(0.0, began + _EVERY_SECONDS - time.monotonic()))
        arrived = _arrivals(process, calls)
    seen = {ticket: arrived[ticket] for ticket in exchanges}
    missed = sum(readers - len(times) for times in seen.values())
    if missed:
        raise BenchError(f"{missed} of {calls * readers} calls did not reach their reader")
    pressed = [(at - exchanges[ticket].began) * 1000 for ticket, times in seen.items() for at in times]
    replied = [(at - exchanges[ticket].ended) * 1000 for ticket, times in seen.items() for at in times]
    figure = Figure("p99", _SEEN_P99_MS, "250 ms with 100 displays")
    against = (references.commit, references.request)
    return [
        Measurement.of(
            AREA,
            f"call pressed → event read, {where}",
            pressed,
            against=against,
            facts={"calls": calls, "readers": readers, "missed": missed},
            figure=figure,
        ),
        Measurement.of(AREA, f"call answered → event read, {where}", replied, against=(references.commit,)),
    ]


@contextmanager
def reading(folder: Path, address: str, token: str, count: int) -> Iterator[Process]:
    """Run stream readers in a process of their own; all have their snapshot when the block begins."""
    says = folder / f"readers-{count}.log"
    with running(python_module("tests.bench.stream_readers"), says=says) as process:
        write_line(process, json.dumps({"address": address, "token": token, "readers": count}))
        if read_line(process) != "ready":
            words = says.read_text("utf-8").strip().splitlines()
            raise BenchError(f"the stream readers did not start: {words[-1] if words else 'no reason told'}")
        yield process


def _arrivals(process: Process, calls: int) -> dict[str, list[float]]:
    """Seconds on the monotonic clock at which each call was read, by ticket; one entry per reader."""
    write_line(process, str(calls))
    found: dict[str, list[float]] = defaultdict(list)
    for ticket, at in json.loads(read_line(process) or "[]"):
        found[UUID(ticket).hex].append(at / 1e9)
    return found
