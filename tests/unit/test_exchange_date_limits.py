"""The first and last days of eras, years and half days: where a date of an office begins not to exist."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.common.tokyo import era_month, era_parts, in_era, in_tokyo
from backend.exchange.dates import (
    USUAL_NOTATIONS,
    DateRules,
    Notation,
    PartialDate,
    parse_date,
    read_birth,
)
from backend.exchange.refusals import BadDateError
from backend.exchange.times import read_date_time

WITH_CODES = DateRules(notations=USUAL_NOTATIONS | {Notation.ERA_CODE})
ERAS = [
    ("明治", "M", "1", date(1868, 1, 25), date(1912, 7, 30)),
    ("大正", "T", "2", date(1912, 7, 30), date(1926, 12, 25)),
    ("昭和", "S", "3", date(1926, 12, 25), date(1989, 1, 7)),
    ("平成", "H", "4", date(1989, 1, 8), date(2019, 4, 30)),
    ("令和", "R", "5", date(2019, 5, 1), None),
]
DAY = timedelta(days=1)


def parse_birth(text: str) -> PartialDate | None:
    """The birthday alone, without remarks."""
    read = read_birth(text)
    return None if read is None else read.parts


def written(letter: str, first: date, day: date) -> str:
    """A day in the years of an era."""
    return f"{letter}{day.year - first.year + 1}.{day.month}.{day.day}"


@pytest.mark.parametrize(("name", "letter", "code", "first", "last"), ERAS)
def test_an_era_has_its_first_and_its_last_day(
    name: str, letter: str, code: str, first: date, last: date | None
) -> None:
    """Protects the birthday of somebody born as an era changed, and refuses the day beyond it."""
    for day in (first, last or first):
        assert parse_date(written(letter, first, day)) == day
        assert parse_date(written(name, first, day)) == day
        compact = f"{day.year - first.year + 1:02d}{day:%m%d}"
        assert parse_date(letter + compact) == day
        assert parse_date(code + compact, WITH_CODES) == day
    beyond = [first - DAY] if last is None else [first - DAY, last + DAY]
    for day in beyond:
        if day.year < first.year:
            continue
        with pytest.raises(BadDateError):
            parse_date(written(letter, first, day))


@pytest.mark.parametrize(("name", "letter", "code", "first", "last"), ERAS)
def test_a_year_or_a_month_alone_may_lie_at_the_edge_of_its_era(
    name: str, letter: str, code: str, first: date, last: date | None
) -> None:
    """Protects birthdays with unknown parts in years in which the era changed: one day in it is enough."""
    for day in (first, last or first):
        year = day.year - first.year + 1
        assert parse_birth(f"{letter}{year}") == PartialDate(day.year)
        assert parse_birth(f"{name}{year}年{day.month}月不明") == PartialDate(day.year, day.month)
    if last is not None:
        with pytest.raises(BadDateError):
            parse_birth(f"{letter}{last.year - first.year + 2}")
        with pytest.raises(BadDateError):
            following = last.month % 12 + 1
            parse_birth(f"{letter}{last.year - first.year + 1 + (last.month == 12)}.{following}.00")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1868年", "1868"),
        ("2199", "2199"),
        ("1950/12", "1950-12"),
        ("1950/1/31", "1950-01-31"),
        ("不詳", None),
    ],
)
def test_the_years_that_are_read_have_an_end(text: str, iso: str | None) -> None:
    """Protects the oldest residents and the longest validity of a card."""
    born = parse_birth(text)
    assert (None if born is None else born.iso()) == iso


@pytest.mark.parametrize(
    "text",
    ["1867/12/31", "2200/1/1", "2026/0/5", "2026/13/05", "1950/13", "S25.13.00", "1950/00/31", "2026-04-31"],
)
def test_a_year_or_month_beyond_is_refused(text: str) -> None:
    """Protects the register from a slip of a digit."""
    with pytest.raises(BadDateError):
        parse_birth(text)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2026/11/24 午前11時30分", 11, 30),
        ("2026/11/24 午前0時5分", 0, 5),
        ("2026/11/24 午後11時", 23, 0),
        ("2026/11/24 午後11時半", 23, 30),
        ("2026/11/24 午後0時", 12, 0),
        ("2026/11/24 9時", 9, 0),
        ("2026/11/24 23:59", 23, 59),
    ],
)
def test_the_hours_of_both_halves_of_a_day(text: str, hour: int, minute: int) -> None:
    """Protects a reserved time in the last hour before noon and before midnight."""
    tokyo = datetime(2026, 11, 24, hour, minute, tzinfo=UTC) - timedelta(hours=9)
    assert read_date_time(text).at == tokyo


@pytest.mark.parametrize("text", ["2026/11/24 午後13時", "2026/11/24 午前13時", "2026/11/24 午後1:60"])
def test_a_half_of_the_day_has_no_thirteenth_hour(text: str) -> None:
    """Protects from a time that is written twice over, as 午後13時."""
    with pytest.raises(BadDateError):
        read_date_time(text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-24T10:30:00+09:00", "2026-11-24T01:30:00Z", "2026-11-24T01:30:00+00:00"],
)
def test_an_offset_of_japan_or_of_greenwich_is_taken_off(text: str) -> None:
    """Protects exports of systems that write one of the two zones that a system in Japan has."""
    assert read_date_time(text).at == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "told", "parts"),
    [
        (date(2019, 5, 1), "令和元年5月1日（水）", (("令和", "R"), 1)),
        (date(2020, 1, 1), "令和2年1月1日（水）", (("令和", "R"), 2)),
        (date(2199, 12, 31), "令和181年12月31日（火）", (("令和", "R"), 181)),
        (date(2019, 4, 30), "平成31年4月30日（火）", (("平成", "H"), 31)),
        (date(1926, 12, 25), "昭和元年12月25日（土）", (("昭和", "S"), 1)),
        (date(1926, 12, 24), "大正15年12月24日（金）", (("大正", "T"), 15)),
        (date(1912, 7, 30), "大正元年7月30日（火）", (("大正", "T"), 1)),
    ],
)
def test_a_date_is_written_as_the_office_writes_it(
    day: date, told: str, parts: tuple[tuple[str, str], int]
) -> None:
    """Protects papers and pages: the first year is 元年, and on the day of a change the new era counts."""
    assert in_era(day) == told
    assert era_month(day) == f"{told.partition('月')[0]}月"
    assert era_parts(day) == parts


def test_a_day_of_a_moment_is_tokyos() -> None:
    """Protects a reservation of early morning from the day before, which it is in UTC."""
    assert in_tokyo(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)).date() == date(2026, 11, 24)
    assert in_tokyo(datetime(2026, 11, 23, 14, 59, tzinfo=UTC)).date() == date(2026, 11, 23)
