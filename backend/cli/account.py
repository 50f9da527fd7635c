"""``uketsuke account``: people who may sign in."""

import sys
from pathlib import Path

import click

from assets.console import CommandFailedError
from backend.cli.options import database_option, office_from, open_database, refuse_my_number
from backend.cli.settings_options import config_option, settings_from
from backend.protection.accounts import AccountExistsError, WeakPasswordError, create_account
from backend.protection.roles import Role
from backend.storage.errors import StorageError


@click.group("account")
def command() -> None:
    """Add people who may sign in at the clerk and staff pages."""


@command.command("add")
@click.argument("login")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What they do.")
@click.option("--office", "office_id", default="00", show_default=True, help="Id of their office.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)
@config_option
@database_option
def add(
    login: str,
    role: str,
    office_id: str,
    *,
    password_stdin: bool,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Add an account; the password is asked for twice and never shown.

    Example: uketsuke account add clerk01 --role clerk --office 00
    """
    refuse_my_number(login)
    settings = settings_from(config, database_url=database_url)
    office = office_from(settings, office_id)
    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    )
    database = open_database(settings)
    try:
        with database.write() as work:
            create_account(work, login, password, Role(role), office.id)
    except (AccountExistsError, WeakPasswordError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    click.echo(f"account {login} added")
