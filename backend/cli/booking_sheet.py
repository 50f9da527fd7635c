"""``uketsuke booking-sheet``: prints the sheets that say when and where a card is handed over."""

from pathlib import Path

import click

from backend.cli.options import database_option
from backend.cli.press import numbers_in, opened_press, told_by_place, told_plainly
from backend.cli.settings_options import config_option, settings_from
from backend.cli.sheet_files import need_sheets, write_booking_sheets
from backend.common import OutputFolder, replace_option
from backend.reservations import print_booking_sheets


@click.command(
    "booking-sheet",
    short_help="Print booking sheets as PDF and PNG.",
    epilog="Example: uketsuke booking-sheet 8887-1018 --out var/booking-sheets",
)
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option(
    "--out", type=OutputFolder(), required=True, help="Folder for the sheets; it is made if it is not there."
)
@replace_option
@config_option
@database_option
def command(
    numbers: tuple[str, ...], out: Path, config: Path | None, database_url: str | None, *, replace: bool
) -> None:
    """Write the booking sheet (交付予約票) of each NUMBER (予約番号 or 製造管理番号) as <number>.pdf and <number>.png.

    It holds number, time and place of what is booked now, what to bring for whoever comes, a version and a code of its own.
    Printing again what was printed before gives the same code and one copy more; after a change it is the next version,
    and a kiosk knows the one before as old. Nothing is written unless something is booked for every NUMBER.
    """
    asked = numbers_in(numbers)
    settings = settings_from(config, database_url=database_url)
    need_sheets(asked, out, settings, config, replace=replace)
    with told_plainly(), opened_press(settings) as (press, papers):
        cards = papers.cards_of(asked)
        with told_by_place(asked, cards), papers.database.write() as work:
            sheets = print_booking_sheets(work, cards, papers.key)
        write_booking_sheets(papers.database, press, zip(cards, sheets, strict=True), out, replace=replace)
