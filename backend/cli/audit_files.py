"""``uketsuke audit export`` and ``archive``: what of the trail leaves in files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import click

from backend.cli.options import database_option, day_of, existing_key, open_existing
from backend.cli.progress_bar import progress_bar
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import need_target
from backend.common import CommandFailedError, OutputFile, begin_of_day, in_tokyo, output_file, replace_option
from backend.exchange import TRAIL_HEADER, csv_of_trail
from backend.protection import (
    Leaving,
    OldDays,
    OutletKind,
    TrailKey,
    TrailSealer,
    Wanted,
    drop_old_days,
    every_entry,
    let_out,
    old_days,
    verify_trail,
    write_archive,
)
from backend.settings import Settings
from backend.storage import Database, StorageError, utc_now

_OWNER_ONLY = 0o600
_MOST = 10_000_000


@contextmanager
def opened_trail(settings: Settings) -> Iterator[Database]:
    """The database of a command that makes none.

    Raises:
        CommandFailedError: it cannot be opened, read or written.
    """
    database = open_existing(settings)
    try:
        yield database
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    finally:
        database.dispose()


@contextmanager
def writing_to(out: Path) -> Iterator[None]:
    """Say in a sentence why a file cannot be written.

    Raises:
        CommandFailedError: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise CommandFailedError(f"{out} cannot be written: {error.strerror}.") from None


@click.command(
    "export", epilog="Example: uketsuke audit export --from 2026-11-01 --to 2026-11-30 --out trail.csv"
)
@click.option("--out", type=OutputFile(), required=True, help="The CSV file; its owner alone can read it.")
@click.option("--from", "first", metavar="DATE", help="From this day in Tokyo on, YYYY-MM-DD.")
@click.option("--to", "last", metavar="DATE", help="Until this day, included.")
@replace_option
@config_option
@database_option
def export(
    out: Path,
    first: str | None,
    last: str | None,
    config: Path | None,
    database_url: str | None,
    *,
    replace: bool,
) -> None:
    """Write entries of the trail as CSV, newest first; the file is entered in the list of files that left."""
    settings = settings_from(config, database_url=database_url)
    need_target(out, settings, [config], replace=replace)
    days = day_of("--from", first), day_of("--to", last)
    wanted = Wanted(
        since=None if days[0] is None else begin_of_day(days[0]),
        until=None if days[1] is None else begin_of_day(days[1] + timedelta(days=1)),
    )
    with (
        opened_trail(settings) as database,
        let_out(database, Leaving(OutletKind.TRAIL_EXPORT, 0, out)),
        writing_to(out),
    ):
        count = _write_csv(database, wanted, out, replace=replace)
    click.echo(f"{count} entries")


@click.command("archive", epilog="Example: uketsuke audit archive --out /media/usb/trail-2021.jsonl")
@click.option(
    "--out", type=OutputFile(), required=True, help="The file for what leaves; it must not be there yet."
)
@click.option(
    "--before",
    metavar="DAY",
    help="The first day in Tokyo that stays, YYYY-MM-DD.  Default: as the setting trail_years says; no later one is taken.",
)
@config_option
@database_option
def archive(out: Path, before: str | None, config: Path | None, database_url: str | None) -> None:
    """Write whole days that are older than the policy into a file, then take them out of the database.

    The whole trail is checked first, and nothing leaves where it is broken. Of each day its last block stays as a head, so
    that 'uketsuke audit verify' goes on over what has left.
    """
    settings = settings_from(config, database_url=database_url)
    need_target(out, settings, [config], replace=False)
    newest = _years_ago(in_tokyo(utc_now()).date(), settings.trail_years)
    day = day_of("--before", before) or newest
    if day > newest:
        raise CommandFailedError(
            f"the trail is kept for {settings.trail_years} years (the setting trail_years); name a day up to {newest}."
        )
    with opened_trail(settings) as database:
        key = TrailKey(existing_key(settings, database))
        TrailSealer(database, key).seal_all()
        with database.read() as connection:
            if not verify_trail(connection, key).ok:
                raise CommandFailedError(
                    "the trail is broken, so nothing was archived; 'uketsuke audit verify' says where."
                )
            old = old_days(connection, day)
        if old is None:
            click.echo(f"nothing is older than {day}")
            return
        with let_out(database, Leaving(OutletKind.TRAIL_ARCHIVE, 0, out)), writing_to(out):
            count = _write_archive(database, old, out, key)
        _drop(database, old, key)
    click.echo(f"{count} entries of {old.first} to {old.last}")


def _write_csv(database: Database, wanted: Wanted, out: Path, *, replace: bool) -> int:
    """Write entries and return how many."""
    if replace and out.is_file():
        # A file that takes the place of another one has its rights, and this one is for its owner only.
        out.chmod(_OWNER_ONLY)
    count = 0
    with (
        output_file(out, replace=replace) as draft,
        os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as file,
        database.read() as connection,
    ):
        file.write(TRAIL_HEADER)
        for line in csv_of_trail(connection, every_entry(connection, wanted, _MOST)):
            file.write(line)
            count += 1
    return count


def _write_archive(database: Database, old: OldDays, out: Path, key: TrailKey) -> int:
    with output_file(out, replace=False) as draft, database.read() as connection:
        return write_archive(connection, old, draft, key)


def _drop(database: Database, old: OldDays, key: TrailKey) -> None:
    with progress_bar("archiving") as told:
        left = 0
        for count in drop_old_days(database, old, key):
            left += count
            if told is not None:
                told(left, old.entries)


def _years_ago(day: date, years: int) -> date:
    """The same day of an earlier year; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
