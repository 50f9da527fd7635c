"""A virtual ticket printer: it listens as a network printer does, prints into files, and misbehaves on request.

Each job becomes ``NNN.bin``, exactly the bytes of the job from its ``ESC @`` to its cut (without questions), and
``NNN.png``, a picture of the paper. As with a real printer, unfinished work survives the end of a connection: an
incomplete picture waits for its dots, and uncut paper stays in the printer.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from kiosk.paper import MAKER, MODEL
from kiosk.virtual.escpos_reader import CommandKind, EscposReader, PrinterCommand, Quirk
from kiosk.virtual.paper import PrintedJob, VirtualPaper
from kiosk.virtual.printer_modes import (
    ENDINGS,
    HALTED_MODES,
    MUTE_MODES,
    PrinterMode,
    automatic_status,
    real_time_answer,
)

_log = structlog.get_logger(__name__)

MODE_FILE = "mode"
"""Name of the file in the output folder by which the mode of a running printer is changed."""

_NAME_QUESTION = b"\x1dI"
_NAMES = {MAKER: b"Uketsuke", MODEL: b"virtual printer"}
_HELD_LIMIT = 4 * 1024 * 1024
_RUNS_OUT_AT = 2
_RECOVER_CLEARED = 2


@dataclass(frozen=True)
class Habits:
    """Numbers that control the modes of the printer; each belongs to one mode.

    Attributes:
        rate: in the mode ``slow``, bytes per second that the printer accepts.
        drop_after: in the mode ``drop``, bytes after which it ends a connection.
        late: in the mode ``late``, seconds by which answers are delayed.
        rest: in the mode ``one_at_a_time``, seconds after a connection in which it refuses others.
    """

    rate: int = 20_000
    drop_after: int = 2_000
    late: float = 1.0
    rest: float = 2.0


@dataclass
class _Held:
    """A command that waits in a halted printer, and the connection for its answer."""

    command: PrinterCommand
    writer: asyncio.StreamWriter


class VirtualPrinter:
    """The virtual printer. It runs on the current event loop; call all methods from that loop's thread.

    Args:
        out_dir: folder for the jobs; made if missing; numbers continue after those of the files that are there.
        port: TCP port; 0 takes a free one.
        mode: the first mode.
        host: address to listen on; loopback by default.
        habits: the numbers of the modes.
        on_event: called with every event, as a name and values; by default it is logged.
    """

    def __init__(
        self,
        out_dir: Path,
        port: int = 9100,
        mode: PrinterMode = PrinterMode.OK,
        *,
        host: str = "127.0.0.1",
        habits: Habits | None = None,
        on_event: Callable[[str, dict[str, object]], None] | None = None,
    ) -> None:
        self._out_dir = out_dir
        self._host = host
        self._port = port
        self._habits = habits or Habits()
        self._on_event = on_event or (lambda event, values: _log.info(event, **values))
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._mode_changed = asyncio.Event()
        self._held: list[_Held] = []
        self._reader = EscposReader()
        self._paper = VirtualPaper(out_dir, self._on_event)
        self._choose(mode)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def mode(self) -> PrinterMode:
        """The present mode."""
        return self._mode

    @property
    def jobs(self) -> list[PrintedJob]:
        """The jobs that have come out so far."""
        return self._paper.jobs

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the folder cannot be made or the port is taken.
        """
        self._out_dir.mkdir(parents=True, exist_ok=True)
        await self._listen()

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
        """Change the mode; commands that a halted mode held back are carried out then."""
        if mode is not self._mode:
            self._choose(mode)
            self._changed()

    def _choose(self, mode: PrinterMode) -> None:
        """Switch to a chosen mode, and to the commands that a printer in this mode knows."""
        self._mode = mode
        self._reader.quirks = mode.quirks
        self._clears = mode is not PrinterMode.STUBBORN and Quirk.NO_EXTENSIONS not in mode.quirks

    def _run_out(self) -> None:
        """Change to the mode ``paper_out``, with the same known commands as before."""
        self._mode = PrinterMode.PAPER_OUT
        self._changed()

    def _changed(self) -> None:
        self._on_event("mode_changed", {"mode": self._mode.value})
        self._mode_changed.set()
        self._mode_changed = asyncio.Event()
        while self._held and self._mode not in HALTED_MODES:
            held = self._held.pop(0)
            self._carry_out(held.command, held.writer)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, self._host, self._port)
        address: tuple[str, int] = self._server.sockets[0].getsockname()
        self._port = address[1]

    async def _rest(self) -> None:
        """Refuse connections for a while, like a printer that still works on the last one; then listen again."""
        await asyncio.sleep(self._habits.rest)
        await self._listen()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
        alone = self._mode is PrinterMode.ONE_AT_A_TIME
        if alone and self._server is not None:
            self._server.close()
        try:
            async with self._one_at_a_time:
                with contextlib.suppress(ConnectionError), contextlib.closing(writer):
                    await self._serve(reader, writer)
                if alone:
                    await self._rest()
        except asyncio.CancelledError:
            pass  # the printer is stopping: only this connection has to end
        finally:
            writer.close()
            if task is not None:
                self._connections.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received, uncut = 0, self._paper.uncut
        if self._mode is PrinterMode.TELLS_ITSELF:
            writer.write(automatic_status(self._mode))
        try:
            while data := await self._read(reader, writer, received):
                received += len(data)
                for command in self._reader.feed(data):
                    self._take(command, writer)
                if self._mode is PrinterMode.DROP and received >= self._habits.drop_after:
                    self._on_event("line_dropped", {"after_bytes": received})
                    writer.transport.abort()
                    return
                await writer.drain()
        finally:
            if self._mode is PrinterMode.FORGETS:
                self._reader.clear()
            if self._paper.uncut > uncut and not self._held:
                self._on_event("job_incomplete", {"bytes": self._paper.uncut})

    async def _while_deaf(self, writer: asyncio.StreamWriter) -> None:
        """In the mode ``deaf``, read nothing, not even ahead into the stream's buffer."""
        transport = writer.transport
        if not self._is_deaf() or not isinstance(transport, asyncio.ReadTransport):
            return
        transport.pause_reading()
        while self._is_deaf():
            await self._mode_changed.wait()
        transport.resume_reading()

    def _is_deaf(self) -> bool:
        return self._mode is PrinterMode.DEAF

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: int) -> bytes:
        """The next bytes, b"" at the end of the connection."""
        await self._while_deaf(writer)
        size = 65536
        if self._mode is PrinterMode.DROP:
            size = max(1, self._habits.drop_after - received)
        if self._mode is PrinterMode.SLOW:
            size = max(1, self._habits.rate // 20)
            await asyncio.sleep(size / self._habits.rate)
        return await reader.read(size)

    def _take(self, command: PrinterCommand, writer: asyncio.StreamWriter) -> None:
        """Carry out a real-time command at once, and others in order; in a halted mode others are held back."""
        if command.inside:
            self._on_event("obeyed_in_picture", {"command": command.raw.hex(" ")})
        if command.kind is CommandKind.REAL_TIME_STATUS:
            self._answer(writer, bytes((real_time_answer(self._mode, command.number),)))
        elif command.kind is CommandKind.CLEAR and self._clears:
            self._clear()
            self._answer(writer, b"\x37\x25\x00")
        elif command.kind is CommandKind.RECOVER and command.number == _RECOVER_CLEARED and self._clears:
            self._clear()
        elif command.inside:
            return
        elif self._mode in HALTED_MODES:
            if sum(len(held.command.raw) for held in self._held) <= _HELD_LIMIT:
                self._held.append(_Held(command, writer))
        else:
            self._carry_out(command, writer)

    def _clear(self) -> None:
        """Forget everything that is not on paper yet."""
        self._held.clear()
        self._reader.clear()
        self._paper.clear_line()

    def _carry_out(self, command: PrinterCommand, writer: asyncio.StreamWriter) -> None:
        if command.kind is CommandKind.STATUS:
            self._answer(writer, b"\x03" if self._mode is PrinterMode.NEAR_END else b"\x00")
        elif command.kind is CommandKind.PROCESS_ID:
            self._answer(writer, b"\x37\x22" + command.raw[-4:] + b"\x00")
        elif command.raw[:2] == _NAME_QUESTION:
            name = _NAMES.get(command.raw[2])
            if name is not None:
                self._answer(writer, b"_" + name + b"\x00")
        else:
            self._print(command, writer)

    def _print(self, command: PrinterCommand, writer: asyncio.StreamWriter) -> None:
        self._paper.put(command)
        if self._mode is PrinterMode.TELLS_ITSELF and command.kind is CommandKind.RASTER:
            self._answer(writer, automatic_status(self._mode))
        if self._mode is PrinterMode.SAYS_OK and command.kind is CommandKind.CUT:
            writer.write(b"OK\r\n")
        runs_out = self._mode in {PrinterMode.RUNS_OUT, PrinterMode.STUBBORN}
        if runs_out and self._paper.pictures >= _RUNS_OUT_AT:
            self._run_out()

    def _answer(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        if self._mode in MUTE_MODES:
            return
        answer += ENDINGS.get(self._mode, b"")
        if self._mode is PrinterMode.LATE:
            asyncio.get_running_loop().call_later(self._habits.late, _write, writer, answer)
        else:
            _write(writer, answer)


def _write(writer: asyncio.StreamWriter, answer: bytes) -> None:
    if not writer.is_closing():
        writer.write(answer)


async def follow_mode_file(printer: VirtualPrinter, file: Path, *, every: float = 0.2) -> None:
    """Set the printer's mode whenever the text of a file changes, until cancelled; unknown words do nothing.

    Args:
        printer: the printer.
        file: the file with the name of the mode.
        every: seconds between two looks at the file.
    """
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
