"""Times of reservations: moments, spans and offsets."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given, strategies as st

from backend.common.tokyo import TOKYO, in_era
from backend.exchange.refusals import BadDateError, ForeignOffsetError, WrongWeekdayError
from backend.exchange.times import read_date_time

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
SEPARATORS = [
    "-",
    "－",
    "~",
    "〜",
    "～",
    "–",
    "—",
    "―",
    "ー",
    "から",
    " から ",
    "to",
    " to ",
    " - ",
    "−",
    "より",
]


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
        "令和8年11月24日(火曜日) 午前 10時 30分",
        "2026/11/24 (Tue) 10:30",
        "2026-11-24T10:30+09:00",
        "2026-11-24T10:30:00+09:00",
        "2026-11-24T01:30Z",
        "2026-11-24T01:30:00.000Z",
        "2026-11-24T01:30:00+00:00",
        "2026/11/24 10:30～",
        "2026/11/24 10:30から",
        "2026/11/24 10:30から11:00まで",
        "2026/11/24 10:30-2026/11/24 11:00",
        "令和8年11月24日（火）午前10時30分～午後1時",
        "2026/11/24 午前10時半～11時",
        "2026/11/24 午前10時半〜1時",
        "2026/11/24 午前10時半〜11時15分",
    ],
)
def test_times_are_tokyo_and_stored_in_utc(written: str) -> None:
    """A reserved time without an offset is Tokyo's, whatever the machine's zone; a span is read as its beginning."""
    assert read_date_time(written).at == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026/11/24",
        "10:30",
        "2026/11/24 24:00",
        "2026/11/24 10:60",
        "2026/11/24 10:30:75",
        "2026/11/24 10:30:00.5",
        "2026/2/30 9:00",
        "午前",
        "2026/11/24 10",
        "2026/11/24 13時61分",
        "2026/11/24 午後13時",
        "2026/11/24 1 0:30",
        "2026/11/24 10:30頃",
        "2026/11/24 10:30 2026/11/25 10:30",
    ],
)
def test_a_moment_that_does_not_exist_is_refused(written: str) -> None:
    """A missing time, an impossible one, a part of one and a text that goes on are refused."""
    with pytest.raises(BadDateError):
        read_date_time(written)


@pytest.mark.parametrize(
    "written",
    [
        "2026/11/30 10:00+09:00",
        "2026-11-30 10:00:00+09:00",
        "2026-11-30 10:00Z",
        "2026/11/30 10:00-",
        "2026/11/30 10:00-10:00",
        "2026/11/30 10:30-10:00",
        "2026/11/30 午前10時～10時",
        "2026/11/30 午後3時～14時",
        "2026/11/30 10:00-10",
        "2026/11/30 10:00-1030",
        "2026/11/30 10:00-24:00",
        "2026/11/30 10:00-10:30-11:00",
        "2026/11/30 10:00～2026/12/1 10:30",
        "2026/11/30 10:00～（月）10:30",
    ],
)
def test_what_may_be_an_offset_or_no_span_is_refused(written: str) -> None:
    """An offset outside ISO 8601, one that a span looks like, and a span without an end or with a wrong one."""
    with pytest.raises(BadDateError):
        read_date_time(written)


def test_a_wrong_weekday_refuses_the_time() -> None:
    """The weekday beside the date is looked at here too, at both ends of a span."""
    for written in ("2026/11/30（火）10:00", "2026/11/30（月）10:00～2026/11/30（火）11:00"):
        with pytest.raises(WrongWeekdayError):
            read_date_time(written)


def test_noon_and_afternoon() -> None:
    """午後1時 is 13 o'clock, 午後0時 is noon, and so is 午後12時 as spreadsheets write it."""
    assert read_date_time("2026/11/24 午後1時").at == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert read_date_time("2026/11/24 午後0時5分").at == datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
    assert read_date_time("2026/11/24 午後 12:05").at == datetime(2026, 11, 24, 3, 5, tzinfo=UTC)


