"""Connections that are still in use when their database is closed: closed as soon as they are given back.

A thread may work on while the program ends. Its connection goes back to a pool that nobody has any more, and would stay open
until Python's garbage collector found it.
"""

from typing import Any

from sqlalchemy import Engine, event

_AGE = "uketsuke_age"


class LateConnections:
    """Closes what is given back too late.

    Args:
        engine: whose connections.
    """

    def __init__(self, engine: Engine) -> None:
        self._age = 0
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "checkin", self._given_back)

    def close_from_now_on(self) -> None:
        """Close every connection that is open now, as soon as it is given back; call this when the engine is disposed of."""
        self._age += 1

    def _opened(self, _dbapi_connection: Any, record: Any) -> None:
        record.info[_AGE] = self._age

    def _given_back(self, _dbapi_connection: Any, record: Any) -> None:
        if record.info.get(_AGE, self._age) != self._age:
            record.close()
