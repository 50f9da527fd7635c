"""The paper in the virtual printer: what is on it, and the files that each cut makes of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.virtual.escpos_paper import render
from kiosk.virtual.escpos_reader import Command, CommandKind

_JOB_FILE = re.compile(r"([0-9]{3,9})\.(?:bin|png|part)", re.ASCII)
_JOB_LIMIT = 4 * 1024 * 1024
_PRINTED = frozenset({CommandKind.RASTER, CommandKind.TEXT})


@dataclass(frozen=True)
class PrintedJob:
    """One job that came out: its number, bytes, and where bytes and paper were put.

    Attributes:
        text: what came out as characters; this product prints none.
    """

    number: int
    data: bytes
    path: Path
    picture: Path
    text: bytes = b""


class VirtualPaper:
    """A roll of paper: it does not know of connections, and keeps what is printed on it until it is cut.

    Args:
        out_dir: folder for the jobs; numbering goes on after what is there.
        tell: told what happens, as a name and values.
    """

    def __init__(self, out_dir: Path, tell: Callable[[str, dict[str, object]], None]) -> None:
        self._out_dir = out_dir
        self._on_event = tell
        self._line: list[Command] = []
        self._begin()
        self.jobs: list[PrintedJob] = []

    @property
    def uncut(self) -> int:
        """Bytes of which the print still hangs out of the printer; 0 where the paper is white."""
        return self._size if self._printed else 0

    @property
    def pictures(self) -> int:
        """How many pictures are on the paper that is not cut yet."""
        return self._pictures

    def put(self, command: Command) -> None:
        """Carry out one command. Text waits in its line until something moves the paper."""
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
        """Have white paper, on which a job begins."""
        self._commands: list[Command] = []
        self._size = self._pictures = 0
        self._printed = False

    def _keep(self, command: Command) -> None:
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
            unfinished.replace(path)  # whoever waits for the .bin finds both files whole
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
        # A picture of somebody else counts as well, or it would be written over.
        names = (_JOB_FILE.fullmatch(file.name) for file in self._out_dir.glob("*"))
        used = [int(name[1]) for name in names if name is not None]
        return max([0, *used, *(job.number for job in self.jobs)]) + 1
