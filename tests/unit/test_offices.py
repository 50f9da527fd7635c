"""Offices, hours and the business day."""

import os
import re
import time
from datetime import UTC, date, datetime, time as clock_time, timedelta
from pathlib import Path

import pytest

from backend.common.catalogue import Language
from backend.common.shipped import locate
from backend.common.tokyo import TOKYO, in_tokyo
from backend.offices.day import business_day
from backend.offices.directory import Directory, OfficesError
from backend.offices.directory_file import load_directory
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


@pytest.mark.parametrize("address", ["新宿区内藤町87", "港"])
def test_an_address_without_a_language_is_japanese(tmp_path: Path, address: str) -> None:
    """A ward's file of before goes on working, however short the address."""
    path = tmp_path / "offices.toml"
    one = next(line for line in SHIPPED.read_text().splitlines() if "内藤町" in line)
    path.write_text(SHIPPED.read_text().replace(one, f'address = "{address}"'))
    assert load_directory(path)["01"].address == {"ja": address}


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
        (('{ ja = "四谷特別出張所", en', "{ en"), "has no Japanese name"),
        (('"新宿区内藤町87"', '" "'), "address"),
        (
            ('also_called = ["四谷"]', 'also_called = ["簞笥町特別出張所"]'),
            "line 72: the name .* belongs to two offices",
        ),
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


SPLIT = SHIPPED.read_text().replace(
    '{ days = ["mon", "wed", "thu", "fri"], opens = 08:30:00, closes = 17:00:00 },',
    '{ days = ["mon", "wed", "thu", "fri"], opens = 08:30:00, closes = 12:00:00 },\n'
    '  { days = ["mon", "wed", "thu", "fri"], opens = 13:00:00, closes = 17:00:00 },',
)
"""The ward's file with a break at noon."""


def _read(tmp_path: Path, text: str) -> Directory:
    path = tmp_path / "offices.toml"
    path.write_text(text)
    return load_directory(path)


def _tokyo(hour: int, minute: int = 0) -> datetime:
    """A time of Wednesday, 25 November 2026."""
    return datetime(2026, 11, 25, hour, minute, tzinfo=TOKYO)


def test_the_breaks_of_a_day_are_what_lies_ahead_before_opening_and_at_noon(tmp_path: Path) -> None:
    """Protects waiting times from promising a call before the doors open or in the break."""
    directory = _read(tmp_path, SPLIT)
    noon = (_tokyo(12), _tokyo(13))
    assert directory.breaks_ahead("05", _tokyo(8)) == ((_tokyo(8), _tokyo(8, 30)), noon)
    assert directory.breaks_ahead("05", _tokyo(10)) == (noon,)
    assert directory.breaks_ahead("05", _tokyo(12)) == (noon,)
    assert directory.breaks_ahead("05", _tokyo(13)) == ()
    assert directory.breaks_ahead("05", _tokyo(17)) == ()
    assert directory.breaks_ahead("nowhere", _tokyo(8)) == ()


def test_an_office_opens_early_by_its_lead_and_closes_on_the_minute(tmp_path: Path) -> None:
    """Protects who comes at the very moment the doors open or the lead begins, and nobody at closing time."""
    directory = _read(tmp_path, SPLIT)
    lead = timedelta(minutes=30)
    second = timedelta(seconds=1)
    for at, early, opened in (
        (_tokyo(8) - second, False, False),
        (_tokyo(8), True, False),
        (_tokyo(8, 30), True, True),
        (_tokyo(12) - second, True, True),
        (_tokyo(12), False, False),
        (_tokyo(17), False, False),
    ):
        assert (directory.open_at("05", at, lead=lead) is not None) is early
        assert (directory.open_at("05", at) is not None) is opened
    following = directory.next_opening("05", _tokyo(8, 30))
    assert following is not None
    assert following.opens_at == _tokyo(13)  # the one that begins now has begun


