"""The file of offices (TOML), read and checked."""

from collections.abc import Mapping
from datetime import date, time
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

from backend.common import FontMissingError, Loc, TomlFile, code_points, without_typeface
from backend.offices.directory import Directory, OfficesError, shared_name
from backend.offices.hours import Calendar, Closure, DatedOpening, Hours
from backend.offices.office import Office, Series, Window
from backend.wire import FieldShape, WindowKind


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
    shared = shared_name(offices)
    if shared is not None:
        key, place = shared
        raise file.wrong(("office", place), f"the name {key} belongs to two offices")
    return Directory(content.authority, offices, calendar)


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
