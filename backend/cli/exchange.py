"""``uketsuke exchange``: imports what lies in a folder, with receipts, and puts exports for the ward's system there."""

import io
import json
import signal
import threading
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from backend.cli.exchange_folder import ExchangeFolder
from backend.cli.exchange_work import LOOK_SECONDS, Work
from backend.cli.export import export, mapping_option
from backend.cli.import_reservations import command as import_command
from backend.cli.options import database_option, open_existing
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError, OutputFolder
from backend.exchange import EXPORT_ENCODINGS, Encoding
from backend.handing_back import OUTLET_OF, Period, WardFile, since_export
from backend.offices import business_day
from backend.protection import Outlet, outlets_since
from backend.storage import Database, utc_now

_SETTLE_SECONDS = 5.0
_MEGABYTE = 1_000_000


@click.command(
    "exchange",
    short_help="Import what lies in a folder and put exports there, once or all the time.",
    epilog="Example: uketsuke exchange /srv/exchange --watch --export results --every 15",
)
@click.argument("folder", type=OutputFolder())
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C or SIGTERM.")
@click.option(
    "--export",
    "contents",
    type=click.Choice([one.value for one in WardFile]),
    multiple=True,
    help="What to put into outbox/; may be given several times.  Default: nothing.",
)
@click.option(
    "--every",
    type=click.IntRange(1, 1440),
    default=15,
    show_default=True,
    help="Minutes between exports while watching.",
)
@click.option("--skip-bad", is_flag=True, help="Import the good rows of a file although others are refused.")
@click.option(
    "--largest",
    type=click.IntRange(1, 10_000),
    default=200,
    show_default=True,
    help="Largest file that is read, in megabytes.",
)
@click.option(
    "--keep-days",
    type=click.IntRange(0, 3650),
    default=7,
    show_default=True,
    help="Days after which files in done/ and refused/ are deleted.",
)
@click.option(
    "--encoding",
    type=click.Choice([one.value for one in EXPORT_ENCODINGS]),
    default=Encoding.CP932.value,
    show_default=True,
    help="Encoding of the exports.",
)
@mapping_option
@config_option
@database_option
def command(
    folder: Path,
    contents: tuple[str, ...],
    every: int,
    largest: int,
    keep_days: int,
    encoding: str,
    mapping_file: Path | None,
    config: Path | None,
    database_url: str | None,
    *,
    watch: bool,
    skip_bad: bool,
) -> None:
    """Work on FOLDER with inbox/, outbox/, done/, refused/, receipts/ and working/; what is missing is made.

    A file of inbox/ is imported as by 'uketsuke import' once it has not changed for five seconds. A receipt in JSON and one to
    read go to receipts/, the file to done/ or refused/. A bad file never stops the others. The exit code is 1 if a file was
    refused, or something could not be done.
    """
    settings = settings_from(config, database_url=database_url)
    given: list[str] = ["--json", *(["--skip-bad"] if skip_bad else [])]
    for option, value in (
        ("--mapping", mapping_file or settings.mapping_file),
        ("--config", config),
        ("--database", database_url),
    ):
        given += [option, str(value)] if value is not None else []
    place = ExchangeFolder(folder.absolute(), largest * _MEGABYTE, _SETTLE_SECONDS)

    def send(content: WardFile, since: Outlet | None, out: Path) -> dict[str, Any] | None:
        done = export(
            settings,
            content,
            out,
            period=lambda database: _period(database, content, since),
            encoding=Encoding(encoding),
            mapping_file=mapping_file,
            actor="exchange",
            not_empty=True,
        )
        return done.as_json() if done.outlet else None

    with place.alone():
        work = Work(
            place,
            read=lambda file: run_import(file, given),
            send=send,
            former=lambda content: _former(open_existing(settings), content, place.outbox),
            contents=[WardFile(one) for one in contents],
            every=timedelta(minutes=every),
            keep_days=keep_days,
        )
        if watch:
            _watch(work)
        else:
            work.until_settled()
    if work.troubles:
        raise CommandFailedError(
            "a file was refused or something could not be done; receipts/ and the lines above say what."
        )


def run_import(file: Path, options: list[str]) -> tuple[dict[str, Any] | None, str]:
    """Import a file exactly as ``uketsuke import`` does.

    Args:
        file: the file.
        options: of that command, with ``--json``.

    Returns:
        Its report, or None where it could not be imported for a reason that is not the file's; and why it was refused,
        empty where it was imported.
    """
    told, why = io.StringIO(), ""
    with redirect_stdout(told):
        try:
            import_command.main([*options, "--", str(file)], standalone_mode=False)
        except click.ClickException as error:
            why = error.format_message()
    try:
        report = json.loads(told.getvalue())
    except ValueError:
        return None, why or "the import said nothing."
    return report, why


def _period(database: Database, content: WardFile, since: Outlet | None) -> Period:
    """What is exported: what changed since the last time, else everything; of visits those of today."""
    if since is not None:
        return Period(changed_since=since_export(database, since.at))
    today = business_day(utc_now())
    return Period() if content is WardFile.RESERVATIONS else Period(today, today)


def _former(database: Database, content: WardFile, outbox: Path) -> Outlet | None:
    """The last export of a kind that went into a folder; a name that is there is a file that is whole, whatever its entry says."""
    try:
        with database.read() as connection:
            found = outlets_since(connection, kind=OUTLET_OF[content])
    finally:
        database.dispose()
    here = [one for one in found if Path(one.place).parent == outbox]
    return next((one for one in reversed(here) if one.state == "written" or Path(one.place).exists()), None)


def _watch(work: Work) -> None:
    """Look again and again until somebody ends it."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.is_set():
        work.step()
        ended.wait(LOOK_SECONDS)