def test_the_next_opening_is_looked_for_in_three_weeks(tmp_path: Path) -> None:
    """Protects a visitor of a closed office from a date months away, and from none where it is the twenty-first day."""
    monthly = '{ days = ["sun"], opens = 09:00:00, closes = 17:00:00, weeks = [4] }]'
    directory = _read(
        tmp_path, re.sub(r"hours = \[.*?\n\]", f"hours = [{monthly}", SHIPPED.read_text(), flags=re.DOTALL)
    )
    for days, found in ((20, True), (21, False)):
        opening = directory.next_opening("00", datetime(2026, 11, 22, 8, tzinfo=TOKYO) - timedelta(days=days))
        assert (opening is not None) is found


def test_the_hours_of_a_visit_are_those_that_have_begun_by_then(tmp_path: Path) -> None:
    """Protects who has reserved the first minute of the afternoon from being sent into the morning."""
    directory = _read(tmp_path, SPLIT)
    for visit, now, opens in (
        (_tokyo(13), _tokyo(9), _tokyo(13)),
        (_tokyo(12, 59), _tokyo(9), _tokyo(8, 30)),
        (_tokyo(8), _tokyo(7), _tokyo(8, 30)),
        (_tokyo(10), _tokyo(12), _tokyo(13)),  # the morning is over this very minute
    ):
        opening = directory.opening_for("05", visit, now)
        assert opening is not None
        assert opening.opens_at == opens


@pytest.mark.parametrize(
    ("added", "closed"),
    [
        ('offices = ["05"]', {"05"}),
        ('offices = ["05", "00"]', {"00", "05"}),
        ('offices = "all"', {"00", "01", "05"}),
    ],
)
def test_a_closure_shuts_the_offices_that_it_names_and_an_opening_opens_them(
    tmp_path: Path, added: str, closed: set[str]
) -> None:
    """Protects 臨時閉庁 and 臨時開庁 of one office from reaching another, and those of all from leaving one out."""
    wednesday, saturday = date(2026, 11, 25), date(2026, 11, 28)
    text = SHIPPED.read_text() + (
        f"\n[[calendar.closure]]\n{added}\non = {wednesday}\n"
        f"\n[[calendar.special_opening]]\n{added}\non = {saturday}\nopens = 10:00:00\ncloses = 15:00:00\n"
    )
    directory = _read(tmp_path, text)
    offices = {"00", "01", "05"}
    assert {office for office in offices if not directory.openings(office, wednesday)} == closed
    assert {office for office in offices if directory.openings(office, saturday)} == closed


@pytest.mark.parametrize("named", ['["99"]', '["05", "99"]', "[]"])
def test_a_date_for_an_office_that_is_not_there_stops_the_start(tmp_path: Path, named: str) -> None:
    """Protects a closing day from a slip in the office's id: nobody would learn of it before the day."""
    with pytest.raises(OfficesError, match="no known office"):
        _read(tmp_path, f"{SHIPPED.read_text()}\n[[calendar.closure]]\noffices = {named}\non = 2026-11-25\n")


@pytest.mark.parametrize(
    ("numbers", "taken"),
    [
        ("first = 7, last = 7", True),
        ("first = 1, last = 9999", True),
        ("first = 9999, last = 9999", True),
        ("first = 0, last = 399", False),
        ("first = 1, last = 10000", False),
    ],
)
def test_a_series_has_one_to_9999_numbers(tmp_path: Path, numbers: str, taken: bool) -> None:
    """Protects papers and boards, which have room for four digits, and a ward that needs a single number."""
    text = SHIPPED.read_text().replace("first = 1, last = 399", numbers, 1)
    if taken:
        assert _read(tmp_path, text).authority
        return
    with pytest.raises(OfficesError, match="series"):
        _read(tmp_path, text)


def test_an_authority_may_have_one_office_but_not_none(tmp_path: Path) -> None:
    """Protects a village with a single counter, and a start with a file in which every office was left out."""
    head, first = SHIPPED.read_text().split("[[office]]")[:2]
    assert [office.id for office in _read(tmp_path, f"{head}[[office]]{first}")] == ["00"]
    with pytest.raises(OfficesError, match="office"):
        _read(tmp_path, f"office = []\n{head}")


def test_a_file_of_offices_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Protects who starts the server from a traceback: a file that is missing is told in one sentence."""
    with pytest.raises(OfficesError, match=r"missing\.toml cannot be read"):
        load_directory(tmp_path / "missing.toml")
