"""One card, one visit: whatever is booked, moved or shown, and at whichever office, a card has one number a day."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.cards import notice_of, notify_again
from backend.cards.issuing import mark_issued
from backend.cards.tables import cards
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import TicketStateError
from backend.reception.storing.cases import cases_of, visit_of_card
from backend.reception.storing.tables import cases, refusals, tickets
from backend.reservations import ReservationState
from backend.reservations.match import Shown
from backend.reservations.tables import reservations
from backend.storage.secrets import load_secret
from backend.wire.codes import CheckInReason, ErrorCode, TicketState
from backend.wire.messages import CheckInReply, CheckInRequest, TicketMessage, WalkInRequest
from tests.counter import actor_of
from tests.support import BRANCH, KIOSK, OTHER_KIOSK, TODAY, HandClock, House, make_house, ticket_rows
from tests.ticket_support import told

FIRST, SECOND = "12345679", "12345680"
_COMPLETE = Ticks("R1", applicant=("A03",), papers=("notice",))


def show(house: House, shown: str, caller: Actor = KIOSK) -> CheckInReply:
    """A notice's code is held up, or a number is typed."""
    what = {"number": shown} if shown.isdigit() else {"code": shown}
    return house.counter.check_in(CheckInRequest.model_validate({"request_id": uuid4(), **what}), caller)


def of(house: House, ticket: TicketMessage) -> list[tuple[CaseState, str | None]]:
    """States and bookings of a ticket's cases, the oldest first."""
    with house.database.read() as connection:
        return [(one.state, one.reservation_id) for one in cases_of(connection, ticket.ticket_id.hex)]


def person(house: House, login: str, window: str, role: Role = Role.CLERK, office_id: str = "00") -> Actor:
    """Somebody at a window."""
    actor = actor_of(house.person(login, role, office_id))
    house.counter.take_window(uuid4(), actor, window)
    return actor


def begun(house: House, clerk: Actor) -> str:
    """Whoever is next is called and comes; returns the ticket."""
    house.clock.advance(seconds=1)
    ticket_id = str(house.counter.call_next(uuid4(), clerk)["ticket_id"])
    house.counter.start(uuid4(), clerk, ticket_id)
    return ticket_id


def at_issuance(house: House) -> tuple[Actor, str]:
    """The only visitor has come as far as the issuance window; returns who sits there, and the ticket."""
    clerk, staff = person(house, "clerk01", "1"), person(house, "staff01", "A", Role.STAFF)
    ticket_id = begun(house, clerk)
    house.counter.tick(uuid4(), clerk, ticket_id, _COMPLETE)
    house.counter.hand_over(uuid4(), clerk, ticket_id)
    house.counter.call_to_issuance(uuid4(), staff, ticket_id)
    return staff, ticket_id


@pytest.mark.dialect
def test_two_bookings_of_a_card_are_one_ticket(house: House) -> None:
    """A card that was booked twice for one day has one number, under whichever booking it is asked for."""
    card_id = house.card_of(house.reserve(FIRST, house.clock.now + timedelta(hours=2)))
    booked = house.reserve(SECOND, card_id=card_id)
    first, second = show(house, FIRST), show(house, SECOND, OTHER_KIOSK)
    assert (first.reason, second.reason) == (CheckInReason.ON_TIME, CheckInReason.ALREADY_CHECKED_IN)
    assert told(first).ticket_id == told(second).ticket_id
    assert (ticket_rows(house), of(house, told(first))) == (1, [(CaseState.OPEN, booked)])


@pytest.mark.dialect
def test_a_second_notice_is_the_same_ticket_and_the_clerk_learns_which_was_shown(house: House) -> None:
    """Both sheets of a card are its own; the earlier one is accepted and kept as 旧通知書."""
    key = load_secret(house.graph.settings.var_dir)
    card_id = house.card_of(house.reserve(FIRST))
    with house.database.write() as work:
        old = notice_of(work, card_id, key).code
        new = notify_again(work, card_id, key).code
    first, second = show(house, old), show(house, new, OTHER_KIOSK)
    assert (first.reason, second.reason) == (CheckInReason.ON_TIME, CheckInReason.ALREADY_CHECKED_IN)
    assert told(first).ticket_id == told(second).ticket_id
    with house.database.read() as connection:
        (case,) = cases_of(connection, told(first).ticket_id.hex)
    assert (case.card_id, case.shown) == (card_id, Shown.OLD_NOTICE)


