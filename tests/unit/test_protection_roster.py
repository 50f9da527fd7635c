"""A line of the roster: what it may say, and on which days it holds."""

from datetime import UTC, date, datetime

import pytest

from backend.protection.login_names import NumberInNameError
from backend.protection.roster import LONGEST_HANDLER, Handler, RosterError, is_in_time
from tests.invented_number import MY_NUMBER

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * (LONGEST_HANDLER + 1), "a\0"])
def test_a_name_is_one_that_can_be_read(name: str) -> None:
    """Empty, too long or with signs that nobody can print: refused before anything is written."""
    with pytest.raises(RosterError):
        Handler(name, FIRST, LAST)


def test_a_line_ends_after_it_begins_and_holds_no_number() -> None:
    """One day is enough; twelve digits are never a name."""
    assert Handler("受付 花子", FIRST, FIRST).ends_on == FIRST
    with pytest.raises(RosterError):
        Handler("受付 花子", LAST, FIRST)
    with pytest.raises(NumberInNameError):
        Handler(MY_NUMBER, FIRST, None)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (datetime(2026, 10, 31, 14, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 31, 15, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 14, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 15, 0, tzinfo=UTC), False),
    ],
)
def test_days_are_those_of_tokyo(at: datetime, *, holds: bool) -> None:
    """The last day ends at midnight in Tokyo, which is three in the afternoon of UTC."""
    assert is_in_time(FIRST, LAST, at) is holds
    assert is_in_time(None, None, at)
    assert is_in_time(FIRST, None, datetime(2027, 5, 1, tzinfo=UTC))
