"""Of which days, which office and since when something is handed back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from backend.common import begin_of_day
from backend.storage import Database

_OVERLAP: Final = timedelta(minutes=1)
"""Longer than any change of several servers on PostgreSQL is under way."""


def since_export(database: Database, entered: datetime) -> datetime:
    """From when on a change may be missing in a former export.

    SQLite has one writer, so that what was told a time before the entry of the export was there before it was read. On PostgreSQL a
    change may have begun before and ended behind it: what changed shortly before comes twice, which changes nothing.

    Args:
        database: where the export was entered.
        entered: when that was, aware.
    """
    return entered if database.is_sqlite else entered - _OVERLAP


@dataclass(frozen=True)
class Period:
    """What is meant; everything by default.

    Attributes:
        first: the first day in Tokyo.
        last: the last one.
        office_id: of one office.
        changed_since: only what changed from then on, aware; ``since_export`` says it of a former export.
    """

    first: date | None = None
    last: date | None = None
    office_id: str | None = None
    changed_since: datetime | None = None

    @property
    def begins(self) -> datetime | None:
        """The first moment of the first day."""
        return None if self.first is None else begin_of_day(self.first)

    @property
    def ends(self) -> datetime | None:
        """The first moment after the last day."""
        return None if self.last is None else begin_of_day(self.last + timedelta(days=1))
