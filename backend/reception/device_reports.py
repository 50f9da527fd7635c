"""What kiosks say of themselves: a camera, a printer or a hand scanner that does not work, for the clerks to know, and why.

A report becomes an event only where it changes something, so that pages are told at once and the log stays short. The
state of a device is its newest event of the day; kiosks repeat their report, so it is there again after midnight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from backend.commands import Command, Done, Handling
from backend.offices import business_day
from backend.protection import Actor, device_names
from backend.reception.commands import ReportDevice
from backend.reception.storing.tickets import queue_counts
from backend.storage import Connection, Kept, UnitOfWork, newest_office_events
from backend.wire import DevicePart, EventKind, PartTrouble

_FAR_ENOUGH = 1000
"""How many reports of a day are looked back at; a device whose last one is older repeats it within minutes."""

_KNOWN: Final[Mapping[str, PartTrouble]] = {code.value: code for code in PartTrouble}


@dataclass(frozen=True)
class DeviceTrouble:
    """A part of a device that does not work, or soon needs somebody.

    Attributes:
        device: its name, as it was enrolled.
        part: what does not work.
        why: the trouble; None where a newer kiosk sent a code that is not known here.
    """

    device: str
    part: DevicePart
    why: PartTrouble | None


def device_handlings() -> Mapping[type[Command[Any]], Handling[Any, Any]]:
    """What is done about each command."""
    return {ReportDevice: Handling(_take, _nothing_to_tell)}


def _take(work: UnitOfWork, command: ReportDevice, actor: Actor) -> Done[None]:
    """Take note of how a device is."""
    day = business_day(work.now)
    work.hold(actor.office_id)
    known = _newest(work.connection, actor.office_id, day).get(actor.id, {})
    if known != command.troubles:
        facts = {
            "device_id": actor.id,
            "troubles": command.troubles,
            **queue_counts(work.connection, actor.office_id, day),
        }
        work.record(EventKind.DEVICE_REPORTED.value, office_id=actor.office_id, business_day=day, facts=facts)
    return Done(None)


def _nothing_to_tell(_work: UnitOfWork, _command: ReportDevice, _actor: Actor, _kept: Kept) -> None:
    return None


def troubles_at(connection: Connection, office_id: str, day: date) -> list[DeviceTrouble]:
    """What does not work at an office now, in the order of the devices' names; revoked devices are not told of."""
    newest = {device: parts for device, parts in _newest(connection, office_id, day).items() if parts}
    if not newest:
        return []
    return [
        DeviceTrouble(name, DevicePart(part), _KNOWN.get(why))
        for device_id, name in device_names(connection, newest)
        for part, why in newest[device_id].items()
        if part in DevicePart.__members__.values()
    ]


def _newest(connection: Connection, office_id: str, day: date) -> dict[str, dict[str, str]]:
    """The newest report of each device, by its id."""
    events = newest_office_events(
        connection,
        office_id,
        kinds=[EventKind.DEVICE_REPORTED.value],
        business_day=day,
        limit=_FAR_ENOUGH,
    )
    newest: dict[str, dict[str, str]] = {}
    for event in events:
        newest.setdefault(event.facts["device_id"], event.facts["troubles"])
    return newest
