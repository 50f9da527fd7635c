"""How long a proof by many examples goes on: short in `make test`, fifty times as long in `make proof`."""

import os
from typing import Final

FACTOR: Final = int(os.environ.get("UKETSUKE_PROOF", "1"))
"""How many times the examples of `make test` are tried."""


def examples(count: int) -> int:
    """How many examples to try, from how many `make test` tries."""
    return count * FACTOR
