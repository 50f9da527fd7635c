"""Offices, hours and the business day."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest

from assets import locate
from assets.catalogue import Language
from backend.offices.business_day import business_day, in_tokyo
from backend.offices.directory import OfficesError, load_directory
from backend.offices.hours import DatedOpening
from backend.offices.office import Series
from backend.wire.codes import WindowKind

SHIPPED = locate("offices", "shinjuku.toml")


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("tokyo", "day"),
    [
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), date(2026, 11, 24)),  # 00:00
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), date(2026, 11, 24)),  # 08:59
        (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), date(2026, 11, 24)),  # 15:00
        (datetime(2026, 11, 24, 14, 59, tzinfo=UTC), date(2026, 11, 24)),  # 23:59
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), date(2026, 11, 25)),  # 00:00 of the next
    ],
)
def test_the_business_day_is_tokyos_whatever_the_machine_thinks(
    monkeypatch: pytest.MonkeyPatch, zone: str, tokyo: datetime, day: date
) -> None:
    """At 00:00, 08:59, 15:00 and 23:59 in Tokyo the day is Tokyo's under any TZ of the process."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert business_day(tokyo) == day
    finally:
        monkeypatch.undo()
        os.environ.get("TZ")
        time.tzset()


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive time is a mistake and never guessed at."""
    with pytest.raises(ValueError, match="zone"):
        business_day(datetime(2026, 11, 24))  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ValueError, match="zone"):
        in_tokyo(datetime(2026, 11, 24))  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize(
    ("office", "day", "hours"),
    [
        ("00", date(2026, 11, 25), ("08:30", "17:00")),  # Wednesday
        ("00", date(2026, 11, 24), ("08:30", "19:00")),  # Tuesday evening
        ("05", date(2026, 11, 24), ("08:30", "19:00")),
        ("00", date(2026, 11, 22), ("09:00", "17:00")),  # fourth Sunday, main office only
        ("05", date(2026, 11, 22), None),
        ("00", date(2026, 11, 29), None),  # fifth Sunday
        ("00", date(2026, 11, 21), None),  # Saturday
        ("00", date(2026, 11, 23), None),  # 勤労感謝の日
        ("00", date(2026, 11, 3), None),  # 文化の日, a Tuesday: no evening either
        ("00", date(2026, 12, 28), ("08:30", "17:00")),
        ("00", date(2026, 12, 29), None),  # year-end
        ("00", date(2027, 1, 3), None),
        ("00", date(2027, 1, 4), ("08:30", "17:00")),
        ("00", date(2027, 3, 22), None),  # substitute holiday for 春分の日 on a Sunday
    ],
)
def test_opening_hours_of_the_ward(office: str, day: date, hours: tuple[str, str] | None) -> None:
    """Weekdays, Tuesday evening, the fourth Sunday, holidays, substitutes and year-end are as the data says."""
    openings = load_directory(SHIPPED).openings(office, day)
    told = [(f"{one.opens_at:%H:%M}", f"{one.closes_at:%H:%M}") for one in openings]
    assert told == ([] if hours is None else [hours])


def test_an_extra_opening_beats_a_holiday_and_lasts_until_midnight() -> None:
    """臨時開庁 opens a closed day; the last minute of a day means midnight."""
    day = date(2026, 11, 23)
    directory = load_directory(SHIPPED).with_special_openings(
        [DatedOpening(day, clock_time(0, 0), clock_time(23, 59), frozenset({"00"}))]
    )
    (opening,) = directory.openings("00", day)
    assert opening.closes_at - opening.opens_at == timedelta(days=1)
    assert directory.openings("05", day) == ()


def test_the_next_opening_is_found_over_a_long_closure() -> None:
    """After the last day of the year the next opening is 4 January."""
    after_work = datetime(2026, 12, 28, 9, 0, tzinfo=UTC)
    following = load_directory(SHIPPED).next_opening("00", after_work)
    assert following is not None
    assert following.opens_at == datetime(2027, 1, 3, 23, 30, tzinfo=UTC)


def test_eleven_offices_with_windows_names_and_series() -> None:
    """Every office has reception and issuance windows, its names, and the two series."""
    offices = list(load_directory(SHIPPED))
    assert len(offices) == 11
    for office in offices:
        assert office.windows_for(WindowKind.RECEPTION)
        assert office.windows_for(WindowKind.ISSUANCE)
        assert office.reservation_series in office.series
        assert office.walk_in_series in office.series
        assert {Language.JAPANESE, Language.ENGLISH, Language.CHINESE, Language.KOREAN} <= set(office.name)


def test_every_address_can_be_read_in_japanese_and_in_latin_letters() -> None:
    """Who is sent to another office finds it: in Japanese for a taxi, in English for who cannot read it."""
    for office in load_directory(SHIPPED):
        assert office.address["ja"].startswith("新宿区")
        assert office.address["en"].isascii()
        assert "Shinjuku-ku, Tokyo" in office.address["en"]


def test_an_address_without_a_language_is_japanese(tmp_path: Path) -> None:
    """A ward's file of before goes on working."""
    path = tmp_path / "offices.toml"
    one = next(line for line in SHIPPED.read_text().splitlines() if "内藤町" in line)
    path.write_text(SHIPPED.read_text().replace(one, 'address = "新宿区内藤町87"'))
    assert load_directory(path)["01"].address == {"ja": "新宿区内藤町87"}


