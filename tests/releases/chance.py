"""Repeatable random bytes: while a release is made, every id, token, key and salt of the product comes from a seed.

The product draws all of them from the operating system. What a step of the story draws depends on the name of that step
alone, so that a step more or less changes nothing in the others.
"""

import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Chance:
    """Gives bytes as the operating system does, but always the same ones.

    Args:
        seed: of the whole story.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._turn = threading.Lock()
        self._source = random.Random(seed)  # noqa: S311 - of invented things, no secret

    def begin(self, step: str) -> None:
        """What is drawn from now on belongs to this step."""
        with self._turn:
            self._source = random.Random(f"{self._seed} {step}")  # noqa: S311 - as above

    def __call__(self, size: int) -> bytes:
        """So many bytes."""
        with self._turn:
            return self._source.randbytes(size)


@contextmanager
def repeatable(seed: str) -> Iterator[Chance]:
    """Take the place of the operating system's chance for everything in this process until the end of the block."""
    chance = Chance(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", chance)
        # Taken by ``secrets`` at its import, under this name.
        patch.setattr(random, "_urandom", chance)
        yield chance
