"""``uketsuke notice``: prints the enclosures that the ward puts into its letters, and keeps what becomes of them."""

from datetime import date
from pathlib import Path

import click

from backend.cli.notice_orders import orders
from backend.cli.notice_run import NoticeRun, new_run_id
from backend.cli.options import database_option
from backend.cli.press import (
    deadline_option,
    digest_of,
    numbers_in,
    numbers_of,
    opened_press,
    told_plainly,
)
from backend.cli.settings_options import config_option, settings_from
from backend.cli.sheet_files import need_sheets, write_enclosures
from backend.cli.targets import refuse_own_files
from backend.common import InputFile, OutputFolder, replace_option
from backend.printing import take_folder
from backend.reservations import print_notices

_DEFAULT = "print"


class _Printing(click.Group):
    """A group whose first command needs no name: what is no name of a command is a number or an option of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the first command before what belongs to it."""
        own = {*self.commands, "--version", *ctx.help_option_names}
        return super().parse_args(ctx, [_DEFAULT, *args] if args and args[0] not in own else args)


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
    help="A list with one NUMBER a line, in parts of 500; the same list into the same folder again makes only what is missing.",
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
    deadline: date | None,
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
    if numbers:
        with told_plainly(), opened_press(settings) as (press, papers):
            cards = papers.cards_of(asked)
            with papers.database.write() as work:
                notices = print_notices(work, cards, papers.key, deadline)
            drawn = zip(cards, notices, strict=True)
            write_enclosures(papers.database, press, drawn, out, replace=replace)
        return
    with told_plainly("run it again when that is mended"), opened_press(settings) as (press, papers):
        of_list = None if listed is None else digest_of(asked, papers.key)
        with take_folder(out, new_run_id(), of_list) as folder:
            run = NoticeRun(papers.database, papers.records, papers.key, press, folder)
            if listed is None:
                made, left = run.print_new(deadline, adopt=adopt)
            else:
                made, left = run.print_list(asked, papers.cards_of, deadline), 0
    _say(made, left)


def _say(made: int, left: int) -> None:
    if not made:
        click.echo("nothing is missing, and nothing was written.", err=True)
    if left:
        click.echo(
            f"{left} notices were made by a run into another folder and never printed: run it again into that folder, or "
            "here with --adopt.",
            err=True,
        )
