"""Whom the demonstration expects: an invented export with visitors around this very minute among its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from backend.offices.business_day import in_tokyo
from backend.offices.directory import Directory
from backend.reservations.csv_file import Encoding
from backend.reservations.numbers import normalise_number
from backend.reservations.sample import HEADER, SampleExport, write_sample

ROWS = 300
_BOOKED = "予約済"
_STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class Expected:
    """A reservation that the demonstration shows.

    Attributes:
        number: 予約番号 as stored.
        shows: what the kiosk will say to its notice, in English, for the person at the console.
    """

    number: str
    shows: str


@dataclass(frozen=True)
class _Wish:
    """A visitor that we want among the rows."""

    shows: str
    kind: str
    office: str
    starts_at: datetime


def write_export(path: Path, directory: Directory, now: datetime, *, office_id: str = "00") -> list[Expected]:
    """Write an export of the ward's system and return the visitors to play with; the first is an adult, on time.

    Args:
        path: the CSV file to write.
        directory: the offices; ``office_id`` must be open around now.
        now: the present, aware.
        office_id: where the demonstration's kiosk stands.

    Raises:
        SampleError: no sample can be made.
        OSError: the file cannot be written.
    """
    today = in_tokyo(now).date()
    rows = list(SampleExport(directory, seed=1, on=today).rows(ROWS))
    column = {name: place for place, name in enumerate(HEADER)}
    free = [row for row in rows if row[column["処理状況"]] == _BOOKED]
    expected = []
    for wish in _wishes(directory, now, office_id):
        row = next((row for row in free if _suits(row, column, wish)), None)
        if row is None:
            continue
        free.remove(row)
        row[column["交付窓口"]] = wish.office
        row[column["交付予約日時"]] = f"{wish.starts_at:%Y/%m/%d %H:%M}"
        expected.append(Expected(normalise_number(row[column["予約番号"]]), wish.shows))
    write_sample(path, iter(rows), Encoding.CP932)
    return expected


def _suits(row: list[str], column: dict[str, int], wish: _Wish) -> bool:
    """A row of the wanted kind; foreign residents' papers are another story."""
    return row[column["受取人種別"]] == wish.kind and not row[column["外国人住民の区分"]]


def _wishes(directory: Directory, now: datetime, office_id: str) -> Iterator[_Wish]:
    here = directory[office_id].name["ja"]
    elsewhere = next(office.name["ja"] for office in directory if office.id != office_id)
    soon = _next_five_minutes(now)
    tomorrow = soon + timedelta(days=1)
    yield _Wish("on time, comes alone (R1)", "本人", here, soon)
    yield _Wish("on time, a child with a parent (R2)", "15歳未満・法定代理人同行", here, soon)
    yield _Wish("on time, an agent for someone over 75 (P4)", "任意代理人（75歳以上）", here, soon)
    yield _Wish("on time, comes alone (R1)", "本人", here, soon)
    yield _Wish("early", "本人", here, _within(soon + timedelta(minutes=90), soon))
    yield _Wish("late", "本人", here, _within(soon - timedelta(minutes=60), soon))
    yield _Wish("another day", "本人", here, tomorrow)
    yield _Wish("another office", "本人", elsewhere, soon)


def _next_five_minutes(now: datetime) -> datetime:
    """The next full five minutes in Tokyo: whoever comes within the next ten is on time. Never past midnight."""
    local = in_tokyo(now).replace(second=0, microsecond=0)
    return _within(local + _STEP - timedelta(minutes=local.minute % 5), local)


def _within(wanted: datetime, today: datetime) -> datetime:
    """The wanted time, or the nearest on the day of ``today``."""
    first = today.replace(hour=0, minute=0)
    return min(max(wanted, first), first.replace(hour=23, minute=59))
