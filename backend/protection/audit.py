"""The audit trail: who saw or changed what, written in the transaction in which it happened.

It names accounts, devices and ids, never what stood in a field.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from backend.protection.tables import audit
from backend.storage import UnitOfWork
from backend.wire import FieldShape, tree_contains_my_number

_WITHHELD = "***"
# Part of every command of a person, so made once.
_NOTE = insert(audit)


def record_audit(
    work: UnitOfWork,
    actor: str,
    action: str,
    subject: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the audit trail; a fact with a 12-digit number must have stood in a field: it is withheld."""
    told = {
        key: _WITHHELD if tree_contains_my_number(value, shape=FieldShape.RECORD) else value
        for key, value in (facts or {}).items()
    }
    line = {"at": work.now, "actor": actor, "action": action, "subject": subject, "facts": told}
    work.connection.execute(_NOTE, line)
