"""A virtual printer that runs in the background of a test."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from kiosk.virtual.paper import PrintedJob
from kiosk.virtual.printer_modes import PrinterMode
from kiosk.virtual.virtual_printer import Habits, VirtualPrinter


class RunningPrinter:
    """A virtual printer in a thread of its own, usable from any thread.

    Attributes:
        port: its TCP port.
        events: the last events, oldest first, as names and values.
    """

    def __init__(
        self, printer: VirtualPrinter, loop: asyncio.AbstractEventLoop, changed: threading.Condition
    ) -> None:
        self._printer = printer
        self._loop = loop
        self._changed = changed
        self.port = printer.port
        self.events: deque[tuple[str, dict[str, object]]] = deque(maxlen=1000)

    @property
    def mode(self) -> PrinterMode:
        """The present mode."""
        return self._printer.mode

    def set_mode(self, mode: PrinterMode) -> None:
        """Change the mode; it is in force when this returns."""

        async def change() -> None:
            """Change the mode, on the printer's loop."""
            self._printer.set_mode(mode)

        asyncio.run_coroutine_threadsafe(change(), self._loop).result(timeout=5)

    def jobs(self) -> list[PrintedJob]:
        """The jobs that have been printed so far."""
        return list(self._printer.jobs)

    def wait_for_jobs(self, count: int, timeout: float = 5.0) -> list[PrintedJob]:
        """Wait until at least ``count`` jobs have come out.

        Raises:
            TimeoutError: they did not in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._printer.jobs) >= count, timeout):
                raise TimeoutError(f"{len(self._printer.jobs)} of {count} jobs came out")
        return self.jobs()


@contextlib.contextmanager
def running_virtual_printer(
    out_dir: Path,
    mode: PrinterMode = PrinterMode.OK,
    *,
    port: int = 0,
    rate: int = 20_000,
    drop_after: int = 2_000,
    late: float = 1.0,
    rest: float = 2.0,
) -> Iterator[RunningPrinter]:
    """Run a virtual printer on a free port while the block lasts."""
    changed = threading.Condition()
    started: list[RunningPrinter | BaseException] = []
    stop: list[asyncio.Event] = []

    def note(event: str, values: dict[str, object]) -> None:
        with changed:
            for running in started:
                if isinstance(running, RunningPrinter):
                    running.events.append((event, values))
            changed.notify_all()

    async def serve() -> None:
        """Run until the test has ended."""
        habits = Habits(rate=rate, drop_after=drop_after, late=late, rest=rest)
        printer = VirtualPrinter(out_dir, port, mode, habits=habits, on_event=note)
        ended = asyncio.Event()
        try:
            await printer.start()
        except OSError as error:
            with changed:
                started.append(error)
                changed.notify_all()
            return
        with changed:
            stop.append(ended)
            started.append(RunningPrinter(printer, asyncio.get_running_loop(), changed))
            changed.notify_all()
        try:
            await ended.wait()
        finally:
            await printer.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="virtual-printer", daemon=True)
    thread.start()
    with changed:
        changed.wait_for(lambda: bool(started))
    running = started[0]
    if isinstance(running, BaseException):
        thread.join()
        raise running
    try:
        yield running
    finally:
        running._loop.call_soon_threadsafe(stop[0].set)
        thread.join(timeout=10)
