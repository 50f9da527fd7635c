"""Runs races on purpose: two threads do the same at the same time, and the protection against it can be removed."""

import threading
from collections.abc import Callable

from sqlalchemy import text

from tests.support import House

_PATIENCE = 20.0


class Meeting:
    """Lets two threads wait for each other the first time that each of them calls a function."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.calls = 0
        self._function = function
        self._barrier = threading.Barrier(2)
        self._came: set[int] = set()

    def __call__(self, *arguments: object) -> object:
        """Call the function, then wait until the other thread has called it."""
        found = self._function(*arguments)
        self.calls += 1
        if threading.get_ident() not in self._came:
            self._came.add(threading.get_ident())
            self._barrier.wait(_PATIENCE)
        return found


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run functions at the same time, each in its own thread; returns their results, or the exceptions they raised."""
    found: list[object] = [None] * len(works)

    def run(place: int) -> None:
        try:
            found[place] = works[place]()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def drop(house: House, *indexes: str) -> None:
    """Drop indexes, to remove their guarantee from the database."""
    with house.database.write() as work:
        for index in indexes:
            work.connection.execute(text(f"DROP INDEX {index}"))


def as_a_sequence(connection: object, office_id: str, many: int) -> int:
    """Take event numbers as from a sequence, without waiting for the transaction that took the number before."""
    order = text("UPDATE event_counters SET last = last + :many WHERE office_id = :office RETURNING last")
    with connection.engine.begin() as own:  # type: ignore[attr-defined] # a connection of SQLAlchemy
        last: int = own.execute(order, {"many": max(many, 1), "office": office_id}).scalar_one()
    return last - max(many, 1)
