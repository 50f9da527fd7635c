"""Options that several commands share, and opening the databases and offices that they name."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from backend.bootstrap import all_tables, open_directory
from backend.cli.targets import file_of_database
from backend.common import CommandFailedError
from backend.offices import Directory, Office, OfficesError
from backend.protection import NumberInNameError, refuse_number
from backend.sealing import Records, check_key_store, opened_key_store
from backend.settings import Settings
from backend.storage import (
    KEY_NAME,
    Database,
    StorageError,
    Upgraded,
    is_current,
    is_new,
    load_secret,
    migrate,
    place_of,
)

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
        CommandFailedError: it cannot be opened, is a PostgreSQL database that was not migrated, or its key store is lost,
            of another database, older or damaged.
    """
    try:
        path = place_of(settings.database_url)
        new = is_new(path)
        database = Database(settings.database_url)
        if database.is_sqlite:
            migrate_as_set(database, settings)
            if new and path is not None:
                (made or say_made)(path)
        elif not is_current(database):
            raise CommandFailedError(
                "the database is not set up for this version: run 'uketsuke migrate' first."
            )
        else:
            check_key_store(settings, database)
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    return database


def open_existing(settings: Settings) -> Database:
    """The database of a command that only looks: nothing is made or upgraded.

    Args:
        settings: the settings of the command.

    Raises:
        CommandFailedError: it is not there, cannot be opened, or is of another version.
    """
    path = file_of_database(settings)
    if path is not None and is_new(path):
        raise CommandFailedError(
            f"there is no database {path}; name the settings of the server with --config, or run 'uketsuke migrate' first."
        )
    try:
        database = Database(settings.database_url)
        current = is_current(database)
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    if not current:
        database.dispose()
        raise CommandFailedError("the database is not set up for this version: run 'uketsuke migrate' first.")
    return database


def existing_key(settings: Settings, database: Database) -> bytes:
    """The server's secret key, for a command that only looks: none is made.

    Raises:
        StorageMissingError: it cannot be read.
        CommandFailedError: there is none.
    """
    path = settings.var_dir / KEY_NAME
    if not path.is_file():
        raise CommandFailedError(
            f"there is no {path}, and no code can be read without it; name the settings of the server with --config."
        )
    return load_secret(settings.var_dir, database)


def migrate_as_set(database: Database, settings: Settings) -> Upgraded:
    """Bring a database to this version with the key store of the settings, and say what an upgrade changed.

    Raises:
        StorageError: it cannot be brought there, or its key store is not the right one.
    """
    with opened_key_store(settings) as store:
        upgraded = migrate(database, Records(store), all_tables())
        with database.read() as connection:
            store.check(connection)
    for sentence in changes_of(upgraded):
        click.echo(sentence, err=True)
    return upgraded


def changes_of(upgraded: Upgraded) -> list[str]:
    """What an upgrade changed, in sentences with counts only; nothing where nothing was there to change."""
    if upgraded.before in (None, upgraded.version):
        return []
    told = upgraded.told
    sentences = [f"the database was upgraded from version {upgraded.before} to {upgraded.version}"]
    if told.get("reservations"):
        sentences.append(
            f"{told['reservations']} reservations became {told['cards']} cards with sealed persons; "
            f"{told['replaced']} of them give way to a later one of the same card, which stands"
        )
    if told.get("differing"):
        sentences.append(
            f"{told['differing']} cards had reservations with different persons; what was imported last holds, so compare "
            "them with the ward's system"
        )
    if told.get("cases_apart"):
        sentences.append(
            f"{told['cases_apart']} visits had a card that a later visit had too, and are kept without it"
        )
    return sentences


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


def day_of(option: str, written: str | None) -> date | None:
    """The day that somebody typed after an option; none where the option was left out.

    Raises:
        CommandFailedError: it is no date of the calendar.
    """
    if written is None:
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise CommandFailedError(f"{option} is a date of the calendar, written YYYY-MM-DD.") from None


def refuse_my_number(name: str) -> None:
    """Refuse a name for an account or a device that may be a 個人番号."""
    try:
        refuse_number(name)
    except NumberInNameError as error:
        raise CommandFailedError(f"{error}.") from None
