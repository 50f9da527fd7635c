from datetime import date

import pytest
from hypothesis import given, strategies as st

from backend.common.tokyo import era_parts, in_era
from backend.exchange.dates import USUAL_NOTATIONS, DateRules, Notation, parse_date, read_birth, read_date
from backend.exchange.refusals import BadDateError, ImportRemark, WrongWeekdayError


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
    assert parse_date("4281228", DateRules(USUAL_NOTATIONS | {Notation.ERA_CODE})) == date(2016, 12, 28)


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
    born = read_birth(written)
    assert born is not None
    assert born.parts.iso() == expected


def test_an_unknown_birthday_is_none() -> None:
    """不明 is an answer, not a mistake."""
    assert read_birth("不明") is None


def test_a_day_without_a_month_is_refused() -> None:
    """A known day in an unknown month is a slip of the file."""
    with pytest.raises(BadDateError):
        read_birth("1950-00-05")


@pytest.mark.parametrize(
    "written",
    [
        "2026/1 1/24",
        "2026 11 24",
        "2026/11/2 4",
        "2026/11/2（月）4",
        "2026/11/2²",
        "2026/1①/24",
        "2026年㋀24日",
    ],
)
def test_digits_never_grow_together(written: str) -> None:
    """What stands between two digits, or turns into one, never makes another number of them."""
    with pytest.raises(BadDateError):
        parse_date(written)


MARKED = [
    "2026/11/24（火）",
    "令和8年11月24日(火曜日)",
    "2026-11-24 火曜",
    "2026-11-24 (Tue)",
    "2026-11-24 (tues.)",
    "2026-11-24(Tuesday)",
]


@pytest.mark.parametrize("written", MARKED)
def test_a_weekday_beside_a_date_is_its_own(written: str) -> None:
    """The right weekday is taken in every form, a wrong one refuses the date, or is remarked where that is asked for."""
    assert parse_date(written) == date(2026, 11, 24)
    wrong = written.replace("24", "25")
    with pytest.raises(WrongWeekdayError):
        parse_date(wrong)
    taken = read_date(wrong, DateRules(wrong_weekday=True))
    assert (taken.whole, taken.remarks) == (date(2026, 11, 25), frozenset({ImportRemark.WRONG_WEEKDAY}))


@pytest.mark.parametrize(
    "mark", ["（月・祝）", "(祝)", "(月・祝日)", "（月祝）", "(月・勤労感謝の日)", "(月・振休)"]
)
def test_a_holiday_beside_a_date_is_one(mark: str) -> None:
    """（月・祝） is read where the day is a holiday, only where the mapping says so, and other words are refused."""
    if "感謝" in mark:
        with pytest.raises(BadDateError):
            parse_date(f"2026/11/23{mark}")
        return
    assert parse_date(f"2026/11/23{mark}") == date(2026, 11, 23)
    for refused, rules in (("2026/11/23", DateRules(holiday_marks=False)), ("2026/11/30", DateRules())):
        with pytest.raises(BadDateError):
            parse_date(f"{refused}{mark}", rules)


@pytest.mark.parametrize(
    "written",
    ["2026/11/24(Tue)", "2026/11/24（火）(水)", "2026/11/24()", "2026/11/24(2)", "2026/11(火)", "(火)"],
)
def test_marks_that_say_nothing_or_too_much_are_refused(written: str) -> None:
    """English weekdays where they are not wanted, two weekdays, empty brackets, numbers, and no day to mark."""
    with pytest.raises(BadDateError):
        parse_date(written, DateRules(english_weekdays=False))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("平成32年3月31日", date(2020, 3, 31)),
        ("H35.1.15", date(2023, 1, 15)),
        ("平成31年12月1日", date(2019, 12, 1)),
    ],
)
def test_heisei_goes_on_where_papers_say_so(written: str, expected: date) -> None:
    """平成32 stands on papers of before 2019: refused, or read and remarked where the mapping asks for it."""
    with pytest.raises(BadDateError):
        parse_date(written)
    taken = read_date(written, DateRules(heisei_continued=True))
    assert (taken.whole, taken.remarks) == (expected, frozenset({ImportRemark.HEISEI_CONTINUED}))
    with pytest.raises(BadDateError):
        parse_date("S64.1.8", DateRules(heisei_continued=True))


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


@given(st.text(alphabet="0123456789年月日時分./-: 令和平成RHS元不明（火）", max_size=24))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever a field holds, the answer is a value or BadDateError."""
    for read in (read_date, read_birth):
        try:
            read(text)
        except BadDateError as error:
            assert not text.strip() or text not in str(error)  # noqa: PT017 - any outcome but another error is right
