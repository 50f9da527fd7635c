"""The three kinds of files that go back to the ward's system."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from backend.protection import OutletKind


class WardFile(StrEnum):
    """What a file holds."""

    RESERVATIONS = "reservations"
    """予約: every booking as a row of the ward's own file."""
    RECEPTIONS = "receptions"
    """受付: every card of every number with the times of its steps."""
    RESULTS = "results"
    """結果: what became of each card."""


OUTLET_OF: Final[Mapping[WardFile, OutletKind]] = {
    WardFile.RESERVATIONS: OutletKind.WARD_RESERVATIONS,
    WardFile.RECEPTIONS: OutletKind.WARD_RECEPTIONS,
    WardFile.RESULTS: OutletKind.WARD_RESULTS,
}
"""As what a file is entered when it leaves."""
