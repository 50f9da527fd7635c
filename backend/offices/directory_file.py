"""The file of offices (TOML), read and checked."""

from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from backend.common import Loc, TomlFile, locate
from backend.offices.directory import Directory, OfficesError, shared_name
from backend.offices.drawn_text import Drawn, DrawnLine
from backend.offices.hours import Calendar, Closure, DatedOpening, Hours
from backend.offices.kind import PICK_UP, VisitKind
from backend.offices.kinds_file import KindCode, load_kinds
from backend.offices.office import Office, Series, Window
from backend.wire import FieldShape, WindowKind

MOST_AT_KIOSK: Final = 5
"""How many kinds of visit a kiosk's screen has room for."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _in_japanese(value: object) -> object:
    """Treat a text without a language as Japanese."""
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
    visits: list[KindCode] | None = Field(default=None, min_length=1)


class _Hours(_Closed):
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    opens: time
    closes: time
    weeks: list[Annotated[int, Field(ge=1, le=5)]] = []
    on_holidays: bool = False


class _Office(_Closed):
    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,8}$")]
    name: dict[str, Drawn]
    address: Annotated[dict[str, DrawnLine], BeforeValidator(_in_japanese)]
    phone: Drawn | None = None
    also_called: list[str] = []
    reservation_series: str
    walk_in_series: str
    series: list[_Series]
    windows: list[_Window]
    hours: list[_Hours]
    kinds: list[KindCode] | None = Field(default=None, min_length=1)

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
    authority: Drawn
    calendar: _Calendar = _Calendar()
    office: list[_Office] = Field(min_length=1)


def load_directory(path: Path, kinds_path: Path | None = None) -> Directory:
    """Read and check the file of offices, with the file of kinds of visit.

    Args:
        path: the file of offices.
        kinds_path: the file of kinds of visit; the shipped one by default.

    Raises:
        OfficesError: a file is missing, is not TOML, or contradicts itself or the other file.
    """
    kinds = load_kinds(kinds_path or locate("offices", "kinds.toml"))
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
    offices = [_office(entry, kinds, file, place) for place, entry in enumerate(content.office)]
    shared = shared_name(offices)
    if shared is not None:
        key, place = shared
        raise file.wrong(("office", place), f"the name {key} belongs to two offices")
    return Directory(content.authority, offices, calendar, kinds)


def _offices(named: list[str] | str, known: set[str], file: TomlFile, loc: Loc) -> frozenset[str]:
    if isinstance(named, str):
        return frozenset()
    unknown = set(named) - known
    if unknown or not named:
        told = ", ".join(sorted(unknown)) or "the list is empty"
        raise file.wrong((*loc, "offices"), f"the file of offices has a date for no known office: {told}")
    return frozenset(named)


def _office(entry: _Office, kinds: Mapping[str, VisitKind], file: TomlFile, place: int) -> Office:
    series: Mapping[str, Series] = {one.code: Series(one.code, one.first, one.last) for one in entry.series}
    done = _kinds_of(entry, kinds, file, ("office", place))
    _check_windows(entry, done, file, ("office", place))
    return Office(
        id=entry.id,
        name=dict(entry.name),
        address=dict(entry.address),
        phone=entry.phone,
        windows=tuple(
            Window(one.label, one.kind, None if one.visits is None else frozenset(one.visits))
            for one in entry.windows
        ),
        series=dict(series),
        reservation_series=entry.reservation_series,
        walk_in_series=entry.walk_in_series,
        hours=tuple(
            Hours(frozenset(rule.days), rule.opens, rule.closes, frozenset(rule.weeks), rule.on_holidays)
            for rule in entry.hours
        ),
        also_called=tuple(entry.also_called),
        kinds=done,
    )


def _kinds_of(
    entry: _Office, kinds: Mapping[str, VisitKind], file: TomlFile, loc: Loc
) -> tuple[VisitKind, ...]:
    """The kinds of visit that an office offers: those that it names, else the usual ones."""
    named = [kind.code for kind in kinds.values() if kind.usual] if entry.kinds is None else entry.kinds
    at = (*loc, "kinds") if entry.kinds is not None else loc
    for code in named:
        if code not in kinds:
            raise file.wrong(
                at, f"office {entry.id} does {code}, which the file of kinds of visit does not have"
            )
        wanted = kinds[code].series
        if wanted is not None and wanted not in {series.code for series in entry.series}:
            raise file.wrong(
                at, f"office {entry.id} has no series {wanted}, from which {code} takes its numbers"
            )
    if sum(kinds[code].walk_in for code in named) > MOST_AT_KIOSK:
        raise file.wrong(
            at, f"office {entry.id} offers more than {MOST_AT_KIOSK} kinds of visit at its kiosks"
        )
    if PICK_UP not in named:
        raise file.wrong(at, f"office {entry.id} does not do {PICK_UP}, which every office does")
    if len(set(named)) != len(named):
        raise file.wrong(at, f"office {entry.id} names a kind of visit twice")
    return tuple(kinds[code] for code in named)


def _check_windows(entry: _Office, done: tuple[VisitKind, ...], file: TomlFile, loc: Loc) -> None:
    """Check that every kind of visit has a window that calls it, and every window has a kind that the office offers.

    Raises:
        OfficesError: that is not the case.
    """
    codes = {kind.code for kind in done}
    called: set[str] = set()
    callers = False
    for number, window in enumerate(entry.windows):
        at = (*loc, "windows", number)
        if window.kind is not WindowKind.ISSUANCE:
            callers = True
            called |= codes if window.visits is None else set(window.visits)
        elif window.visits is not None:
            raise file.wrong(
                at, f"window {window.label} of office {entry.id} calls nobody from the queue: no visits"
            )
        for code in window.visits or ():
            if code not in codes:
                raise file.wrong(
                    at,
                    f"window {window.label} of office {entry.id} is for {code}, which the office does not do",
                )
    if callers and codes - called:
        told = ", ".join(sorted(codes - called))
        raise file.wrong((*loc, "windows"), f"no window of office {entry.id} calls the visits {told}")
