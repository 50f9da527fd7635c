"""Reports the health of the kiosk to the server, so that clerks know of a lost camera before a visitor tells them."""

import asyncio
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog

from backend.client import Backend, BackendRefusedError, BackendUnavailableError
from backend.wire import DevicePart, DeviceReport
from kiosk.session.health import MachineHealth
from kiosk.session.watch import Rhythm

log = structlog.get_logger()

AGAIN_SECONDS: Final = 300.0
"""Seconds after which an unchanged report is repeated, because the server counts reports by day."""


class HealthReporter:
    """Sends a report when something has changed, and repeats it now and then.

    Args:
        backend: the server.
        health: the health of the parts.
        new_id: makes request ids.
        rhythm: how often to look, and the pauses after failures.
        again: seconds after which an unchanged report is repeated.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        backend: Backend,
        health: MachineHealth,
        new_id: Callable[[], UUID],
        *,
        rhythm: Rhythm,
        again: float = AGAIN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backend = backend
        self._health = health
        self._new_id = new_id
        self._rhythm = rhythm
        self._again = again
        self._clock = clock

    async def run(self) -> None:
        """Report until cancelled."""
        sent: dict[DevicePart, str] | None = None
        due, tries = 0.0, 0
        while True:
            troubles = self._health.troubles()
            if troubles != sent or self._clock() >= due:
                if await self._send(troubles):
                    sent, due, tries = troubles, self._clock() + self._again, 0
                else:
                    pauses = self._rhythm.report
                    await asyncio.sleep(pauses[min(tries, len(pauses) - 1)])
                    tries += 1
            await asyncio.sleep(self._rhythm.camera)

    async def _send(self, troubles: dict[DevicePart, str]) -> bool:
        """Send one report; False if it has to be sent again."""
        try:
            await self._backend.report_device(DeviceReport(request_id=self._new_id(), troubles=troubles))
        except BackendUnavailableError:
            return False
        except BackendRefusedError as error:
            log.warning("report_not_accepted", code=error.code.value)
            return not error.passes
        except Exception as error:  # noqa: BLE001 - reporting must not end the kiosk; the kind is logged
            log.error("watch_failed", watch="report", kind=type(error).__name__)  # noqa: TRY400 - kinds only
            return False
        return True
