"""``uketsuke-kiosk scan``: reads picture files with the kiosk's decoders."""

import json
import time
from pathlib import PurePath

import click

from backend.common import EXIT_FAILED
from backend.wire import FieldShape, ScanReason, contains_my_number
from kiosk.camera import UnreadableFileError, read_picture
from kiosk.reading import DEFAULT_BUDGET_MS, NO_LIMIT, Ladder, one_thread_only

_WITHHELD = "***"


@click.command("scan")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=str))
@click.option(
    "--budget-ms",
    type=click.FloatRange(min=0),
    default=DEFAULT_BUDGET_MS,
    show_default=True,
    help="Computing time that the decoders may take for one picture, in milliseconds; 0 = no limit. "
    "The two fastest always run, so a slow machine still reads what is easy.",
)
def command(images: tuple[str, ...], budget_ms: float) -> int:
    """Read the QR code of each picture and print one JSON line per picture.

    \b
    The line is {"file", "text", "reason", "ms", "decoder"}; reason is one of
      ok               exactly one code; text is what it says
      none             no code was read
      ambiguous        more than one code in the picture; text is null
      partial          one or more of several codes that share a text; text is null
      my_number        a 12-digit number, which is never printed; text is null
      unreadable_file  the file is missing, damaged, or no picture

    The command ends with 1 if any file was unreadable. PNG, JPEG, BMP, GIF, WebP, TIFF and PNM are read.

    \b
    Example:
      uketsuke-kiosk scan notice.png photo.jpg
      uketsuke-kiosk scan --budget-ms 0 blurred.jpg
    """  # noqa: D301 - \b is click's mark for "keep these lines"
    one_thread_only()
    # Only this thread's own work is timed, so that other programs do not use up the budget.
    ladder = Ladder(budget_ms=budget_ms or NO_LIMIT, clock=time.thread_time)
    ladder.warm_up()
    unreadable = 0
    for name in images:
        shown = _printable(name)
        try:
            reading = ladder.read(read_picture(name))
        except UnreadableFileError as error:
            unreadable += 1
            click.echo(_line(shown, None, ScanReason.UNREADABLE_FILE, 0.0, None))
            click.echo(f"uketsuke-kiosk: {shown} was not read: {error}.", err=True)
            continue
        click.echo(_line(shown, reading.text, reading.reason, reading.ms, reading.decoder))
    return EXIT_FAILED if unreadable else 0


def _line(file: str, text: str | None, reason: ScanReason, ms: float, decoder: str | None) -> str:
    """One JSON line in ASCII, which any terminal can show, whatever the text and the file's name."""
    return json.dumps(
        {"file": file, "text": text, "reason": reason.value, "ms": round(ms, 2), "decoder": decoder}
    )


def _printable(name: str) -> str:
    """The file's name as it was given, with every part that holds a 12-digit number replaced."""
    parts = PurePath(name).parts
    if not any(contains_my_number(part, FieldShape.PATH) for part in parts):
        return name
    return str(
        PurePath(*(_WITHHELD if contains_my_number(part, FieldShape.PATH) else part for part in parts))
    )
