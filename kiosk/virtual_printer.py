"""A virtual ticket printer: it listens as a network printer does, prints into files, and misbehaves on request.

Each job becomes ``NNN.bin``, exactly the bytes of the job as they came in (real-time status questions are not
part of a job), and ``NNN.png``, the paper. A job ends with the cut; a status question right behind it still
belongs to it, and is answered when both files are there.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from kiosk.escpos_paper import render
from kiosk.escpos_reader import Command, CommandKind, EscposReader
from kiosk.printer_modes import HALTED_MODES, PrinterMode, real_time_answer

_log = structlog.get_logger(__name__)

MODE_FILE = "mode"
"""Name of the file in the output folder by which the mode of a running printer is changed."""

_JOB_LIMIT = 4 * 1024 * 1024
_RUNS_OUT_AT = 2
_SETTLE_SECONDS = 0.2


@dataclass(frozen=True)
class PrintedJob:
    """One job that came out: its number, bytes, and where bytes and paper were put."""

    number: int
    data: bytes
    path: Path
    picture: Path
    received_at: datetime


@dataclass
class _Held:
    """A command that waits for a halted printer, and where its answer would go."""

    command: Command
    writer: asyncio.StreamWriter


class VirtualPrinter:
    """The printer itself, in the running event loop; all methods are called from that loop's thread.

    Args:
        out_dir: folder for the jobs; made if missing, numbering goes on after what is there.
        port: TCP port; 0 takes a free one.
        mode: how it behaves at first.
        host: address to listen on; loopback by default.
        rate: bytes per second in the mode ``slow``.
        drop_after: bytes of a connection after which the mode ``drop`` cuts it.
        on_event: told what happens, as a name and values.
    """

    def __init__(
        self,
        out_dir: Path,
        port: int = 9100,
        mode: PrinterMode = PrinterMode.OK,
        *,
        host: str = "127.0.0.1",
        rate: int = 20_000,
        drop_after: int = 2_000,
        on_event: Callable[[str, dict[str, object]], None] | None = None,
    ) -> None:
        self._out_dir = out_dir
        self._host = host
        self._asked_port = port
        self._mode = mode
        self._rate = rate
        self._drop_after = drop_after
        self._on_event = on_event or (lambda event, values: _log.info(event, **values))
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._mode_changed = asyncio.Event()
        self._held: list[_Held] = []
        self._commands: list[Command] = []
        self._size = 0
        self.jobs: list[PrintedJob] = []

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            return self._asked_port
        address: tuple[str, int] = self._server.sockets[0].getsockname()
        return address[1]

    @property
    def mode(self) -> PrinterMode:
        """How it behaves now."""
        return self._mode

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the folder cannot be made or the port is taken.
        """
        self._out_dir.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.start_server(self._accept, self._host, self._asked_port)

    async def stop(self) -> None:
        """Stop listening and end the connections."""
        if self._server is None:
            return
        self._server.close()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def set_mode(self, mode: PrinterMode) -> None:
        """Change how it behaves; leaving a halted mode prints what was held."""
        if mode is self._mode:
            return
        self._mode = mode
        self._on_event("mode_changed", {"mode": mode.value})
        self._mode_changed.set()
        self._mode_changed = asyncio.Event()
        while self._held and self._mode not in HALTED_MODES:
            held = self._held.pop(0)
            self._carry_out(held.command, held.writer)
        if not self._held:
            self._finish_if_cut()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
        try:
            async with self._one_at_a_time:
                await self._serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the other side is gone, or we are stopping: both end this connection and nothing else
        finally:
            if task is not None:
                self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = EscposReader()
        received = 0
        while True:
            await self._while_deaf(writer)
            data = await self._read(reader, received)
            if data is None:
                self._finish_if_cut()
                continue
            if not data:
                break
            received += len(data)
            for command in parser.feed(data):
                self._take(command, writer)
            if self._mode is PrinterMode.DROP and received >= self._drop_after:
                self._on_event("line_dropped", {"after_bytes": received})
                writer.transport.abort()
                break
            await writer.drain()
        self._end_of_connection()

    async def _while_deaf(self, writer: asyncio.StreamWriter) -> None:
        """Wait while the printer is deaf, without the stream's own reading ahead."""
        transport = writer.transport
        if not self._is_deaf() or not isinstance(transport, asyncio.ReadTransport):
            return
        transport.pause_reading()
        while self._is_deaf():
            await self._mode_changed.wait()
        transport.resume_reading()

    def _is_deaf(self) -> bool:
        return self._mode is PrinterMode.DEAF

    async def _read(self, reader: asyncio.StreamReader, received: int) -> bytes | None:
        """The next bytes, b"" at the end, None when a job has been cut and nothing follows for a moment."""
        size = 65536
        if self._mode is PrinterMode.DROP:
            size = max(1, self._drop_after - received)
        if self._mode is PrinterMode.SLOW:
            size = max(1, self._rate // 20)
            await asyncio.sleep(size / self._rate)
        reading: Awaitable[bytes] = reader.read(size)
        if not self._is_cut:
            return await reading
        try:
            return await asyncio.wait_for(reading, _SETTLE_SECONDS)
        except TimeoutError:
            return None

    def _take(self, command: Command, writer: asyncio.StreamWriter) -> None:
        """Answer at once what is real-time; everything else in its turn, or when somebody has helped."""
        if command.kind is CommandKind.REAL_TIME_STATUS:
            self._answer(writer, real_time_answer(self._mode, command.number))
        elif self._mode in HALTED_MODES:
            if sum(len(held.command.raw) for held in self._held) <= _JOB_LIMIT:
                self._held.append(_Held(command, writer))
        else:
            self._carry_out(command, writer)

    def _carry_out(self, command: Command, writer: asyncio.StreamWriter) -> None:
        if command.kind is CommandKind.STATUS:
            if self._commands:
                self._keep(command)
            self._finish_if_cut()
            self._answer(writer, 0x03 if self._mode is PrinterMode.NEAR_END else 0x00)
            return
        self._finish_if_cut()
        self._keep(command)
        rasters = sum(1 for kept in self._commands if kept.kind is CommandKind.RASTER)
        if self._mode is PrinterMode.RUNS_OUT and rasters >= _RUNS_OUT_AT:
            self.set_mode(PrinterMode.PAPER_OUT)

    def _keep(self, command: Command) -> None:
        self._size += len(command.raw)
        if self._size <= _JOB_LIMIT:
            self._commands.append(command)

    @property
    def _is_cut(self) -> bool:
        """True while a job is on paper and cut, but may still get the status question that belongs to it."""
        return bool(self._commands) and any(
            command.kind is CommandKind.CUT for command in self._commands[-2:]
        )

    def _finish_if_cut(self) -> None:
        if not self._is_cut:
            return
        commands, self._commands, self._size = self._commands, [], 0
        data = b"".join(command.raw for command in commands)
        number = self._next_number()
        path, picture = self._out_dir / f"{number:03}.bin", self._out_dir / f"{number:03}.png"
        try:
            render(commands).save(picture, compress_level=1)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(data)
            unfinished.replace(path)  # whoever waits for the .bin finds both files whole
        except OSError as error:
            self._on_event("job_not_saved", {"number": number, "error": type(error).__name__})
            return
        self.jobs.append(PrintedJob(number, data, path, picture, datetime.now(UTC)))
        self._on_event(
            "job_received",
            {"number": number, "bytes": len(data), "path": str(path), "picture": str(picture)},
        )

    def _next_number(self) -> int:
        used = [int(file.stem) for file in self._out_dir.glob("*.bin") if file.stem.isdigit()]
        return max([0, *used, *(job.number for job in self.jobs)]) + 1

    def _end_of_connection(self) -> None:
        self._finish_if_cut()
        if self._commands and not self._held:
            self._on_event("job_incomplete", {"bytes": self._size})
            self._commands, self._size = [], 0

    def _answer(self, writer: asyncio.StreamWriter, value: int) -> None:
        if self._mode is not PrinterMode.SILENT and not writer.is_closing():
            writer.write(bytes((value,)))


async def follow_mode_file(printer: VirtualPrinter, file: Path, *, every: float = 0.2) -> None:
    """Set the printer's mode whenever the text of a file changes, until cancelled; unknown words do nothing."""
    last = printer.mode.value
    while True:
        await asyncio.sleep(every)
        try:
            word = (await asyncio.to_thread(file.read_text, "utf-8")).strip()
        except (OSError, UnicodeDecodeError):
            continue
        if word != last:
            last = word
            with contextlib.suppress(ValueError):
                printer.set_mode(PrinterMode(word))


class RunningPrinter:
    """A virtual printer in a thread of its own, for tests and demonstrations; usable from any thread."""

    def __init__(
        self, printer: VirtualPrinter, loop: asyncio.AbstractEventLoop, changed: threading.Condition
    ) -> None:
        self._printer = printer
        self._loop = loop
        self._changed = changed
        self.port = printer.port

    @property
    def mode(self) -> PrinterMode:
        """How it behaves now."""
        return self._printer.mode

    def set_mode(self, mode: PrinterMode) -> None:
        """Change how it behaves; in force when this returns."""

        async def change() -> None:
            self._printer.set_mode(mode)

        asyncio.run_coroutine_threadsafe(change(), self._loop).result(timeout=5)

    def jobs(self) -> list[PrintedJob]:
        """What has come out so far."""
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
) -> Iterator[RunningPrinter]:
    """Run a virtual printer on a free port while the block lasts."""
    changed = threading.Condition()
    started: list[RunningPrinter | BaseException] = []
    stop: list[asyncio.Event] = []

    def note(event: str, values: dict[str, object]) -> None:
        _log.debug(event, **values)
        with changed:
            changed.notify_all()

    async def serve() -> None:
        printer = VirtualPrinter(out_dir, port, mode, rate=rate, drop_after=drop_after, on_event=note)
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
        running._loop.call_soon_threadsafe(stop[0].set)  # noqa: SLF001 - the two belong together
        thread.join(timeout=10)
