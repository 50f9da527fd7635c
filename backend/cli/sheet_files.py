"""Single sheets as files, each called after the number by which it was asked for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from backend.cli.press import AskedNumber
from backend.cli.targets import need_target
from backend.common import output_file
from backend.printing import NoticeSheet, Press, draw_booking_sheet, picture_of
from backend.protection import Leaving, OutletKind, let_out
from backend.reservations import AskedCard, BookingSheet, Notice, NoticeError
from backend.settings import Settings
from backend.storage import Database


def need_sheets(
    asked: Iterable[AskedNumber], out: Path, settings: Settings, config: Path | None, *, replace: bool
) -> None:
    """Refuse files that must not be written, before the work is done.

    Raises:
        CommandFailedError: one of them is ours, or is there and may not be replaced.
    """
    for one in asked:
        for suffix in ("pdf", "png"):
            need_target(out / f"{one.number}.{suffix}", settings, [config], replace=replace)


def write_enclosures(
    database: Database,
    press: Press,
    notices: Iterable[tuple[AskedCard, Notice]],
    out: Path,
    *,
    replace: bool,
) -> None:
    """Draw enclosures, write each by itself and print their paths, one a line.

    Args:
        database: where what leaves is entered.
        press: draws.
        notices: each with whose it is.
        out: the folder; it is made if it is not there.
        replace: whether files that are there are replaced.

    Raises:
        StorageError: they could not be entered; nothing was written.
        OSError: they cannot be written.
    """
    sheets = []
    for card, notice in notices:
        pdf = press.draw_enclosures([notice])
        sheets.append((card, NoticeSheet(pdf, picture_of(pdf))))
    _write(database, OutletKind.NOTICE_SHEET, sheets, out, replace=replace)


def write_booking_sheets(
    database: Database,
    press: Press,
    booked: Iterable[tuple[AskedCard, BookingSheet]],
    out: Path,
    *,
    replace: bool,
) -> None:
    """As ``write_enclosures``, of booking sheets.

    Raises:
        NoticeError: the office of a booking is not known.
        NoRuleSetError, UnknownCodeError, NoSheetError: there are no rules for what to bring.
        StorageError, OSError: as ``write_enclosures``.
    """
    sheets = []
    for card, sheet in booked:
        office = press.directory.get(sheet.office_id)
        if office is None:
            raise NoticeError(f"the office {sheet.office_id} of a reservation is not in the file of offices")
        sheets.append((card, draw_booking_sheet(sheet, office, press.sender, press.rules)))
    _write(database, OutletKind.BOOKING_SHEET, sheets, out, replace=replace)


def _write(
    database: Database,
    kind: OutletKind,
    sheets: Sequence[tuple[AskedCard, NoticeSheet]],
    out: Path,
    *,
    replace: bool,
) -> None:
    # Sheets are called after numbers, so that only their folder is entered.
    with let_out(database, Leaving(kind, len(sheets), out)):
        out.mkdir(parents=True, exist_ok=True)
        for card, sheet in sheets:
            for suffix, content in (("pdf", sheet.pdf), ("png", sheet.png)):
                path = out / f"{card.number}.{suffix}"
                with output_file(path, replace=replace) as draft:
                    draft.write_bytes(content)
                click.echo(path)
