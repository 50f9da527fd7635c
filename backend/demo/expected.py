"""The visitors of the demonstration: an invented export with one visitor for each way that a check-in can end.

Reserved times are relative to a given time, so that "on time" can be made true again while the demonstration runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from backend.cards import normalise_number
from backend.common import in_tokyo
from backend.demo.errors import DemoError
from backend.exchange import HEADER, Encoding, SampleExport, write_sample
from backend.offices import Directory

ROWS = 300
_BOOKED = "予約済"
_STEP = timedelta(minutes=5)
_STILL_ON_TIME = timedelta(minutes=2)
_STILL_EARLY = timedelta(minutes=30)
_SURELY_LATE = timedelta(minutes=30)


class Outcome(StrEnum):
    """How the check-in with a notice ends, as the console says it."""

    ON_TIME = "on time"
    EARLY = "early"
    LATE = "late"
    ANOTHER_DAY = "another day"
    ANOTHER_OFFICE = "another office"
    ANOTHER_DAY_AND_OFFICE = "another day and another office"
    CANCELLED = "cancelled"
    NO_CARD = "no card here any more"
    ISSUED = "issued already"
    UNKNOWN = "unknown"


_ELSEWHERE = frozenset({Outcome.ANOTHER_OFFICE, Outcome.ANOTHER_DAY_AND_OFFICE})
_STATES = {Outcome.CANCELLED: "取消", Outcome.NO_CARD: "区外転出", Outcome.ISSUED: "交付済"}
"""処理状況 in the later export, for outcomes that are no longer booked."""


@dataclass(frozen=True)
class Expected:
    """A reservation that the demonstration shows.

    Attributes:
        number: 予約番号 as stored.
        outcome: how its check-in ends.
        shows: the kiosk's answer to its notice, in English, for the person at the console.
        row: its row of the ward's export by column, as booked.
        together: whether it is booked in one group with all others for which this is true.
    """

    number: str
    outcome: Outcome
    shows: str
    row: Mapping[str, str] = field(repr=False)
    together: bool = False

    @property
    def changes_later(self) -> bool:
        """Whether something happened to the reservation after the notice was sent."""
        return self.outcome in _STATES

    def moved_to(self, starts_at: datetime) -> Mapping[str, str]:
        """Its row with another reserved time (aware), in the state that its outcome needs."""
        return {
            **self.row,
            "交付予約日時": f"{in_tokyo(starts_at):%Y/%m/%d %H:%M}",
            "処理状況": _STATES.get(self.outcome, _BOOKED),
        }


@dataclass(frozen=True)
class _Wish:
    """A visitor that the export must have."""

    outcome: Outcome
    words: str = ""
    kind: str = "本人"
    together: bool = False

    @property
    def shows(self) -> str:
        """The kiosk's answer, for the person at the console."""
        return f"{self.outcome}{self.words}"


_CHILD = "15歳未満・法定代理人同行"
_WISHES = (
    _Wish(Outcome.ON_TIME, ", comes alone (R1)"),
    _Wish(Outcome.ON_TIME, ", a child with a parent (R2)", _CHILD),
    _Wish(Outcome.ON_TIME, ", an agent for someone over 75 (P4)", "任意代理人（75歳以上）"),
    _Wish(Outcome.ON_TIME, ", comes alone (R1)"),
    _Wish(Outcome.EARLY, ", reserved for an hour and a half from now"),
    _Wish(Outcome.LATE, ", reserved for an hour ago"),
    _Wish(Outcome.ANOTHER_DAY, ": tomorrow"),
    _Wish(Outcome.ANOTHER_OFFICE),
    _Wish(Outcome.ANOTHER_DAY_AND_OFFICE, ": a week ago, elsewhere"),
    _Wish(Outcome.CANCELLED),
    _Wish(Outcome.NO_CARD),
    _Wish(Outcome.ISSUED),
    _Wish(Outcome.UNKNOWN, ": the code was taken back"),
)
_PARTY = (
    _Wish(Outcome.ON_TIME, ", a mother (R1)", together=True),
    _Wish(Outcome.ON_TIME, ", her first child (R2)", _CHILD, together=True),
    _Wish(Outcome.ON_TIME, ", her second child (R2)", _CHILD, together=True),
    _Wish(Outcome.ANOTHER_DAY, ": tomorrow, in the same pile of notices"),
)