@given(DAYS, st.times(), st.integers(1, 600), st.sampled_from(SEPARATORS), st.booleans())
def test_a_span_is_read_as_its_beginning(
    day: date, at: time, minutes: int, separator: str, in_japanese: bool
) -> None:
    """Whatever stands between them, the first time counts, in every zone of the world the same."""
    begins = datetime.combine(day, at.replace(second=0, microsecond=0), TOKYO)
    ends = begins + timedelta(minutes=minutes)
    first, last = (
        f"{one.hour}時{one.minute:02d}分" if in_japanese else f"{one:%H:%M}" for one in (begins, ends)
    )
    written = f"{in_era(day) if in_japanese else f'{day:%Y/%m/%d}'} {first}{separator}{last}"
    if ends.date() == day:
        assert read_date_time(written).at == begins
    else:
        with pytest.raises(BadDateError):
            read_date_time(written)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 12, 31)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
@example(datetime(2026, 11, 30, 10), -630)  # noqa: DTZ001
@example(datetime(2026, 11, 30, 10), 540)  # noqa: DTZ001
@example(datetime(2026, 11, 30, 10), 0)  # noqa: DTZ001
def test_only_offsets_of_japan_and_of_greenwich_are_offsets(at: datetime, minutes: int) -> None:
    """What isoformat writes in Tokyo or UTC comes back as the same moment; any other may be the end of a span."""
    whole = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    if minutes in {0, 540}:
        assert read_date_time(whole.isoformat()).at == whole
    else:
        with pytest.raises(ForeignOffsetError):
            read_date_time(whole.isoformat())


@pytest.mark.parametrize(
    "behind",
    [
        "-10:30",
        ":00-10:30",
        ":00+10:30",
        "+0900",
        ":00+9",
        ":00+15:00",
        ":00+09:60",
        ":00-00:00",
        ":00-09:00",
    ],
)
def test_what_looks_like_an_offset_and_is_none_of_ours_has_a_word_of_its_own(behind: str) -> None:
    """A span behind a T was read as hours west of Greenwich, and the notice named the next day."""
    with pytest.raises(ForeignOffsetError):
        read_date_time(f"2026-11-30T10:00{behind}")


@given(
    st.tuples(
        st.sampled_from(["2026/11/30", "2026-11-30", "令和8年11月30日", "R8.11.30", "20261130"]),
        st.sampled_from(["", " ", "T", "(月)", "（月・祝）", "　"]),
        st.text(alphabet="0123456789:-~～〜–時分半午前後から to+ZT月/　", max_size=14),
    ).map("".join)
)
def test_a_text_is_read_as_what_it_says_or_refused(text: str) -> None:
    """The day is the one that is written, and the time is the first that is written; everything else is refused."""
    if re.search(r"[+Z]", text):
        return
    try:
        read = read_date_time(text).at.astimezone(TOKYO)
    except BadDateError:
        return
    assert read.date() == date(2026, 11, 30)
    told = re.search(r"(午前|午後)?\s*(\d{1,2})\s*(?::\s*(\d\d)|時\s*(\d{1,2})\s*分|時\s*(半)|時)", text[8:])
    assert told is not None
    half, hour, *minutes = told.groups()
    minute = 30 if minutes[2] else int(minutes[0] or minutes[1] or 0)
    expected = int(hour) % 12 + (12 if half == "午後" else 0) if half else int(hour)
    assert (read.hour, read.minute) == (expected, minute)


@given(st.text(alphabet="0123456789年月日時分./-: 令和平成RHS元不明（火）~から", max_size=28))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever a field holds, the answer is a moment or BadDateError that does not repeat it."""
    try:
        read_date_time(text)
    except BadDateError as error:
        assert not text.strip() or text not in str(error)  # noqa: PT017 - any outcome but another error is right


@pytest.mark.parametrize("end", ["2時", "1時半", "2:00", "午後2時"])
def test_the_half_of_the_day_counts_for_the_end_too(end: str) -> None:
    """Protects afternoon hours as people write them: 午後1時～2時 ends at two in the afternoon."""
    assert read_date_time(f"2026/11/24 午後1時～{end}").at == datetime(2026, 11, 24, 4, tzinfo=UTC)
