"""Listens for commits of other processes on PostgreSQL, so that their events reach the displays of every server."""

import threading
from collections.abc import Callable, Container

import psycopg
import structlog
from sqlalchemy import make_url

from backend.storage.engine import NETWORK, psycopg_url
from backend.storage.event_log import EVENT_CHANNEL
from backend.storage.patience import PatientConnection, at_most

_LOOK_SECONDS = 0.5
_RETRY_SECONDS = 1.0
_ANSWER_SECONDS = 3.0
_ASK_AFTER_LOOKS = 20
log = structlog.get_logger("uketsuke.storage")


class Listener:
    """A thread with one connection that calls ``heard()`` whenever another process committed events.

    A lost connection is opened again; one extra call then covers what was missed meanwhile. A server that hangs sends
    nothing, just like one where nothing happens; so the listener tests from time to time whether it answers.

    Args:
        url: the database's SQLAlchemy URL.
        heard: called in the listener's thread; must not block.
        known: ids of PostgreSQL server processes whose commits are not reported, as they are known without it.
    """

    def __init__(self, url: str, heard: Callable[[], None], known: Container[int] = frozenset()) -> None:
        self._known = known
        self._conninfo = psycopg_url(make_url(url))
        self._heard = heard
        self._stop = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._run, name="commit-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the thread."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                if not self._lost:
                    log.warning("commit_listener_lost", error=type(error).__name__)
                self._lost = True
                self._stop.wait(_RETRY_SECONDS)

    def _listen(self) -> None:
        with PatientConnection.connect(self._conninfo, autocommit=True, **NETWORK) as connection:
            self._ask(connection, f"LISTEN {EVENT_CHANNEL}")
            if self._lost:
                log.info("commit_listener_recovered")
            self._lost = False
            self._heard()
            looks = 0
            while not self._stop.is_set():
                looks += 1
                for notice in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                    looks = 0
                    if notice.pid not in self._known:
                        self._heard()
                if looks >= _ASK_AFTER_LOOKS:
                    self._ask(connection, "SELECT 1")
                    looks = 0

    @staticmethod
    def _ask(connection: PatientConnection, question: str) -> None:
        with at_most(_ANSWER_SECONDS):
            connection.execute(question)