def test_an_opening_for_a_visit_is_that_of_its_day_else_the_one_to_come(tmp_path: Path) -> None:
    """The hours that are told with an office are hours in which somebody can still come."""
    path = tmp_path / "offices.toml"
    path.write_text(
        SHIPPED.read_text().replace(
            '{ days = ["mon", "wed", "thu", "fri"], opens = 08:30:00, closes = 17:00:00 },',
            '{ days = ["mon", "wed", "thu", "fri"], opens = 08:30:00, closes = 12:00:00 },\n'
            '  { days = ["mon", "wed", "thu", "fri"], opens = 13:00:00, closes = 17:00:00 },',
        )
    )
    directory = load_directory(path)
    ten = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # Wednesday, 10:00 in Tokyo

    def hours(visit: datetime | None, now: datetime = ten) -> tuple[str, str]:
        """Day and hours as they would be read out."""
        opening = directory.opening_for("05", visit, now)
        assert opening is not None
        return f"{opening.opens_at:%d %H:%M}", f"{opening.closes_at:%H:%M}"

    assert hours(None) == ("25 08:30", "12:00")
    assert hours(None, ten + timedelta(hours=2)) == ("25 13:00", "17:00")
    assert hours(None, ten + timedelta(hours=8)) == ("26 08:30", "12:00")
    assert hours(ten + timedelta(days=1, hours=4)) == ("26 13:00", "17:00")
    assert hours(ten + timedelta(days=1, hours=2, minutes=30)) == ("26 08:30", "12:00")
    assert hours(ten - timedelta(hours=1), ten + timedelta(hours=4)) == ("25 13:00", "17:00")
    assert hours(ten - timedelta(days=7)) == ("25 08:30", "12:00")
    # A Saturday: the office is closed on the reserved day, so the next opening is told.
    assert hours(ten + timedelta(days=3)) == ("25 08:30", "12:00")


def test_both_ways_to_write_tansumachi_mean_the_same_office() -> None:
    """箪笥町 and 簞笥町 are one office, whatever the width of letters and spaces."""
    directory = load_directory(SHIPPED)
    for name in ("箪笥町特別出張所", "簞笥町特別出張所", " 箪笥町　特別出張所 ", "02"):
        office = directory.find(name)
        assert office is not None
        assert office.id == "02"


def test_a_number_is_shown_with_letter_and_three_digits() -> None:
    """Labels keep three digits, and grow when the range does."""
    assert Series("M", 1, 399).label(7) == "M-007"
    assert Series("M", 1, 2000).label(1234) == "M-1234"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('id = "01"', 'id = "00"'), "twice"),
        (("first = 1, last = 399", "first = 399, last = 1"), "ends before it begins"),
        (('kind = "issuance"', 'kind = "kitchen"'), "kind"),
        (("opens = 08:30:00", 'opens = "soon"'), "opens"),
        (('authority = "新宿区"', "authority = "), "not valid TOML"),
        (('walk_in_series = "W"', 'walk_in_series = "X"'), "has no series X"),
        (('{ ja = "新宿区内藤町87", en', "{ en"), "has no Japanese address"),
        (('"新宿区内藤町87"', '" "'), "address"),
        (('{ ja = "新宿区内藤町87", en', "{ ja = 87, en"), "address"),
        (
            ('ja = "四谷', 'ja = "\U0001f000谷'),
            r"office\.1\.name\.ja: .*no typeface has the character U\+1F000",
        ),
        (('"新宿区内藤町', '"\u0378内藤町'), r"office\.1\.address\.ja: .*U\+0378"),
        (('authority = "新', 'authority = "\u0378'), r"authority: .*U\+0378"),
    ],
)
def test_a_wrong_file_of_offices_is_named_with_its_mistake(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    """A mistake in the ward's file stops the start with one sentence that says where."""
    path = tmp_path / "offices.toml"
    path.write_text(SHIPPED.read_text().replace(*change))
    with pytest.raises(OfficesError, match=told):
        load_directory(path)


def test_a_rare_kanji_in_a_name_is_taken_as_it_is(tmp_path: Path) -> None:
    """𠮷野 is a name like any other: some face has it, so it is no mistake of the file."""
    path = tmp_path / "offices.toml"
    path.write_text(SHIPPED.read_text().replace('ja = "四谷', 'ja = "𠮷谷'))
    assert load_directory(path)["01"].name["ja"].startswith("𠮷谷")
