"""``uketsuke account``: people who may sign in."""

import sys
from pathlib import Path

import click

from backend.bootstrap import open_sign_in
from backend.cli.options import database_option, office_from, open_database, refuse_my_number
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError
from backend.protection import AccountExistsError, BadNameError, Role, WeakPasswordError, create_account
from backend.storage import StorageError, load_secret


@click.group("account")
def command() -> None:
    """Add people who may sign in at the clerk and staff pages, or let one try again at once."""


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
        account = create_account(database, login, password, Role(role), office.id)
    except (AccountExistsError, BadNameError, WeakPasswordError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    click.echo(f"account {account.login} added")


@command.command("unlock")
@click.argument("login")
@config_option
@database_option
def unlock(login: str, *, config: Path | None, database_url: str | None) -> None:
    """Forget the wrong passwords that were typed for a name, so that it does not have to wait.

    Example: uketsuke account unlock clerk01
    """
    refuse_my_number(login)
    settings = settings_from(config, database_url=database_url)
    database = open_database(settings)
    try:
        unlocked = open_sign_in(settings, database, load_secret(settings.var_dir)).unlock(login)
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    if unlocked is None:
        raise CommandFailedError("there is no account of this name.")
    name, forgotten = unlocked
    # Counts are hashed with the server's key: with another var_dir none would be found, without any error.
    found = "" if forgotten else "; no wrong passwords were counted under the key of this var_dir"
    click.echo(f"account {name} may try again at once{found}")
