"""The writer's own connection: taken from the pool once, and anew only after it rested or broke."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

_RESTED_SECONDS = 1.0


class KeptConnection:
    """A connection that one thread uses again and again.

    Args:
        engine: where it comes from.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._used_at = 0.0

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """The connection, without a transaction; whatever goes wrong with it, the next time there is a new one.

        One that rested goes back to the pool, which asks before it gives one out whether it still lives.
        """
        if self._connection is not None and time.monotonic() - self._used_at > _RESTED_SECONDS:
            self.close()
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            yield self._connection
        except BaseException:
            self.close()
            raise
        self._used_at = time.monotonic()

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
