"""``uketsuke restore``: puts a backup back where the server looks for it, or changes nothing."""

from pathlib import Path

import click
from sqlalchemy import make_url

from backend.cli.options import database_option
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import file_of_database
from backend.common import CommandFailedError, InputFile
from backend.settings import Settings
from backend.storage import (
    KEY_NAME,
    POSTGRESQL,
    SQLITE,
    BackupError,
    Database,
    StorageError,
    check_postgres_dump,
    check_sqlite_copy,
    leave_numbers_out,
    lock_database,
    opened,
    put_key,
    put_sqlite_back,
    read_postgres_back,
)


@click.command("restore", short_help="Put a backup back, while no server runs.")
@click.argument("file", type=InputFile())
@click.option(
    "--replace", is_flag=True, help="Put the backup in the place of a database and key that are there."
)
@config_option
@database_option
def command(file: Path, replace: bool, config: Path | None, database_url: str | None) -> None:
    """Put the database and secret.key of FILE to where the settings say.

    Refused while a server runs, where the backup is damaged, of a newer program or of the other kind of database, and where
    a database is there already. With --replace a SQLite file and the key are put aside, not removed.

    Example: uketsuke restore /backup/uketsuke-2026-11-27.tar
    """
    settings = settings_from(config, database_url=database_url)
    try:
        lock = lock_database(settings.database_url)
        try:
            told = _put_back(settings, file, replace=replace)
        finally:
            if lock is not None:
                lock.release()
    except (BackupError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    except OSError as error:
        raise CommandFailedError(f"the backup cannot be put back: {error.strerror}.") from None
    click.echo(told)


def _put_back(settings: Settings, file: Path, *, replace: bool) -> str:
    path = file_of_database(settings)
    where = settings.var_dir if path is None else path.parent
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    with opened(file, beside=where) as (about, folder):
        if about.database != (POSTGRESQL if path is None else SQLITE):
            raise BackupError(
                "the backup is of the other kind of database; there is no way from one to the other"
            )
        copied = folder / about.database
        (check_postgres_dump if path is None else check_sqlite_copy)(copied, about.revision, about.rows)
        key = (folder / KEY_NAME).read_bytes()
        put_key(settings.var_dir, key, replace=replace, only_look=True)
        if path is None:
            read_postgres_back(copied, settings.database_url, about.rows, replace=replace)
            aside = None
        else:
            aside = put_sqlite_back(copied, path, replace=replace)
        key_aside = put_key(settings.var_dir, key, replace=replace)
    _go_on_with_new_numbers(settings.database_url)
    rows = sum(about.rows.values())
    target = path or make_url(settings.database_url).render_as_string(hide_password=True)
    kept = "".join(f"; what was there is {one}" for one in (aside, key_aside) if one is not None)
    return (
        f"restored {rows} rows of {len(about.rows)} tables and {KEY_NAME} of {about.made_at:%Y-%m-%d %H:%M} UTC "
        f"to {target} and {settings.var_dir / KEY_NAME}{kept}"
    )


def _go_on_with_new_numbers(url: str) -> None:
    database = Database(url)
    try:
        with database.write() as work:
            leave_numbers_out(work.connection)
    finally:
        database.dispose()
