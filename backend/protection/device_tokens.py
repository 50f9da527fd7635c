"""Devices: kiosks and displays, each with a token, an office, and the permissions of its kind."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, select, update

from backend.protection import audit
from backend.protection.actor import Actor, ActorKind
from backend.protection.login_names import refuse_number
from backend.protection.permissions import OF_DEVICE
from backend.protection.roles import DeviceKind
from backend.protection.sessions import hash_token
from backend.protection.tables import devices
from backend.storage import Statement, UnitOfWork

# Asked at every request of a device, so compiled once.
_OF_TOKEN = Statement(
    select(devices.c.id, devices.c.name, devices.c.kind, devices.c.office_id).where(
        devices.c.token_hash == bindparam("hashed"), devices.c.revoked_at.is_(None)
    )
)


@dataclass(frozen=True)
class Device:
    """A device that is enrolled and not revoked."""

    id: str
    name: str
    kind: DeviceKind
    office_id: str

    @property
    def actor(self) -> Actor:
        """The device as an actor."""
        return Actor(ActorKind.DEVICE, self.id, self.office_id, OF_DEVICE[self.kind], self.kind.value)


class DeviceExistsError(ValueError):
    """There is already a device with this name."""


def enrol(work: UnitOfWork, name: str, kind: DeviceKind, office_id: str) -> tuple[str, Device]:
    """Add a device and return its token, which is shown only once and stored only as a hash.

    Raises:
        DeviceExistsError: the name is taken.
        NumberInNameError: the name holds a 12-digit number.
    """
    refuse_number(name)
    if work.connection.execute(select(devices.c.id).where(devices.c.name == name)).first() is not None:
        raise DeviceExistsError(f"a device {name} exists already; revoke it or choose another name")
    token = f"{kind.value}.{secrets.token_urlsafe(32)}"
    device = Device(uuid4().hex, name, kind, office_id)
    work.connection.execute(
        insert(devices).values(
            id=device.id,
            name=name,
            kind=kind.value,
            office_id=office_id,
            token_hash=hash_token(token),
            created_at=work.now,
        )
    )
    audit.record_audit(
        work,
        "console",
        "device_enrolled",
        device.id,
        {"kind": kind.value, "office": office_id},
        about=audit.ObjectKind.DEVICE,
    )
    return token, device


def revoke(work: UnitOfWork, name: str) -> bool:
    """Revoke a device for good and free its name; return whether there was one."""
    row = work.connection.execute(
        select(devices.c.id).where(devices.c.name == name, devices.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return False
    work.connection.execute(
        update(devices)
        .where(devices.c.id == row.id)
        .values(revoked_at=work.now, name=f"{name} (revoked {row.id[:8]})"[:64])
    )
    audit.record_audit(work, "console", "device_revoked", row.id, about=audit.ObjectKind.DEVICE)
    return True


def find_device(connection: Connection, token: str) -> Device | None:
    """The device that a token belongs to, or none."""
    row = _OF_TOKEN.first(connection, hashed=hash_token(token))
    return None if row is None else Device(row[0], row[1], DeviceKind(row[2]), row[3])


def device_names(connection: Connection, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Id and name of those of some devices that were not revoked, in the order of their names."""
    rows = connection.execute(
        select(devices.c.id, devices.c.name)
        .where(devices.c.id.in_(list(ids)), devices.c.revoked_at.is_(None))
        .order_by(devices.c.name)
    )
    return [(row.id, row.name) for row in rows]
