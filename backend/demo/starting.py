"""What is printed while the parts start: each step as it begins, its outcome, and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_NAMES = 26


@dataclass
class Result:
    """The outcome of a step; the code that does the step sets it.

    Attributes:
        words: the outcome in words, for example "up at http://127.0.0.1:8710".
    """

    words: str = "ready"


class Starting:
    """Prints the steps of a start; the line of a step appears when it begins.

    Args:
        write: prints text at once, without adding anything.
        clock: returns monotonic seconds.
    """

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock

    def say(self, text: str) -> None:
        """Print whole lines."""
        self._write(f"{text}\n")

    @contextmanager
    def step(self, name: str) -> Iterator[Result]:
        """Print the name of a step now, and at the end of the block its outcome and the seconds that it took.

        If the step fails, its line is ended without an outcome, so that the error is on the next line.
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