@pytest.mark.dialect
def test_a_booking_that_moves_during_the_day_takes_no_second_number(house: House) -> None:
    """Moved to another office after the visitor has a number: there the number is told, here it stays as it is."""
    card_id = house.card_of(house.reserve(FIRST))
    ticket = told(show(house, FIRST))
    house.reserve(SECOND, house.clock.now + timedelta(hours=1), office_id="05", card_id=card_id)
    for number in (FIRST, SECOND):
        there = show(house, number, BRANCH)
        assert (there.reason, there.office_id) == (CheckInReason.ANOTHER_OFFICE, "00")
        assert told(there).ticket_id == ticket.ticket_id
        here = show(house, number)
        assert (here.reason, told(here).ticket_id) == (CheckInReason.ALREADY_CHECKED_IN, ticket.ticket_id)
    assert ticket_rows(house) == 1


@pytest.mark.dialect
def test_a_booking_that_moved_before_the_visit_counts_where_it_is_now(house: House) -> None:
    """The number of the booking that was replaced leads to the office of the one that took its place."""
    card_id = house.card_of(house.reserve(FIRST))
    house.reserve(SECOND, office_id="05", card_id=card_id)
    here = show(house, FIRST)
    assert (here.reason, here.office_id, here.ticket) == (CheckInReason.ANOTHER_OFFICE, "05", None)
    assert show(house, FIRST, BRANCH).reason is CheckInReason.ON_TIME


@pytest.mark.dialect
def test_a_card_that_was_issued_is_issued_under_every_booking(house: House) -> None:
    """Handed out under one number it is over under all of them, here, elsewhere and on later days."""
    cancelled = house.reserve(FIRST, state="cancelled")
    card_id = house.card_of(cancelled)
    booked = house.reserve(SECOND, card_id=card_id)
    ticket = told(show(house, FIRST))
    staff, ticket_id = at_issuance(house)
    house.counter.issue(uuid4(), staff, ticket_id)
    assert of(house, ticket) == [(CaseState.ISSUED, booked)]
    for later in (timedelta(0), timedelta(days=1)):
        house.clock.advance(seconds=later.total_seconds())
        for number in (FIRST, SECOND):
            for caller in (KIOSK, BRANCH):
                again = show(house, number, caller)
                assert (again.reason, again.ticket) == (CheckInReason.ALREADY_ISSUED, None)
    with house.database.read() as connection:
        states = {row.id: row.state for row in connection.execute(select(reservations))}
        progress = connection.execute(select(cards.c.progress)).scalars().all()
    assert states == {cancelled: ReservationState.CANCELLED, booked: ReservationState.FULFILLED}
    assert (progress, ticket_rows(house)) == (["issued"], 1)


@pytest.mark.dialect
def test_a_hand_over_that_a_file_told_first_is_recorded_all_the_same(house: House) -> None:
    """An import of the same afternoon leaves nobody stuck at an issuance window."""
    card_id = house.card_of(house.reserve(FIRST))
    ticket = told(show(house, FIRST))
    staff, ticket_id = at_issuance(house)
    with house.database.write() as work:
        assert mark_issued(work, card_id)
    house.counter.issue(uuid4(), staff, ticket_id)
    assert [state for state, _ in of(house, ticket)] == [CaseState.ISSUED]


@pytest.mark.dialect
def test_a_card_that_was_issued_elsewhere_meanwhile_is_refused(house: House) -> None:
    """Whoever is second learns it before the card leaves the desk, and nothing of the refused command stays."""
    card_id = house.card_of(house.reserve(FIRST))
    ticket = told(show(house, FIRST))
    staff, ticket_id = at_issuance(house)
    elsewhere = told(house.counter.walk_in(WalkInRequest(request_id=uuid4()), BRANCH))
    with house.database.write() as work:
        assert mark_issued(work, card_id)
        assert not mark_issued(work, card_id)
        issued = update(cases).where(cases.c.ticket_id == elsewhere.ticket_id.hex)
        work.connection.execute(issued.values(card_id=card_id, state=CaseState.ISSUED.value))
    with pytest.raises(TicketStateError) as refused:
        house.counter.issue(uuid4(), staff, ticket_id)
    assert refused.value.code is ErrorCode.ALREADY_ISSUED
    assert refused.value.facts["number"] == ticket.number
    assert [state for state, _ in of(house, ticket)] == [CaseState.OPEN]


@pytest.mark.dialect
def test_after_missing_papers_the_next_scan_is_a_new_case_of_the_same_number(house: House) -> None:
    """Who fetches a paper keeps the number; what was checked before and what is checked now are told apart."""
    booked = house.reserve(FIRST)
    ticket = told(show(house, FIRST))
    clerk = person(house, "clerk01", "1")
    house.counter.end_incomplete(uuid4(), clerk, begun(house, clerk))
    assert of(house, ticket) == [(CaseState.INCOMPLETE, booked)]
    house.clock.advance(minutes=30)
    again = show(house, FIRST)
    assert (again.found, told(again).state) == (TicketState.INCOMPLETE, TicketState.WAITING)
    assert (told(again).ticket_id, told(again).number) == (ticket.ticket_id, ticket.number)
    assert of(house, ticket) == [(CaseState.INCOMPLETE, booked), (CaseState.OPEN, booked)]
    with house.database.read() as connection:
        found = visit_of_card(connection, house.card_of(booked), TODAY)
    assert found is not None
    assert (found.ticket.id, found.state) == (ticket.ticket_id.hex, CaseState.OPEN)


