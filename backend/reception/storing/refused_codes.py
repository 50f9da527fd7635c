"""Codes that were refused, counted: what they were is neither told nor kept."""

from uuid import uuid4

from sqlalchemy import insert

from backend.protection import Actor
from backend.reception.storing.tables import refusals
from backend.storage import Statement, UnitOfWork

_COUNT = Statement(insert(refusals), ("id", "at", "office_id", "device_id", "reason", "fingerprint"))


def count_refusal(work: UnitOfWork, actor: Actor, reason: str, fingerprint: str | None = None) -> None:
    """Count one.

    Args:
        work: the transaction.
        actor: the device.
        reason: why, as a code.
        fingerprint: keyed hash by which the same unknown code is known again; none where not even that may be kept.
    """
    _COUNT.run(
        work.connection,
        id=uuid4().hex,
        at=work.now,
        office_id=actor.office_id,
        device_id=actor.id,
        reason=reason,
        fingerprint=fingerprint,
    )
