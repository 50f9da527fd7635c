"""Ids of what an import makes: in the order of their time, so that rows that are written together lie together in every index.

Ids at random would lie on as many pages of the database as there are rows, and each of these pages is written with them.
"""

import secrets
import time
from typing import Final

_RANDOM_BITS: Final = 80
_VERSION: Final = 7 << 76
_VARIANT: Final = 0b10 << 62
_THEIR_BITS: Final = 0xF << 76 | 0b11 << 62
"""Where version and variant of a UUID stand."""


def row_id() -> str:
    """A new id: a UUID of version 7 (RFC 9562) in hex, whose beginning is the time in milliseconds and the rest random."""
    beginning = time.time_ns() // 1_000_000 << _RANDOM_BITS
    number = beginning | secrets.randbits(_RANDOM_BITS)
    return f"{number & ~_THEIR_BITS | _VERSION | _VARIANT:032x}"
