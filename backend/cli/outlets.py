"""``uketsuke outlets``: which files with personal data left, and until when they may be kept."""

import json
from datetime import datetime
from pathlib import Path

import click

from backend.cli.options import database_option, open_database
from backend.cli.settings_options import config_option, settings_from
from backend.common import TOKYO, CommandFailedError, in_tokyo
from backend.protection import Outlet, OutletKind, outlets_since
from backend.storage import StorageError


@click.command(
    "outlets",
    short_help="List the files with personal data that left.",
    epilog="Example: uketsuke outlets --since 2026-11-01 --kind backup",
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day in Tokyo on.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in OutletKind]), help="Only this kind of file."
)
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects; times are UTC.")
@config_option
@database_option
def command(
    since: datetime | None, kind: str | None, as_json: bool, config: Path | None, database_url: str | None
) -> None:
    """List every notice sheet, backup and other file with personal data that this program wrote for somebody to take away.

    A line has the time in Tokyo, the kind, of how many persons there may be data in it, what became of it (begun:
    it may be there or not), the last day on which it may be kept, and where it was written to. Oldest first.
    """
    database = open_database(settings_from(config, database_url=database_url))
    try:
        with database.read() as connection:
            found = outlets_since(
                connection, since and since.replace(tzinfo=TOKYO), OutletKind(kind) if kind else None
            )
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    finally:
        database.dispose()
    if as_json:
        click.echo(json.dumps([_object(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(_line(one))


def _object(one: Outlet) -> dict[str, str | int | None]:
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "actor": one.actor,
        "kind": one.kind.value,
        "count": one.count,
        "state": one.state.value,
        "until": one.until.isoformat() if one.until else None,
        "place": one.place,
    }


def _line(one: Outlet) -> str:
    until = one.until.isoformat() if one.until else "-"
    at = in_tokyo(one.at).strftime("%Y-%m-%d %H:%M")
    return f"{at}  {one.kind.value:<12}  {one.count:>6}  {one.state.value:<7}  {until:<10}  {one.place}"
