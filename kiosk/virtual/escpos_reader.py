"""Reads ESC/POS: cuts bytes into commands as they arrive.

This is the printer's side of the connection, for the virtual printer and for tests. It knows the length of every common
command, so that parameters and pictures are never taken for commands; it skips unknown bytes one by one, as printers
do. Printers differ in some points: see :class:`Quirk`. Source: Epson's ESC/POS reference.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

DLE, ESC, GS, FS = 0x10, 0x1B, 0x1D, 0x1C

MAX_PAYLOAD = 1024 * 1024
"""Bytes; a command that announces more is skipped, as by a printer with little memory."""

_LINE_DOTS = 34  # 1/6 inch at 203 dpi: the line feed after ESC @
_MAX_COLUMNS = 256
_HEAD = 8  # bytes of GS v 0 before its dots

_CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
_REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x08]|\x05[\x00-\xff]|\x14[\x00-\xff])", re.DOTALL)


class Quirk(StrEnum):
    """Points in which some printers differ from Epson's reference."""

    LOW_HEIGHT = "low_height"
    """Only the low byte of a picture's height is read: 256 rows count as none, and their dots are taken for text."""
    OBEYS_IN_PICTURES = "obeys_in_pictures"
    """Real-time commands are carried out even inside a picture; their bytes still count as dots."""
    NO_EXTENSIONS = "no_extensions"
    """``GS (`` and ``DLE DC4 8`` are unknown: the printer skips their first bytes and reads on from there."""


class CommandKind(StrEnum):
    """What a command does, as far as it matters for a ticket."""

    REAL_TIME_STATUS = "real_time_status"
    CLEAR = "clear"
    RECOVER = "recover"
    STATUS = "status"
    PROCESS_ID = "process_id"
    INIT = "init"
    RASTER = "raster"
    FEED = "feed"
    CUT = "cut"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True)
class PrinterCommand:
    """One command.

    Attributes:
        kind: what it does.
        raw: exactly the bytes that came in.
        number: its parameter: n of a status or of ``DLE ENQ``, dots of a feed.
        raster: of a picture, the width in bytes, the rows, and the factors across and down; its dots are the end of
            ``raw``.
        inside: it is a real-time command among the dots of a picture; its bytes are part of that picture, too.
    """

    kind: CommandKind
    raw: bytes
    number: int = 0
    raster: tuple[int, int, int, int] | None = None
    inside: bool = False


# How many bytes follow the two of the command itself, where that is fixed.
_ESC_LENGTHS = {
    **dict.fromkeys(b"!-3ABEGJMRSTUVadegrtu{ %", 1),
    **dict.fromkeys(b"$\\cf", 2),
    **dict.fromkeys(b"p", 3),
    **dict.fromkeys(b"W", 8),
    **dict.fromkeys(b"@2<=FLO\x0c", 0),
    ord("="): 1,
}
_GS_LENGTHS = {
    **dict.fromkeys(b"!BHI/afhrwbETz", 1),
    **dict.fromkeys(b"LWP$\\", 2),
    **dict.fromkeys(b"^", 3),
    **dict.fromkeys(b":\x0c", 0),
}
_FS_LENGTHS = {**dict.fromkeys(b"!-CW", 1), **dict.fromkeys(b"Sp", 2), **dict.fromkeys(b"&.\x0c", 0)}
_FIXED = {ESC: _ESC_LENGTHS, GS: _GS_LENGTHS, FS: _FS_LENGTHS}


