from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.reservations.dates import (
    USUAL_NOTATIONS,
    BadDateError,
    Notation,
    era_parts,
    in_era,
    parse_birth,
    parse_date,
    parse_date_time,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("H28.12.28", date(2016, 12, 28)),
        ("平成28年12月28日", date(2016, 12, 28)),
        ("平成 2年 5月 3日", date(1990, 5, 3)),
        ("Ｈ２８．１２．２８", date(2016, 12, 28)),
        ("H281228", date(2016, 12, 28)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("R8/11/24", date(2026, 11, 24)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("S1.12.25", date(1926, 12, 25)),
        ("T15.12.25", date(1926, 12, 25)),
        ("M45.7.30", date(1912, 7, 30)),
        ("2026-11-24", date(2026, 11, 24)),
        ("2026/11/24", date(2026, 11, 24)),
        ("２０２６年１１月２４日（火）", date(2026, 11, 24)),
        ("20261124", date(2026, 11, 24)),
        ("2016/12/28 0:00:00", date(2016, 12, 28)),
        ("2024/02/29", date(2024, 2, 29)),
    ],
)
def test_dates_of_an_office_are_read(written: str, expected: date) -> None:
    """Both calendars, full width, first years and the last days of eras are understood."""
    assert parse_date(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "平成31年5月1日",
        "令和元年4月30日",
        "S64.1.8",
        "S1.12.24",
        "H0.1.1",
        "2026/2/29",
        "2026/13/1",
        "2026/11/31",
        "26/11/24",
        "1234/1/1",
        "2026/11",
        "元年5月1日",
        "明日",
        "",
        "H28.00.00",
        "2026/11/24 10:30",
        "4281228",
    ],
)
def test_what_does_not_exist_is_no_date(written: str) -> None:
    """A date outside its era, an impossible day and an ambiguous year are refused, not guessed."""
    with pytest.raises(BadDateError) as caught:
        parse_date(written)
    assert not written or written not in str(caught.value)


def test_era_codes_are_read_on_request_only() -> None:
    """Seven digits with an era code are a date only where the mapping says so."""
    assert parse_date("4281228", USUAL_NOTATIONS | {Notation.ERA_CODE}) == date(2016, 12, 28)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1950年", "1950"),
        ("1950", "1950"),
        ("S25", "1950"),
        ("S25.00.00", "1950"),
        ("19500000", "1950"),
        ("昭和25年2月不明", "1950-02"),
        ("昭和25年不明月不明日", "1950"),
        ("1950/02/00", "1950-02"),
        ("昭和25年2月3日", "1950-02-03"),
    ],
)
def test_birthdays_may_have_unknown_parts(written: str, expected: str) -> None:
    """A resident whose month or day of birth is unknown is not refused, and the unknown stays unknown."""
    born = parse_birth(written)
    assert born is not None
    assert born.iso() == expected


def test_an_unknown_birthday_is_none() -> None:
    """不明 is an answer, not a mistake."""
    assert parse_birth("不明") is None


def test_a_day_without_a_month_is_refused() -> None:
    """A known day in an unknown month is a slip of the file."""
    with pytest.raises(BadDateError):
        parse_birth("1950-00-05")


@pytest.mark.parametrize(
    "written",
    [
        "2026/11/24 10:30",
        "2026-11-24 10:30:00",
        "2026-11-24T10:30",
        "20261124 10:30",
        "令和8年11月24日 10時30分",
        "令和８年１１月２４日（火）１０時３０分",
        "R8.11.24 10:30",
        "令和8年11月24日 午前10時半",
        "2026-11-24T10:30+09:00",
        "2026-11-24T01:30Z",
    ],
)
def test_times_are_tokyo_and_stored_in_utc(written: str) -> None:
    """A reserved time without an offset is Tokyo's, whatever the machine's zone."""
    assert parse_date_time(written) == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["2026/11/24", "10:30", "2026/11/24 24:00", "2026/11/24 10:60", "2026/2/30 9:00", "午前"]
)
def test_a_moment_that_does_not_exist_is_refused(written: str) -> None:
    """A missing time and an impossible one are refused."""
    with pytest.raises(BadDateError):
        parse_date_time(written)


def test_noon_and_afternoon() -> None:
    """午後1時 is 13 o'clock and 午後0時 is noon."""
    assert parse_date_time("2026/11/24 午後1時") == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert parse_date_time("2026/11/24 午後0時5分") == datetime(2026, 11, 24, 3, 5, tzinfo=UTC)


@given(st.dates(date(1900, 1, 1), date(2117, 12, 31)))
def test_every_day_survives_every_notation(day: date) -> None:
    """What is written in an era, with slashes or in eight digits is read as the same day."""
    (name, letter), year = era_parts(day)
    for written in (
        f"{name}{year}年{day.month}月{day.day}日",
        f"{letter}{year}.{day.month}.{day.day}",
        in_era(day),
        f"{day:%Y/%m/%d}",
        f"{day:%Y%m%d}",
    ):
        assert parse_date(written) == day
    assert parse_date_time(f"{day.isoformat()} 00:15") == datetime(
        day.year, day.month, day.day, 0, 15, tzinfo=UTC
    ) - timedelta(hours=9)


@given(st.text(alphabet="0123456789年月日時分./-: 令和平成RHS元不明（火）", max_size=24))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever a field holds, the answer is a value or BadDateError."""
    for read in (parse_date, parse_birth, parse_date_time):
        try:
            read(text)
        except BadDateError as error:
            assert not text.strip() or text not in str(error)  # noqa: PT017 - any outcome but another error is right
