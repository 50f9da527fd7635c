"""Check-ins while strangers try to sign in: how a hundred log-ins a second affect a kiosk."""

import json
import time
from collections import Counter as Tally

from backend.protection.roles import DeviceKind
from backend.wire.codes import ErrorCode
from tests.bench.databases import Running
from tests.bench.measurement import BenchError, Fact, Figure, Measurement, percentile
from tests.bench.people import Kiosk
from tests.bench.plan import WARM_UP, Plan
from tests.bench.process import python_module, read_line, running
from tests.bench.reference import References

AREA = "check-in under log-ins"
LOG_INS_PER_SECOND = 100
_PAUSE_SECONDS = 0.01
_P99_MS = 50.0
_SENT_AWAY_P99_MS = 50.0


def measure(running_now: Running, plan: Plan, references: References) -> list[Measurement]:
    """Do the same check-ins at the first server process, without log-ins and with them."""
    counter, server = running_now.counter, running_now.servers[0]
    numbers = counter.reserve(2 * int(plan.log_in_seconds / _PAUSE_SECONDS) + WARM_UP)
    with Kiosk(server.address, counter.device(DeviceKind.KIOSK)) as kiosk:
        _check_ins(kiosk, numbers, plan.log_in_seconds, at_most=WARM_UP)
        quiet = _check_ins(kiosk, numbers, plan.log_in_seconds / 2)
        argv = python_module(
            "tests.bench.strangers", server.address, str(LOG_INS_PER_SECOND), str(plan.log_in_seconds)
        )
        with running(argv, says=counter.folder / "strangers.log") as process:
            if read_line(process) != "begun":
                raise BenchError("nobody came to sign in")
            busy = _check_ins(kiosk, numbers, plan.log_in_seconds)
            told: list[tuple[str, float]] = json.loads(read_line(process) or "[]")
    return _told(running_now.name, quiet, busy, told, references)


def _check_ins(
    kiosk: Kiosk, numbers: list[str], seconds: float, *, at_most: int | None = None
) -> list[float]:
    """Do one check-in after the other, with short pauses, for some seconds; removes the used numbers from the list."""
    times: list[float] = []
    ends = time.monotonic() + seconds
    while numbers and time.monotonic() < ends and (at_most is None or len(times) < at_most):
        times.append(kiosk.check_in(numbers.pop())[0].ms)
        time.sleep(_PAUSE_SECONDS)
    return times


def _told(
    name: str,
    quiet: list[float],
    busy: list[float],
    told: list[tuple[str, float]],
    references: References,
) -> list[Measurement]:
    kinds = Tally(kind for kind, _ in told)
    away = [ms for kind, ms in told if kind == ErrorCode.SIGN_IN_BUSY]
    if not away:
        raise BenchError(f"no stranger was sent away at once, but {dict(kinds)}")
    alone = Measurement.of(
        AREA, f"check-in, nobody signs in ({name})", quiet, against=(references.commit, references.request)
    )
    facts: dict[str, Fact] = {
        "log-ins": len(told),
        **dict(sorted(kinds.items())),
        "p99 ÷ p99 alone": round(percentile(busy, 0.99) / alone.p99, 2),
    }
    beside = Measurement.of(
        AREA,
        f"check-in, {LOG_INS_PER_SECOND} log-ins/s ({name})",
        busy,
        against=(alone,),
        facts=facts,
        figure=Figure("p99", _P99_MS, "50 ms"),
    )
    sent_away = Measurement.of(
        AREA,
        f"log-in at a full queue → 429 ({name})",
        away,
        against=(references.request,),
        figure=Figure("p99", _SENT_AWAY_P99_MS, "50 ms"),
    )
    return [alone, beside, sent_away]
