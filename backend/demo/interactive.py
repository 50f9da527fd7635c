"""The counter for trying out: every part runs until the person at the console has had enough."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backend.demo.counter import CLERK, STAFF, Counter, Folders, Printer, prepare
from backend.demo.expected import Expected
from backend.demo.processes import Children
from backend.demo.screens import HALL_SIZE, KIOSK_SIZE, Screen, has_real_screen, open_screen
from backend.demo.waiting import Waiter

_READY_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 2.0
# Half size: both windows fit beside a browser on an ordinary desk.
_KIOSK_WINDOW = (KIOSK_SIZE[0] // 2, KIOSK_SIZE[1] // 2)
_HALL_WINDOW = (HALL_SIZE[0] // 2, HALL_SIZE[1] // 2)
_CAMERA = Path("/dev/video0")
_SCREENS = "screens"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Hardware:
    """What is real on this machine and what is virtual.

    Attributes:
        camera: as the kiosk's setting names it.
        printer: a real network printer, or none.
        screens: the virtual ones of kiosk and hall, or none where this session has its own.
    """

    camera: str
    printer: Printer | None
    screens: tuple[Screen, Screen] | None


def run_until_told(folders: Folders, printer: Printer | None, *, port: int, say: Say) -> None:
    """Start everything, tell what to try, and go on until Ctrl-C (KeyboardInterrupt); then end everything.

    Args:
        folders: empty ones.
        printer: a real network printer; without one a virtual one prints into files.
        port: of the server; 0 takes a free one.
        say: tells the person at the console.

    Raises:
        DemoError: a part did not start or ended by itself, or something is not installed.
        KeyboardInterrupt: the person has had enough; everything has ended.
    """
    with Children(folders.logs) as children:
        waiter = Waiter(children.check, _READY_SECONDS)
        say("Setting up: a database, an invented export, notices, accounts, devices.")
        expected = prepare(folders, datetime.now(UTC))
        hardware = Hardware(_camera(folders), printer, _screens(children, waiter))
        say("Starting: server, printer, kiosk, hall display.")
        counter = Counter(folders, children, waiter)
        counter.start_server(port)
        paper = hardware.printer or counter.start_printer()
        kiosk, hall = hardware.screens or (None, None)
        counter.start_kiosk(kiosk, paper, hardware.camera, KIOSK_SIZE if kiosk else _KIOSK_WINDOW)
        counter.start_display(hall, HALL_SIZE if hall else _HALL_WINDOW, sound=hall is None)
        say("\n".join(_what_to_try(counter.url, folders, hardware, expected)))
        while True:
            children.check()
            _keep_pictures(folders, hardware)
            time.sleep(_LOOK_EVERY_SECONDS)


def _camera(folders: Folders) -> str:
    return "device:0" if os.access(_CAMERA, os.R_OK | os.W_OK) else f"watch:{folders.camera}"


def _screens(children: Children, waiter: Waiter) -> tuple[Screen, Screen] | None:
    if has_real_screen():
        return None
    return (
        open_screen(children, waiter, "kiosk", KIOSK_SIZE),
        open_screen(children, waiter, "hall", HALL_SIZE),
    )


def _what_to_try(url: str, folders: Folders, hardware: Hardware, expected: Sequence[Expected]) -> list[str]:
    """What stands on the console once everything runs."""
    here = _short(folders.work)
    real_camera = hardware.camera.startswith("device:")
    first = expected[0].number
    lines = [
        "",
        "The counter is open (an extra opening today and tomorrow, 0:00 to 24:00, so that it always is).",
    ]
    if hardware.screens is None:
        lines.append("  kiosk, hall      two windows on your screen")
    else:
        shown = here / _SCREENS
        lines.append(
            f"  kiosk, hall      there is no screen, so they are on virtual ones; what they show is in {shown}/"
        )
    lines += [
        f"  clerk page       {url}/clerk   login {CLERK[0]}, password {CLERK[1]}",
        f"  staff page       {url}/staff   login {STAFF[0]}, password {STAFF[1]}",
        f"  camera           {'/dev/video0' if real_camera else 'there is none, so a virtual one watches a folder'}",
    ]
    if hardware.printer is None:
        lines.append(f"  printer          there is none, so a virtual one prints into {here / 'printer'}/")
        lines.append(
            f"                   out of paper: echo paper_out > {here / 'printer' / 'mode'}   (well again: ok)"
        )
    else:
        lines.append(f"  printer          {hardware.printer.host} port {hardware.printer.port}")
    lines += [f"  logs             {here / 'logs'}/", "", "Notices of invented visitors:"]
    lines += [f"  {here / 'notices' / visitor.number}.png   {visitor.shows}" for visitor in expected]
    notice = here / "notices" / f"{first}.png"
    show = (
        f"print {notice} and hold it before the camera" if real_camera else f"cp {notice} {here / 'camera'}/"
    )
    lines += [
        "",
        "Try:",
        f"  1. Hold up a notice: {show}",
        "  2. Clerk page: take window 1, call the next visitor, begin, tick the notice and A03, hand over.",
        "  3. Staff page: take window A, call the number, issue the card.",
        "",
        "Ctrl-C ends everything.",
    ]
    return lines


def _keep_pictures(folders: Folders, hardware: Hardware) -> None:
    """Put what the virtual screens show where it can be looked at; whoever looks finds whole pictures."""
    for name, screen in zip(("kiosk", "hall"), hardware.screens or (), strict=False):
        picture = folders.work / _SCREENS / f"{name}.png"
        picture.parent.mkdir(exist_ok=True)
        unfinished = picture.with_suffix(".part")
        screen.picture().save(unfinished, format="PNG", compress_level=1)
        unfinished.replace(picture)


def _short(path: Path) -> Path:
    """A path as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
