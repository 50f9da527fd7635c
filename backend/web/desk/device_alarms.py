"""Which words tell a clerk of a kiosk that needs somebody: what is wrong, and what to do next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from backend.reception import DeviceTrouble
from backend.wire import DevicePart, PartTrouble

OWN_WORDS: Final[Mapping[DevicePart, frozenset[PartTrouble]]] = {
    DevicePart.PRINTER: frozenset(
        {
            PartTrouble.NEAR_END,
            PartTrouble.PAPER_OUT,
            PartTrouble.COVER_OPEN,
            PartTrouble.ERROR,
            PartTrouble.OFFLINE,
            PartTrouble.SILENT,
            PartTrouble.UNREACHABLE,
            PartTrouble.LINE_DROPPED,
        }
    )
}
"""Troubles with words of their own, by the part that may have them. All others are told by the part's one sentence."""

_NOT_YET: Final = frozenset({PartTrouble.NEAR_END})


@dataclass(frozen=True)
class DeviceAlarm:
    """One line on the page.

    Attributes:
        words: the key of its text.
        device: the device that needs somebody.
        urgent: something does not work now; False where it soon will not.
    """

    words: str
    device: str
    urgent: bool


def alarms_of(troubles: Iterable[DeviceTrouble]) -> list[DeviceAlarm]:
    """Put troubles into lines for the page, what does not work first."""
    alarms = [_alarm(trouble) for trouble in troubles]
    return sorted(alarms, key=lambda alarm: not alarm.urgent)


def _alarm(trouble: DeviceTrouble) -> DeviceAlarm:
    own = trouble.why is not None and trouble.why in OWN_WORDS.get(trouble.part, ())
    words = f"device_{trouble.part}.{trouble.why}" if own else f"device.{trouble.part}"
    return DeviceAlarm(words, trouble.device, urgent=not own or trouble.why not in _NOT_YET)
