"""``uketsuke-kiosk run``: the kiosk itself."""

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from backend.common import CommandFailedError
from backend.common.device_kit import (
    TOUCH_WINDOW,
    configure_logs,
    log_option,
    opening_window,
    place_options,
    require_fonts,
    require_screen,
    server_options,
    set_kivy_environment,
    set_kivy_window,
    size_option,
    stop_on_signals,
)
from kiosk.cli.printer_address import read_printer_address
from kiosk.config import NO_CAMERA, KioskConfig, KioskConfigError, load_kiosk_config


def prepare_kivy(config: KioskConfig, home: Path) -> None:
    """Set Kivy up. Call it before Kivy is imported for the first time.

    Args:
        config: the settings.
        home: a private folder for whatever Kivy writes.
    """
    # All sizes of the screens are in dp: this is their scale.
    set_kivy_environment(home, config.window_scale)
    from kivy.config import Config  # noqa: PLC0415 - reads the environment that was just set

    set_kivy_window(Config, config, fps=config.max_fps, touches=TOUCH_WINDOW, resizable=False)


async def show(config: KioskConfig, token: str, folder: Path) -> None:
    """Run the kiosk until its window is closed or the process is told to end.

    Args:
        config: the settings.
        token: the device's token.
        folder: folder for files of this run.

    Raises:
        KioskConfigError: the camera's source has no known form.
    """
    from kiosk.assembly import Parts  # noqa: PLC0415 - imports Kivy

    with ExitStack() as stack:
        parts = Parts.make(config, token, folder)
        stack.callback(parts.close)
        stop_on_signals(parts.app.stop)
        parts.start()
        try:
            await parts.app.run_all()
        finally:
            await parts.client.aclose()


@click.command(
    "run",
    short_help="Receive visitors; this is what runs without a command.",
    epilog="""\b
Examples:
  uketsuke-kiosk run --server http://192.168.10.5:8710 --token-file /etc/uketsuke/kiosk.token \\
      --printer 192.168.10.20:9100 --fullscreen
  uketsuke-kiosk --server http://127.0.0.1:8710 --token-file var/kiosk.token \\
      --camera watch:var/camera --printer 127.0.0.1:9100 --size 540x960
""",
)
@server_options("kiosk")
@click.option(
    "--camera",
    metavar="SOURCE",
    help="Where pictures come from: device:N (a camera), video:FILE, folder:DIR (its pictures in order), "
    f"watch:DIR (pictures put into a folder), or {NO_CAMERA}. [device:0]",
)
@click.option(
    "--scanner",
    metavar="SOURCE",
    help="A hand scanner beside the camera: keyboard (it types what it reads), serial:/dev/ttyACM0 (it sends lines), "
    "or none. [keyboard]",
)
@click.option(
    "--printer",
    callback=read_printer_address,
    metavar="HOST:PORT",
    help="The network printer. [127.0.0.1:9100]",
)
@click.option("--paper", "paper_width", type=click.Choice(["80", "58"]), help="Paper width in mm. [80]")
@click.option(
    "--language",
    metavar="TAG",
    help="What the machine speaks to a new visitor: ja, ja-easy, en, zh-Hans, ko. [ja]",
)
@size_option("1080x1920")
@click.option(
    "--scale",
    type=float,
    help="Size of everything against the design of 1080x1920. [what fits the window]",
)
@place_options
@click.option("--sound/--silent", default=None, help="Short sounds, or none. [sound]")
@log_option(
    "kiosk_ready, screen_shown (after it was drawn), notice_seen, checked_in, ticket_printed, print_failed and others"
)
def command(
    config_file: Path | None,
    printer: tuple[str, int] | None,
    paper_width: str | None,
    **options: object,
) -> None:
    """Receive visitors: read the notice's code, give a number, print the ticket.

    The kiosk asks the server for every number and keeps nothing itself. If the server, the camera or the printer
    does not answer, the kiosk waits for it and says so on its screen. It runs until its window is closed or the
    process is told to end (Ctrl-C).
    """
    if printer is not None:
        options.update(printer_host=printer[0], printer_port=printer[1])
    if paper_width is not None:
        options.update(paper_width=int(paper_width))
    try:
        config = load_kiosk_config(config_file, **options)
        token = config.read_token()
    except KioskConfigError as error:
        raise CommandFailedError(f"{error}.") from None
    require_screen()
    require_fonts()
    configure_logs(config)
    with tempfile.TemporaryDirectory(prefix="uketsuke-kiosk-") as folder:
        prepare_kivy(config, Path(folder))
        try:
            with opening_window():
                asyncio.run(show(config, token, Path(folder)))
        except KioskConfigError as error:
            raise CommandFailedError(f"{error}.") from None
