"""The paper in the virtual printer: what is printed on it, and the files that are written at each cut."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.virtual.escpos_paper import render
from kiosk.virtual.escpos_reader import CommandKind, PrinterCommand

_JOB_FILE = re.compile(r"([0-9]{3,9})\.(?:bin|png|part)", re.ASCII)
_JOB_LIMIT = 4 * 1024 * 1024
_PRINTED = frozenset({CommandKind.RASTER, CommandKind.TEXT})


@dataclass(frozen=True)
class PrintedJob:
    """One job that came out.

    Attributes:
        number: its number, from 1.
        data: its bytes.
        path: the file with the bytes.
        picture: the file with a picture of the paper.
        text: bytes that were printed as characters; this product prints none.
    """

    number: int
    data: bytes
    path: Path
    picture: Path
    text: bytes = b""


class VirtualPaper:
    """A roll of paper. It keeps what is printed on it until it is cut, whatever happens to connections.

    Args:
        out_dir: folder for the jobs; numbers continue after those of the files that are there.
        tell: called with every event, as a name and values.
    """

    def __init__(self, out_dir: Path, tell: Callable[[str, dict[str, object]], None]) -> None:
        self._out_dir = out_dir
        self._on_event = tell
        self._line: list[PrinterCommand] = []
        self._begin()
        self.jobs: list[PrintedJob] = []

    @property
    def uncut(self) -> int:
        """How many bytes the uncut part of the paper has been printed from; 0 if nothing is printed on it."""
        return self._size if self._printed else 0

    @property
    def pictures(self) -> int:
        """How many pictures are on the uncut part of the paper."""
        return self._pictures

    def put(self, command: PrinterCommand) -> None:
        """Carry out one command. Text waits in a line buffer until a command moves the paper."""
        if command.kind is CommandKind.TEXT:
            self._line.append(command)
            return
        if command.kind is CommandKind.INIT:
            self.clear_line()
            if not self.uncut:
                self._begin()
        if command.kind in {CommandKind.FEED, CommandKind.RASTER, CommandKind.CUT}:
            for text in self._line:
                self._keep(text)
            self._line = []
        self._keep(command)
        if command.kind is CommandKind.CUT:
            self._cut()

    def clear_line(self) -> None:
        """Forget the characters that wait to be printed."""
        self._line = []

    def _begin(self) -> None:
        """Start a job on white paper."""
        self._commands: list[PrinterCommand] = []
        self._size = self._pictures = 0
        self._printed = False

    def _keep(self, command: PrinterCommand) -> None:
        self._size += len(command.raw)
        self._pictures += command.kind is CommandKind.RASTER
        self._printed = self._printed or command.kind in _PRINTED
        if self._size <= _JOB_LIMIT:
            self._commands.append(command)

    def _cut(self) -> None:
        commands, printed = self._commands, self._printed
        self._begin()
        if not printed:
            self._on_event("blank_slip", {})
            return
        data = b"".join(command.raw for command in commands)
        number = self._next_number()
        path, picture = self._out_dir / f"{number:03}.bin", self._out_dir / f"{number:03}.png"
        try:
            render(commands).save(picture, compress_level=1)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(data)
            unfinished.replace(path)  # when the .bin appears, both files are complete
        except OSError as error:
            self._on_event("job_not_saved", {"number": number, "error": type(error).__name__})
            return
        text = b"".join(command.raw for command in commands if command.kind is CommandKind.TEXT)
        self.jobs.append(PrintedJob(number, data, path, picture, text))
        self._on_event(
            "job_received",
            {"number": number, "bytes": len(data), "path": str(path), "picture": str(picture)},
        )

    def _next_number(self) -> int:
        # Pictures from elsewhere count, too, or they would be overwritten.
        names = (_JOB_FILE.fullmatch(file.name) for file in self._out_dir.glob("*"))
        used = [int(name[1]) for name in names if name is not None]
        return max([0, *used, *(job.number for job in self.jobs)]) + 1
