"""The modes of the virtual printer, and the status that it reports in each."""

from enum import StrEnum

from kiosk.virtual.escpos_reader import Quirk


class PrinterMode(StrEnum):
    """How the virtual printer behaves."""

    OK = "ok"
    NEAR_END = "near_end"
    OFFLINE = "offline"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    RUNS_OUT = "runs_out"
    STUBBORN = "stubborn"
    SLOW = "slow"
    SILENT = "silent"
    SAYS_OK = "says_ok"
    DEAF = "deaf"
    DROP = "drop"
    FORGETS = "forgets"
    LATE = "late"
    ONE_AT_A_TIME = "one_at_a_time"
    PLAIN = "plain"
    TELLS_ITSELF = "tells_itself"
    ADDS_CRLF = "adds_crlf"
    ADDS_NUL = "adds_nul"
    LOW_HEIGHT = "low_height"
    OBEYS_IN_PICTURES = "obeys_in_pictures"

    @property
    def meaning(self) -> str:
        """What the printer does in this mode, for the help text."""
        return _MEANINGS[self]

    @property
    def quirks(self) -> frozenset[Quirk]:
        """The points in which it reads commands differently from Epson's reference."""
        return _QUIRKS.get(self, frozenset())


_MEANINGS = {
    PrinterMode.OK: "prints",
    PrinterMode.NEAR_END: "prints, and says that the paper is nearly at its end",
    PrinterMode.OFFLINE: "says that it is offline and holds what it gets",
    PrinterMode.PAPER_OUT: "says that it is out of paper and holds what it gets",
    PrinterMode.COVER_OPEN: "says that its cover is open and holds what it gets",
    PrinterMode.RUNS_OUT: "runs out of paper in the middle of the next ticket",
    PrinterMode.STUBBORN: "runs out in the middle of the next ticket, and cannot be told to forget it",
    PrinterMode.SLOW: "takes only --rate bytes a second",
    PrinterMode.SILENT: "prints and never answers",
    PrinterMode.SAYS_OK: "prints and never answers, but says OK after each ticket",
    PrinterMode.DEAF: "accepts connections and never reads",
    PrinterMode.DROP: "cuts the line after --drop-after bytes",
    PrinterMode.FORGETS: "forgets with each connection what it was in the middle of",
    PrinterMode.LATE: "answers --late seconds after it was asked",
    PrinterMode.ONE_AT_A_TIME: "refuses connections while it has one, and --rest seconds after it",
    PrinterMode.PLAIN: "knows neither process ids nor how to clear its buffer",
    PrinterMode.TELLS_ITSELF: "sends its status by itself, in the middle of tickets",
    PrinterMode.ADDS_CRLF: "ends each answer with CR and LF",
    PrinterMode.ADDS_NUL: "ends each answer with NUL",
    PrinterMode.LOW_HEIGHT: "reads only the low byte of a picture's height",
    PrinterMode.OBEYS_IN_PICTURES: "carries out real-time commands in the middle of pictures",
}

_QUIRKS = {
    PrinterMode.PLAIN: frozenset({Quirk.NO_EXTENSIONS}),
    PrinterMode.LOW_HEIGHT: frozenset({Quirk.LOW_HEIGHT}),
    PrinterMode.OBEYS_IN_PICTURES: frozenset({Quirk.OBEYS_IN_PICTURES}),
}

ENDINGS = {PrinterMode.ADDS_CRLF: b"\r\n", PrinterMode.ADDS_NUL: b"\x00"}
"""Bytes that follow each answer, as with some interface cards."""

HALTED_MODES = frozenset({PrinterMode.OFFLINE, PrinterMode.PAPER_OUT, PrinterMode.COVER_OPEN})
"""Modes in which nothing is printed until the mode changes; then held commands are carried out, as by real printers."""

MUTE_MODES = frozenset({PrinterMode.SILENT, PrinterMode.SAYS_OK})
"""Modes in which no question is answered."""


def real_time_answer(mode: PrinterMode, number: int) -> int:
    """The byte that answers ``DLE EOT number``. Source: Epson's ESC/POS reference."""
    answer = 0x12
    if number == 1 and mode in HALTED_MODES:
        answer |= 0x08
    elif number == 2 and mode is PrinterMode.COVER_OPEN:
        answer |= 0x04
    elif number == 2 and mode is PrinterMode.PAPER_OUT:
        answer |= 0x20
    elif number == 4 and mode is PrinterMode.PAPER_OUT:
        answer |= 0x6C
    elif number == 4 and mode is PrinterMode.NEAR_END:
        answer |= 0x0C
    return answer


def automatic_status(mode: PrinterMode) -> bytes:
    """The four bytes of automatic status back. Source: Epson's ESC/POS reference, ``GS a``."""
    first = 0x14 | (0x08 if mode in HALTED_MODES else 0) | (0x20 if mode is PrinterMode.COVER_OPEN else 0)
    paper = {PrinterMode.NEAR_END: 0x03, PrinterMode.PAPER_OUT: 0x0F}.get(mode, 0)
    return bytes((first, 0x00, paper, 0x0F))