@pytest.mark.dialect
def test_after_a_cancelled_number_the_next_scan_is_a_new_number(house: House) -> None:
    """Who went home, also after a case that was incomplete, begins anew; of the old number nothing waits for them."""
    booked = house.reserve(FIRST)
    ticket = told(show(house, FIRST))
    clerk = person(house, "clerk01", "1")
    house.counter.end_incomplete(uuid4(), clerk, begun(house, clerk))
    house.counter.cancel(uuid4(), clerk, ticket.ticket_id.hex)
    assert of(house, ticket) == [(CaseState.CANCELLED, booked)]
    again = told(show(house, FIRST))
    assert again.number != ticket.number
    assert of(house, again) == [(CaseState.OPEN, booked)]


def test_somebody_without_a_notice_has_a_case_without_a_card(small_house: House) -> None:
    """Nothing ties a walk-in to anybody until somebody finds their card, and any number of them may wait."""
    for _ in range(2):
        ticket = told(small_house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK))
        with small_house.database.read() as connection:
            (case,) = cases_of(connection, ticket.ticket_id.hex)
        assert (case.card_id, case.reservation_id, case.shown) == (None, None, Shown.NOTHING)


def test_two_cards_under_one_dispatch_number_get_no_number(small_house: House) -> None:
    """Nobody chooses for a family of which card is meant: it is as unknown as any other code, and counted."""
    small_house.reserve(FIRST, card_number="AA0000001", dispatch_number="AB1234567")
    small_house.reserve(SECOND, card_number="AA0000002", dispatch_number="AB1234567")
    assert show(small_house, "AB1-234567").reason is CheckInReason.UNKNOWN
    with small_house.database.read() as connection:
        assert connection.execute(select(refusals.c.reason)).scalars().all() == ["unknown"]


@pytest.mark.parametrize(
    ("columns", "follows", "answer", "kept"),
    [
        ({"kept_at": "05"}, False, CheckInReason.ON_TIME, CheckInReason.ON_TIME),
        ({"kept_at": "00"}, True, CheckInReason.ON_TIME, CheckInReason.ON_TIME),
        ({}, True, CheckInReason.ON_TIME, CheckInReason.ON_TIME),
        ({"kept_at": "05"}, True, CheckInReason.WALK_IN, CheckInReason.CARD_NOT_ARRIVED),
        ({"kept_at": "05", "state": "cancelled"}, True, CheckInReason.NOT_RESERVED, None),
        (
            {"card_expires_on": TODAY - timedelta(days=1)},
            False,
            CheckInReason.WALK_IN,
            CheckInReason.CARD_EXPIRED,
        ),
        ({"stay_expires_on": TODAY}, False, CheckInReason.ON_TIME, CheckInReason.ON_TIME),
    ],
)
def test_where_a_card_lies_and_until_when_is_told_to_staff_alone(
    tmp_path: Path,
    columns: dict[str, Any],
    follows: bool,
    answer: CheckInReason,
    kept: CheckInReason | None,
) -> None:
    """A card that is elsewhere, where offices follow that, or over its day gets an assisted number without a reason."""
    house = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", HandClock(), track_cards=follows)
    house.reserve(FIRST, **columns)
    reply = show(house, FIRST)
    assert reply.reason is answer
    with house.database.read() as connection:
        found = [tuple(row) for row in connection.execute(select(tickets.c.series, tickets.c.reason))]
    series = "M" if kept is CheckInReason.ON_TIME else "W"
    assert found == ([] if kept is None else [(series, kept)])
    house.database.dispose()


@pytest.mark.dialect
@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.ISSUED])
def test_the_database_keeps_a_card_to_one_visit(house: House, state: CaseState) -> None:
    """One living case a day and one issued in all, whatever a command forgets; ended ones may be many."""
    house.reserve(FIRST)
    told(show(house, FIRST))
    with house.database.read() as connection:
        row = connection.execute(select(cases)).mappings().one()
    for kept in (CaseState.INCOMPLETE, CaseState.CANCELLED, CaseState.CANCELLED):
        with house.database.write() as work:
            work.connection.execute(insert(cases).values({**row, "id": uuid4().hex, "state": kept.value}))
    twice = [{**row, "id": uuid4().hex, "state": state.value} for _ in range(2)]
    with pytest.raises(IntegrityError), house.database.write() as work:
        work.connection.execute(insert(cases), twice)
