"""Of which days, which office and since when something is handed back."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from backend.common import TOKYO

_OVERLAP: Final = timedelta(minutes=1)
"""A change that was under way when an export began is in the next one at the latest; a row twice changes nothing."""


@dataclass(frozen=True)
class Period:
    """What is meant; everything by default.

    Attributes:
        first: the first day in Tokyo.
        last: the last one.
        office_id: of one office.
        since: when a former export was entered, aware: only what changed after it.
    """

    first: date | None = None
    last: date | None = None
    office_id: str | None = None
    since: datetime | None = None

    @property
    def begins(self) -> datetime | None:
        """The first moment of the first day."""
        return None if self.first is None else datetime.combine(self.first, time(), TOKYO)

    @property
    def ends(self) -> datetime | None:
        """The first moment after the last day."""
        return None if self.last is None else datetime.combine(self.last + timedelta(days=1), time(), TOKYO)

    @property
    def changed_since(self) -> datetime | None:
        """From when on a change counts."""
        return None if self.since is None else self.since - _OVERLAP
