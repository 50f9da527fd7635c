"""Hearing of other servers' commits while PostgreSQL comes and goes."""

import threading
from functools import partial
from typing import Any

import psycopg
import structlog
from sqlalchemy import make_url

from backend.storage.database import Database
from backend.storage.engine import psycopg_url
from backend.storage.listening import Listener
from tests.migrated import closing_database, fresh_postgres, migrated_postgres
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


def test_own_commits_are_no_news_and_those_of_another_process_are(postgres_url: str) -> None:
    """Of its own commits a server knows already; a look at the log for each would cost more than the command."""
    heard: list[str] = []
    with (
        migrated_postgres(postgres_url) as url,
        closing_database(url) as ours,
        closing_database(url) as theirs,
    ):
        listener = Listener(url, lambda: heard.append("x"), ours.backends)
        listener.start()
        try:
            wait_until(lambda: heard == ["x"])
            for _ in range(5):
                happen(ours)
            happen(theirs)
            wait_until(lambda: len(heard) > 1)
        finally:
            listener.stop()
        assert heard == ["x", "x"]
        ours.dispose()
        assert ours.backends == set()


def happen(database: Database) -> None:
    """Commit an event."""
    with database.write() as work:
        work.record("x", office_id="00", business_day=work.now.date(), facts={})


def _ends_others(connection: psycopg.Connection[Any]) -> bool:
    """Whether PostgreSQL has ended somebody else's connection to this database."""
    ended = connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return bool(ended.fetchall())
