"""``uketsuke notice``: prints the notice sheets that the ward encloses in its letters."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from backend.bootstrap import open_directory
from backend.cards import BadNumberError, normalise_number
from backend.cli.options import database_option, open_database
from backend.cli.settings_options import config_option, settings_from
from backend.cli.targets import need_target
from backend.common import (
    CommandFailedError,
    FontMissingError,
    OutputFolder,
    in_tokyo,
    need_fonts,
    output_file,
    replace_option,
)
from backend.documents import DocumentsError, RuleBook
from backend.offices import Directory, OfficesError
from backend.printing import NoticeSheet, draw_reverse, draw_sheet, things_to_bring, with_reverse
from backend.protection import Leaving, OutletKind, let_out
from backend.reservations import Notice, NoticeError, issue_notices
from backend.settings import Settings
from backend.storage import Database, StorageError, load_secret
from backend.ward_rules import open_rules
from backend.wire import FieldShape, contains_my_number


@click.command(
    name="notice",
    short_help="Print the notices of reservations as PDF and PNG.",
    epilog="Example: uketsuke notice 8887-1018 3884-8826 --out var/notices",
)
@click.argument("reservations", metavar="RESERVATION...", nargs=-1, required=True)
@click.option(
    "--out",
    type=OutputFolder(),
    required=True,
    help="Folder for the sheets; it is made if it is not there.",
)
@replace_option
@config_option
@database_option
def command(
    reservations: tuple[str, ...], out: Path, config: Path | None, database_url: str | None, *, replace: bool
) -> None:
    """Write one sheet per RESERVATION (予約番号, hyphens do not matter) as <number>.pdf and <number>.png.

    The sheet holds number, time and place of the reservation and a code for the kiosk, nothing else about anybody.
    Three more pages (in the PDF) tell examples and notes, and in four more languages what to bring.
    Printing again gives the same code. Nothing is written unless every reservation is known and booked. The paths of
    the files are printed, one per line.
    """
    numbers = [_number(text, place) for place, text in enumerate(reservations, start=1)]
    settings = settings_from(config, database_url=database_url)
    for number in numbers:
        for suffix in ("pdf", "png"):
            need_target(out / f"{number}.{suffix}", settings, [config], replace=replace)
    try:
        need_fonts()
        directory = open_directory(settings)
        rules = open_rules(settings)
        press = _Press(directory, rules)
        database = open_database(settings)
        try:
            sheets = [(one.number, press.print(one)) for one in _issue(settings, database, numbers)]
            # Sheets are called after numbers of reservations, so that only their folder is entered.
            with let_out(database, Leaving(OutletKind.NOTICE_SHEET, len(sheets), out)):
                _write(sheets, out, replace=replace)
        finally:
            database.dispose()
    except (NoticeError, OfficesError, DocumentsError, StorageError, FontMissingError) as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}; nothing was written.") from None
    except OSError as error:
        raise CommandFailedError(f"the sheets cannot be written: {error.strerror}.") from None


def _number(text: str, place: int) -> str:
    """A reservation number from the command line; an error does not repeat what may be a 個人番号."""
    if contains_my_number(text, FieldShape.NUMBER):
        raise CommandFailedError(
            f"argument {place} holds a 12-digit number and was refused; nothing was written."
        )
    try:
        return normalise_number(text)
    except BadNumberError:
        raise CommandFailedError(
            f"argument {place} is not a reservation number; nothing was written."
        ) from None


def _issue(settings: Settings, database: Database, numbers: list[str]) -> list[Notice]:
    key = load_secret(settings.var_dir, database)
    with database.write() as work:
        return issue_notices(work, numbers, key)


def _write(sheets: list[tuple[str, NoticeSheet]], out: Path, *, replace: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for number, sheet in sheets:
        for suffix, content in (("pdf", sheet.pdf), ("png", sheet.png)):
            path = out / f"{number}.{suffix}"
            with output_file(path, replace=replace) as draft:
                draft.write_bytes(content)
            click.echo(path)


class _Press:
    """Prints notices; the reverse of a day is drawn once."""

    def __init__(self, directory: Directory, rules: RuleBook) -> None:
        self._directory = directory
        self._rules = rules
        self._reverses: dict[date, bytes] = {}

    def print(self, notice: Notice) -> NoticeSheet:
        """Front and reverse of a notice.

        Raises:
            NoticeError: its office is unknown.
            NoRuleSetError: no rules are in force on its day.
        """
        office = self._directory.get(notice.office_id)
        if office is None:
            raise NoticeError(f"the office {notice.office_id} of a reservation is not in the file of offices")
        on = in_tokyo(notice.starts_at).date()
        # The first office of the file is the main one.
        main = next(iter(self._directory))
        front = draw_sheet(notice, office, main, self._directory.authority, things_to_bring(self._rules, on))
        if on not in self._reverses:
            self._reverses[on] = draw_reverse(self._rules.on(on), on)
        return replace(front, pdf=with_reverse(front.pdf, self._reverses[on]))
