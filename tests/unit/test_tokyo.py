"""The calendar of Tokyo: eras as offices write them, and times that have a zone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from backend.common.tokyo import ERAS, LAST_YEAR, era_parts, in_era, in_tokyo


def test_eras_follow_each_other_without_a_gap() -> None:
    """Every day since Meiji lies in an era, and in two only where an emperor's last day was the next one's first."""
    for newer, older in pairwise(ERAS):
        assert newer.first - older.last in {timedelta(0), timedelta(days=1)}
        assert era_parts(newer.first)[0][0] == newer.names[0]
    assert ERAS[0].last == date(LAST_YEAR, 12, 31)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2019, 4, 30), "平成31年4月30日（火）"),
        (date(2019, 5, 1), "令和元年5月1日（水）"),
        (date(1989, 1, 7), "昭和64年1月7日（土）"),
        (date(1989, 1, 8), "平成元年1月8日（日）"),
        (date(1926, 12, 25), "昭和元年12月25日（土）"),
    ],
)
def test_a_day_is_written_in_its_era(day: date, written: str) -> None:
    """The first year of an era is 元年 from its first day on, and the last day of the old one keeps its number."""
    assert in_era(day) == written


def test_the_year_of_an_era_is_counted_by_the_calendar() -> None:
    """Reiwa 2 begins at New Year, not a year after Reiwa did."""
    assert era_parts(date(2019, 12, 31)) == (("令和", "R"), 1)
    assert era_parts(date(2020, 1, 1)) == (("令和", "R"), 2)


def test_a_time_without_a_zone_is_no_time_in_tokyo() -> None:
    """A naive time is a mistake, not a guess of nine hours."""
    assert in_tokyo(datetime(2026, 11, 24, 15, 30, tzinfo=UTC)).isoformat() == "2026-11-25T00:30:00+09:00"
    with pytest.raises(ValueError, match="zone"):
        in_tokyo(datetime(2026, 11, 24, 15, 30))  # noqa: DTZ001 - the mistake itself
