"""``uketsuke migrate``: create or upgrade the tables."""

from pathlib import Path

import click

from backend.cli.options import database_option, migrate_as_set, say_made
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError
from backend.storage import Database, StorageError, is_new, place_of


@click.command("migrate")
@config_option
@database_option
def command(config: Path | None, database_url: str | None) -> None:
    """Create or upgrade the tables of the database; nothing happens if they are up to date.

    Example: uketsuke migrate --database postgresql+psycopg://uketsuke@localhost/uketsuke
    """
    settings = settings_from(config, database_url=database_url)
    try:
        path = place_of(settings.database_url)
        new = is_new(path)
        database = Database(settings.database_url)
        version = migrate_as_set(database, settings).version
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    if new and path is not None:
        say_made(path)
    click.echo(f"database is at version {version}")
