"""Booking sheets: each version has a code, and a sheet that was overtaken is known as old when it is shown."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from backend.reservations import AskedCard, BookingSheet, NoticeError, ReservationState, print_booking_sheets
from backend.reservations.booking_sheets import void_booking_sheets
from backend.reservations.lookup import CardLookup
from backend.reservations.match import CardMatch, Shown
from backend.reservations.tables import booking_sheets, reservations
from backend.storage.secrets import load_secret
from backend.wire import CheckInReason
from backend.wire.messages import CheckInReply, CheckInRequest
from tests.integration.test_reservations_lookup import PATTERNS
from tests.support import KIOSK, House

NUMBER = "88871018"


def key_of(house: House) -> bytes:
    """The server's secret."""
    return load_secret(house.graph.settings.var_dir, house.database)


def sheet_of(house: House, card_id: str) -> BookingSheet:
    """Print what is booked for a card."""
    with house.database.write() as work:
        (sheet,) = print_booking_sheets(work, [AskedCard(card_id, NUMBER)], key_of(house))
    return sheet


def find(house: House, code: str) -> CardMatch | None:
    """Look a code up as a kiosk does."""
    with house.database.read() as connection:
        return CardLookup(key_of(house), PATTERNS, house.graph.records)(connection, code)


def show(house: House, code: str, request_id: UUID | None = None) -> CheckInReply:
    """Hold a code up to a kiosk."""
    return house.counter.check_in(CheckInRequest(request_id=request_id or uuid4(), code=code), KIOSK)


def moved_here(house: House, reservation_id: str) -> None:
    """The same booking under the same number, on another day."""
    with house.database.write() as work:
        work.connection.execute(
            update(reservations)
            .where(reservations.c.id == reservation_id)
            .values(starts_at=house.clock.now + timedelta(days=3))
        )


def booked_anew(house: House, reservation_id: str) -> None:
    """Another booking of the card took its place."""
    house.reserve("70000000", house.clock.now + timedelta(days=3), card_id=house.card_of(reservation_id))


def at_another_office(house: House, reservation_id: str) -> None:
    """The same time at another office."""
    with house.database.write() as work:
        work.connection.execute(
            update(reservations).where(reservations.c.id == reservation_id).values(office_id="02")
        )


def cancelled(house: House, reservation_id: str) -> None:
    """Nothing is booked any more."""
    with house.database.write() as work:
        work.connection.execute(
            update(reservations)
            .where(reservations.c.id == reservation_id)
            .values(state=ReservationState.CANCELLED.value)
        )


@pytest.mark.dialect
def test_a_sheet_that_holds_is_as_good_as_the_notice(house: House) -> None:
    """Whoever brings only the booking sheet is received on time."""
    card_id = house.card_of(house.reserve(NUMBER))
    sheet = sheet_of(house, card_id)
    match = find(house, sheet.code)
    assert match is not None
    assert (match.card_id, match.shown, match.notice, match.old_sheet) == (card_id, Shown.NUMBER, None, False)
    reply = show(house, sheet.code)
    assert (reply.reason, reply.old_sheet) == (CheckInReason.ON_TIME, False)


@pytest.mark.dialect
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (moved_here, CheckInReason.ANOTHER_DAY),
        (booked_anew, CheckInReason.ANOTHER_DAY),
        (at_another_office, CheckInReason.ANOTHER_OFFICE),
        (cancelled, CheckInReason.NOT_RESERVED),
    ],
)
def test_an_overtaken_sheet_is_known_as_old(
    house: House, change: Callable[[House, str], None], reason: CheckInReason
) -> None:
    """However the booking was changed: who comes by the old sheet hears that it is old and what holds now, each time."""
    reservation_id = house.reserve(NUMBER)
    sheet = sheet_of(house, house.card_of(reservation_id))
    change(house, reservation_id)
    request_id = uuid4()
    reply = show(house, sheet.code, request_id)
    assert (reply.reason, reply.old_sheet, reply.ticket) == (reason, True, None)
    assert show(house, sheet.code, request_id) == reply


def test_an_old_sheet_gives_a_number_on_the_new_day(house: House) -> None:
    """Nobody is sent home for a paper: where the booking holds now, the number is given without a word of the sheet."""
    reservation_id = house.reserve(NUMBER, house.clock.now + timedelta(days=1))
    sheet = sheet_of(house, house.card_of(reservation_id))
    with house.database.write() as work:
        moved = update(reservations).where(reservations.c.id == reservation_id)
        work.connection.execute(moved.values(starts_at=house.clock.now))
    reply = show(house, sheet.code)
    assert (reply.reason, reply.old_sheet) == (CheckInReason.ON_TIME, False)
    assert reply.ticket is not None


@pytest.mark.dialect
def test_versions_count_what_was_printed(house: House) -> None:
    """The same words are a copy of the same version; other words are the next version with a code of its own."""
    reservation_id = house.reserve(NUMBER)
    card_id = house.card_of(reservation_id)
    first, again = sheet_of(house, card_id), sheet_of(house, card_id)
    moved_here(house, reservation_id)
    second = sheet_of(house, card_id)
    assert [(one.version, one.copy) for one in (first, again, second)] == [(1, 1), (1, 2), (2, 1)]
    assert first.code == again.code != second.code
    with house.database.read() as connection:
        kept = connection.execute(select(booking_sheets.c.version, booking_sheets.c.copies)).all()
    assert sorted(map(tuple, kept)) == [(1, 2), (2, 1)]
    overtaken = find(house, first.code)
    assert overtaken is not None
    assert overtaken.old_sheet


def test_a_void_sheet_is_unknown_and_the_next_is_another_version(house: House) -> None:
    """A sheet that went astray opens nothing, and its code is never printed again."""
    card_id = house.card_of(house.reserve(NUMBER))
    astray = sheet_of(house, card_id)
    with house.database.write() as work:
        assert void_booking_sheets(work, [card_id]) == 1
        assert void_booking_sheets(work, [card_id]) == 0
    assert find(house, astray.code) is None
    following = sheet_of(house, card_id)
    assert (following.version, following.code == astray.code) == (2, False)


def test_nothing_is_printed_of_what_is_not_booked(house: House) -> None:
    """A booking sheet names time and place, so there must be some; the sentence names the number alone."""
    card_id = house.card_of(house.reserve(NUMBER, state="cancelled"))
    with pytest.raises(NoticeError, match="nothing is booked for the card of 8887-1018"):
        sheet_of(house, card_id)
