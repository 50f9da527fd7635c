"""Files that a command writes for somebody to take away, entered in the database of the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from backend.protection import Leaving, OutletKind, let_out
from backend.settings import Settings
from backend.storage import Database, StorageError, is_current


@contextmanager
def leaves(settings: Settings, kind: OutletKind, count: int, file: Path) -> Iterator[None]:
    """Enter a backup, and have it written inside the ``with`` block.

    A backup is needed most where the database takes nothing more, or is still that of an older version: then it is
    written all the same, and a warning on standard error says that nobody entered it.

    Args:
        settings: the settings of the command.
        kind: what leaves.
        count: how many cards are in it.
        file: where it is written to.
    """
    leaving = Leaving(kind, count, file)
    database = _current(settings)
    if database is None:
        _say_missed()
        yield
        return
    try:
        with let_out(database, leaving, missed=_say_missed):
            yield
    finally:
        database.dispose()


def _current(settings: Settings) -> Database | None:
    """The database, where it has a table for what leaves; it is neither made nor upgraded for that."""
    try:
        database = Database(settings.database_url)
    except StorageError:
        return None
    try:
        if is_current(database):
            return database
    except StorageError:
        pass
    database.dispose()
    return None


def _say_missed(_error: StorageError | None = None) -> None:
    click.echo(
        "Warning: this file could not be entered in the list of files that left; enter it in the ward's own list.",
        err=True,
    )
