"""The counter to try out: every part runs until the person at the console presses Ctrl-C."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from backend.demo.counter import CLERK, OPEN_DAYS, STAFF, Counter, Folders, PrinterAddress, prepare
from backend.demo.errors import DemoError
from backend.demo.page import DemoStage
from backend.demo.page_server import serving_page
from backend.demo.processes import Children
from backend.demo.starting import Starting
from backend.demo.virtual_screens import HALL_SIZE, KIOSK_SIZE, VirtualScreen, has_real_screen, open_screen
from backend.demo.visitors import Sample, Visitors
from backend.demo.waiting import Waiter

_READY_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 2.0
# Half size: both windows fit beside a browser on an ordinary screen.
_KIOSK_WINDOW = (KIOSK_SIZE[0] // 2, KIOSK_SIZE[1] // 2)
_HALL_WINDOW = (HALL_SIZE[0] // 2, HALL_SIZE[1] // 2)
_CAMERA = Path("/dev/video0")
_SCREENS = "screens"


@dataclass(frozen=True)
class Hardware:
    """What is real on this machine and what is virtual.

    Attributes:
        camera: the value of the kiosk's setting ``camera``.
        printer: a real network printer; None if it is virtual.
        screens: the virtual screens of kiosk and hall; None if this session has a screen.
    """

    camera: str
    printer: PrinterAddress | None
    screens: tuple[VirtualScreen, VirtualScreen] | None

    @property
    def real_camera(self) -> bool:
        """Whether a real camera is there."""
        return self.camera.startswith("device:")


def run_until_told(
    folders: Folders, printer: PrinterAddress | None, *, port: int, page_port: int, starting: Starting
) -> None:
    """Start everything, say what to try, and run until Ctrl-C (KeyboardInterrupt); then end everything.

    Args:
        folders: the demonstration's folders, empty.
        printer: a real network printer; without one, a virtual printer prints into files.
        port: TCP port of the server; 0 takes a free one.
        page_port: TCP port of the page that shows the virtual screens; if it is 0 or in use, a free one is taken.
        starting: prints what happens on the console.

    Raises:
        DemoError: a part did not start or ended by itself, or something is not installed.
        KeyboardInterrupt: Ctrl-C was pressed; everything has ended.
    """
    with Children(folders.logs) as children:
        waiter = Waiter(children.check, _READY_SECONDS)
        starting.say("Setting up:")
        with closing(prepare(folders, datetime.now(UTC), starting)) as visitors:
            starting.say("Starting:")
            screens = _screens(children, waiter, starting)
            hardware = Hardware(_camera(folders), printer, screens)
            counter = Counter(folders, children, waiter)
            _start(counter, hardware, port, starting)
            # Threads are started after the last process: a process that is forked while threads run may hang.
            with serving_page(_stage(counter, hardware, visitors), page_port) as page:
                starting.say("\n".join(what_to_try(counter.url, page, folders, hardware, visitors.samples)))
                _go_on(children, visitors, folders, hardware, starting.say)


def _start(counter: Counter, hardware: Hardware, port: int, starting: Starting) -> None:
    """Start server, printer, kiosk and hall display, one after the other."""
    with starting.step("server") as result:
        counter.start_server(port)
        result.words = f"up at {counter.url}"
    paper = hardware.printer
    if paper is None:
        with starting.step("virtual printer") as result:
            paper = counter.start_printer()
            result.words = f"listens on port {paper.port}"
    kiosk, hall = hardware.screens or (None, None)
    with starting.step("kiosk window"):
        counter.start_kiosk(kiosk, paper, hardware.camera, KIOSK_SIZE if kiosk else _KIOSK_WINDOW)
    with starting.step("hall display window"):
        counter.start_display(hall, HALL_SIZE if hall else _HALL_WINDOW, sound=hall is None)


def _go_on(
    children: Children, visitors: Visitors, folders: Folders, hardware: Hardware, say: Callable[[str], None]
) -> None:
    """Watch the parts, and keep the promises made on the console true, until Ctrl-C."""
    told: set[str] = set()
    while True:
        children.check()
        try:
            visitors.renew(datetime.now(UTC))
            visitors.print_next()
        except DemoError as error:
            # The counter goes on without it, and the next round tries again.
            if str(error) not in told:
                told.add(str(error))
                say(f"{error}.")
        _keep_pictures(folders, hardware)
        if visitors.prints_all:
            time.sleep(_LOOK_EVERY_SECONDS)


def _stage(counter: Counter, hardware: Hardware, visitors: Visitors) -> DemoStage:
    """What the page shows: whatever is virtual."""
    kiosk, hall = hardware.screens or (None, None)
    return DemoStage(
        screens={"kiosk": kiosk, "hall": hall} if kiosk and hall else {},
        samples=visitors.samples,
        camera=None if hardware.real_camera else counter.folders.camera,
        printer=None if hardware.printer else counter.folders.printer,
        links=(
            ("Clerk's page", f"{counter.url}/clerk", f"{CLERK[0]} / {CLERK[1]}"),
            ("Staff page", f"{counter.url}/staff", f"{STAFF[0]} / {STAFF[1]}"),
        ),
    )


def _camera(folders: Folders) -> str:
    return "device:0" if os.access(_CAMERA, os.R_OK | os.W_OK) else f"watch:{folders.camera}"


def _screens(
    children: Children, waiter: Waiter, starting: Starting
) -> tuple[VirtualScreen, VirtualScreen] | None:
    if has_real_screen():
        return None
    with starting.step("two virtual screens") as result:
        kiosk = open_screen(children, waiter, "kiosk", KIOSK_SIZE)
        hall = open_screen(children, waiter, "hall", HALL_SIZE)
        result.words = f"X displays {kiosk.display} (kiosk) and {hall.display} (hall)"
    return kiosk, hall


def what_to_try(
    url: str, page: str, folders: Folders, hardware: Hardware, samples: Sequence[Sample]
) -> list[str]:
    """The lines printed on the console once everything runs.

    Args:
        url: address of the server.
        page: address of the demonstration's page.
        folders: the demonstration's folders.
        hardware: what is real and what is virtual.
        samples: what can be held up to the camera; the first is on time.
    """
    here = _short(folders.work)
    first = here / "notices" / f"{samples[0].name}.png"
    lines = [
        "",
        f"The counter is open, day and night for {OPEN_DAYS} days: the demonstration has hours of its own.",
    ]
    if hardware.screens is None:
        lines.append("  kiosk, hall      two windows on your screen")
    else:
        kiosk, hall = hardware.screens
        lines += [
            f"  kiosk, hall      there is no screen, so they are on virtual ones: X displays {kiosk.display} and {hall.display}",
            f"                   pictures of them every few seconds: {here / _SCREENS}/",
        ]
    lines += [
        f"  page to try it   {page}",
        f"                   {_on_the_page(hardware)}; for this machine only",
        f"  clerk page       {url}/clerk   login {CLERK[0]}, password {CLERK[1]}",
        f"  staff page       {url}/staff   login {STAFF[0]}, password {STAFF[1]}",
        f"  camera           {'/dev/video0' if hardware.real_camera else 'there is none, so a virtual one watches a folder'}",
    ]
    if hardware.printer is None:
        lines.append(f"  printer          there is none, so a virtual one prints into {here / 'printer'}/")
        lines.append(
            f"                   out of paper: echo paper_out > {here / 'printer' / 'mode'}   (well again: ok)"
        )
    else:
        lines.append(f"  printer          {hardware.printer.host} port {hardware.printer.port}")
    lines += [
        f"  logs             {here / 'logs'}/",
        "",
        f"Notices of invented visitors, in {here / 'notices'}/:",
    ]
    lines += [f"  {sample.picture.name:<18} {sample.shows}" for sample in samples]
    show = (
        f"print {first} and hold it before the camera"
        if hardware.real_camera
        else f"cp {first} {here / 'camera'}/"
    )
    by_hand = show if hardware.real_camera else f'on the page, "Hold it up"; or {show}'
    lines += [
        "The first is printed, the others follow within a minute. Reserved times move along, so each stays as it says",
        "until it has a number (early and late: not in the minutes around midnight).",
        "",
        "Try:",
        f"  1. Hold up a notice: {by_hand}",
        "  2. Clerk page: take window 1, call the next visitor, begin, tick the notice and A03, hand over.",
        "  3. Staff page: take window A, call the number, issue the card.",
        "  4. Hold up the same notice again, tap on the kiosk for a number without a notice, or type a number there.",
    ]
    if hardware.screens is not None:
        lines += [
            "",
            f"From another computer, open the same addresses there after: ssh {_forwarded(url, page)} THIS-MACHINE",
        ]
    return [*lines, "", "Ctrl-C ends everything."]


def _forwarded(*addresses: str) -> str:
    """The ssh options that forward the ports of these addresses to another computer."""
    ports = [urlsplit(address).port for address in addresses]
    return " ".join(f"-L {port}:127.0.0.1:{port}" for port in ports)


def _on_the_page(hardware: Hardware) -> str:
    """What the page can be used for on this machine."""
    shown = ["see and tap both screens"] if hardware.screens is not None else []
    if not hardware.real_camera:
        shown.append("hold up notices")
    if hardware.printer is None:
        shown.append("see the tickets")
    return ", ".join(shown) or "the list of notices"


def _keep_pictures(folders: Folders, hardware: Hardware) -> None:
    """Write pictures of the virtual screens into the folder; each file is complete at any moment."""
    for name, screen in zip(("kiosk", "hall"), hardware.screens or (), strict=False):
        picture = folders.work / _SCREENS / f"{name}.png"
        picture.parent.mkdir(exist_ok=True)
        unfinished = picture.with_suffix(".part")
        screen.picture().save(unfinished, format="PNG", compress_level=1)
        unfinished.replace(picture)


def _short(path: Path) -> Path:
    """A path as one would type it in the current folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
