"""What a scanned or typed text means: a card, and what is booked for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.cards import note_returned, notice_of, notify_again, void_notices
from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.notice_code import make_code, new_token
from backend.cards.states import CardProgress, NoticeState
from backend.cards.tables import notices
from backend.common.shipped import locate
from backend.reservations import ReservationState
from backend.reservations.code_patterns import load_patterns
from backend.reservations.lookup import CardLookup, find_match
from backend.reservations.match import Booking, CardMatch, Shown
from backend.reservations.notices import NoticeError, issue_notices
from backend.storage.unit_of_work import UnitOfWork
from tests.exchange_support import KEY
from tests.support import House

PATTERNS = load_patterns(locate("mappings", "codes.toml"))


def find(house: House, text: str) -> CardMatch | None:
    """Look a text up."""
    with house.database.read() as connection:
        return CardLookup(KEY, PATTERNS, house.graph.records)(connection, text)


def found(house: House, text: str) -> CardMatch:
    """What a text means that means something."""
    match = find(house, text)
    assert match is not None
    return match


def issue(house: House, *numbers: str) -> list[str]:
    """Issue notices and return their codes."""
    with house.database.write() as work:
        return [notice.code for notice in issue_notices(work, numbers, KEY)]


def unbooked(house: House, card_id: str = "c" * 32, **more: Any) -> str:
    """A card whose notice was posted and for which nothing is booked yet."""
    with house.database.write() as work:
        entry = CardEntry(card_id, CardProgress.NOTIFIED, {"name": "受付 花子"}, **more)
        keep_cards(work, house.graph.records, [entry], ())
    return card_id


@pytest.mark.dialect
def test_a_notice_leads_to_its_card(house: House) -> None:
    """On both databases a printed code finds card and booking, and tells check-in nothing personal."""
    reservation_id = house.reserve("88871018")
    (code,) = issue(house, "88871018")
    assert find(house, code) == CardMatch(
        house.card_of(reservation_id),
        CardProgress.NOTIFIED,
        shown=Shown.NOTICE,
        booking=Booking(reservation_id, "00", house.clock.now, ReservationState.BOOKED),
        notice=NoticeState.MADE,
    )
    assert find(house, code.lower()) == find(house, code)
    assert find(house, "9999-0000") is None
    assert "88871018" not in code
    assert "花子" not in repr(find(house, code))


def test_what_a_hand_scanner_puts_around_a_code_is_no_part_of_it(house: House) -> None:
    """A device that sends codes raw finds the same card, by notice and by number."""
    card_id = house.card_of(house.reserve("88871018"))
    (code,) = issue(house, "88871018")
    for text in (f"]Q1{code}", f"]Q2\\000026{code}", "]C088871018", "\x0288871018\x03"):
        assert found(house, text).card_id == card_id
    assert find(house, "]Q1") is None


@pytest.mark.dialect
def test_a_notice_of_an_unbooked_card_leads_to_it(house: House) -> None:
    """The notice is posted before anything is booked; its code is known from then on."""
    card_id = unbooked(house)
    with house.database.write() as work:
        code = notice_of(work, card_id, KEY).code
    assert find(house, code) == CardMatch(
        card_id, CardProgress.NOTIFIED, shown=Shown.NOTICE, notice=NoticeState.MADE
    )


def test_issuing_again_prints_the_same_code(house: House) -> None:
    """A second print is no second notice."""
    house.reserve("88871018")
    assert issue(house, "88871018") == issue(house, "88871018")


def test_a_card_has_one_notice_whatever_is_booked(house: House) -> None:
    """Cancelled and booked anew under another number, the sheet that was posted goes on working."""
    first = house.reserve("88871018")
    card_id = house.card_of(first)
    (code,) = issue(house, "88871018")
    house.reserve("88871018", card_id=card_id, reservation_id=first, state="cancelled")
    assert found(house, code).booking is None
    second = house.reserve("88871019", card_id=card_id)
    assert issue(house, "88871019") == [code]
    match = found(house, code)
    assert match.card_id == card_id
    assert match.booking is not None
    assert match.booking.reservation_id == second


def test_the_code_of_an_earlier_notice_is_understood_and_said_to_be_old(house: House) -> None:
    """Whoever brings the first of two sheets is received, and the clerk is told which one it is."""
    card_id = house.card_of(house.reserve("88871018"))
    (old,) = issue(house, "88871018")
    with house.database.write() as work:
        new = notify_again(work, card_id, KEY)
    assert (found(house, old).shown, found(house, new.code).shown) == (Shown.OLD_NOTICE, Shown.NOTICE)
    assert found(house, old).card_id == found(house, new.code).card_id
    assert (new.seq, issue(house, "88871018")) == (2, [new.code])


def test_a_notice_that_the_post_brought_back_still_names_its_card(house: House) -> None:
    """返戻: the sheet is at the counter with the card, and whoever fetches both is received."""
    card_id = house.card_of(house.reserve("88871018"))
    (code,) = issue(house, "88871018")
    with house.database.write() as work:
        assert note_returned(work, card_id) == 1
    assert (found(house, code).card_id, found(house, code).shown) == (card_id, Shown.NOTICE)


@pytest.mark.dialect
def test_a_void_code_is_unknown(house: House) -> None:
    """What was made void, an earlier notice too, gives no sign that it was ever known; the number still works."""
    card_id = house.card_of(house.reserve("88871018"))
    (old,) = issue(house, "88871018")
    with house.database.write() as work:
        new = notify_again(work, card_id, KEY).code
    with house.database.write() as work:
        assert void_notices(work, [card_id]) == 2
    assert (find(house, old), find(house, new)) == (None, None)
    assert found(house, "88871018").card_id == card_id


def test_a_forged_code_is_unknown(house: House) -> None:
    """Without the server's secret nobody makes a code, not even for a token that exists."""
    house.reserve("88871018")
    (code,) = issue(house, "88871018")
    assert find(house, make_code(code[2:18], b"x" * 32)) is None
    assert find(house, make_code(new_token(KEY), KEY)) is None
    for text in ("", " ", "x" * 8000, "https://example.jp/88871018", "\x00", "8887-1018-0000"):
        assert find(house, text) is None


