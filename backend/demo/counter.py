"""The counter on this machine: a database with invented reservations, people and devices, and every part running."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from backend.bootstrap import open_directory
from backend.common import in_tokyo
from backend.demo.expected import ROWS, write_export
from backend.demo.logs import EventLines
from backend.demo.processes import Child, Children, program, run_command
from backend.demo.starting import Starting
from backend.demo.virtual_screens import VirtualScreen
from backend.demo.visitors import Visitors
from backend.demo.waiting import Waiter
from backend.protection import DeviceKind, Role, create_account, enrol
from backend.settings import load_settings
from backend.storage import Database, migrate

OFFICE = "00"
CLERK = ("clerk01", "madoguchi-uketsuke-1")
STAFF = ("staff01", "madoguchi-koufu-1")
"""Sample accounts: login and password. They exist in the demonstration's own database only."""

OPEN_DAYS = 14
"""For this many days, beginning today, the office is open from midnight to midnight."""

_SERVING = "serving on "


@dataclass(frozen=True)
class Folders:
    """The folders of the demonstration.

    Attributes:
        work: database, settings, tokens; nothing worth keeping.
        logs: one log per part.
    """

    work: Path
    logs: Path

    @property
    def config(self) -> Path:
        """Settings of the server."""
        return self.work / "uketsuke.toml"

    @property
    def notices(self) -> Path:
        """The printed notices."""
        return self.work / "notices"

    @property
    def camera(self) -> Path:
        """The folder of the virtual camera, which sees the pictures that are put there."""
        return self.work / "camera"

    @property
    def printer(self) -> Path:
        """The folder into which the virtual printer prints."""
        return self.work / "printer"

    @property
    def database_url(self) -> str:
        """The demonstration's own database."""
        return f"sqlite:///{self.work / 'uketsuke.db'}"

    def token(self, device: str) -> Path:
        """The token file of a device."""
        return self.work / f"{device}.token"


@dataclass(frozen=True)
class PrinterAddress:
    """The address of a network printer."""

    host: str
    port: int


def prepare(folders: Folders, now: datetime, starting: Starting, *, party: bool = False) -> Visitors:
    """Set up everything before the parts start: settings, database, reservations, notices, accounts, devices.

    Args:
        folders: empty folders.
        now: the present time, aware; the reservations are around it.
        starting: prints each step.
        party: whether the visitors are a mother, her children and somebody of another day, instead of one per outcome.

    Returns:
        The visitors; the notice of the first, who is on time and comes alone, is printed.

    Raises:
        DemoError: a step failed; the message includes its error.
    """
    for folder in (folders.work, folders.logs, folders.camera, folders.printer):
        folder.mkdir(parents=True, exist_ok=True)
    folders.config.write_text(_settings_text(folders, now), "utf-8")
    settings = load_settings(folders.config)
    with starting.step("database") as result:
        _make_database(folders)
        result.words = "made"
    export = folders.work / "export.csv"
    with starting.step("sample reservations") as result:
        expected = write_export(export, open_directory(settings), now, office_id=OFFICE, party=party)
        run_command(
            [program("uketsuke"), "import", str(export), "--config", str(folders.config)],
            what="the import of the sample",
        )
        result.words = f"{ROWS} imported"
    with starting.step("notices") as result:
        visitors = Visitors(settings, folders.notices, expected, now)
        visitors.send_notices(now)
        visitors.print_next()
        result.words = f"{len(expected)} made, the first one printed"
    with starting.step("accounts and devices") as result:
        _enrol(folders)
        result.words = f"{CLERK[0]}, {STAFF[0]}; a kiosk and a hall display"
    return visitors


def _make_database(folders: Folders) -> None:
    database = Database(folders.database_url)
    try:
        migrate(database)
    finally:
        database.dispose()


def _enrol(folders: Folders) -> None:
    database = Database(folders.database_url)
    try:
        for (login, password), role in ((CLERK, Role.CLERK), (STAFF, Role.STAFF)):
            create_account(database, login, password, role, OFFICE)
        with database.write() as work:
            for kind in DeviceKind:
                token, _device = enrol(work, f"{kind.value}-1", kind, OFFICE)
                _write_private(folders.token(kind.value), token)
    finally:
        database.dispose()


