"""The directory of offices, read from a TOML file and checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from backend.common import FontMissingError, Loc, TomlFile, code_points, in_tokyo, without_typeface
from backend.offices.hours import Calendar, Closure, DatedOpening, Hours, Opening
from backend.offices.office import Office, Series, Window, fold_name
from backend.wire import FieldShape, WindowKind

_LOOK_AHEAD_DAYS = 21


class OfficesError(ValueError):
    """The file of offices is wrong; the message is one sentence that names the first mistake."""


def _drawable(text: str) -> str:
    """Refuse characters that no typeface has: screens and tickets could not show them."""
    try:
        missing = without_typeface(text)
    except FontMissingError:
        # Fonts are missing, so this machine draws nothing; devices put 〓 for what they cannot draw.
        return text
    if missing:
        raise ValueError(f"no typeface has the character {code_points(missing)}")
    return text


_Drawn = Annotated[str, AfterValidator(_drawable)]
"""A text that devices show or papers have printed on them."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_drawable)]


def _in_japanese(value: object) -> object:
    """Take a text without a language as Japanese."""
    return {"ja": value} if isinstance(value, str) else value


class _Series(_Closed):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    first: int = Field(ge=1, le=9999)
    last: int = Field(ge=1, le=9999)

    @model_validator(mode="after")
    def _ordered(self) -> "_Series":
        if self.last < self.first:
            raise ValueError(f"series {self.code} ends before it begins")
        return self


class _Window(_Closed):
    label: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,3}$")]
    kind: WindowKind


class _Hours(_Closed):
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    opens: time
    closes: time
    weeks: list[Annotated[int, Field(ge=1, le=5)]] = []
    on_holidays: bool = False


class _Office(_Closed):
    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,8}$")]
    name: dict[str, _Drawn]
    address: Annotated[dict[str, _Line], BeforeValidator(_in_japanese)]
    phone: _Drawn | None = None
    also_called: list[str] = []
    reservation_series: str
    walk_in_series: str
    series: list[_Series]
    windows: list[_Window]
    hours: list[_Hours]

    @model_validator(mode="after")
    def _consistent(self) -> "_Office":
        codes = [series.code for series in self.series]
        labels = [window.label for window in self.windows]
        if len(set(codes)) != len(codes) or len(set(labels)) != len(labels):
            raise ValueError(f"office {self.id} names a series or window twice")
        for wanted in (self.reservation_series, self.walk_in_series):
            if wanted not in codes:
                raise ValueError(f"office {self.id} has no series {wanted}")
        if "ja" not in self.name:
            raise ValueError(f"office {self.id} has no Japanese name")
        if "ja" not in self.address:
            raise ValueError(f"office {self.id} has no Japanese address")
        return self


class _DatedOpening(_Closed):
    offices: list[str] | Literal["all"]
    on: date
    opens: time
    closes: time


class _Closure(_Closed):
    offices: list[str] | Literal["all"]
    on: date


class _Calendar(_Closed):
    closed_days: list[Annotated[str, StringConstraints(pattern=r"^[01]\d-[0-3]\d$")]] = []
    closed_on_national_holidays: bool = True
    closure: list[_Closure] = []
    special_opening: list[_DatedOpening] = []


class _File(_Closed):
    authority: _Drawn
    calendar: _Calendar = _Calendar()
    office: list[_Office] = Field(min_length=1)


