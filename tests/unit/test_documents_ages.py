"""Ages by the Japanese rule, whole and partly known birth dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from backend.documents.model.ages import BirthDate, age_on, junior_high_ends
from backend.documents.model.errors import BirthDateError


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2011, 11, 24), date(2026, 11, 23), 14),
        (date(2011, 11, 24), date(2026, 11, 24), 15),
        (date(2025, 11, 24), date(2026, 11, 23), 0),
        (date(2025, 11, 24), date(2026, 11, 24), 1),
        (date(1951, 11, 25), date(2026, 11, 24), 74),
        (date(1951, 11, 24), date(2026, 11, 24), 75),
        (date(2012, 2, 29), date(2027, 2, 28), 14),
        (date(2012, 2, 29), date(2027, 3, 1), 15),
        (date(2012, 2, 29), date(2028, 2, 28), 15),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
    ],
)
def test_age_is_reached_at_the_end_of_the_day_before_the_birthday(birth: date, day: date, age: int) -> None:
    """年齢計算ニ関スル法律: on the day before the birthday the counter still sees the younger age; leap days too."""
    assert age_on(birth, day) == age


@pytest.mark.parametrize(
    ("birth", "end"),
    [
        (date(2011, 4, 1), date(2026, 3, 31)),
        (date(2011, 4, 2), date(2027, 3, 31)),
        (date(2011, 1, 1), date(2026, 3, 31)),
        (date(2011, 12, 31), date(2027, 3, 31)),
        (date(2012, 2, 29), date(2027, 3, 31)),
    ],
)
def test_junior_high_ends_with_the_school_year_in_which_15_is_reached(birth: date, end: date) -> None:
    """学校教育法 17条: who was born on 1 April belongs to the older year."""
    assert junior_high_ends(birth) == end


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 40_000))
def test_age_never_falls_and_rises_by_one(birth: date, days: int) -> None:
    """From one day to the next an age stays or grows by one year."""
    day = min(birth + timedelta(days=days), date(2099, 12, 30))
    assert age_on(birth, day + timedelta(days=1)) - age_on(birth, day) in {0, 1}


@given(st.dates(date(1990, 1, 1), date(2025, 12, 31)))
def test_junior_high_ends_at_15(birth: date) -> None:
    """On the last day of junior high school a pupil is 15, or turns 16 right after it."""
    end = junior_high_ends(birth)
    assert (end.month, end.day) == (3, 31)
    assert age_on(birth, end + timedelta(days=1)) in {15, 16}
    assert age_on(birth, end) in {14, 15}


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "known"),
    [
        ("1990-01-31", date(1990, 1, 31), date(1990, 1, 31), True),
        ("1990-02", date(1990, 2, 1), date(1990, 2, 28), False),
        ("1990", date(1990, 1, 1), date(1990, 12, 31), False),
        ("1990-00-00", date(1990, 1, 1), date(1990, 12, 31), False),
        ("1992-02-00", date(1992, 2, 1), date(1992, 2, 29), False),
        ("1990-00-31", date(1990, 1, 1), date(1990, 12, 31), False),
    ],
)
def test_birth_date_spans_every_day_that_it_may_be(
    text: str, earliest: date, latest: date, known: bool
) -> None:
    """A birth date with an unknown month or day stands for all possible days; none is guessed."""
    born = BirthDate.parse(text)
    assert (born.earliest, born.latest, born.known) == (earliest, latest, known)


@pytest.mark.parametrize(
    "text", ["", "90-01-01", "1990-13-01", "1990-02-30", "1990/01/31", "0000", "１９９０", "1990-1"]
)
def test_impossible_birth_date_is_refused_without_repeating_it(text: str) -> None:
    """A birth date that cannot be is an error, and the error does not carry the date."""
    with pytest.raises(BirthDateError) as caught:
        BirthDate.parse(text)
    assert not text or text not in str(caught.value)


def test_birth_after_the_visit_is_refused() -> None:
    """Somebody who is not born yet cannot be at the counter; a possible earlier day is kept."""
    with pytest.raises(BirthDateError):
        BirthDate(2026, 12).candidates(date(2026, 11, 24))
    assert BirthDate(2026).candidates(date(2026, 11, 24)) == (date(2026, 1, 1), date(2026, 11, 24))
    assert BirthDate.of(date(2020, 2, 29)) == BirthDate(2020, 2, 29)
