"""``uketsuke backup``: one file with everything worth keeping, which is read again before it gets its name."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from backend.cli.options import database_option
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import file_of_database, refuse_own_files
from backend.common import CommandFailedError, OutputFile, product_version
from backend.settings import Settings
from backend.storage import (
    KEY_NAME,
    POSTGRESQL,
    SQLITE,
    About,
    BackupError,
    StorageError,
    copy_sqlite,
    dump_postgres,
    load_secret,
    refuse_existing,
    sum_of,
    write_archive,
)


@click.command("backup", short_help="Write database and secret key into one file, while the server runs.")
@click.argument("file", type=OutputFile())
@click.option("--replace", is_flag=True, help="Replace FILE where it is an earlier backup.")
@config_option
@database_option
def command(file: Path, replace: bool, config: Path | None, database_url: str | None) -> None:
    """Write a backup into FILE: the database as it is now, and secret.key.

    The server goes on. What was written is read again and counted before FILE gets its name; a file that is there is left
    alone, and with --replace only an earlier backup is replaced. FILE is for its owner only: it holds personal data and the key. PostgreSQL needs pg_dump and pg_restore.

    Example: uketsuke backup /backup/uketsuke-2026-11-27.tar
    """
    settings = settings_from(config, database_url=database_url)
    refuse_own_files(file, settings, [config])
    try:
        # Refused before the work, not after it.
        refuse_existing(file, replace=replace)
        with TemporaryDirectory(prefix=".uketsuke-backup-", dir=file.absolute().parent) as made:
            about = _gather(settings, Path(made))
            write_archive(file.absolute(), about, Path(made), replace=replace)
    except (BackupError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    except OSError as error:
        raise CommandFailedError(f"the backup cannot be written to {file}: {error.strerror}.") from None
    click.echo(f"backup {file}: {sum(about.rows.values())} rows of {len(about.rows)} tables, and {KEY_NAME}")


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
