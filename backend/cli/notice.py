"""``uketsuke notice``: prints the enclosures that the ward puts into its letters, and keeps what becomes of them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from backend.cli.notice_orders import orders
from backend.cli.notice_run import NoticeRun, new_run_id
from backend.cli.options import database_option, open_database
from backend.cli.press import cards_of, numbers_in, numbers_of, open_press, told_plainly
from backend.cli.settings_options import config_option, settings_from
from backend.cli.sheet_files import need_sheets, write_enclosures
from backend.cli.targets import refuse_own_files
from backend.common import InputFile, OutputFolder, replace_option
from backend.printing import RunFolderError, take_folder
from backend.reservations import print_notices
from backend.sealing import Records, opened_key_store
from backend.storage import load_secret

_DEFAULT = "print"


class _Printing(click.Group):
    """A group whose first command needs no name: what is no name of a command is a number or an option of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the first command before what belongs to it."""
        own = {*self.commands, "--version", *ctx.help_option_names}
        return super().parse_args(ctx, [_DEFAULT, *args] if args and args[0] not in own else args)


def deadline_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--deadline``, which is printed on notices that are made."""
    return click.option(
        "--deadline",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Until when the card is kept; printed on notices that are made now.",
    )(command)


@click.group("notice", cls=_Printing, short_help="Print enclosures, make them anew or void.")
def command() -> None:
    """Print the enclosures (交付のご案内) that name a card by its code, and keep what becomes of them.

    'uketsuke notice NUMBER…' is short for 'uketsuke notice print NUMBER…'.
    """


for _order in orders():
    command.add_command(_order)


@command.command(
    _DEFAULT,
    short_help="Print enclosures as PDF and PNG.",
    epilog="Example: uketsuke notice 8887-1018 7F3-482913 --out var/notices",
)
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1)
@click.option(
    "--file",
    "listed",
    type=InputFile(),
    help="A list with one NUMBER a line; the sheets are written in parts of 500 and a manifest.",
)
@click.option(
    "--new",
    is_flag=True,
    help="Every prepared card without a notice, in parts of 500; the same folder again makes only what is missing.",
)
@click.option(
    "--adopt", is_flag=True, help="With --new: also what a run into another folder made and never printed."
)
@click.option(
    "--out", type=OutputFolder(), required=True, help="Folder for the sheets; it is made if it is not there."
)
@deadline_option
@replace_option
@config_option
@database_option
def print_command(
    numbers: tuple[str, ...],
    listed: Path | None,
    out: Path,
    deadline: datetime | None,
    config: Path | None,
    database_url: str | None,
    *,
    new: bool,
    adopt: bool,
    replace: bool,
) -> None:
    """Write the enclosure of each NUMBER (予約番号 or 製造管理番号, hyphens do not matter) as <number>.pdf and <number>.png.

    Nothing need be booked. The sheet holds that number and a code for the kiosk, nothing else about anybody; overleaf stand
    examples and notes, and in four more languages what to bring. Printing again gives the same code, with the day and the
    number of the copy. Nothing is written unless the papers of every card may be printed. The paths of the files are printed, one per line.
    """
    if (bool(numbers), listed is not None, new).count(True) != 1:
        raise click.UsageError("Name either numbers, or --file with a list, or --new.")
    if adopt and not new:
        raise click.UsageError("--adopt goes with --new.")
    asked = numbers_in(numbers) if listed is None else numbers_of(listed)
    settings = settings_from(config, database_url=database_url)
    if numbers:
        need_sheets(asked, out, settings, config, replace=replace)
    else:
        refuse_own_files(out, settings, [config, listed])
    until = deadline.date() if deadline else None
    with told_plainly("run it again when that is mended" if new else "nothing was written"):
        press = open_press(settings)
        database = open_database(settings)
        try:
            with opened_key_store(settings) as store:
                records, key = Records(store), load_secret(settings.var_dir, database)
                if new:
                    with take_folder(out, new_run_id()) as folder:
                        left = NoticeRun(database, records, key, press, folder).print_new(until, adopt=adopt)
                    _say_left(left)
                    return
                with database.read() as connection:
                    cards = cards_of(connection, records, asked)
                if listed is None:
                    with database.write() as work:
                        notices = print_notices(work, cards, key, until)
                    write_enclosures(database, press, zip(cards, notices, strict=True), out, replace=replace)
                    return
                with take_folder(out, new_run_id()) as folder:
                    if not folder.is_new:
                        raise RunFolderError(f"{out} is the folder of another run; name another one")
                    NoticeRun(database, records, key, press, folder).print_list(cards, until)
        finally:
            database.dispose()


def _say_left(count: int) -> None:
    if count:
        click.echo(
            f"{count} notices were made by a run into another folder and never printed: run it again into that folder, or "
            "here with --adopt.",
            err=True,
        )
