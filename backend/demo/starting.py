"""What stands on the console while the parts start: each one as it begins, what came of it, and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_NAMES = 26


@dataclass
class Result:
    """What came of a step; set by whoever does it.

    Attributes:
        words: for example "up at http://127.0.0.1:8710".
    """

    words: str = "ready"


class Starting:
    """Prints the steps of a start; the line of a step appears when it begins.

    Args:
        write: puts text on the console at once, as it is.
        clock: monotonic seconds.
    """

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock

    def say(self, text: str) -> None:
        """Put whole lines on the console."""
        self._write(f"{text}\n")

    @contextmanager
    def step(self, name: str) -> Iterator[Result]:
        """Print the name of a step now, and its outcome with the seconds that it took at the end of the block.

        A step that fails leaves its line as it is and ends it, so that the error stands on the next one.
        """
        began = self._clock()
        result = Result()
        self._write(f"  {name + ' ':.<{_NAMES}} ")
        try:
            yield result
        except BaseException:
            self._write("\n")
            raise
        self._write(f"{result.words} ({self._clock() - began:.1f} s)\n")
