from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from backend.common.shipped import locate
from backend.reservations.code_patterns import load_patterns
from backend.reservations.lookup import ReservationLookup, ReservationMatch
from backend.reservations.notice_code import make_code, new_token
from backend.reservations.notices import NoticeError, issue_notices, revoke_notices
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import notices, reservations
from backend.storage.database import Database
from tests.exchange_support import KEY, NOW

LOOKUP = ReservationLookup(KEY, load_patterns(locate("mappings", "codes.toml")))


def reserve(database: Database, number: str, **columns: Any) -> str:
    """Add an invented reservation and return its id."""
    values = {
        "id": uuid4().hex,
        "number": number,
        "name": "受付 花子",
        "office_id": "00",
        "starts_at": NOW,
        "state": "booked",
        "fingerprint": "",
        "imported_at": NOW,
        "updated_at": NOW,
    } | columns
    with database.write() as work:
        work.connection.execute(insert(reservations).values(**values))
    return str(values["id"])


def find(database: Database, text: str) -> ReservationMatch | None:
    """Look a text up."""
    with database.read() as connection:
        return LOOKUP(connection, text, NOW)


def issue(database: Database, *numbers: str) -> list[str]:
    """Issue notices and return their codes."""
    with database.write() as work:
        return [notice.code for notice in issue_notices(work, numbers, KEY)]


@pytest.mark.dialect
def test_a_notice_leads_to_its_reservation(database: Database) -> None:
    """On both databases a printed code finds the reservation, and tells check-in nothing personal."""
    reservation_id = reserve(database, "88871018")
    (code,) = issue(database, "88871018")
    assert find(database, code) == ReservationMatch(reservation_id, "00", NOW, ReservationState.BOOKED)
    assert find(database, code.lower()) == find(database, code)
    assert "88871018" not in code
    assert "花子" not in repr(find(database, code))


def test_what_a_hand_scanner_puts_around_a_code_is_no_part_of_it(database: Database) -> None:
    """A device that sends codes raw finds the same reservation, by notice and by number."""
    reservation_id = reserve(database, "88871018")
    (code,) = issue(database, "88871018")
    for text in (f"]Q1{code}", f"]Q2\\000026{code}", "]C088871018", "\x0288871018\x03"):
        found = find(database, text)
        assert found is not None
        assert found.reservation_id == reservation_id
    assert find(database, "]Q1") is None


def test_printing_again_gives_the_same_code(database: Database) -> None:
    """A second sheet must not make the first one invalid, nor a third code."""
    reserve(database, "88871018")
    reserve(database, "70000000")
    first = issue(database, "88871018", "70000000", "88871018")
    assert len(first) == 2
    assert issue(database, "88871018", "70000000") == first
    with database.read() as connection:
        assert len(connection.execute(select(notices)).all()) == 2


@pytest.mark.dialect
def test_a_revoked_notice_is_unknown(database: Database) -> None:
    """A lost sheet can be made worthless; the next one has another code."""
    reservation_id = reserve(database, "88871018")
    (code,) = issue(database, "88871018")
    with database.write() as work:
        assert revoke_notices(work, reservation_id) == 1
        assert revoke_notices(work, reservation_id) == 0
    assert find(database, code) is None
    (other,) = issue(database, "88871018")
    assert other != code
    assert find(database, other) is not None


def test_a_forged_or_strange_code_is_unknown(sqlite: Database) -> None:
    """Without the key nobody makes a code, not even for a token that exists."""
    reserve(sqlite, "88871018")
    (code,) = issue(sqlite, "88871018")
    assert find(sqlite, make_code(code[2:18], b"x" * 32)) is None
    assert find(sqlite, make_code(new_token(KEY), KEY)) is None
    for text in ("", " ", "x" * 8000, "https://example.jp/88871018", "\x00", "8887-1018-0000"):
        assert find(sqlite, text) is None


@pytest.mark.parametrize("typed", ["88871018", "8887-1018", "８８８７ １０１８", "8887ー1018"])
def test_a_typed_number_finds_its_reservation(sqlite: Database, typed: str) -> None:
    """The keypad is the way for whoever has no sheet at hand."""
    reservation_id = reserve(sqlite, "88871018")
    match = find(sqlite, typed)
    assert match is not None
    assert match.reservation_id == reservation_id


@pytest.mark.parametrize("column", ["card_number", "dispatch_number"])
@pytest.mark.parametrize("shown", ["AB1-234567", "ab1234567"])
def test_a_code_of_another_system_is_matched(sqlite: Database, column: str, shown: str) -> None:
    """Three alphanumerics and six digits are looked up as 製造管理番号, then as 発送番号."""
    reservation_id = reserve(sqlite, "88871018", **{column: "AB1234567"})
    match = find(sqlite, shown)
    assert match is not None
    assert match.reservation_id == reservation_id


def test_of_several_bookings_of_a_card_the_nearest_is_meant(sqlite: Database) -> None:
    """A card that was booked again is received for today's booking, not for a cancelled or later one."""
    reserve(sqlite, "70000001", card_number="AB1234567", state="cancelled")
    today = reserve(sqlite, "70000002", card_number="AB1234567", starts_at=NOW + timedelta(hours=2))
    reserve(sqlite, "70000003", card_number="AB1234567", starts_at=NOW + timedelta(days=7))
    match = find(sqlite, "AB1-234567")
    assert match is not None
    assert match.reservation_id == today


def test_a_number_of_two_cards_is_nobodys(sqlite: Database) -> None:
    """Where one dispatch carried two cards, the clerk asks; the kiosk does not guess."""
    reserve(sqlite, "70000001", card_number="AA0000001", dispatch_number="AB1234567")
    reserve(sqlite, "70000002", card_number="AA0000002", dispatch_number="AB1234567")
    assert find(sqlite, "AB1-234567") is None


def test_a_12_digit_number_finds_nothing_even_if_it_could(sqlite: Database) -> None:
    """Should such a number ever stand in a table, showing it still does not work."""
    reserve(sqlite, "123456789018")
    assert find(sqlite, "1234 5678 9018") is None


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "cancelled"}, "not booked but cancelled"),
        ({"state": "issued"}, "not booked but issued"),
        ({"starts_at": None}, "no place or no time"),
    ],
)
def test_no_sheet_for_whom_nobody_expects(sqlite: Database, columns: dict[str, Any], words: str) -> None:
    """A sheet invites to a visit, so there must be one."""
    reserve(sqlite, "88871018", **columns)
    with pytest.raises(NoticeError, match=words):
        issue(sqlite, "88871018")


def test_one_unknown_number_keeps_all_from_being_issued(sqlite: Database) -> None:
    """Nothing is half done: the known reservation gets no notice either."""
    reserve(sqlite, "88871018")
    with pytest.raises(NoticeError, match="7000-0000 is not known"):
        issue(sqlite, "88871018", "70000000")
    with sqlite.read() as connection:
        assert connection.execute(select(notices)).all() == []
