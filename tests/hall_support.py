"""A day in the hall: noon, and calls of numbers to windows."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from backend.wire.codes import WindowKind
from backend.wire.messages import CallMessage

TODAY: Final = date(2026, 11, 24)
NOON: Final = datetime(2026, 11, 24, 3, tzinfo=UTC)
"""Noon in Tokyo."""


def a_call(ticket: int, count: int = 1, **values: Any) -> CallMessage:
    """A call of ticket M-<ticket> to window 3 of the reception; other values may be given."""
    usual: dict[str, Any] = {
        "ticket_id": UUID(int=ticket),
        "number": f"M-{ticket:03d}",
        "window": "3",
        "kind": WindowKind.RECEPTION,
        "called_at": NOON,
        "call_count": count,
    }
    return CallMessage(**(usual | values))
