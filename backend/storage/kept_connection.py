"""The writer's own connection: taken from the pool once, and replaced only after it was idle or broke."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

_RESTED_SECONDS = 1.0


class KeptConnection:
    """A connection that one thread uses again and again.

    Args:
        engine: the engine that it comes from.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._used_at = 0.0

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """The connection, without a transaction; after any exception in the block, the next call opens a new one.

        A connection that was idle is returned to the pool, which tests a connection before it gives it out.
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
        """Return the connection to the pool."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
