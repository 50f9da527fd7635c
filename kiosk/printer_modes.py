"""How the virtual printer may behave, and what it says of itself in each case."""

from enum import StrEnum


class PrinterMode(StrEnum):
    """How the virtual printer behaves."""

    OK = "ok"
    NEAR_END = "near_end"
    OFFLINE = "offline"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    RUNS_OUT = "runs_out"
    SLOW = "slow"
    SILENT = "silent"
    DEAF = "deaf"
    DROP = "drop"

    @property
    def meaning(self) -> str:
        """One sentence for the person who chooses."""
        return _MEANINGS[self]


_MEANINGS = {
    PrinterMode.OK: "prints",
    PrinterMode.NEAR_END: "prints, and says that the paper is nearly at its end",
    PrinterMode.OFFLINE: "says that it is offline and holds what it gets",
    PrinterMode.PAPER_OUT: "says that it is out of paper and holds what it gets",
    PrinterMode.COVER_OPEN: "says that its cover is open and holds what it gets",
    PrinterMode.RUNS_OUT: "runs out of paper in the middle of the next ticket",
    PrinterMode.SLOW: "takes only --rate bytes a second",
    PrinterMode.SILENT: "prints and never answers",
    PrinterMode.DEAF: "accepts connections and never reads",
    PrinterMode.DROP: "cuts the line after --drop-after bytes",
}

HALTED_MODES = frozenset({PrinterMode.OFFLINE, PrinterMode.PAPER_OUT, PrinterMode.COVER_OPEN})
"""Modes in which nothing is printed until somebody has helped; then what was held comes out, as on real ones."""


def real_time_answer(mode: PrinterMode, number: int) -> int:
    """The answer to ``DLE EOT number``. Source: Epson's ESC/POS reference."""
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
