"""The directory of offices: their names, windows and kinds of visit, and when they are open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from backend.common import in_tokyo
from backend.offices.hours import Calendar, DatedOpening, Opening
from backend.offices.kind import PICK_UP, VisitKind
from backend.offices.office import Office, fold_name

_LOOK_AHEAD_DAYS = 21
_MOST_DAYS = 1000


class OfficesError(ValueError):
    """The file of offices is wrong; the message is one sentence that names the first mistake."""


class Directory:
    """Every office of the authority, with its opening hours.

    Args:
        authority: name of the municipality.
        offices: all offices; the first is the main office.
        calendar: closed days and extra openings.
        kinds: every kind of visit by its code, including those that no office offers now.
    """

    def __init__(
        self,
        authority: str,
        offices: Iterable[Office],
        calendar: Calendar,
        kinds: Mapping[str, VisitKind] | None = None,
    ) -> None:
        self.authority = authority
        self.kinds: Mapping[str, VisitKind] = kinds or {}
        self._offices = {office.id: office for office in offices}
        self._calendar = calendar
        # Every command asks several times for the same few days, and the files never change while a server runs.
        self._openings_on = lru_cache(_MOST_DAYS)(self._openings_of)
        self._by_key: dict[str, Office] = {}
        shared = shared_name(self._offices.values())
        if shared is not None:
            raise OfficesError(f"the name {shared[0]} belongs to two offices")
        for office in self._offices.values():
            self._by_key |= dict.fromkeys(office.search_keys(), office)

    def __iter__(self) -> Iterator[Office]:
        return iter(self._offices.values())

    def get(self, office_id: str) -> Office | None:
        """The office with an id, or None."""
        return self._offices.get(office_id)

    def __getitem__(self, office_id: str) -> Office:
        return self._offices[office_id]

    def ends_at_reception(self, kind: str) -> bool:
        """Whether visits of a kind (by its code) end at reception, so that nobody is handed over.

        A kind that was removed from the file ends at reception, so that visitors with its numbers can be finished.
        """
        known = self.kinds.get(kind)
        return kind != PICK_UP if known is None else known.ends_at_reception

    def find(self, name: str) -> Office | None:
        """The office with a name or id as files of the ward write it, or None."""
        return self._by_key.get(fold_name(name))

    def with_special_openings(self, openings: Iterable[DatedOpening]) -> "Directory":
        """The same directory with more extra openings."""
        calendar = replace(self._calendar, special_openings=(*self._calendar.special_openings, *openings))
        return Directory(self.authority, self._offices.values(), calendar, self.kinds)

    def openings(self, office_id: str, day: date) -> tuple[Opening, ...]:
        """When an office is open on a day, in order; aware, in Asia/Tokyo."""
        return self._openings_on(office_id, day)

    def _openings_of(self, office_id: str, day: date) -> tuple[Opening, ...]:
        office = self._offices[office_id]
        return self._calendar.openings(office_id, office.hours, day)

    def open_at(self, office_id: str, at: datetime, *, lead: timedelta = timedelta()) -> Opening | None:
        """The opening at an aware time, or one that begins within ``lead`` after it; None if the office is closed."""
        local = in_tokyo(at)
        for opening in self.openings(office_id, local.date()):
            if opening.opens_at - lead <= local < opening.closes_at:
                return opening
        return None

    def breaks_ahead(self, office_id: str, at: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The breaks of an office, for example at noon, from an aware time until its last closing on that day.

        Each is a pair of aware times: closed from, open again.
        """
        if office_id not in self._offices:
            return ()
        ahead = [one for one in self.openings(office_id, in_tokyo(at).date()) if one.closes_at > at]
        starts = [at, *(one.closes_at for one in ahead)]
        return tuple(
            (closed, one.opens_at)
            for closed, one in zip(starts, ahead, strict=False)
            if closed < one.opens_at
        )

    def next_opening(self, office_id: str, at: datetime) -> Opening | None:
        """The first opening that begins after an aware time, within three weeks."""
        local = in_tokyo(at)
        for offset in range(_LOOK_AHEAD_DAYS):
            for opening in self.openings(office_id, local.date() + timedelta(days=offset)):
                if opening.opens_at > local:
                    return opening
        return None

    def opening_for(self, office_id: str, visit: datetime | None, now: datetime) -> Opening | None:
        """The opening in which a visitor can come: that of a reserved time in the future, else the present or next one.

        Args:
            office_id: the office.
            visit: reserved time, aware; None if nothing is reserved.
            now: the present time, aware.
        """
        if visit is not None:
            local = in_tokyo(visit)
            ahead = [one for one in self.openings(office_id, local.date()) if one.closes_at > now]
            begun = [one for one in ahead if one.opens_at <= local]
            if ahead:
                return begun[-1] if begun else ahead[0]
        return self.open_at(office_id, now) or self.next_opening(office_id, now)


def shared_name(offices: Iterable[Office]) -> tuple[str, int] | None:
    """A name that two offices have, with the index of the second one; None if there is none."""
    seen: dict[str, int] = {}
    for place, office in enumerate(offices):
        for key in office.search_keys():
            if seen.setdefault(key, place) != place:
                return key, place
    return None