@pytest.mark.parametrize("typed", ["88871018", "8887-1018", "８８８７ １０１８", "8887ー1018"])
def test_a_typed_number_finds_its_card(house: House, typed: str) -> None:
    """The keypad is the way for whoever has no sheet at hand."""
    reservation_id = house.reserve("88871018")
    match = found(house, typed)
    assert (match.card_id, match.shown) == (house.card_of(reservation_id), Shown.NUMBER)


@pytest.mark.dialect
def test_the_number_of_a_card_for_which_nothing_is_booked_finds_it(house: House) -> None:
    """An export may give a card its 予約番号 before anything is booked under it: the person is known all the same."""
    card_id = unbooked(house, booking_number="88871018")
    assert find(house, "8887-1018") == CardMatch(card_id, CardProgress.NOTIFIED)


@pytest.mark.dialect
@pytest.mark.parametrize("ended", ["cancelled", "no_show"])
def test_a_number_that_is_over_leads_to_the_card_and_its_other_booking(house: House, ended: str) -> None:
    """Who reads the number off the first of two sheets is received for what is booked now."""
    card_id = house.card_of(house.reserve("70000001", state=ended))
    booked = house.reserve("70000002", house.clock.now + timedelta(hours=2), card_id=card_id)
    match = found(house, "70000001")
    assert match.card_id == card_id
    assert match.booking is not None
    assert (match.booking.reservation_id, match.booking.booked) == (booked, True)


@pytest.mark.dialect
def test_a_booking_that_another_one_took_the_place_of_leads_to_that_one(house: House) -> None:
    """A card has one booked visit: a second one replaces the first, whose number goes on leading to the card."""
    card_id = house.card_of(house.reserve("70000001"))
    moved = house.reserve("70000002", house.clock.now + timedelta(hours=2), card_id=card_id)
    for number in ("70000001", "70000002"):
        booking = found(house, number).booking
        assert booking is not None
        assert booking.reservation_id == moved


