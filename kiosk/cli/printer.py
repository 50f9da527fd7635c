"""``uketsuke-kiosk printer``: asks a network printer for its state, for the person who installs it."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import click
import structlog

from backend.common import EXIT_FAILED, CommandFailedError, FontMissingError
from backend.common.device_kit import device_now
from backend.common.receipt import WIDTHS, build_job
from backend.wire import PrinterTrouble, PrintState
from kiosk.cli.printer_address import read_printer_address
from kiosk.paper import NetworkPrinter, PrinterState, PrinterStatus, ask_name, draw_trial

WORDS: Final = {
    PrinterState.READY: "ready",
    PrinterState.COVER_OPEN: "its cover is open",
    PrinterState.PAPER_OUT: "out of paper",
    PrinterState.ERROR: "it tells of a fault",
    PrinterState.OFFLINE: "offline",
    PrinterState.SILENT: "it takes the connection and does not answer",
    PrinterState.UNREACHABLE: "no connection",
}

PRINT_WORDS: Final = {
    PrintState.PRINTED: "printed",
    PrintState.UNCONFIRMED: "sent, but the printer did not say that it is out",
    PrintState.FAILED: "not printed",
}

HINTS: Final = {
    PrinterTrouble.COVER_OPEN: "Close the cover until it clicks.",
    PrinterTrouble.PAPER_OUT: "Put in a roll with its end hanging out. If there is one already, look at the paper sensor.",
    PrinterTrouble.ERROR: "Look for jammed paper at the cutter, then switch the printer off and on.",
    PrinterTrouble.OFFLINE: "Look at its lights, and press its feed button; some models call themselves offline "
    "while a menu or a self-test is open.",
    PrinterTrouble.SILENT: "A print server in between may let nothing back, or another protocol than ESC/POS is set "
    "in the printer. Without answers every ticket counts as unconfirmed.",
    PrinterTrouble.LINE_DROPPED: "Look at the network cable, and whether another program uses the printer.",
}

_REFUSED: Final = (
    "Something is there and refuses port {port}: printers usually listen on 9100. If the port is right, another "
    "program may hold the printer's only connection."
)
_UNKNOWN_NAME: Final = "Nobody knows the name {host}: use the printer's address, which its self-test prints."
_NO_WAY: Final = (
    "Look at the printer's power, its network cable and the address, which its self-test prints; it must be in a "
    "network that this machine reaches."
)
_BACK: Final = "It takes connections again now: try once more."

TrialPrint = tuple[PrintState, PrinterTrouble | None, int]
"""Result of the test print, its trouble if there was one, and how many milliseconds it took."""


@dataclass(frozen=True)
class Findings:
    """What the command found out.

    Attributes:
        status: the printer's state.
        model: maker and model, where the printer says them.
        printed: the result of the test print, where one was asked for.
    """

    status: PrinterStatus
    model: str | None
    printed: TrialPrint | None

    @property
    def well(self) -> bool:
        """Whether the printer works: it is ready, and a test print, if there was one, succeeded."""
        ready = self.status.state is PrinterState.READY
        return ready and (self.printed is None or self.printed[0] is PrintState.PRINTED)

    @property
    def trouble(self) -> PrinterTrouble | None:
        """The trouble to deal with first; None where all is well."""
        return (self.printed[1] if self.printed else None) or self.status.trouble

    def as_json(self) -> str:
        """The findings as one JSON line."""
        printed = None
        if self.printed is not None:
            state, trouble, ms = self.printed
            printed = {"state": state.value, "trouble": trouble.value if trouble else None, "ms": ms}
        return json.dumps(
            {
                "reachable": self.status.state is not PrinterState.UNREACHABLE,
                "state": self.status.state.value,
                "near_end": self.status.near_end,
                "model": self.model,
                "print": printed,
            }
        )

    def as_lines(self) -> list[str]:
        """The findings in words, line by line."""
        state = self.status.state
        lines = [f"reachable   {'no' if state is PrinterState.UNREACHABLE else 'yes'}"]
        lines.append(f"state       {WORDS[state]}")
        if state is PrinterState.READY:
            lines.append(f"model       {self.model or 'it does not say'}")
            near = "near its end: change the roll soon"
            lines.append(f"paper       {near if self.status.near_end else 'not said to be near its end'}")
        if self.printed is not None:
            what, trouble, ms = self.printed
            why = f" ({trouble.value})" if trouble else ""
            lines.append(f"test print  {PRINT_WORDS[what]}{why}, {ms} ms")
        return lines


@click.command("printer")
@click.argument("address", metavar="HOST:PORT", callback=read_printer_address)
@click.option("--print", "trial", is_flag=True, help="Also print a paper that says that it is a test.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON line; hints go to standard error.")
@click.option(
    "--paper",
    type=click.Choice(list(WIDTHS)),
    default="80",
    show_default=True,
    help="Width of the paper roll in mm, for the test print.",
)
def command(address: tuple[str, int], trial: bool, as_json: bool, paper: str) -> int:
    """Ask a network printer for its state, and say what to try if something is wrong.

    \b
    The JSON line is {"reachable", "state", "near_end", "model", "print": {"state", "trouble", "ms"}}:
      state    ready, cover_open, paper_out, error, offline, silent or unreachable
      model    maker and model as the printer says them; null if it does not
      print    null without --print; state is printed, unconfirmed or failed, ms is from the first
               byte to the printer's word that the paper is out

    The command ends with 0 only if the printer is ready and, with --print, has printed.

    \b
    Example:
      uketsuke-kiosk printer 192.168.10.20:9100 --print
    """  # noqa: D301 - \b is click's mark for "keep these lines"
    with _without_log():
        found = _look(address, paper if trial else None)
    hint = _hint(found, address)
    if as_json:
        click.echo(found.as_json())
        if hint:
            click.echo(f"uketsuke-kiosk: {hint}", err=True)
    else:
        for line in found.as_lines():
            click.echo(line)
        if hint:
            click.echo(f"\n{hint}")
    return 0 if found.well else EXIT_FAILED


@contextmanager
def _without_log() -> Iterator[None]:
    """Log nothing but critical events meanwhile: the findings say the same, and log lines would stand between them."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    try:
        yield
    finally:
        structlog.configure(**before)


