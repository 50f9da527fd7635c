"""Puts the parts of a kiosk together. It imports Kivy, whose environment must be set before."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.client import BackendClient
from kiosk.camera import Camera, CameraError, CameraState, Optics
from kiosk.config import KioskConfig, KioskConfigError
from kiosk.hand import SerialScanner, open_port
from kiosk.paper import Confirm, NetworkPrinter, Printer, PrinterAsker, PrinterStatus, TicketPaper
from kiosk.reading import Scan, Scanner
from kiosk.screens import KioskApp
from kiosk.session import KioskSession, Rhythm, TonePlayer, write_tone
from kiosk.visit import Flow

LOOK_SECONDS: Final = 1.0
"""How long a check of the printer waits for an answer: enough for a slow network, too short to bother visitors."""


@dataclass(frozen=True)
class Parts:
    """The parts of a kiosk; None for parts that the settings leave out."""

    client: BackendClient
    session: KioskSession
    paper: TicketPaper
    camera: Camera | None
    scanner: Scanner | None
    hand: SerialScanner | None
    app: KioskApp

    @classmethod
    def make(cls, config: KioskConfig, token: str, folder: Path) -> "Parts":
        """Put a kiosk together. Call it on the asyncio loop that will run the kiosk.

        Args:
            config: the settings.
            token: the device's token.
            folder: folder for files of this run.

        Raises:
            KioskConfigError: the camera's source has no known form.
        """
        client = BackendClient(config.server_url, token)
        printer = NetworkPrinter(
            config.printer_host, config.printer_port, confirm=Confirm(config.printer_confirm)
        )
        paper = TicketPaper(printer, config.paper_width)
        camera = _camera(config)
        session = KioskSession(
            Flow(config.durations, config.language),
            client,
            paper,
            camera_works=lambda: (
                camera is not None and camera.state in {CameraState.RUNNING, CameraState.OPENING}
            ),
            has_camera=config.has_camera,
            ask_printer=_asker(config, printer),
            rhythm=Rhythm(printer=config.printer_watch_seconds),
            scanner_works=None if config.scanner_port is None else lambda: hand is not None and hand.works,
        )
        hand = _hand_scanner(config, session)
        if config.sound:
            session.on_tone = TonePlayer(write_tone(folder))
        scanner = None
        if camera is not None:
            scanner = Scanner(camera, lambda scan: _hand_over(scan, session), session.book.has)
        app = KioskApp(config, session, pictures=scanner.preview if scanner is not None else None)
        return cls(client, session, paper, camera, scanner, hand, app)

    def start(self) -> None:
        """Start the parts that run in threads of their own."""
        threading.Thread(target=self.paper.warm_up, name="paper-warm-up", daemon=True).start()
        if self.camera is not None:
            self.camera.start()
        if self.scanner is not None:
            self.scanner.start()
        if self.hand is not None:
            self.hand.start()

    def close(self) -> None:
        """Stop the threads and release the camera."""
        if self.hand is not None:
            self.hand.stop()
        if self.scanner is not None:
            self.scanner.stop()
        if self.camera is not None:
            self.camera.stop()


def _camera(config: KioskConfig) -> Camera | None:
    if not config.has_camera:
        return None
    try:
        return Camera(
            config.camera,
            size=(config.camera_width, config.camera_height),
            fps=config.camera_fps,
            optics=Optics(config.camera_exposure, config.camera_focus),
            loop=True,
        )
    except CameraError as error:
        raise KioskConfigError(f"the setting camera is wrong: {error}") from None


def _asker(config: KioskConfig, printer: Printer) -> PrinterAsker | None:
    """A function that asks the printer for its state, with shorter timeouts than jobs have; None if checks are off."""
    if not config.printer_watch_seconds:
        return None
    quick = NetworkPrinter(config.printer_host, config.printer_port, LOOK_SECONDS)

    def ask(*, patiently: bool) -> PrinterStatus:
        return (printer if patiently else quick).status()

    return ask


def _hand_scanner(config: KioskConfig, session: KioskSession) -> SerialScanner | None:
    where = config.scanner_port
    if where is None:
        return None
    return SerialScanner(session.hand_scanned, lambda: open_port(where, config.scanner_baud))


def _hand_over(scan: Scan, session: KioskSession) -> None:
    session.scanned(scan.verdict.reason, scan.verdict.text, scan.captured_wall)
