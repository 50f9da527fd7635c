"""Whoever opens a SQLite file while somebody writes waits for nobody: readers never need the lock of a writer."""

from pathlib import Path

import pytest
from sqlalchemy import text

from backend.storage import engine
from backend.storage.database import Database
from tests.migrated import migrated_sqlite


def test_a_connection_that_is_opened_during_a_commit_is_not_told_that_the_database_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy counter opens more connections the busier it is; what prepares one must change nothing in the file."""
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_SECONDS", 0.05)
    url = migrated_sqlite(tmp_path / "u.db")
    writing, reading = Database(url), Database(url)
    with writing.write() as work:
        work.connection.execute(text("UPDATE event_counters SET last = last"))
        with reading.read() as connection:
            assert connection.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2
    writing.dispose()
    reading.dispose()
