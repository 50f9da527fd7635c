"""The server's time on a device, and how times are written in log lines."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class ServerClock:
    """The server's time, continued by this machine's monotonic clock: the device's own date may be wrong.

    Args:
        monotonic: seconds that never go back, from any zero.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._origin: tuple[datetime, float] | None = None

    @property
    def known(self) -> bool:
        """Whether the server's time was ever received."""
        return self._origin is not None

    def set(self, server_time: datetime, at: float | None = None) -> None:
        """Take over the server's time.

        Args:
            server_time: aware.
            at: the moment on the monotonic clock at which that was the time; now by default.
        """
        self._origin = (server_time, self.monotonic() if at is None else at)

    def now(self) -> datetime:
        """The time, aware, UTC; this machine's own until the server's was received."""
        if self._origin is None:
            return device_now()
        at, mark = self._origin
        return (at + timedelta(seconds=self.monotonic() - mark)).astimezone(UTC)


def device_now() -> datetime:
    """This machine's own time, aware, UTC: for logs and reports, never for a decision."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """A time as log lines have it: ISO 8601, UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