class Counter:
    """Every part, running.

    Args:
        folders: the folders, prepared by :func:`prepare`.
        children: starts the parts and ends them.
        waiter: waits until each part is ready.
    """

    def __init__(self, folders: Folders, children: Children, waiter: Waiter) -> None:
        self.folders = folders
        self.kiosk_lines = EventLines(folders.logs / "kiosk.log")
        self.display_lines = EventLines(folders.logs / "display.log")
        self.printer_lines = EventLines(folders.logs / "printer.log")
        self.url = ""
        self._children = children
        self._waiter = waiter

    def start_server(self, port: int) -> None:
        """Start the server and wait until it listens.

        Args:
            port: TCP port; 0 takes a free one.
        """
        argv = [program("uketsuke"), "serve", "--config", str(self.folders.config), "--port", str(port)]
        child = self._children.start("the server", [*argv, "--log-json"], log="server")
        self.url = self._waiter.until("the server did not start", lambda: _address(child))

    def start_printer(self) -> PrinterAddress:
        """Start the virtual printer on a free port and wait until it listens."""
        argv = [
            program("uketsuke-kiosk"),
            "virtual-printer",
            "--port",
            "0",
            "--out",
            str(self.folders.printer),
        ]
        self._children.start("the virtual printer", argv, log="printer")
        ready = self._waiter.until(
            "the virtual printer did not start", lambda: self.printer_lines.first("virtual_printer_ready")
        )
        return PrinterAddress(str(ready["host"]), int(ready["port"]))

    def start_kiosk(
        self, screen: VirtualScreen | None, printer: PrinterAddress, camera: str, size: tuple[int, int]
    ) -> None:
        """Start the kiosk's window and wait until it is ready for visitors.

        Args:
            screen: the virtual screen; None if this session's own screen is used.
            printer: the printer for the tickets.
            camera: the value of the kiosk's setting ``camera``.
            size: width and height of the window in pixels.
        """
        env = self._device_env("kiosk", "UKETSUKE_KIOSK_", screen, size) | {
            "UKETSUKE_KIOSK_CAMERA": camera,
            "UKETSUKE_KIOSK_PRINTER_HOST": printer.host,
            "UKETSUKE_KIOSK_PRINTER_PORT": str(printer.port),
        }
        self._children.start("the kiosk", [program("uketsuke-kiosk"), "run"], log="kiosk", env=env)
        self._waiter.until("the kiosk did not get ready", lambda: self.kiosk_lines.first("kiosk_ready"))

    def start_display(self, screen: VirtualScreen | None, size: tuple[int, int], *, sound: bool) -> None:
        """Start the hall display's window and wait until it shows the hall.

        Args:
            screen: the virtual screen; None if this session's own screen is used.
            size: width and height of the window in pixels.
            sound: whether calls are audible.
        """
        env = self._device_env("display", "UKETSUKE_DISPLAY_", screen, size)
        env["UKETSUKE_DISPLAY_SOUND"] = "true" if sound else "false"
        self._children.start("the hall display", [program("uketsuke-display")], log="display", env=env)
        self._waiter.until(
            "the hall display did not get ready", lambda: self.display_lines.first("board_shown")
        )

    def _device_env(
        self, device: str, prefix: str, screen: VirtualScreen | None, size: tuple[int, int]
    ) -> dict[str, str]:
        settings: Mapping[str, object] = {
            "SERVER_URL": self.url,
            "TOKEN_FILE": self.folders.token(device),
            "WIDTH": size[0],
            "HEIGHT": size[1],
            "LOG_JSON": "true",
        }
        env = {f"{prefix}{name}": str(value) for name, value in settings.items()}
        if screen is not None:
            # SDL would prefer the Wayland session in which this runs to the virtual screen.
            env |= {"DISPLAY": screen.display, "WAYLAND_DISPLAY": "", "SDL_VIDEODRIVER": "x11"}
            env |= {f"{prefix}LEFT": "0", f"{prefix}TOP": "0"}
        return env


def _settings_text(folders: Folders, now: datetime) -> str:
    """The server's settings, with the counter open round the clock for weeks: it is open whenever this runs."""
    today = in_tokyo(now).date()
    openings = "".join(
        f'\n[[special_openings]]\noffice = "{OFFICE}"\non = {day.isoformat()}\nopens = 00:00:00\ncloses = 23:59:00\n'
        for day in (today + timedelta(days=ahead) for ahead in range(OPEN_DAYS))
    )
    return (
        f"database_url = {json.dumps(folders.database_url)}\n"
        f"var_dir = {json.dumps(str(folders.work))}\n"
        f"{openings}"
    )


def _address(child: Child) -> str | None:
    """The address that the server logs once it listens and answers; None before that."""
    lines = child.log.read_text("utf-8", errors="replace").splitlines(keepends=True)
    told = next((line for line in lines if line.startswith(_SERVING) and line.endswith("\n")), None)
    return told.removeprefix(_SERVING).strip() if told is not None else None


def _write_private(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text, "utf-8")
