"""``uketsuke account``: the list of accounts, the roster of handlers, and whether somebody may sign in."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from backend.cli.options import database_option, open_database, refuse_my_number
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError
from backend.protection import (
    Handler,
    LastOneError,
    RosterError,
    disable_account,
    enable_account,
    enter_handler,
    find_account,
    give_link,
    known_accounts,
    roles_by_office,
    somebody_left,
    take_version,
)
from backend.settings import Settings
from backend.storage import StorageError, UnitOfWork

_CONSOLE: Final = "console"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs, one line each.")
@config_option
@database_option
def list_accounts(*, as_json: bool, config: Path | None, database_url: str | None) -> None:
    """Every account: what they are where, their line in the roster, whether it is open, and when it was used last."""
    settings = settings_from(config, database_url=database_url)
    database = open_database(settings)
    try:
        with database.read() as connection:
            found = [(one, roles_by_office(connection, one.id)) for one in known_accounts(connection)]
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    for one, held in found:
        row = {
            "login": one.login,
            "roles": {office_id: sorted(theirs) for office_id, theirs in held.items()},
            "handler": one.handler,
            "from": one.begins_on.isoformat() if one.begins_on else None,
            "to": one.ends_on.isoformat() if one.ends_on else None,
            "disabled": one.disabled,
            "password": one.has_password,
            "used_at": one.used_at.isoformat() if one.used_at else None,
        }
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _told(row))


def _told(row: Mapping[str, Any]) -> str:
    held = ", ".join(f"{office_id}: {'+'.join(theirs)}" for office_id, theirs in row["roles"].items())
    marks = [
        mark for mark, true in (("disabled", row["disabled"]), ("no password", not row["password"])) if true
    ]
    days = f"{row['from']} to {row['to'] or '…'}" if row["from"] else "not on the roster"
    parts = (row["login"], held, row["handler"], days, row["used_at"] or "never used", *marks)
    return "; ".join(part for part in parts if part)


@click.command("handler")
@click.argument("login")
@click.option("--name", required=True, help="Of the person, as it is reported to the ward.")
@click.option("--from", "begins", type=_DAY, required=True, help="The first day, in Tokyo.")
@click.option(
    "--to", "ends", type=_DAY, help="The last day; with the day after it the account opens nothing."
)
@config_option
@database_option
def handler(
    login: str,
    *,
    name: str,
    begins: datetime,
    ends: datetime | None,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Enter or change the line of somebody in the roster of handlers (取扱者名簿).

    Example: uketsuke account handler clerk01 --name "受付 花子" --from 2026-04-01 --to 2027-03-31
    """
    refuse_my_number(name)

    def do(work: UnitOfWork, account_id: str) -> None:
        line = Handler(name.strip(), begins.date(), ends.date() if ends else None)
        with somebody_left(work):
            enter_handler(work, account_id, line, _CONSOLE)

    click.echo(f"account {_change(login, config, database_url, do)} stands on the roster")


@click.command("disable")
@click.argument("login")
@config_option
@database_option
def disable(login: str, *, config: Path | None, database_url: str | None) -> None:
    """Let somebody sign in no more; whoever is signed in is signed out."""
    name = _change(login, config, database_url, lambda work, one: disable_account(work, one, _CONSOLE))
    click.echo(f"account {name} is disabled")


@click.command("enable")
@click.argument("login")
@config_option
@database_option
def enable(login: str, *, config: Path | None, database_url: str | None) -> None:
    """Let somebody in again whose account was disabled."""
    name = _change(login, config, database_url, lambda work, one: enable_account(work, one, _CONSOLE))
    click.echo(f"account {name} is open")


@click.command("reset")
@click.argument("login")
@config_option
@database_option
def reset(login: str, *, config: Path | None, database_url: str | None) -> None:
    """Make a one-time link by which somebody sets a new password; the one of before opens nothing any more."""
    settings = settings_from(config, database_url=database_url)
    made = ""

    def do(work: UnitOfWork, account_id: str) -> None:
        nonlocal made
        made = give_link(work, account_id, timedelta(hours=settings.first_password_hours), _CONSOLE)

    name = _change(login, config, database_url, do)
    click.echo(link_words(name, settings, made))


def _change(
    login: str, config: Path | None, database_url: str | None, do: Callable[[UnitOfWork, str], None]
) -> str:
    """Change one account in one transaction, and return its name."""
    refuse_my_number(login)
    database = open_database(settings_from(config, database_url=database_url))
    try:
        with database.write() as work:
            found = find_account(work.connection, login)
            if found is None:
                raise CommandFailedError("there is no account of this name.")
            take_version(work, found.id, None)
            do(work, found.id)
    except RosterError:
        raise CommandFailedError("the name or the days cannot be those of a handler.") from None
    except (LastOneError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    return found.login


def link_words(name: str, settings: Settings, secret: str) -> str:
    """The link of somebody, to be handed to them."""
    hours = settings.first_password_hours
    return f"for {name}, once, within {hours} hours:\n{settings.public_url or ''}/first-password/{secret}"
