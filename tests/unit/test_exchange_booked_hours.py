"""A booked time at which nobody is at the office is told when the ward's file is read, not when somebody stands there."""

from datetime import datetime

import pytest

from backend.common.shipped import locate
from backend.exchange.booked_hours import BookedHours
from backend.exchange.refusals import ImportRemark
from backend.offices import load_directory


@pytest.mark.parametrize(
    ("at", "remark"),
    [
        ("2026-11-25T08:29", ImportRemark.OUTSIDE_HOURS),
        ("2026-11-25T08:30", None),
        ("2026-11-25T16:59", None),
        ("2026-11-25T23:00", ImportRemark.OUTSIDE_HOURS),
        ("2026-11-23T10:00", ImportRemark.CLOSED_DAY),
    ],
)
def test_a_time_outside_the_hours_and_a_closed_day_are_two_remarks(
    at: str, remark: ImportRemark | None
) -> None:
    """A booking at the opening hour is accepted; at the closing hour, or on a closed day, there is a remark each."""
    hours = BookedHours(load_directory(locate("offices", "shinjuku.toml")))
    assert hours.remark("00", datetime.fromisoformat(f"{at}+09:00")) is remark
