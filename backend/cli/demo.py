"""``uketsuke demo``: the whole counter on this machine, to try out, or to play one visit automatically."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from backend.common import CommandFailedError, FolderTakenError, OutputFolder, replace_option
from backend.demo import (
    DemoError,
    PlayedKind,
    PrinterAddress,
    Starting,
    forget_settings,
    fresh_folders,
    make_pictures,
    play_once,
    port_is_free,
    run_until_told,
)

DEFAULT_PORT = 8710


class _PrinterAddress(click.ParamType[PrinterAddress]):
    """``HOST:PORT`` of a network printer; most listen on port 9100."""

    name = "HOST[:PORT]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> PrinterAddress:
        """Read the text."""
        if isinstance(value, PrinterAddress):
            return value
        host, colon, port = str(value).rpartition(":")
        if not colon:
            host, port = str(value), "9100"
        if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
            self.fail("write it as HOST:PORT, for example 192.168.10.20:9100", param, ctx)
        return PrinterAddress(host, int(port))


@click.command(
    "demo",
    short_help="Run the whole counter on this machine, or play one visit.",
    epilog="Examples: uketsuke demo; uketsuke demo --once --out var/visit",
)
@click.option("--once", is_flag=True, help="Play one whole visit by itself on virtual screens, then end.")
@click.option("--party", is_flag=True, help="With --once: a mother with two children and one stray notice.")
@click.option("--walk-in", is_flag=True, help="With --once: somebody without a reservation.")
@click.option("--no-card", is_flag=True, help="With --once: a visit that ends at issuance without the card.")
@click.option(
    "--out",
    type=OutputFolder(),
    help="With --once: folder for pictures, ticket, timeline and logs; an earlier visit's are replaced.  "
    "Default: var/visit.",
)
@click.option(
    "--pictures",
    type=OutputFolder(),
    help="Play one visit and draw every screen: folder for the pictures of README and docs, and for sheets with all screens.",
)
@replace_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"TCP port of the server; 0 takes a free one.  Default: {DEFAULT_PORT} if it is free; with --once, a free one.",
)
@click.option(
    "--printer",
    type=_PrinterAddress(),
    help="A real ESC/POS network printer, without --once.  Default: a virtual one that prints into files.",
)
@click.option(
    "--folder",
    type=OutputFolder(),
    default=Path("var"),
    show_default=True,
    help="Where the folder demo is made anew, without --once.",
)
def command(
    *,
    once: bool,
    party: bool,
    walk_in: bool,
    no_card: bool,
    out: Path | None,
    pictures: Path | None,
    replace: bool,
    port: int | None,
    printer: PrinterAddress | None,
    folder: Path,
) -> None:
    """Run server, kiosk window, hall display window and printer on this machine, with invented reservations.

    The counter runs until Ctrl-C, which ends every process. Without a screen, a camera or a printer it uses virtual
    ones and says so. It prints the addresses, the sample logins and what to try, and serves a page to this machine
    alone (on the port after the server's) that shows virtual screens, passes taps on, and holds up notices.

    With --once one visit is played through the same real processes, from the notice before the camera to the issued
    card; clerk and staff work in a real browser. The exit code is 0 only if every step really happened. Beside the visit of
    one person with a notice there are --party, --walk-in and --no-card.

    With --pictures the same visit is played for its pictures, and kiosk and hall display draw every screen that they have.
    """
    if (once or pictures is not None) and printer is not None:
        raise click.UsageError("--printer goes without --once and --pictures, which use the virtual printer")
    if out is not None and not once:
        raise click.UsageError("--out goes with --once")
    if once and pictures is not None:
        raise click.UsageError("--once and --pictures are two ways to play a visit; name one")
    if replace and pictures is None:
        raise click.UsageError("--replace goes with --pictures")
    kind = _kind(once=once, party=party, walk_in=walk_in, no_card=no_card)
    forget_settings()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    if pictures is not None:
        _pictures(pictures, replace=replace)
    elif once:
        _once(out or Path("var/visit"), port or 0, kind)
    else:
        _until_told(folder, port, printer)


def _kind(*, once: bool, party: bool, walk_in: bool, no_card: bool) -> PlayedKind:
    """The kind of visit that was asked for.

    Raises:
        click.UsageError: several, or one without --once.
    """
    asked = [
        kind
        for kind, wanted in (
            (PlayedKind.PARTY, party),
            (PlayedKind.WALK_IN_NO_CARD, walk_in and no_card),
            (PlayedKind.WALK_IN, walk_in),
            (PlayedKind.NO_CARD, no_card),
        )
        if wanted
    ]
    if asked and not once:
        raise click.UsageError("--party, --walk-in and --no-card go with --once")
    if party and len(asked) > 1:
        raise click.UsageError("--party is a visit of its own, without --walk-in and --no-card; name one")
    return asked[0] if asked else PlayedKind.ALONE


def _once(out: Path, port: int, kind: PlayedKind) -> None:
    try:
        with _writing(out):
            ticket = play_once(out, port=port, starting=Starting(_write), kind=kind)
    except FolderTakenError as error:
        raise CommandFailedError(f"{error}.") from None
    except DemoError as error:
        raise CommandFailedError(f"the visit failed: {error}; the logs are in {out / 'logs'}.") from None
    how = "ended at issuance without a card" if kind.without_card else "went all the way"
    _say(f"Ticket {ticket} {how}; what was seen of it is in {out}.")


def _pictures(folder: Path, *, replace: bool) -> None:
    try:
        with _writing(folder):
            made = make_pictures(folder, replace=replace, starting=Starting(_write))
    except DemoError as error:
        raise CommandFailedError(f"the pictures failed: {error}.") from None
    _say(f"{len(made)} pictures are in {folder}.")


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in a sentence that a folder cannot be written.

    Raises:
        CommandFailedError: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise CommandFailedError(f"the folder {folder} cannot be written: {error.strerror}.") from None


def _until_told(folder: Path, port: int | None, printer: PrinterAddress | None) -> None:
    if port is None:
        port = DEFAULT_PORT if port_is_free(DEFAULT_PORT) else 0
        if port == 0:
            _say(f"Port {DEFAULT_PORT} is taken; the server takes another.")
    try:
        with fresh_folders(folder) as folders:
            try:
                run_until_told(
                    folders,
                    printer,
                    port=port,
                    page_port=port + 1 if 0 < port < 65535 else 0,
                    starting=Starting(_write),
                )
            except DemoError as error:
                raise CommandFailedError(f"{error}; the logs are in {folders.logs}.") from None
    except DemoError as error:
        raise CommandFailedError(f"{error}.") from None
    except KeyboardInterrupt:
        _say("\nEverything has ended.")


def _say(text: str) -> None:
    click.echo(text)


def _write(text: str) -> None:
    click.echo(text, nl=False)
