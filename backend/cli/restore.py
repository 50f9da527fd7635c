"""``uketsuke restore``: puts a backup back where the server looks for it, or changes nothing."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import make_url

from backend.cli.options import database_option
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import file_of_database, keys_beside
from backend.common import CommandFailedError, InputFile
from backend.sealing import KeysToRestore, Mark, keys_in_place, opened_key_store
from backend.settings import Settings
from backend.storage import (
    KEY_NAME,
    POSTGRESQL,
    SQLITE,
    About,
    BackupError,
    Database,
    StorageError,
    check_postgres_dump,
    check_sqlite_copy,
    leave_numbers_out,
    lock_database,
    make_private_folder,
    opened,
    put_key,
    put_sqlite_back,
    read_postgres_back,
    refuse_postgres_place,
    refuse_sqlite_place,
)


@click.command("restore", short_help="Put a backup back, while no server runs.")
@click.argument("file", type=InputFile())
@click.option(
    "--keys",
    "keys_file",
    type=InputFile(),
    metavar="KEYFILE",
    help="The backup of the keys that belongs to FILE; not needed where the right key store is there.  "
    "Default: FILE with .keys before its suffix, where that is there.",
)
@click.option(
    "--old-keys", is_flag=True, help="Take a KEYFILE that is older than the setting key_backup_days allows."
)
@click.option(
    "--replace",
    is_flag=True,
    help="Put the backup in the place of a database, secret key and key store that are there.",
)
@config_option
@database_option
def command(
    file: Path,
    keys_file: Path | None,
    old_keys: bool,
    replace: bool,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Put the database and secret.key of FILE, and the keys of KEYFILE, to where the settings say.

    Refused while a server runs, where a backup is damaged, of a newer program, of the other kind of database, or the keys are
    of another one, and where a database is there already. With --replace a SQLite file and the keys are put aside, not
    removed. A key store that belongs to the backup and is not older is left as it is, so that destroyed keys stay destroyed.

    Example: uketsuke restore /backup/uketsuke-2026-11-27.tar --keys /keys/uketsuke-2026-11-27.keys.tar
    """
    settings = settings_from(config, database_url=database_url)
    longest = None if old_keys else timedelta(days=settings.key_backup_days)
    asked = KeysToRestore(keys_file, longest, replace, settings.var_dir)
    try:
        lock = lock_database(settings.database_url)
        try:
            told = _put_back(settings, file, asked)
        finally:
            if lock is not None:
                lock.release()
    except (BackupError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    except OSError as error:
        raise CommandFailedError(f"the backup cannot be put back: {error.strerror}.") from None
    click.echo(told)


def _put_back(settings: Settings, file: Path, asked: KeysToRestore) -> str:
    path = file_of_database(settings)
    where = settings.var_dir if path is None else path.parent
    replace = asked.replace
    make_private_folder(settings.var_dir)
    with opened_key_store(settings) as store, opened(file, beside=where) as (about, folder):
        if about.database != (POSTGRESQL if path is None else SQLITE):
            raise BackupError(
                "the backup is of the other kind of database; there is no way from one to the other"
            )
        copied = folder / about.database
        (check_postgres_dump if path is None else check_sqlite_copy)(copied, about.revision, about.rows)
        key = (folder / KEY_NAME).read_bytes()
        put_key(settings.var_dir, key, replace=replace, only_look=True)
        if path is None:
            refuse_postgres_place(settings.database_url, about.rows, replace=replace)
        else:
            refuse_sqlite_place(path, replace=replace)
        beside = keys_beside(file)
        if asked.archive is None and about.keys is not None and beside.is_file():
            asked = dataclasses.replace(asked, archive=beside)
        # Nothing was changed so far; the keys come first, and go again where the database fails.
        with keys_in_place(store, _mark(about), asked) as keys_told:
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
        f"to {target} and {settings.var_dir / KEY_NAME}{kept}{f'; {keys_told}' if keys_told else ''}"
    )


def _mark(about: About) -> Mark | None:
    return None if about.keys is None else Mark(about.keys.id, about.keys.generation)


def _go_on_with_new_numbers(url: str) -> None:
    database = Database(url)
    try:
        with database.write() as work:
            leave_numbers_out(work.connection)
    finally:
        database.dispose()
