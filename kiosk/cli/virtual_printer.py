"""``uketsuke-kiosk virtual-printer``: a network printer that prints into files."""

import asyncio
import contextlib
import json
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from backend.common import CommandFailedError, OutputFolder
from kiosk.virtual import MODE_FILE, Habits, PrinterMode, VirtualPrinter, follow_mode_file

_LONGEST_MODE = 100
_MODES = "\n".join(f"      {mode.value:<19}{mode.meaning}" for mode in PrinterMode)


@click.command(
    "virtual-printer",
    help=f"""Listen like an ESC/POS network printer and print each job into files.

    A job becomes NNN.bin (its bytes) and NNN.png (its paper) in the folder of --out. What happens is told on
    standard output, one JSON object per line: virtual_printer_ready, job_received, job_incomplete, blank_slip,
    line_dropped, mode_changed, obeyed_in_picture. It runs until it is interrupted.

    \b
    It can misbehave:
{_MODES}

    The mode of a running printer is changed by writing its name into the file "{MODE_FILE}" of the folder.

    \b
    Example:
      uketsuke-kiosk virtual-printer --port 9100 --out var/printer
      echo paper_out > var/printer/{MODE_FILE}
    """,
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9100,
    show_default=True,
    help="TCP port to listen on; 0 takes a free one and tells it.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--out",
    type=OutputFolder(),
    required=True,
    help="Folder for the jobs; made if missing.",
)
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in PrinterMode]),
    default=PrinterMode.OK.value,
    show_default=True,
    help="How it behaves at first.",
)
@click.option(
    "--rate",
    type=click.IntRange(min=20),
    default=20_000,
    show_default=True,
    help="Bytes per second in the mode slow.",
)
@click.option(
    "--drop-after",
    type=click.IntRange(min=1),
    default=2_000,
    show_default=True,
    help="Bytes after which the mode drop cuts the line.",
)
@click.option(
    "--late",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Seconds by which answers come late in the mode late.",
)
@click.option(
    "--rest",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    help="Seconds for which the mode one_at_a_time refuses after a connection.",
)
def command(port: int, host: str, out: Path, mode: str, **habits: Any) -> None:
    """Run the virtual printer. The help text is given to click above, because it lists the modes."""
    control = out / MODE_FILE
    if not _is_ours(control):
        raise CommandFailedError(
            f"{control} holds no mode of a printer and was left alone; name another folder."
        )
    printer = VirtualPrinter(out, port, PrinterMode(mode), host=host, habits=Habits(**habits), on_event=_tell)
    try:
        asyncio.run(_run(printer, out, host))
    except (OSError, OverflowError) as error:
        raise CommandFailedError(
            f"The virtual printer cannot use port {port} of {host} or the folder {out}: {error}."
        ) from error


def _is_ours(control: Path) -> bool:
    """Whether the mode file does not exist, or holds the name of a mode or nothing, so that it may be overwritten."""
    if not os.path.lexists(control):
        return True
    try:
        return (
            control.is_file()
            and control.stat().st_size <= _LONGEST_MODE
            and (control.read_text("utf-8").strip() in {"", *PrinterMode})
        )
    except (OSError, UnicodeDecodeError):
        return False


async def _run(printer: VirtualPrinter, out: Path, host: str) -> None:
    await printer.start()
    control = out / MODE_FILE
    control.write_text(f"{printer.mode.value}\n", "utf-8")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    _tell(
        "virtual_printer_ready",
        {"host": host, "port": printer.port, "mode": printer.mode.value, "out": str(out)},
    )
    follower = asyncio.create_task(follow_mode_file(printer, control))
    await stopping.wait()
    follower.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await follower
    await printer.stop()


def _tell(event: str, values: dict[str, object]) -> None:
    """Write one JSON line at once, because the program that started the printer may wait for it."""
    line = {"event": event, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **values}
    click.echo(json.dumps(line))
