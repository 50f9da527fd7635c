"""``uketsuke conflicts``: bookings that were changed here and in the ward's system, and which side holds."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from backend.cli.options import database_option, open_existing
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError, in_tokyo
from backend.reception import tell_changed_cards
from backend.reservations import (
    Conflict,
    Decision,
    Side,
    decide,
    facts_of,
    numbers_of_cards,
    open_conflicts,
)
from backend.storage import Database, StorageError


@click.command(
    short_help="List bookings on which the ward's file and this system differ, and decide.",
    epilog="Example: uketsuke conflicts --theirs 3f2a91bc",
)
@click.argument("conflicts", metavar="[CONFLICT]...", nargs=-1)
@click.option("--ours", is_flag=True, help="What holds here stays.")
@click.option("--theirs", is_flag=True, help="What the ward's file says holds from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as one JSON array on stdout.")
@config_option
@database_option
def command(
    conflicts: tuple[str, ...],
    config: Path | None,
    database_url: str | None,
    *,
    ours: bool,
    theirs: bool,
    as_json: bool,
) -> None:
    """List every booking that was changed here and in the ward's system, or decide which side holds.

    Both sides are told as state, office and time, with the card's numbers of bookings and nothing personal. Until somebody
    decides, what holds here stays. CONFLICT is the beginning of the id that the list tells.
    """
    if (ours and theirs) or bool(conflicts) is not (ours or theirs):
        raise click.UsageError("name conflicts and one of --ours and --theirs, or neither to list them")
    database = open_existing(settings_from(config, database_url=database_url))
    try:
        if conflicts:
            _decide(database, conflicts, Decision.OURS if ours else Decision.THEIRS)
            return
        with database.read() as connection:
            _print(connection, open_conflicts(connection), as_json=as_json)
    except StorageError as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}.") from None
    finally:
        database.dispose()


def _decide(database: Database, named: tuple[str, ...], decision: Decision) -> None:
    with database.read() as connection:
        known = open_conflicts(connection)
    found = [_one(known, beginning) for beginning in named]
    with database.write() as work:
        decided = [one for one in found if decide(work, one.id, decision, "console")]
    with database.write() as work:
        tell_changed_cards(work, [one.card_id for one in decided])
    click.echo(f"{len(decided)} decided: {decision.value}")


def _one(known: list[Conflict], beginning: str) -> Conflict:
    fitting = [one for one in known if one.id.startswith(beginning.lower())]
    if len(fitting) != 1:
        many = "no open conflict" if not fitting else "more than one open conflict"
        raise CommandFailedError(
            f"{many} begins with {beginning[:8]}; nothing was decided. 'uketsuke conflicts' lists them."
        )
    return fitting[0]


def _print(connection: Connection, found: list[Conflict], *, as_json: bool) -> None:
    numbers = numbers_of_cards(connection, [one.card_id for one in found])
    if as_json:
        told: list[dict[str, Any]] = [
            {
                "id": one.id,
                "found_at": one.found_at.isoformat(),
                "numbers": numbers.get(one.card_id, []),
                **facts_of(one.ours, one.theirs),
            }
            for one in found
        ]
        click.echo(json.dumps(told))
        return
    if not found:
        click.echo("no conflict is open")
    for one in found:
        click.echo(
            f"{one.id[:8]}  {in_tokyo(one.found_at):%Y-%m-%d}  {' '.join(numbers.get(one.card_id, []))}"
        )
        click.echo(f"  ours    {_shown(one.ours)}")
        click.echo(f"  theirs  {_shown(one.theirs)}")


def _shown(side: Side) -> str:
    at = f"{in_tokyo(side.starts_at):%Y-%m-%d %H:%M}" if side.starts_at else "-"
    return f"{side.state.value:<10} {side.office_id or '-':<3} {at}"
