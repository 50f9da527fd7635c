"""``uketsuke account``: people who may sign in."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from backend.bootstrap import open_sign_in
from backend.cli.account_state import disable, enable, handler, link_words, list_accounts, reset
from backend.cli.options import (
    database_option,
    directory_from,
    office_from,
    open_database,
    refuse_my_number,
)
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError
from backend.protection import (
    AccountExistsError,
    BadNameError,
    LastOfficeError,
    LastOneError,
    NotTheirOfficeError,
    Role,
    WeakPasswordError,
    change_offices,
    change_roles,
    create_account,
    find_account,
    give_link,
)
from backend.storage import StorageError, load_secret

_CONSOLE = "console"
_ROLES = click.Choice([role.value for role in Role])


@click.group("account")
def command() -> None:
    """Add people who may sign in at the clerk and staff pages, say where they work, or let one try again at once."""


@command.command("add")
@click.argument("login")
@click.option(
    "--role",
    "roles",
    type=_ROLES,
    multiple=True,
    required=True,
    help="What they are at each of these offices; more than once for somebody who is several.",
)
@click.option(
    "--office",
    "office_ids",
    multiple=True,
    default=("00",),
    show_default="00",
    help="Id of their office; more than once for somebody who works at several.",
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)
@click.option(
    "--link", is_flag=True, help="Ask for no password; print a one-time link for it (as reset does)."
)
@config_option
@database_option
def add(
    login: str,
    roles: tuple[str, ...],
    office_ids: tuple[str, ...],
    *,
    password_stdin: bool,
    link: bool,
    config: Path | None,
    database_url: str | None,
) -> None:
    """Add an account; the password is asked for twice and never shown.

    Who works at several offices is asked at the sign-in at which of them; the first one is proposed first.

    Examples:
      uketsuke account add clerk01 --role clerk --office 00 --office 03
      uketsuke account add branch01 --role clerk --role staff --office 01
    """
    refuse_my_number(login)
    settings = settings_from(config, database_url=database_url)
    role, *also = (Role(one) for one in roles)
    first, *more = (office_from(settings, office_id).id for office_id in office_ids)
    password = (
        None
        if link
        else (
            sys.stdin.readline().rstrip("\n")
            if password_stdin
            else str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
        )
    )
    database = open_database(settings)
    try:
        account = create_account(database, login, password, role, first, *more, also=also)
    except (AccountExistsError, BadNameError, WeakPasswordError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    click.echo(f"account {account.login} added")
    if link:
        lasts = timedelta(hours=settings.first_password_hours)
        with database.write() as work:
            secret = give_link(work, account.id, lasts, _CONSOLE)
        click.echo(link_words(account.login, settings, secret))


@command.command("offices")
@click.argument("login")
@click.option("--add", multiple=True, metavar="ID", help="An office at which they work from now on.")
@click.option("--remove", multiple=True, metavar="ID", help="An office at which they work no longer.")
@config_option
@database_option
def offices(
    login: str,
    *,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    config: Path | None,
    database_url: str | None,
) -> None:
    """Show at which offices somebody works, add some, or take some away.

    Who works at an office that is taken away is asked again where, with the next press.

    Example: uketsuke account offices clerk01 --add 03 --remove 00
    """
    for one in (login, *add, *remove):
        refuse_my_number(one)
    settings = settings_from(config, database_url=database_url)
    added = [office_from(settings, office_id).id for office_id in add]
    database = open_database(settings)
    try:
        with database.write() as work:
            changed = change_offices(work, login, add=added, remove=remove)
    except (LastOfficeError, LastOneError, NotTheirOfficeError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    if changed is None:
        raise CommandFailedError("there is no account of this name.")
    name, theirs = changed
    directory = directory_from(settings)
    click.echo(f"account {name} works at:")
    for office_id in theirs:
        office = directory.get(office_id)
        known = "not in the file of offices" if office is None else office.name["ja"]
        click.echo(f"  {office_id} {known}")


@command.command("roles")
@click.argument("login")
@click.option("--office", "office_id", default="00", show_default=True, help="Id of the office.")
@click.option("--give", type=_ROLES, multiple=True, help="What they are there from now on, too.")
@click.option("--take", type=_ROLES, multiple=True, help="What they are there no longer.")
@config_option
@database_option
def roles(
    login: str,
    office_id: str,
    *,
    give: tuple[str, ...],
    take: tuple[str, ...],
    config: Path | None,
    database_url: str | None,
) -> None:
    """Show what somebody is at each office, or change it at one. It counts from the next thing that they do.

    Example: uketsuke account roles branch01 --office 01 --give staff --take operator
    """
    for one in (login, office_id):
        refuse_my_number(one)
    settings = settings_from(config, database_url=database_url)
    # What is taken away may be at an office that the file does not have any more.
    office = office_from(settings, office_id).id if give else office_id
    database = open_database(settings)
    try:
        with database.write() as work:
            found = find_account(work.connection, login)
            if found is None:
                raise CommandFailedError("there is no account of this name.")
            now = change_roles(
                work, found.id, office, give=[Role(one) for one in give], take=[Role(one) for one in take]
            )
    except (LastOfficeError, LastOneError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    click.echo(f"account {found.login} is:")
    for at, theirs in now.items():
        click.echo(f"  {at} {', '.join(sorted(theirs))}")


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


for _one in (list_accounts, handler, disable, enable, reset):
    command.add_command(_one)
