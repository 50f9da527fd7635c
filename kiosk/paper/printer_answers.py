"""Splits the bytes that a printer sends into answers, by kind of question, and bytes that answer no question.

Printers mix answers with status that they send by themselves, with flow control, and with bytes that interface cards
add. Epson's rule for telling them apart is by fixed bits (ESC/POS reference). A block of several bytes is taken off
whole, so that its parts are never taken for answers of one byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kiosk.paper.printer_commands import CLEARED, ID_LENGTH


class AnswerKind(StrEnum):
    """The kinds of pieces in the bytes that a printer sends."""

    STATUS = "status"
    """One byte ``0xx1xx10``: the answer to ``DLE EOT``."""
    PAPER = "paper"
    """One byte ``000000nn`` or ``0000eenn``, both bits of a sensor being equal: the answer to ``GS r 1``."""
    AUTOMATIC = "automatic"
    """Four bytes, ``0xx1xx00`` and three ``0xx0xxxx``: status that the printer sent by itself."""
    BLOCK = "block"
    """A process id or the answer to clearing the buffers, from its header to its NUL."""
    STRAY = "stray"
    """A byte that answers nothing."""


@dataclass(frozen=True)
class Answer:
    """One piece: its kind and its bytes."""

    kind: AnswerKind
    raw: bytes


_FLOW = b"\x11\x13"  # XON, XOFF
_PAPER = frozenset({0x00, 0x03, 0x0C, 0x0F})
_AUTOMATIC_LENGTH = 4
_PROCESS = b"\x37\x22"
_PROCESS_LENGTH = len(_PROCESS) + ID_LENGTH + 1


class AnswerReader:
    """Turns bytes, received in pieces of any size, into answers; an incomplete block is kept until the rest arrives."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[Answer]:
        """Take bytes in and give the answers that they complete."""
        self._buffer += bytes(value for value in data if value not in _FLOW)
        while self._buffer:
            length = _length(self._buffer)
            if length is None:
                return
            raw, self._buffer = self._buffer[: max(1, length)], self._buffer[max(1, length) :]
            yield Answer(_kind(raw) if length else AnswerKind.STRAY, raw)


def _length(data: bytes) -> int | None:
    """How many bytes at the head form one answer; 0 if the first answers nothing, None if more must come."""
    first = data[0]
    if first == CLEARED[0]:
        return _block_length(data)
    if first & 0x93 == 0x10:
        rest = data[1:_AUTOMATIC_LENGTH]
        if any(value & 0x90 for value in rest):
            return 0
        return _AUTOMATIC_LENGTH if len(data) >= _AUTOMATIC_LENGTH else None
    return 1 if first & 0x93 == 0x12 or first in _PAPER else 0


def _block_length(data: bytes) -> int | None:
    if CLEARED.startswith(data[: len(CLEARED)]) or data.startswith(CLEARED):
        return len(CLEARED) if len(data) >= len(CLEARED) else None
    token = data[len(_PROCESS) : _PROCESS_LENGTH - 1]
    head_fits = _PROCESS.startswith(data[: len(_PROCESS)]) or data.startswith(_PROCESS)
    if not head_fits or any(not 0x20 <= value <= 0x7E for value in token):
        return 0
    if len(data) < _PROCESS_LENGTH:
        return None
    return _PROCESS_LENGTH if data[_PROCESS_LENGTH - 1] == 0 else 0


def _kind(raw: bytes) -> AnswerKind:
    if raw[0] == CLEARED[0]:
        return AnswerKind.BLOCK
    if len(raw) == _AUTOMATIC_LENGTH:
        return AnswerKind.AUTOMATIC
    return AnswerKind.PAPER if raw[0] in _PAPER else AnswerKind.STATUS
