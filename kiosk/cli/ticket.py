"""``uketsuke-kiosk ticket``: writes the bytes of a sample ticket, to try a printer with."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import click

from backend.common import (
    CommandFailedError,
    FontMissingError,
    Language,
    OutputFile,
    output_file,
    refuse_taken,
    replace_option,
)
from backend.common.receipt import WIDTHS, TicketFace, build_job, draw_ticket

SAMPLE = TicketFace(
    number="M-123",
    office_name="新宿区役所 本庁舎",
    business_day=date(2026, 11, 24),
    issued_at=datetime(2026, 11, 24, 1, 21, tzinfo=UTC),
    waiting_ahead=3,
    reserved_for=datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
    estimate=(10, 25),
    phone="03-XXXX-XXXX",
)
"""An invented ticket. It is always the same, so that its bytes can be compared."""


@click.command("ticket")
@click.option("--sample", is_flag=True, required=True, help="Make the sample ticket M-123 of 2026-11-24.")
@click.option(
    "--out",
    type=OutputFile(),
    required=True,
    help="File for the bytes.",
)
@replace_option
@click.option(
    "--width",
    type=click.Choice(list(WIDTHS)),
    default="80",
    show_default=True,
    help="Width of the paper in mm: 80 has 576 dots across, 58 has 384.",
)
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.JAPANESE.value,
    show_default=True,
    help="Language of the ticket.",
)
@click.option(
    "--png",
    type=OutputFile(),
    help="Also write the ticket as a picture to this file.",
)
def command(sample: bool, out: Path, width: str, language: str, png: Path | None, replace: bool) -> None:  # noqa: ARG001 - says what is asked for
    """Write the ESC/POS bytes of a sample ticket, the same each time.

    \b
    Example (prints it on a network printer):
      uketsuke-kiosk ticket --sample --out ticket.bin --width 80
      nc -N 192.0.2.10 9100 < ticket.bin
    """  # noqa: D301 - \b is click's mark for "keep these lines"
    if png is not None and os.path.realpath(png) == os.path.realpath(out):
        raise click.UsageError("--png and --out are two files")
    for target in (out, png):
        if target is not None:
            refuse_taken(target, replace=replace)
    dots = WIDTHS[width]
    try:
        image = draw_ticket(SAMPLE, dots, Language(language))
    except FontMissingError as error:
        raise CommandFailedError(f"The ticket cannot be drawn: {error}.") from error
    try:
        with output_file(out, replace=replace) as draft:
            draft.write_bytes(build_job(image, dots))
        if png is not None:
            with output_file(png, replace=replace) as draft:
                image.save(draft, format="PNG")
    except OSError as error:
        raise CommandFailedError(
            f"The ticket cannot be written: {error.strerror or 'unknown reason'}."
        ) from error
