"""Whether the office is open at a booked time, by the file of offices."""

from datetime import date, datetime

from backend.exchange.refusals import ImportRemark
from backend.offices import Directory, Opening, business_day


class BookedHours:
    """Looks up opening hours, each day and each time of an office once.

    Args:
        directory: every office of the authority, with its calendar.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._openings: dict[tuple[str, date], tuple[Opening, ...]] = {}
        self._remarks: dict[tuple[str, datetime], ImportRemark | None] = {}

    def remark(self, office_id: str, at: datetime) -> ImportRemark | None:
        """The remark on a booked time (aware) at which the office is closed; None if it is open then."""
        asked = (office_id, at)
        if asked not in self._remarks:
            self._remarks[asked] = self._remark(office_id, at)
        return self._remarks[asked]

    def _remark(self, office_id: str, at: datetime) -> ImportRemark | None:
        day = business_day(at)
        key = (office_id, day)
        if key not in self._openings:
            self._openings[key] = self._directory.openings(office_id, day)
        openings = self._openings[key]
        if not openings:
            return ImportRemark.CLOSED_DAY
        if any(opening.opens_at <= at < opening.closes_at for opening in openings):
            return None
        return ImportRemark.OUTSIDE_HOURS
