"""The audit trail: who saw or changed what, written in the same transaction as the change.

It names accounts, devices and ids, never the contents of a field.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from backend.protection.tables import audit
from backend.storage import Statement, UnitOfWork
from backend.wire import FieldShape, tree_contains_my_number

_WITHHELD = "***"
# Part of every command, so compiled once.
_NOTE = Statement(insert(audit), ("at", "actor", "action", "subject", "facts", "office_id"))


def record_audit(
    work: UnitOfWork,
    actor: str,
    action: str,
    subject: str | None = None,
    facts: Mapping[str, Any] | None = None,
    *,
    office_id: str | None = None,
) -> None:
    """Write one line of the audit trail; facts that hold a 12-digit number, as only fields do, are withheld."""
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
    )
