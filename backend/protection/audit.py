"""The audit trail: who saw or changed what, written in the same transaction as the change.

It names accounts, devices, ids and columns, never the contents of a field. What is written here is sealed within a second by
the room's trail, and never changed again.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import insert

from backend.protection.actor import Actor
from backend.protection.tables import audit
from backend.storage import Statement, UnitOfWork
from backend.wire import FieldShape, tree_contains_my_number

_WITHHELD = "***"
_PROGRAMS = frozenset({"console", "system"})
# Part of every command, so compiled once.
_NOTE = Statement(
    insert(audit),
    (
        "at",
        "actor",
        "action",
        "subject",
        "facts",
        "office_id",
        "role",
        "place",
        "subject_kind",
        "field_names",
    ),
)


class ObjectKind(StrEnum):
    """What the object of an entry is."""

    ACCOUNT = "account"
    CARD = "card"
    CASE = "case"
    CONFLICT = "conflict"
    DEVICE = "device"
    IMPORT_RUN = "import_run"
    NAME = "name"
    """A name that nobody has: its keyed digest."""
    OUTLET = "outlet"
    RESERVATION = "reservation"
    TICKET = "ticket"


def record_audit(
    work: UnitOfWork,
    by: Actor | str,
    action: str,
    subject: str | None = None,
    facts: Mapping[str, Any] | None = None,
    *,
    about: ObjectKind | None = None,
    fields: Collection[str] = (),
    office_id: str | None = None,
    role: str | None = None,
    place: str | None = None,
) -> None:
    """Write one entry of the audit trail; facts that hold a 12-digit number, as only fields do, are withheld.

    Args:
        work: the transaction of what is told.
        by: who did it. Of an actor role, office and place are known; of an id whoever calls says what they know.
        action: its code.
        subject: id of what it was about.
        facts: codes and counts.
        about: what the subject is the id of.
        fields: names of the columns that were seen or changed; never their values.
        office_id: the office of the work, where there is one.
        role: as what they acted; of ``console`` and ``system`` that is known.
        place: the address of the machine from which they acted.
    """
    if isinstance(by, Actor):
        actor, office_id, role, place = by.id, office_id or by.office_id, by.role, by.place
    else:
        actor = by
        role = by if by in _PROGRAMS else role
    told = {
        key: _WITHHELD if tree_contains_my_number(value, shape=FieldShape.RECORD) else value
        for key, value in (facts or {}).items()
    }
    _NOTE.run(
        work.connection,
        at=work.now,
        actor=actor,
        action=action,
        subject=subject,
        facts=told,
        office_id=office_id,
        role=role,
        place=place,
        subject_kind=about.value if about and subject else None,
        field_names=" ".join(fields) or None,
    )
