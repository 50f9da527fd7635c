"""Hearing of other servers' commits while PostgreSQL comes and goes."""

import threading
from functools import partial
from typing import Any

import psycopg
import structlog
from sqlalchemy import make_url

from backend.storage.engine import psycopg_url
from backend.storage.listening import Listener
from tests.migrated import fresh_postgres
from tests.support import wait_until


def test_the_listener_comes_back_each_time_and_tells_of_each_loss(postgres_url: str) -> None:
    """A connection that PostgreSQL ended is opened again, twice as well as once, and what was missed is looked for."""
    heard = threading.Event()
    with fresh_postgres(postgres_url) as url, structlog.testing.capture_logs() as told:
        listener = Listener(url, heard.set)
        listener.start()
        try:
            for _ in range(2):
                assert heard.wait(10)
                heard.clear()
                with psycopg.connect(psycopg_url(make_url(url)), autocommit=True) as other:
                    wait_until(partial(_ends_others, other))
            assert heard.wait(10)
        finally:
            listener.stop()
    events = [line["event"] for line in told]
    assert events == ["commit_listener_lost", "commit_listener_recovered"] * 2


def _ends_others(connection: psycopg.Connection[Any]) -> bool:
    """Whether PostgreSQL has ended somebody else's connection to this database."""
    ended = connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return bool(ended.fetchall())