def _look(address: tuple[str, int], paper: str | None) -> Findings:
    """Ask for the state, print on ``paper`` (width in mm) if it is given, and ask a ready printer for its name."""
    job = None if paper is None else _job(paper)
    printer = NetworkPrinter(*address)
    status = printer.status()
    printed = None
    if job is not None:
        began = time.monotonic()
        result = printer.print(job)
        printed = result.state, result.trouble, round((time.monotonic() - began) * 1000)
    model = ask_name(*address) if status.state is PrinterState.READY else None
    return Findings(status, model, printed)


def _job(paper: str) -> bytes:
    try:
        return build_job(draw_trial(paper, device_now()), WIDTHS[paper])
    except FontMissingError as error:
        raise CommandFailedError(f"The test print cannot be drawn: {error}.") from error


def _hint(found: Findings, address: tuple[str, int]) -> str | None:
    """What to try next; None where all is well."""
    if found.trouble is None:
        return None
    if found.trouble is PrinterTrouble.UNREACHABLE:
        host, port = address
        return _why_unreachable(host, port).format(host=host, port=port)
    return HINTS[found.trouble]


def _why_unreachable(host: str, port: int, timeout: float = 3.0) -> str:
    try:
        socket.create_connection((host, port), timeout).close()
    except ConnectionRefusedError:
        return _REFUSED
    except (socket.gaierror, ValueError):
        return _UNKNOWN_NAME
    except OSError:
        return _NO_WAY
    return _BACK
