"""A device asks the server for its office regularly, and sets its clock by every answer."""

import asyncio
from collections.abc import Awaitable, Callable

from backend.common.device_kit.device_clock import ServerClock
from backend.wire import OfficeInfo


class OfficePoll:
    """Asks for the office's hours and the server's time.

    Args:
        ask: asks the server.
        clock: set by every answer; its server time is assumed to be halfway between question and answer.
        expected: exceptions after which the polling goes on; any other one is raised.
        on_office: called with every answer.
        on_error: called with every expected exception.
        every: seconds between an answer and the next question.
        after_error: seconds between an expected exception and the next question.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[OfficeInfo]],
        clock: ServerClock,
        *,
        expected: type[Exception],
        on_office: Callable[[OfficeInfo], None],
        on_error: Callable[[Exception], None],
        every: float,
        after_error: float,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._expected = expected
        self._on_office = on_office
        self._on_error = on_error
        self._every = every
        self._after_error = after_error
        self._hurry = asyncio.Event()

    def ask_now(self) -> None:
        """Ask without waiting any longer: another request just failed to reach the server."""
        self._hurry.set()

    async def turn(self) -> None:
        """Ask once, and wait until it is time for the next question."""
        self._hurry.clear()
        asked = self._clock.monotonic()
        try:
            office = await self._ask()
        except self._expected as error:
            self._on_error(error)
            pause = self._after_error
        else:
            self._clock.set(office.server_time, (asked + self._clock.monotonic()) / 2)
            self._on_office(office)
            pause = self._every
        try:
            async with asyncio.timeout(pause):
                await self._hurry.wait()
        except TimeoutError:
            return