def test_of_several_missed_visits_the_last_is_told(house: House) -> None:
    """A visit that was missed is named only where nothing is booked, and then the latest of them."""
    day = timedelta(days=1)
    card_id = house.card_of(house.reserve("70000001", house.clock.now - 3 * day, state="no_show"))
    last = house.reserve("70000002", house.clock.now - day, state="no_show", card_id=card_id)
    house.reserve("70000003", house.clock.now - 2 * day, state="no_show", card_id=card_id)
    booking = found(house, "70000001").booking
    assert booking is not None
    assert (booking.reservation_id, booking.booked) == (last, False)


@pytest.mark.dialect
@pytest.mark.parametrize("first", ["70000001", "70000002"])
def test_of_two_missed_visits_for_one_time_the_higher_number_is_told(house: House, first: str) -> None:
    """Whoever asks twice is told the same, whichever row was written first."""
    at = house.clock.now - timedelta(days=1)
    (second,) = {"70000001", "70000002"} - {first}
    made = {first: house.reserve(first, at, state="no_show", office_id="00")}
    card_id = house.card_of(made[first])
    made[second] = house.reserve(second, at, state="no_show", office_id="01", card_id=card_id)
    booking = found(house, "70000001").booking
    assert booking is not None
    assert booking.reservation_id == made["70000002"]


@pytest.mark.dialect
@pytest.mark.parametrize("column", ["card_number", "dispatch_number"])
@pytest.mark.parametrize("shown", ["AB1-234567", "ab1234567"])
def test_a_code_of_another_system_is_matched(house: House, column: str, shown: str) -> None:
    """Three alphanumerics and six digits are looked up as 製造管理番号, then as 発送番号."""
    reservation_id = house.reserve("88871018", None, **{column: "AB1234567"})
    assert found(house, shown).card_id == house.card_of(reservation_id)


def test_a_number_of_two_cards_is_nobodys(house: House) -> None:
    """Where one dispatch carried two cards, the clerk asks; the kiosk does not guess."""
    house.reserve("70000001", card_number="AA0000001", dispatch_number="AB1234567")
    house.reserve("70000002", card_number="AA0000002", dispatch_number="AB1234567")
    assert find(house, "AB1-234567") is None
    assert found(house, "AA0000001").card_id != found(house, "AA0000002").card_id


def test_a_12_digit_number_finds_nothing_even_if_it_could(house: House) -> None:
    """Should such a number ever stand in a table, showing it still does not work."""
    house.reserve("123456789018")
    assert find(house, "1234 5678 9018") is None


def test_where_no_keys_were_made_yet_a_code_of_another_system_is_unknown(house: House) -> None:
    """Before the first import there is no key store; a visitor's code is looked up all the same, and none is made."""
    assert find(house, "AB1-234567") is None
    assert find(house, "88871018") is None
    assert house.graph.records.store.index_key is None


def test_a_card_that_is_gone_is_no_match(house: House) -> None:
    """Between a reply and its repetition a card may have been erased."""
    with house.database.read() as connection:
        assert find_match(connection, "0" * 32) is None


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "cancelled"}, "not booked but cancelled"),
        ({"state": "issued"}, "not booked but fulfilled"),
    ],
)
def test_no_sheet_for_whom_nobody_expects(house: House, columns: dict[str, Any], words: str) -> None:
    """A sheet invites to a visit, so there must be one."""
    house.reserve("88871018", **columns)
    with pytest.raises(NoticeError, match=words):
        issue(house, "88871018")


def test_one_unknown_number_keeps_all_from_being_issued(house: House) -> None:
    """Nothing is half done: the known reservation gets no notice either."""
    house.reserve("88871018")
    with pytest.raises(NoticeError, match="no reservation has the number 7000-0000"):
        issue(house, "88871018", "70000000")
    with house.database.read() as connection:
        assert connection.execute(select(notices)).all() == []


@pytest.mark.dialect
@pytest.mark.parametrize("ending", [note_returned, lambda work, card_id: void_notices(work, [card_id])])
def test_after_a_notice_has_ended_the_next_print_is_a_new_one(
    house: House, ending: Callable[[UnitOfWork, str], int]
) -> None:
    """A card has one living notice at most; one that came back or was made void is not printed again."""
    card_id = house.card_of(house.reserve("88871018"))
    (first,) = issue(house, "88871018")
    with house.database.write() as work:
        ending(work, card_id)
    (second,) = issue(house, "88871018")
    assert first != second
    assert found(house, second).shown is Shown.NOTICE