def write_export(
    path: Path, directory: Directory, now: datetime, *, office_id: str = "00", party: bool = False
) -> list[Expected]:
    """Write an export of the ward's system in which everybody is booked; the first visitor is an adult, on time.

    Args:
        path: the CSV file to write.
        directory: the offices; ``office_id`` must be open around now.
        now: the present time, aware.
        office_id: the office of the demonstration's kiosk.
        party: whether to write a mother, her two children and somebody of another day, instead of one per outcome.

    Raises:
        DemoError: the sample has no fitting row for a visitor.
        SampleError: no sample can be made.
        OSError: the file cannot be written.
    """
    here = directory[office_id].name["ja"]
    elsewhere = next(office.name["ja"] for office in directory if office.id != office_id)
    rows = list(SampleExport(directory, seed=1, on=in_tokyo(now).date()).rows(ROWS))
    column = {name: place for place, name in enumerate(HEADER)}
    free = [row for row in rows if row[column["処理状況"]] == _BOOKED]
    expected = []
    for wish in _PARTY if party else _WISHES:
        row = next((row for row in free if _suits(row, column, wish)), None)
        if row is None:
            raise DemoError(f"the sample has nobody who could be {wish.shows}")
        free.remove(row)
        row[column["交付窓口"]] = elsewhere if wish.outcome in _ELSEWHERE else here
        row[column["交付予約日時"]] = f"{in_tokyo(reserved_for(wish.outcome, now)):%Y/%m/%d %H:%M}"
        told = dict(zip(HEADER, row, strict=True))
        number = normalise_number(told["予約番号"])
        expected.append(Expected(number, wish.outcome, wish.shows, told, wish.together))
    write_sample(path, iter(rows), Encoding.CP932)
    return expected


def write_changes(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write an export of some rows only, as the ward sends changes.

    Raises:
        OSError: the file cannot be written.
    """
    write_sample(path, ([row[name] for name in HEADER] for row in rows), Encoding.CP932)


def reserved_for(outcome: Outcome, now: datetime) -> datetime:
    """The reserved time with which a check-in at ``now`` has this outcome; aware, always within today (Asia/Tokyo).

    In the last minutes of a day nobody can be early, and in the first nobody can be late; then it is the nearest time.
    """
    local = in_tokyo(now).replace(second=0, microsecond=0)
    soon = _within(local + _STEP - timedelta(minutes=local.minute % 5), local)
    if outcome is Outcome.EARLY:
        return _within(soon + timedelta(minutes=90), local)
    if outcome is Outcome.LATE:
        return _within(soon - timedelta(minutes=60), local)
    if outcome is Outcome.ANOTHER_DAY:
        return soon + timedelta(days=1)
    if outcome is Outcome.ANOTHER_DAY_AND_OFFICE:
        return soon - timedelta(days=7)
    return soon


def holds(outcome: Outcome, starts_at: datetime, now: datetime) -> bool:
    """Whether a check-in at ``now`` with a reservation for ``starts_at`` surely has this outcome."""
    reserved, today = in_tokyo(starts_at).date(), in_tokyo(now).date()
    held = {
        Outcome.ON_TIME: reserved == today and now <= starts_at + _STILL_ON_TIME,
        Outcome.EARLY: reserved == today and now <= starts_at - _STILL_EARLY,
        Outcome.LATE: reserved == today and now >= starts_at + _SURELY_LATE,
        Outcome.ANOTHER_DAY: reserved == today + timedelta(days=1),
        Outcome.ANOTHER_OFFICE: reserved == today,
        Outcome.ANOTHER_DAY_AND_OFFICE: reserved != today,
    }
    return held.get(outcome, True)


def _suits(row: list[str], column: dict[str, int], wish: _Wish) -> bool:
    """Whether a row is of the wanted kind; foreign residents, who need other papers, are left out."""
    return row[column["受取人種別"]] == wish.kind and not row[column["外国人住民の区分"]]


def _within(wanted: datetime, today: datetime) -> datetime:
    """The wanted time, or the nearest on the day of ``today``."""
    first = today.replace(hour=0, minute=0)
    return min(max(wanted, first), first.replace(hour=23, minute=59))
