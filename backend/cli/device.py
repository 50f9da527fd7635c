"""``uketsuke device``: enrols kiosks and displays with their tokens, and revokes them."""

from pathlib import Path

import click

from backend.cli.options import database_option, office_from, open_database, refuse_my_number
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError
from backend.protection import DeviceExistsError, DeviceKind, enrol, revoke
from backend.storage import StorageError


@click.group("device")
def command() -> None:
    """Enrol kiosks and hall displays, or revoke them."""


@command.command("add")
@click.argument("name")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in DeviceKind]), required=True, help="What it is."
)
@click.option("--office", "office_id", default="00", show_default=True, help="Id of the office it stands in.")
@config_option
@database_option
def add(name: str, kind: str, office_id: str, config: Path | None, database_url: str | None) -> None:
    """Enrol a device and print its token, once; put it into the device's token file.

    Example: uketsuke device add kiosk-1 --kind kiosk --office 00
    """
    refuse_my_number(name)
    settings = settings_from(config, database_url=database_url)
    office = office_from(settings, office_id)
    database = open_database(settings)
    try:
        with database.write() as work:
            token, _device = enrol(work, name, DeviceKind(kind), office.id)
    except (DeviceExistsError, StorageError) as error:
        raise CommandFailedError(f"{error}.") from None
    click.echo(token)


@command.command("revoke")
@click.argument("name")
@config_option
@database_option
def revoke_device(name: str, config: Path | None, database_url: str | None) -> None:
    """Take a device's right away for good; its open streams end within a heartbeat."""
    database = open_database(settings_from(config, database_url=database_url))
    try:
        with database.write() as work:
            known = revoke(work, name)
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    if not known:
        raise CommandFailedError(f"there is no device {name}.")
    click.echo(f"device {name} revoked")
