"""How much of a file is written at once: as much as holds the database for a moment, and no longer.

Kiosks and clerks write beside an import. A piece of the file holds the writer of the database for about the time that is
aimed at, whatever the machine: how long the last piece took says how many cards the next one has.
"""

from typing import Final

AIM: Final = 0.05
"""Seconds that the work of a piece should take; with its commit that is within a tenth of a second on a sound disk."""
REST: Final = 0.025
"""Seconds between two pieces on a database with one writer: who waits for SQLite looks so often whether it is free."""
_FEWEST: Final = 80
"""Smaller pieces cost more in beginnings and ends than they give back, also where the machine is busy."""
_MOST: Final = 500
_GROWTH: Final = 1.5


class Pace:
    """How many cards come next, and how long those before held the writer.

    A commit takes as long as the disk takes, whatever the piece: it is told, and does not shrink the next one, or a busy
    disk would be given ten times as many commits.

    Args:
        aim: seconds that the work of a piece should take.

    Attributes:
        size: how many cards the next piece has at most.
        pieces: how many there were.
        longest: seconds for which the longest of them held the writer, its commit included.
    """

    def __init__(self, aim: float = AIM) -> None:
        self._aim = aim
        self.size = _FEWEST
        self.pieces = 0
        self.longest = 0.0

    def took(self, cards: int, *, worked: float, held: float) -> None:
        """Note how long a piece took; a slow one shrinks the next at once, a fast one lets it grow by half.

        Args:
            cards: how many it had.
            worked: seconds from where the writer was held to its commit.
            held: seconds until the writer was free again.
        """
        self.pieces += 1
        self.longest = max(self.longest, held)
        fitting = cards * self._aim / max(worked, 1e-6)
        self.size = max(_FEWEST, min(_MOST, int(min(fitting, self.size * _GROWTH))))


def rest_of(seconds: float) -> float:
    """How long to stand back yet, where so much time has passed since the writer was free."""
    return max(0.0, REST - seconds)
