"""What the tests of the trail share: entries that are written, and somebody who owns the database and changes it behind the program."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, select, text

from backend.protection.audit import record_audit
from backend.protection.tables import audit, audit_seals
from backend.protection.trail.heads import Head
from backend.protection.trail.keys import TrailKey
from backend.protection.trail.sealer import TrailSealer
from backend.protection.trail.verifying import TrailVerdict, verify_trail
from backend.storage.database import Database

KEY = TrailKey(b"k" * 32)


def write(database: Database, *subjects: str, action: str = "tick", **more: Any) -> None:
    """Write an entry for each subject, in a transaction of its own."""
    for subject in subjects:
        with database.write() as work:
            record_audit(work, "console", action, subject, {"n": 1}, **more)


def sealed(database: Database, *, batch: int = 500) -> int:
    """Seal everything, and say how many entries that were."""
    return TrailSealer(database, KEY, batch=batch).seal_all()


def checked(database: Database, head: Head | None = None, key: TrailKey | None = KEY) -> TrailVerdict:
    """The verdict about the trail."""
    with database.read() as connection:
        return verify_trail(connection, key, head)


def faults(database: Database, head: Head | None = None) -> list[tuple[int, str]]:
    """Entry and kind of everything that is broken."""
    return [(fault.entry, fault.kind.value) for fault in checked(database, head).broken]


@contextmanager
def owner_of(database: Database) -> Iterator[Connection]:
    """Somebody who may do everything with the database, and has neither key nor head: their triggers are off."""
    with database.engine.begin() as connection:
        made = []
        if database.is_sqlite:
            made = [
                (str(name), str(sql))
                for name, sql in connection.execute(
                    text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                )
            ]
            for name, _ in made:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = 'replica'")
        yield connection
        for _, sql in made:
            connection.exec_driver_sql(sql)


def subjects_sealed(database: Database) -> list[str]:
    """The subjects of sealed entries, in their order."""
    with database.read() as connection:
        contents = connection.execute(select(audit_seals.c.content).order_by(audit_seals.c.number)).scalars()
        return [json.loads(line)[8] for content in contents if content for line in content.splitlines()]


def subjects_kept(database: Database) -> list[str]:
    """The subjects of the entries that the table has."""
    with database.read() as connection:
        return list(connection.execute(select(audit.c.subject).order_by(audit.c.seq)).scalars())
