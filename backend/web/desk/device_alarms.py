"""Chooses the texts that tell clerks of a kiosk in trouble: what is wrong, and what to do next."""

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
"""Troubles with a text of their own, by part; every other trouble of a part has the part's general text."""

_NOT_YET: Final = frozenset({PartTrouble.NEAR_END})


@dataclass(frozen=True)
class DeviceAlarm:
    """One line on the page.

    Attributes:
        words: the key of its text.
        device: the device in trouble.
        urgent: whether it does not work now; False if it will soon stop working.
    """

    words: str
    device: str
    urgent: bool


def alarms_of(troubles: Iterable[DeviceTrouble]) -> list[DeviceAlarm]:
    """Turn troubles into lines for the page, urgent ones first."""
    alarms = [_alarm(trouble) for trouble in troubles]
    return sorted(alarms, key=lambda alarm: not alarm.urgent)


def _alarm(trouble: DeviceTrouble) -> DeviceAlarm:
    own = trouble.why is not None and trouble.why in OWN_WORDS.get(trouble.part, ())
    words = f"device_{trouble.part}.{trouble.why}" if own else f"device.{trouble.part}"
    return DeviceAlarm(words, trouble.device, urgent=not own or trouble.why not in _NOT_YET)
