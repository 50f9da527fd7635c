"""``uketsuke backup``: everything worth keeping in one file, and the keys of sealed records in another.

Both are read again before they get their names.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from backend.cli.leaving import leaves
from backend.cli.options import database_option
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import file_of_database, keys_beside, refuse_own_files
from backend.common import CommandFailedError, OutputFile, in_tokyo, product_version
from backend.protection import OutletKind
from backend.sealing import KEY_BACKUP, KeyStore, copy_keys, mark_of, opened_key_store
from backend.settings import Settings
from backend.storage import (
    BACKUP,
    KEY_NAME,
    POSTGRESQL,
    SQLITE,
    About,
    BackupError,
    Database,
    KeysNeeded,
    StorageError,
    copy_sqlite,
    dump_postgres,
    load_secret,
    sum_of,
    working_folder,
)


@click.command("backup", short_help="Write the database, and apart from it its keys, while the server runs.")
@click.argument("file", type=OutputFile())
@click.option(
    "--keys",
    "keys_file",
    type=OutputFile(),
    metavar="KEYFILE",
    help="The file for the keys of sealed records.  Default: FILE with .keys before its suffix.",
)
@click.option("--replace", is_flag=True, help="Replace FILE and KEYFILE where they are earlier backups.")
@config_option
@database_option
def command(
    file: Path, keys_file: Path | None, replace: bool, config: Path | None, database_url: str | None
) -> None:
    """Write a backup into FILE: the database as it is now, and secret.key; and into KEYFILE the keys of sealed records.

    The server goes on. What was written is read again and counted before it gets its name; a file that is there is left
    alone, and with --replace only an earlier backup is replaced. Both are for their owner only. FILE may be kept as long as
    the ward keeps backups; KEYFILE belongs elsewhere and is removed after some days (the setting key_backup_days), because
    nothing that was erased is gone while its key is kept. PostgreSQL needs pg_dump and pg_restore.

    Example: uketsuke backup /backup/uketsuke-2026-11-27.tar --keys /keys/uketsuke-2026-11-27.keys.tar
    """
    settings = settings_from(config, database_url=database_url)
    keys_file = keys_file or keys_beside(file)
    if keys_file.absolute() == file.absolute():
        raise CommandFailedError("the keys belong into a file of their own; name another one with --keys.")
    for one in (file, keys_file):
        refuse_own_files(one, settings, [config])
    try:
        # Refused before the work, not after it.
        BACKUP.refuse_existing(file, replace=replace)
        KEY_BACKUP.refuse_existing(keys_file, replace=replace)
        about, keys = _write_both(settings, file.absolute(), keys_file.absolute(), replace=replace)
    except (BackupError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    except OSError as error:
        raise CommandFailedError(f"the backup cannot be written to {file}: {error.strerror}.") from None
    click.echo(f"backup {file}: {sum(about.rows.values())} rows of {len(about.rows)} tables, and {KEY_NAME}")
    if keys is not None:
        until = in_tokyo(datetime.now(UTC)).date() + timedelta(days=settings.key_backup_days)
        click.echo(
            f"keys {keys_file}: {keys} keys; keep it in another place than the backup, and remove it after "
            f"{settings.key_backup_days} days, on {until}"
        )


def _write_both(
    settings: Settings, file: Path, keys_file: Path, *, replace: bool
) -> tuple[About, int | None]:
    """Write the backup and, where something is sealed, the backup of its keys; returns how many those are."""
    with (
        opened_key_store(settings) as store,
        working_folder(file.parent) as made,
    ):
        about = _gather(settings, made)
        # Copied after the database, so that no record in it is without its key.
        needed = _checked(settings, store, made / about.database)
        if needed is None:
            _write_backup(settings, file, about, made, replace=replace)
            return about, None
        about = about.model_copy(update={"keys": needed})
        with working_folder(keys_file.parent) as apart:
            keys = copy_keys(store, apart)
            with leaves(settings, OutletKind.KEY_BACKUP, keys.keys, keys_file):
                KEY_BACKUP.write(keys_file, keys, apart, replace=replace)
        try:
            _write_backup(settings, file, about, made, replace=replace)
        except BaseException:
            with suppress(OSError):
                keys_file.unlink()
            raise
    return about, keys.keys


def _write_backup(settings: Settings, file: Path, about: About, made: Path, *, replace: bool) -> None:
    with leaves(settings, OutletKind.BACKUP, about.rows.get("cards", 0), file):
        BACKUP.write(file, about, made, replace=replace)


def _checked(settings: Settings, store: KeyStore, copied: Path) -> KeysNeeded | None:
    """The key store that a copy of the database needs, after a look at it; none where nothing is sealed.

    Raises:
        KeyStoreError: it is not the right one, and a backup of it would be worth nothing.
    """
    with _looking(settings, copied) as connection:
        store.check(connection, to_write=False)
        mark = mark_of(connection)
    return None if mark is None else KeysNeeded(id=mark.id, generation=mark.generation)


@contextmanager
def _looking(settings: Settings, copied: Path) -> Iterator[Connection]:
    """A look into the copy, or into the database itself where the copy is a dump."""
    if copied.name == SQLITE:
        # Read only: what was copied and summed must stay as it is.
        engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(f"{copied.as_uri()}?mode=ro", uri=True),
            poolclass=NullPool,
        )
        with engine.connect() as connection:
            yield connection
        return
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.dispose()


def _gather(settings: Settings, folder: Path) -> About:
    key = settings.var_dir / KEY_NAME
    if not key.is_file():
        raise BackupError(
            f"there is no {key}, and a backup without it is worth nothing; name the settings of the server with --config"
        )
    # Read as the server reads it, so that a damaged key is noticed and not backed up.
    _write(folder / KEY_NAME, load_secret(settings.var_dir))
    path = file_of_database(settings)
    name = POSTGRESQL if path is None else SQLITE
    if path is None:
        revision, rows = dump_postgres(settings.database_url, folder / name)
    else:
        revision, rows = copy_sqlite(path, folder / name)
    return About(
        format=1,
        made_at=datetime.now(UTC),
        product=product_version(),
        revision=revision,
        database=name,
        rows=rows,
        sums={one: sum_of(folder / one) for one in (name, KEY_NAME)},
    )


def _write(path: Path, content: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(content)
