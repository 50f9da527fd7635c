"""Spans of hours, days without a year and addresses of mail: honest texts that twelve digits are not read out of."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st

from backend.exchange.refusals import BadDateError
from backend.exchange.times import read_date_time
from backend.wire.field_shape import FieldShape, own_spans
from backend.wire.my_number import check_digit_is_right, contains_my_number

DAYS = [day for day in (date(2026, 4, 1) + timedelta(days=past) for past in range(731)) if day.weekday() < 5]
STARTS = [(hour, minute) for hour in range(8, 18) for minute in (0, 30)]
BETWEEN = ("-", "〜", "–", "～", "から", " - ", " to ", "より")
SPAN_SIGNS = ("-", "〜", "–", "～", "から")


def _era(day: date, form: str) -> str:
    return form.format(day.year - 2018, day.month, day.day)


DAY_FORMS: dict[str, Callable[[date], str]] = {
    "2026/11/24": lambda day: f"{day.year}/{day.month}/{day.day}",
    "2026/01/04": lambda day: day.strftime("%Y/%m/%d"),
    "2026-11-24": date.isoformat,
    "2026年11月24日": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "20261124": lambda day: day.strftime("%Y%m%d"),
    "R8.11.24": lambda day: _era(day, "R{}.{}.{}"),
    "R081124": lambda day: _era(day, "R{:02}{:02}{:02}"),
    "令和8年11月24日": lambda day: _era(day, "令和{}年{}月{}日"),
    "with its weekday": lambda day: f"{day.year}年{day.month}月{day.day}日（{'月火水木金'[day.weekday()]}）",
}
CLOCK_FORMS: dict[str, Callable[[int, int], str]] = {
    "8:15": lambda hour, minute: f"{hour}:{minute:02}",
    "08:15": lambda hour, minute: f"{hour:02}:{minute:02}",
    "8時15分": lambda hour, minute: f"{hour}時{minute:02}分",
    "08:15:00": lambda hour, minute: f"{hour:02}:{minute:02}:00",
    "午前8時15分": lambda hour, minute: (
        f"{'午前' if hour < 12 else '午後'}{hour % 12 if hour > 12 else hour}時{minute:02}分"
    ),
}


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/24 8:15-8:30",
        "2026-11-30 15:30-16:00",
        "R8.12.11 16:45–17:45",
        "令和8年12月4日 15:00–16:00",
        "2026/11/24 8:15-2026/11/24 8:30",
        "2026-11-30（月） 15:30 〜 16:00まで",
    ],
)
@pytest.mark.parametrize("shape", [FieldShape.DATE, FieldShape.TEXT, FieldShape.UNREAD])
def test_a_span_of_hours_passes(text: str, shape: FieldShape) -> None:
    """Ranges of hours are not taken for a 12-digit number; without this rule five in a hundred would be."""
    assert not contains_my_number(text, shape)


@pytest.mark.parametrize("day_form", DAY_FORMS)
def test_every_slot_of_two_years_passes(day_form: str) -> None:
    """Every half hour of every weekday, in each way of writing a day that an import reads: none is a 12-digit number."""
    clocks, refused = list(CLOCK_FORMS.values()), []
    for number, day in enumerate(DAYS):
        written = DAY_FORMS[day_form](day)
        write = clocks[number % len(clocks)]
        for place, (hour, minute) in enumerate(STARTS):
            # Signs and ways of writing an hour take turns; all of them together are the next test's.
            sign = SPAN_SIGNS[(number // len(clocks) + place) % len(SPAN_SIGNS)]
            text = f"{written} {write(hour, minute)}{sign}{write(*divmod(hour * 60 + minute + 30, 60))}"
            if contains_my_number(text, FieldShape.DATE):
                refused.append(text)
    assert refused == []


@given(
    day=st.sampled_from(DAYS),
    day_form=st.sampled_from(sorted(DAY_FORMS)),
    clock_form=st.sampled_from(sorted(CLOCK_FORMS)),
    start=st.integers(8 * 60, 18 * 60),
    length=st.integers(1, 120),
    between=st.sampled_from(BETWEEN),
)
def test_whatever_span_an_import_reads_passes(
    day: date, day_form: str, clock_form: str, start: int, length: int, between: str
) -> None:
    """What the reader of dates takes is not refused before it, in its column or in a free text."""
    write = CLOCK_FORMS[clock_form]
    begin, end = write(*divmod(start, 60)), write(*divmod(start + length, 60))
    text = f"{DAY_FORMS[day_form](day)} {begin}{between}{end}"
    read_date_time(text)
    assert not contains_my_number(text, FieldShape.DATE)
    assert not contains_my_number(text)


numbers = st.text("0123456789", min_size=11, max_size=11).flatmap(
    lambda eleven: st.sampled_from(
        [eleven + last for last in "0123456789" if check_digit_is_right(eleven + last)]
    )
)


@given(number=numbers, sign=st.sampled_from(["-", "〜", "–"]))
@example("20261191580" + "4", "-")
def test_a_number_dressed_as_a_span_that_cannot_be_is_found(number: str, sign: str) -> None:
    """The dress counts only where day and hours exist and the span ends after it begins."""
    groups = (number[:4], number[4], number[5], number[6], number[7:9], sign, number[9], number[10:])
    text = "{}/{}/{} {}:{}{}{}:{}".format(*groups)
    assert contains_my_number(text) == (not _can_be(text))
    assert contains_my_number(text, FieldShape.DATE) == (not _can_be(text))


def _can_be(text: str) -> bool:
    try:
        read_date_time(text)
    except BadDateError:
        return False
    return 1900 <= int(text[:4]) < 2100


@given(numbers)
def test_days_that_do_not_exist_hide_no_number(number: str) -> None:
    """A day is one of the calendar: 2/31 and 13/1 are groups of digits."""
    text = f"{number[:4]}-{number[4:6]}-{number[6:8]} {number[8:10]}:{number[10:]}"
    year, month, day, hour, minute = (
        int(part) for part in (number[:4], number[4:6], number[6:8], number[8:10], number[10:])
    )
    exists = (
        1900 <= year < 2100
        and 1 <= month <= 12
        and 1 <= day <= calendar.monthrange(2024, month)[1]
        and hour <= 24
        and minute < 60
    )
    assert contains_my_number(text) == (not exists)


@pytest.mark.parametrize(
    "text",
    [
        "8/1, 8/2, 8/10, 8/11, 8/12",
        "11/28 10:30 12/05",
        "11/28（土）10:30〜11:00、12/05 9:00-9:30",
        "11/30 14:08-14:28",
        "1月2日 10時30分、12月1日、12月4日",
        "taro19900131.0001@example.jp",
        "taro.0001-19900131+a@mail2.example.jp",
    ],
)
def test_days_without_a_year_and_addresses_of_mail_pass(text: str) -> None:
    """People write remarks without years, and choose addresses with digits: neither is a 12-digit number."""
    assert not contains_my_number(text)


a_day = st.dates(date(2024, 1, 1), date(2024, 12, 31))
an_hour = st.times().map(lambda time: time.strftime("%H:%M"))
a_month_and_day = a_day.flatmap(
    lambda day: st.sampled_from(
        [
            f"{day.month}/{day.day}",
            day.strftime("%m/%d"),
            f"{day.month}月{day.day}日",
            f"{day.month}月{day.day}日(金)",
        ]
    )
)


@given(st.lists(st.one_of(a_month_and_day, an_hour), max_size=12), st.sampled_from([", ", "、", " ", "と"]))
def test_any_list_of_days_and_hours_passes(written: list[str], sign: str) -> None:
    """However many days somebody notes, in any order, with hours or without."""
    assert not contains_my_number(sign.join(written))


@given(
    numbers,
    st.lists(st.integers(1, 11), min_size=1, max_size=6, unique=True),
)
def test_a_number_parted_by_slashes_is_found(number: str, cuts: list[int]) -> None:
    """Slashes throughout are no list of days; only a day with its hour could be in them, and that has no slash."""
    text = "/".join(number[start:end] for start, end in pairwise([0, *sorted(cuts), 12]))
    assert contains_my_number(text)


@given(
    numbers,
    st.sampled_from(
        [
            "{}@example.jp", "{0[0]}-{0[1]}-{0[2]}@example.jp", "taro{}@example.jp", "a{}z@example.jp", "taro{}9@example.jp",
            "taro.{0[0]}.{0[1]}.{0[2]}@example.jp", "taro@mail{}.example.jp", "{0[0]} {0[1]} {0[2]} taro@example.jp",
        ]
    ),
)  # fmt: skip
def test_an_address_of_mail_hides_no_number(number: str, form: str) -> None:
    """Twelve digits in a row, a longer row, three groups of four as the card has them, or digits alone before the @."""
    text = form.format([number[:4], number[4:8], number[8:]]) if "0[" in form else form.format(number)
    assert contains_my_number(text)


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("8:15-8:15:00", False),
        ("8:15-8:15:01", True),
        ("8:15:30-8:15:40", True),
        ("8:15:40-8:15:30", False),
        ("8時-8時0分", False),
        ("8時-8時1分", True),
        ("8時半-8時31分", True),
        ("8時30分-8時半", False),
        ("午後1時-2時", True),
        ("午後2時-2時", False),
        ("午前10時-10時", False),
        ("2時-午後1時", True),
        ("午後12時-午後1時", True),
        ("午前12時-午前1時", True),
        ("9時-午前10時", True),
        ("10時-午前10時", False),
        ("1:00 PM-2:00", True),
        ("10:00 AM-10:00 am", False),
    ],
)
def test_a_span_ends_later_than_it_begins_to_the_second(text: str, one: bool) -> None:
    """Digits with signs between them are no span of hours where the second hour is not the later one."""
    assert ((0, len(text)) in own_spans(text, FieldShape.TEXT)) is one


@pytest.mark.parametrize(
    "phone",
    [
        "03-1234-5678",
        "045-123-4567",
        "0422-12-3456",
        "04992-1-2345",
        "0120-123-456",
        "090-1234-5678",
        "0800-123-4567",
        "0120-1234-567",
    ],
)
def test_a_telephone_number_with_a_short_extension_is_no_twelve_digits(phone: str) -> None:
    """However an area's number is grouped, the one extension that makes it a 12-digit number passes as well."""
    digits = phone.replace("-", "")
    last = [str(number).zfill(12 - len(digits)) for number in range(10 ** (12 - len(digits)))]
    chance = next(extension for extension in last if check_digit_is_right(digits + extension))
    assert not contains_my_number(f"{phone} {chance}", FieldShape.PHONE)
    assert contains_my_number(f"{phone} {chance}".replace(" ", "-"), FieldShape.TEXT)


@pytest.mark.parametrize("shape", [FieldShape.TEXT, FieldShape.UNREAD, FieldShape.PATH, FieldShape.RECORD])
def test_an_extension_that_is_called_one_belongs_to_its_telephone_number(shape: FieldShape) -> None:
    """Protects remarks and log lines with a telephone number and 内線: chance makes a check digit right in one of eleven."""
    for extension in range(100):
        assert not contains_my_number(f"03-1234-5678 内線{extension:02}", shape)