class Directory:
    """Every office of the authority, with its opening hours."""

    def __init__(self, authority: str, offices: Iterable[Office], calendar: Calendar) -> None:
        self.authority = authority
        self._offices = {office.id: office for office in offices}
        self._calendar = calendar
        self._by_key: dict[str, Office] = {}
        shared = _shared_name(self._offices.values())
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

    def find(self, name: str) -> Office | None:
        """The office that a file of the ward means by a name or id, or None."""
        return self._by_key.get(fold_name(name))

    def with_special_openings(self, openings: Iterable[DatedOpening]) -> "Directory":
        """The same directory with more extra openings."""
        calendar = replace(self._calendar, special_openings=(*self._calendar.special_openings, *openings))
        return Directory(self.authority, self._offices.values(), calendar)

    def openings(self, office_id: str, day: date) -> tuple[Opening, ...]:
        """When an office is open on a day, in order; aware, in Asia/Tokyo."""
        office = self._offices[office_id]
        return self._calendar.openings(office_id, office.hours, day)

    def open_at(self, office_id: str, at: datetime, *, lead: timedelta = timedelta()) -> Opening | None:
        """The opening at an aware time, or one that begins within ``lead``; None when closed."""
        local = in_tokyo(at)
        for opening in self.openings(office_id, local.date()):
            if opening.opens_at - lead <= local < opening.closes_at:
                return opening
        return None

    def breaks_ahead(self, office_id: str, at: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """When an office is closed from an aware time until its last closing that day, for example at noon.

        Each is a pair (closed from, opens again), aware.
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
        """The opening in which a visitor can come: that of a future visit, else the present or next one.

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


def load_directory(path: Path) -> Directory:
    """Read and check the file of offices.

    Raises:
        OfficesError: the file is missing, is not TOML, or contradicts itself.
    """
    file = TomlFile.read(path, "the file of offices", OfficesError, {"phone": FieldShape.PHONE})
    content = file.check(_File)
    known: set[str] = set()
    for place, entry in enumerate(content.office):
        if entry.id in known:
            raise file.wrong(
                ("office", place, "id"), f"the file of offices names the office {entry.id} twice"
            )
        known.add(entry.id)
    calendar = Calendar(
        closed_days=frozenset((int(day[:2]), int(day[3:])) for day in content.calendar.closed_days),
        closed_on_national_holidays=content.calendar.closed_on_national_holidays,
        closures=tuple(
            Closure(rule.on, _offices(rule.offices, known, file, ("calendar", "closure", place)))
            for place, rule in enumerate(content.calendar.closure)
        ),
        special_openings=tuple(
            DatedOpening(
                rule.on,
                rule.opens,
                rule.closes,
                _offices(rule.offices, known, file, ("calendar", "special_opening", place)),
            )
            for place, rule in enumerate(content.calendar.special_opening)
        ),
    )
    offices = [_office(entry) for entry in content.office]
    shared = _shared_name(offices)
    if shared is not None:
        key, place = shared
        raise file.wrong(("office", place), f"the name {key} belongs to two offices")
    return Directory(content.authority, offices, calendar)


def _shared_name(offices: Iterable[Office]) -> tuple[str, int] | None:
    """A name that two offices have, with the index of the second one; None if there is none."""
    seen: dict[str, int] = {}
    for place, office in enumerate(offices):
        for key in office.search_keys():
            if seen.setdefault(key, place) != place:
                return key, place
    return None


def _offices(named: list[str] | str, known: set[str], file: TomlFile, loc: Loc) -> frozenset[str]:
    if isinstance(named, str):
        return frozenset()
    unknown = set(named) - known
    if unknown or not named:
        told = ", ".join(sorted(unknown)) or "the list is empty"
        raise file.wrong((*loc, "offices"), f"the file of offices has a date for no known office: {told}")
    return frozenset(named)


def _office(entry: _Office) -> Office:
    series: Mapping[str, Series] = {one.code: Series(one.code, one.first, one.last) for one in entry.series}
    return Office(
        id=entry.id,
        name=dict(entry.name),
        address=dict(entry.address),
        phone=entry.phone,
        windows=tuple(Window(one.label, one.kind) for one in entry.windows),
        series=dict(series),
        reservation_series=entry.reservation_series,
        walk_in_series=entry.walk_in_series,
        hours=tuple(
            Hours(frozenset(rule.days), rule.opens, rule.closes, frozenset(rule.weeks), rule.on_holidays)
            for rule in entry.hours
        ),
        also_called=tuple(entry.also_called),
    )
