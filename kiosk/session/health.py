"""The health of server, camera, hand scanner and printer; only changes are logged.

A part counts as away after some bad reports in a row, and as back with the first good one, so that one lost
packet does not change a screen. The newest report counts, whoever made it. Changes are logged once: when a part goes
away, has another trouble than before, or is back. A part may also work but need care soon, such as a new paper roll.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import structlog

from backend.wire import DevicePart

UNWANTED: Final = "none"
"""The reason given for a part that the settings leave out."""

log = structlog.get_logger()


class MachinePart(StrEnum):
    """The parts that a kiosk depends on."""

    SERVER = "server"
    CAMERA = "camera"
    PRINTER = "printer"
    SCANNER = "scanner"


PATIENCE: Final[Mapping[MachinePart, int]] = {
    MachinePart.SERVER: 2,
    MachinePart.CAMERA: 1,
    MachinePart.PRINTER: 1,
    MachinePart.SCANNER: 1,
}
"""How many bad reports in a row make a part count as away."""


class MachineHealth:
    """The health of all parts.

    Args:
        patience: how many bad reports in a row make a part count as away.
    """

    def __init__(self, patience: Mapping[MachinePart, int] = PATIENCE) -> None:
        self._patience = patience
        self._bad: dict[MachinePart, int] = {}
        self._away: dict[MachinePart, str] = {}
        self._care: dict[MachinePart, str] = {}

    def report(self, part: MachinePart, *, well: bool, why: str = "", care: str = "") -> bool:
        """Note whether a part works, and return whether it counts as working now.

        Args:
            part: the part that was looked at.
            well: whether it works.
            why: if it does not work, a code for the trouble; never personal.
            care: if it works, a code for what it will need soon; empty if it needs nothing.
        """
        if well:
            self._bad[part] = 0
            cared_for = self._care.pop(part, "")
            if self._away.pop(part, None) is not None or (cared_for and not care):
                log.info("part_recovered", part=part.value)
            if care:
                self._care[part] = care
                if care != cared_for:
                    log.warning("part_needs_care", part=part.value, why=care)
            return True
        self._bad[part] = self._bad.get(part, 0) + 1
        known = self._away.get(part)
        if known is None and self._bad[part] < self._patience[part]:
            return True
        if known != why:
            self._care.pop(part, None)
            self._away[part] = why
            log.warning("part_away", part=part.value, why=why)
        return False

    def well(self, part: MachinePart) -> bool:
        """Whether a part counts as working."""
        return part not in self._away

    def troubles(self) -> dict[DevicePart, str]:
        """Every part that is away or needs care, with the code of its trouble, for the report to the server.

        A camera that the settings leave out is no trouble; the server itself is not in the report.
        """
        known = {part.value: why for part, why in (self._care | self._away).items()}
        return {part: known[part.value] for part in DevicePart if known.get(part.value, UNWANTED) != UNWANTED}
