"""Hearing of commits by other processes on PostgreSQL, so that an event reaches displays of every server at once."""

import threading
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy import make_url

from backend.storage.engine import psycopg_url
from backend.storage.unit_of_work import EVENT_CHANNEL

_LOOK_SECONDS = 0.5
_RETRY_SECONDS = 1.0
log = structlog.get_logger("uketsuke.storage")


class Listener:
    """A thread with one connection that calls ``heard()`` whenever some process committed events.

    A lost connection is opened again, and what was missed meanwhile is covered by one extra call.

    Args:
        url: the database's SQLAlchemy URL.
        heard: called in the listener's thread; must not block.
    """

    def __init__(self, url: str, heard: Callable[[], None]) -> None:
        self._conninfo = psycopg_url(make_url(url))
        self._heard = heard
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="commit-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the thread."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        lost = False
        while not self._stop.is_set():
            try:
                self._listen(first=not lost)
            except psycopg.Error as error:
                if not lost:
                    log.warning("commit_listener_lost", error=type(error).__name__)
                lost = True
                self._stop.wait(_RETRY_SECONDS)

    def _listen(self, *, first: bool) -> None:
        with psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {EVENT_CHANNEL}")
            if not first:
                log.info("commit_listener_recovered")
            self._heard()
            while not self._stop.is_set():
                for _notice in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                    self._heard()
