"""Opening hours by plain rules: which week, which closure, which end."""

from datetime import date, datetime, time, timedelta

import pytest

from backend.common.tokyo import TOKYO
from backend.offices.hours import Calendar, Closure, DatedOpening, Hours, Opening
from backend.offices.office import Office, Window, fold_name
from backend.wire.codes import WindowKind

SUNDAY = Hours(frozenset({"sun"}), time(9), time(17), weeks=frozenset({4}))
MORNING = Hours(frozenset({"wed"}), time(8, 30), time(12))
AFTERNOON = Hours(frozenset({"wed"}), time(13), time(17))
WEDNESDAY = date(2026, 11, 25)


def told(openings: tuple[Opening, ...]) -> list[str]:
    """Openings as a sign would say them."""
    return [f"{one.opens_at:%H:%M}-{one.closes_at:%H:%M}" for one in openings]


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 6, 21), False),  # the latest third Sunday that there can be
        (date(2026, 11, 22), True),  # the earliest fourth one
        (date(2026, 6, 28), True),  # the latest fourth one
        (date(2026, 11, 29), False),  # the earliest fifth one
    ],
)
def test_the_fourth_sunday_is_the_fourth_wherever_the_month_begins(day: date, open_: bool) -> None:
    """Protects whoever comes on a Sunday: the 22nd and the 28th are fourth Sundays, the 21st and the 29th are not."""
    assert SUNDAY.holds_on(day) is open_
    assert SUNDAY.holds_on(day + timedelta(days=1)) is False


@pytest.mark.parametrize(
    ("closure", "closed"),
    [
        (Closure(WEDNESDAY), True),
        (Closure(WEDNESDAY, frozenset({"00", "05"})), True),
        (Closure(WEDNESDAY, frozenset({"05"})), False),
        (Closure(WEDNESDAY + timedelta(days=7)), False),
        (Closure(WEDNESDAY + timedelta(days=7), frozenset({"00"})), False),
    ],
)
def test_a_closure_closes_its_day_at_its_offices_and_no_other(closure: Closure, closed: bool) -> None:
    """Protects a visitor from the way to an office that is closed that day, and from being sent home from an open one."""
    calendar = Calendar(closures=(closure,))
    assert told(calendar.openings("00", [MORNING], WEDNESDAY)) == ([] if closed else ["08:30-12:00"])


def test_an_extra_opening_beats_a_closure_at_its_offices() -> None:
    """Protects 臨時開庁 on a day that is closed, and the offices that it does not name."""
    extra = DatedOpening(WEDNESDAY, time(10), time(11), frozenset({"00"}))
    calendar = Calendar(closures=(Closure(WEDNESDAY),), special_openings=(extra,))
    assert told(calendar.openings("00", [MORNING], WEDNESDAY)) == ["10:00-11:00"]
    assert told(calendar.openings("05", [MORNING], WEDNESDAY)) == []
    everywhere = Calendar(special_openings=(DatedOpening(WEDNESDAY, time(10), time(11)),))
    assert told(everywhere.openings("05", [MORNING], WEDNESDAY)) == ["10:00-11:00"]


def test_the_openings_of_a_day_are_told_in_their_order() -> None:
    """Protects the next opening: morning before afternoon, however the file puts them."""
    openings = Calendar().openings("00", [AFTERNOON, MORNING], WEDNESDAY)
    assert told(openings) == ["08:30-12:00", "13:00-17:00"]


@pytest.mark.parametrize(
    ("closes", "end"),
    [
        (time(22, 59), datetime(2026, 11, 25, 22, 59, tzinfo=TOKYO)),
        (time(23, 0), datetime(2026, 11, 25, 23, 0, tzinfo=TOKYO)),
        (time(23, 58), datetime(2026, 11, 25, 23, 58, tzinfo=TOKYO)),
        (time(23, 59), datetime(2026, 11, 26, 0, 0, tzinfo=TOKYO)),
        (time(23, 59, 59), datetime(2026, 11, 26, 0, 0, tzinfo=TOKYO)),
    ],
)
def test_only_the_last_minute_of_a_day_means_midnight(closes: time, end: datetime) -> None:
    """Protects the hours of a late evening: 23:58 is 23:58, and 23:59 is the end of the day."""
    (opening,) = Calendar().openings("00", [Hours(frozenset({"wed"}), time(8), closes)], WEDNESDAY)
    assert opening.closes_at == end


def test_a_rule_may_hold_on_holidays_and_a_ward_may_keep_none() -> None:
    """Protects offices in shops that open on 文化の日, and the others' day off; a day of the year is closed for all."""
    culture_day = date(2026, 11, 3)
    tuesday = Hours(frozenset({"tue"}), time(9), time(17))
    shop = Hours(frozenset({"tue"}), time(10), time(20), on_holidays=True)
    assert told(Calendar().openings("00", [tuesday, shop], culture_day)) == ["10:00-20:00"]
    assert told(Calendar(closed_on_national_holidays=False).openings("00", [tuesday], culture_day)) == [
        "09:00-17:00"
    ]
    assert told(Calendar().openings("00", [tuesday, shop], date(2026, 11, 10))) == [
        "09:00-17:00",
        "10:00-20:00",
    ]
    assert Calendar(closed_days=frozenset({(11, 3)})).openings("00", [shop], culture_day) == ()
    assert Calendar(closed_days=frozenset({(3, 11)})).openings("00", [shop], culture_day) != ()


def test_a_window_is_found_by_its_sign_and_its_kind() -> None:
    """Protects a call to window 2 from being shown at window 1, and a hand-over from a reception window."""
    one, two, three = (
        Window("1", WindowKind.RECEPTION),
        Window("2", WindowKind.RECEPTION),
        Window("A", WindowKind.ISSUANCE),
    )
    office = Office(
        id="00",
        name={"ja": "本庁"},
        address={"ja": "東京都"},
        phone=None,
        windows=(one, two, three),
        series={},
        reservation_series="M",
        walk_in_series="W",
        hours=(),
    )
    assert [office.window(label) for label in ("1", "2", "A", "B")] == [one, two, three, None]
    assert office.windows_for(WindowKind.RECEPTION) == (one, two)
    assert office.windows_for(WindowKind.ISSUANCE) == (three,)


def test_names_of_offices_are_compared_without_their_spelling() -> None:
    """Protects the import from spaces, widths and the two forms of a kanji."""
    assert fold_name(" 簞笥町　特別出張所 ") == fold_name("箪笥町特別出張所")
    assert fold_name("ＯＦＦＩＣＥ １") == fold_name("office1")
    assert fold_name("四谷") != fold_name("四ツ谷")
