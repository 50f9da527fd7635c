"""What kiosks say of themselves: a camera, a printer or a hand scanner that does not work, for the clerks to know, and why.

A report becomes an event only where it changes something, so that pages are told at once and the log stays short. The
state of a device is its newest event of the day; kiosks repeat their report, so it is there again after midnight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, select

from backend.offices import business_day
from backend.protection import devices
from backend.reception.check_in import Caller
from backend.reception.ticket import queue_counts
from backend.storage import Database, body_hash, newest_office_events, once
from backend.wire import DevicePart, DeviceReport, EventKind, PartTrouble

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


class DeviceReports:
    """Takes reports of devices.

    Args:
        database: where events are kept.
        key: keys the fingerprints of requests.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def take(self, report: DeviceReport, caller: Caller) -> None:
        """Take note of how a device is."""
        troubles = {part.value: why for part, why in sorted(report.troubles.items())}
        fingerprint = body_hash(self._key, "device_report", caller.device_id, troubles)

        def act() -> Mapping[str, Any]:
            day = business_day(work.now)
            work.order_events()
            known = _newest(work.connection, caller.office_id, day).get(caller.device_id, {})
            if known != troubles:
                facts = {
                    "device_id": caller.device_id,
                    "troubles": troubles,
                    **queue_counts(work.connection, caller.office_id, day),
                }
                work.record(
                    EventKind.DEVICE_REPORTED.value, office_id=caller.office_id, business_day=day, facts=facts
                )
            return {}

        with self._database.write() as work:
            once(work, report.request_id, "device_report", fingerprint, act)


def troubles_at(connection: Connection, office_id: str, day: date) -> list[DeviceTrouble]:
    """What does not work at an office now, in the order of the devices' names; revoked devices are not told of."""
    newest = {device: parts for device, parts in _newest(connection, office_id, day).items() if parts}
    if not newest:
        return []
    rows = connection.execute(
        select(devices.c.id, devices.c.name)
        .where(devices.c.id.in_(newest), devices.c.revoked_at.is_(None))
        .order_by(devices.c.name)
    )
    return [
        DeviceTrouble(row.name, DevicePart(part), _KNOWN.get(why))
        for row in rows
        for part, why in newest[row.id].items()
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