class EscposReader:
    """Cuts a stream of bytes into commands; a command comes out when its last byte has come in.

    Args:
        quirks: the points in which the printer differs; they may be changed between two calls of :meth:`feed`.
    """

    def __init__(self, quirks: frozenset[Quirk] = frozenset()) -> None:
        self.quirks = quirks
        self.clear()

    def clear(self) -> None:
        """Forget the bytes of a command that is not complete."""
        self._buffer = bytearray()
        self._needed = 1
        self._skip = 0
        self._looked_through = _HEAD

    @property
    def waiting(self) -> bytes:
        """The bytes of a command that is not complete."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> Iterator[PrinterCommand]:
        """Take bytes in and give the commands that they complete."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._buffer += data
        while self._buffer and (len(self._buffer) >= self._needed or Quirk.OBEYS_IN_PICTURES in self.quirks):
            command = self._next()
            yield from self._inside(len(command.raw) if command else self._needed)
            if (
                command is None or not self._buffer
            ):  # the caller may have called ``clear`` for a yielded command
                return
            del self._buffer[: len(command.raw)]
            self._needed = 1
            self._looked_through = _HEAD
            yield command

    def _inside(self, length: int) -> Iterator[PrinterCommand]:
        """The real-time commands among a picture's dots that have come in, for printers that obey them there."""
        if Quirk.OBEYS_IN_PICTURES not in self.quirks or not self._buffer.startswith(b"\x1dv0"):
            return
        end = min(len(self._buffer), length)
        here = bytes(self._buffer[:end])
        for found in _REAL_TIME.finditer(here, self._looked_through):
            kinds = {0x04: CommandKind.REAL_TIME_STATUS, 0x05: CommandKind.RECOVER}
            kind = kinds.get(found[0][1], CommandKind.OTHER)
            if here.startswith(_CLEAR, found.start()):
                kind = CommandKind.CLEAR
            self._looked_through = found.end()
            yield PrinterCommand(kind, found[0], found[0][2], inside=True)
        # The end of these bytes may cut a command in two, so its first bytes are looked at again.
        self._looked_through = max(self._looked_through, end - 2)

    def _next(self) -> PrinterCommand | None:
        """The command at the head of the buffer; None while it is incomplete: then ``_needed`` is its length so far."""
        first = self._buffer[0]
        if first == 0x0A:
            return self._take(CommandKind.FEED, 1, _LINE_DOTS)
        if first == 0:
            return self._take(CommandKind.OTHER, len(self._buffer) - len(self._buffer.lstrip(b"\x00")))
        if first == DLE:
            return self._real_time()
        if first in _FIXED:
            return self._escape(first)
        if first >= 0x20:
            end = next((place for place, value in enumerate(self._buffer) if value < 0x20), len(self._buffer))
            return self._take(CommandKind.TEXT, end)
        return self._take(CommandKind.OTHER, 1)

    def _take(self, kind: CommandKind, length: int, number: int = 0) -> PrinterCommand | None:
        if len(self._buffer) < length:
            self._needed = length
            return None
        return PrinterCommand(kind, bytes(self._buffer[:length]), number)

    def _real_time(self) -> PrinterCommand | None:
        """``DLE EOT n``, ``DLE ENQ n``, ``DLE DC4 fn m t``."""
        second = self._peek(1)
        if second is None:
            return None
        if second == 0x04:
            return self._numbered(CommandKind.REAL_TIME_STATUS)
        if second == 0x05:
            return self._numbered(CommandKind.RECOVER)
        if second == 0x14:
            return self._real_time_function()
        return self._take(CommandKind.OTHER, 1)

    def _real_time_function(self) -> PrinterCommand | None:
        """``DLE DC4 fn …``; function 8 with its seven fixed bytes clears the buffers."""
        function = self._peek(2)
        if function is None:
            return None
        lengths = {1: 5, 2: 5, 3: 8, 7: 4, 8: len(_CLEAR)}
        if Quirk.NO_EXTENSIONS in self.quirks:
            del lengths[8]
        command = self._take(CommandKind.OTHER, lengths.get(function, 3))
        if command is not None and command.raw == _CLEAR:
            return PrinterCommand(CommandKind.CLEAR, command.raw)
        return command

    def _escape(self, first: int) -> PrinterCommand | None:
        second = self._peek(1)
        if second is None:
            return None
        special = {
            (ESC, ord("@")): lambda: self._take(CommandKind.INIT, 2),
            (ESC, ord("d")): lambda: self._numbered(CommandKind.FEED, _LINE_DOTS),
            (ESC, ord("J")): lambda: self._numbered(CommandKind.FEED),
            (ESC, ord("i")): lambda: self._take(CommandKind.CUT, 2),
            (ESC, ord("m")): lambda: self._take(CommandKind.CUT, 2),
            (ESC, ord("*")): self._column_image,
            (ESC, ord("D")): lambda: self._until_zero(2),
            (GS, ord("v")): self._raster,
            (GS, ord("V")): self._cut,
            (GS, ord("r")): lambda: self._numbered(CommandKind.STATUS),
            (GS, ord("(")): self._function,
            (GS, ord("8")): lambda: self._counted(3, 4),
            (FS, ord("(")): lambda: self._counted(3, 2),
            (GS, ord("k")): self._bar_code,
        }.get((first, second))
        if special is not None:
            return special()
        length = _FIXED[first].get(second)
        return self._take(CommandKind.OTHER, 1 if length is None else 2 + length)

    def _peek(self, place: int) -> int | None:
        """The byte at a place in the buffer; where it has not come yet, None, and more bytes are asked for."""
        if len(self._buffer) <= place:
            self._needed = place + 1
            return None
        return self._buffer[place]

    def _numbered(self, kind: CommandKind, times: int = 1) -> PrinterCommand | None:
        """A command of three bytes; its number is the last one, multiplied by ``times``."""
        number = self._peek(2)
        return None if number is None else PrinterCommand(kind, bytes(self._buffer[:3]), times * number)

    def _cut(self) -> PrinterCommand | None:
        """``GS V m``, or ``GS V m n`` for those m that feed the paper first."""
        mode = self._peek(2)
        if mode is None:
            return None
        with_feed = mode in {65, 66, 97, 98, 103, 104}
        return self._take(CommandKind.CUT, 4 if with_feed else 3)

    def _raster(self) -> PrinterCommand | None:
        """``GS v 0 m xL xH yL yH`` and the dots: m doubles across (1), down (2) or both (3)."""
        if self._peek(_HEAD - 1) is None:
            return None
        _, _, _, mode, *sizes = self._buffer[:_HEAD]
        columns, rows = sizes[0] + 256 * sizes[1], sizes[2] + 256 * sizes[3]
        if Quirk.LOW_HEIGHT in self.quirks:
            rows = sizes[2]
        if columns > _MAX_COLUMNS or columns * rows > MAX_PAYLOAD:
            return self._pass_over(_HEAD, columns * rows)
        command = self._take(CommandKind.RASTER, _HEAD + columns * rows)
        if command is None:
            return None
        factors = (2 if mode & 1 else 1, 2 if mode & 2 else 1)
        return PrinterCommand(CommandKind.RASTER, command.raw, 0, (columns, rows, *factors))

    def _column_image(self) -> PrinterCommand | None:
        """``ESC * m nL nH`` and one or three bytes for each column."""
        if self._peek(4) is None:
            return None
        mode, low, high = self._buffer[2:5]
        return self._take(CommandKind.OTHER, 5 + (low + 256 * high) * (3 if mode in {32, 33} else 1))

    def _function(self) -> PrinterCommand | None:
        """``GS ( X pL pH …``; ``GS ( H`` with function 48 asks for the answer with a process id."""
        if Quirk.NO_EXTENSIONS in self.quirks:
            return self._take(CommandKind.OTHER, 2)
        command = self._counted(3, 2)
        if command is not None and command.raw.startswith(b"\x1d(H\x06\x0000"):
            return PrinterCommand(CommandKind.PROCESS_ID, command.raw)
        return command

    def _counted(self, place: int, size: int) -> PrinterCommand | None:
        """A command that says how many bytes follow: ``GS ( X pL pH …``, ``GS 8 X p1 p2 p3 p4 …``."""
        head = place + size
        if self._peek(head - 1) is None:
            return None
        count = int.from_bytes(self._buffer[place:head], "little")
        if count > MAX_PAYLOAD:
            return self._pass_over(head, count)
        return self._take(CommandKind.OTHER, head + count)

    def _pass_over(self, head: int, payload: int) -> PrinterCommand | None:
        """Take the head as a command, and skip its payload without keeping it."""
        here = min(payload, len(self._buffer) - head)
        self._skip = payload - here
        del self._buffer[head : head + here]
        return self._take(CommandKind.OTHER, head)

    def _bar_code(self) -> PrinterCommand | None:
        """``GS k m …``: up to m=6 it ends with a zero; above that it gives its length."""
        mode = self._peek(2)
        if mode is None:
            return None
        if mode <= 6:
            return self._until_zero(3)
        count = self._peek(3)
        return None if count is None else self._take(CommandKind.OTHER, 4 + count)

    def _until_zero(self, start: int) -> PrinterCommand | None:
        end = self._buffer.find(0, start)
        if end < 0:
            # No printer keeps more than this of a list or bar code, so do not wait for its end.
            return self._take(CommandKind.OTHER, 2) if len(self._buffer) > 512 else None
        return self._take(CommandKind.OTHER, end + 1)
