"""The time of day as clocks, tickets, displays and pages show it: one style everywhere, 9:30 and never 09:30.

Files that other systems read are another matter: exports and imports keep the form that their columns have.
"""

from datetime import datetime

from backend.common.tokyo import TOKYO


def clock_face(at: datetime) -> str:
    """Hour and minute in Asia/Tokyo, for example 9:30.

    Raises:
        ValueError: the time has no zone.
    """
    if at.utcoffset() is None:
        raise ValueError("a time without a zone stands on no clock")
    local = at.astimezone(TOKYO)
    return f"{local.hour}:{local.minute:02d}"
