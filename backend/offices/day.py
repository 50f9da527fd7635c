"""The business day (営業日) and its clock: computed by the server in Asia/Tokyo, whatever ``TZ`` says."""

from datetime import date, datetime

from backend.common import TOKYO


def business_day(at: datetime) -> date:
    """The calendar day in Tokyo of an aware time.

    Raises:
        ValueError: the time has no zone; a zone is never guessed.
    """
    if at.tzinfo is None:
        raise ValueError("a business day needs a time with a zone")
    return at.astimezone(TOKYO).date()
