"""``uketsuke close-day``: closes what is left open of a day, and says what it closed."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import click

from backend.bootstrap import day_closer
from backend.cli.options import (
    database_option,
    day_of,
    directory_from,
    existing_key,
    office_from,
    open_existing,
)
from backend.cli.settings_options import config_option, settings_from
from backend.commands import Runner
from backend.common import CommandFailedError, in_tokyo
from backend.offices import Directory, Office, business_day
from backend.protection import system_at
from backend.reception import CloseDay, ClosedDay
from backend.settings import Settings
from backend.storage import StorageError, utc_now


@click.command(
    "close-day",
    short_help="Close what is left open of a day, and say what was closed.",
    epilog="Example: uketsuke close-day --office 00 --day 2026-11-25",
)
@click.option(
    "--office",
    "office_ids",
    multiple=True,
    help="Id of an office; more than once for several, all by default.",
)
@click.option("--day", "written", metavar="DATE", help="The day, YYYY-MM-DD; today (in Tokyo) by default.")
@click.option("--now", "at_once", is_flag=True, help="Also today while the office is open.")
@config_option
@database_option
def command(
    office_ids: tuple[str, ...],
    written: str | None,
    config: Path | None,
    database_url: str | None,
    *,
    at_once: bool,
) -> None:
    """Close what is left open of a day at some offices, or at all of them.

    Whoever waits, is called, served or absent is cancelled; whoever waits for a card has ended without it; each with the
    reason that the day ended. Numbers whose papers were incomplete stay so. What was closed is counted by state.
    """
    settings = settings_from(config, database_url=database_url)
    now = utc_now()
    today = business_day(now)
    day = day_of("--day", written) or today
    if day > today:
        raise CommandFailedError(f"--day {day} is still to come; name today or a day before.")
    directory = directory_from(settings)
    named = [office_from(settings, office_id) for office_id in dict.fromkeys(office_ids)]
    offices = named or list(directory)
    if day == today and not at_once:
        _refuse_open(directory, offices, now)
    for office, closed in _closed(settings, offices, day):
        told = ", ".join(f"{state} {count}" for state, count in closed.as_facts().items())
        click.echo(f"{office.id} {day.isoformat()}: {told or 'nothing was open'}")


def _refuse_open(directory: Directory, offices: Iterable[Office], now: datetime) -> None:
    """Raise where an office still receives visitors."""
    for office in offices:
        opening = directory.open_at(office.id, now)
        if opening is not None:
            raise CommandFailedError(
                f"office {office.id} is open until {in_tokyo(opening.closes_at):%H:%M}; nothing was closed. "
                "Close the day after that, or say --now."
            )


def _closed(settings: Settings, offices: Iterable[Office], day: date) -> Iterable[tuple[Office, ClosedDay]]:
    """Close office by office, each in a transaction of its own."""
    database = open_existing(settings)
    try:
        runner: Runner = day_closer(database, existing_key(settings, database))
        for office in offices:
            yield office, runner.run(uuid4(), CloseDay(day), system_at(office.id, "console"))
    except StorageError as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}.") from None
    finally:
        database.dispose()
