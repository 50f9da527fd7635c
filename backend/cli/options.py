"""Options that several commands share, and opening the databases and offices that they name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from backend.bootstrap import open_directory
from backend.common import CommandFailedError
from backend.offices import Directory, Office, OfficesError
from backend.protection import NumberInNameError, refuse_number
from backend.settings import Settings
from backend.storage import Database, StorageError, is_current, is_new, migrate, place_of

Decorated = Callable[..., Any]


def database_option(command: Decorated) -> Decorated:
    """Add ``--database URL`` to a command that uses the database."""
    return click.option(
        "--database",
        "database_url",
        metavar="URL",
        help="Database: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.  "
        "Default: the setting database_url, a SQLite file under var/.",
    )(command)


def open_database(settings: Settings, made: Callable[[Path], None] | None = None) -> Database:
    """The database of a command, set up if it is an embedded one that is new or older than this program.

    Args:
        settings: the settings of the command.
        made: called with the file of a new database; by default a warning is printed.

    Raises:
        CommandFailedError: it cannot be opened, or is a PostgreSQL database that was not migrated.
    """
    try:
        path = place_of(settings.database_url)
        new = is_new(path)
        database = Database(settings.database_url)
        if database.is_sqlite:
            migrate(database)
            if new and path is not None:
                (made or say_made)(path)
        elif not is_current(database):
            raise CommandFailedError(
                "the database is not set up for this version: run 'uketsuke migrate' first."
            )
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    return database


def say_made(path: Path) -> None:
    """Warn on standard error that there was no database, so that a mistyped path is noticed before all data seems lost."""
    click.echo(f"a new, empty database was made: {path}", err=True)


def directory_from(settings: Settings) -> Directory:
    """The offices that a command knows.

    Raises:
        CommandFailedError: the file of offices is wrong.
    """
    try:
        return open_directory(settings)
    except OfficesError as error:
        raise CommandFailedError(f"{error}.") from None


def office_from(settings: Settings, office_id: str) -> Office:
    """The office that a command names.

    Raises:
        CommandFailedError: there is none, or the file of offices is wrong.
    """
    office = directory_from(settings).get(office_id)
    if office is None:
        raise CommandFailedError(f"there is no office {office_id}; the file of offices lists them.")
    return office


def refuse_my_number(name: str) -> None:
    """Refuse a name for an account or a device that may be a 個人番号."""
    try:
        refuse_number(name)
    except NumberInNameError as error:
        raise CommandFailedError(f"{error}.") from None
