"""Lists for clerks and staff: who is in a state, here and today, reserved ones first."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import update

from backend.cards.states import CardProgress
from backend.cards.tables import cards
from backend.offices.day import business_day
from backend.reception.storing.cases import open_case
from backend.reception.storing.lists import parties_of, tickets_in, with_card_gone
from backend.reception.storing.parties import JoinedReasons, joined_reasons
from backend.reception.storing.tickets import find_ticket
from backend.wire.codes import CheckInReason, TicketState
from tests.pages_support import arrive, walk_in
from tests.party_at_window import NUMBERS, a_party
from tests.party_support import person
from tests.support import House


def test_a_list_holds_its_states_of_the_day_with_reservations_first(small_house: House) -> None:
    """A visitor who came first without a reservation stands behind one with; yesterday's and other states do not show."""
    first = walk_in(small_house)
    small_house.reserve("10000001")
    second = arrive(small_house, "10000001")
    day = business_day(small_house.clock.now)
    with small_house.database.read() as connection:
        waiting = tickets_in(connection, "00", day, [TicketState.WAITING])
        assert [ticket.label for ticket in waiting] == [second.number, first.number]
        assert [one.label for one in tickets_in(connection, "00", day, [TicketState.WAITING], limit=1)] == [
            second.number
        ]
        assert tickets_in(connection, "00", day, [TicketState.ISSUED, TicketState.ABSENT]) == []
        assert tickets_in(connection, "00", day + timedelta(days=1), [TicketState.WAITING]) == []
        assert tickets_in(connection, "01", day, [TicketState.WAITING]) == []


def test_a_party_with_two_cards_that_are_gone_is_told_once(small_house: House) -> None:
    """Each thing that became of its cards is one line, however many cards it became of."""
    booked = a_party_ids(small_house)
    for progress in (CardProgress.WITHDRAWN, CardProgress.ISSUED):
        with small_house.database.write() as work:
            gone = booked if progress is CardProgress.WITHDRAWN else booked[:1]
            work.connection.execute(update(cards).where(cards.c.id.in_(gone)).values(progress=progress.value))
        with small_house.database.read() as connection:
            told = with_card_gone(connection, "00", business_day(small_house.clock.now))
        assert {(ticket.label, said) for ticket, said in told} == {
            ("M-001", CardProgress.WITHDRAWN),
            ("M-001", progress),
        }
        assert len(told) == len({said for _, said in told})


def a_party_ids(house: House) -> list[str]:
    """The cards of a party of three who wait under one number."""
    ticket_id = a_party(house, NUMBERS)
    with house.database.read() as connection:
        return [case.card_id or "" for case in parties_of(connection, [ticket_id])[ticket_id]]


def test_why_each_card_of_a_waiting_party_was_received(small_house: House) -> None:
    """The cards that joined are told with the number's own reason; who is alone, and a number that does not wait, is not."""
    house = small_house
    day = business_day(house.clock.now)
    first = a_party(house, NUMBERS[:1])
    walk_in(house)
    for place, admitted in ((2, CheckInReason.LATE), (3, CheckInReason.CARD_EXPIRED)):
        with house.database.write() as work:
            ticket = find_ticket(work.connection, first)
            assert ticket is not None
            open_case(work, ticket, None, place=place, admitted=admitted)
    with house.database.read() as connection:
        told = joined_reasons(connection, "00", day)
        assert joined_reasons(connection, "01", day) == {}
    assert told == {
        first: JoinedReasons(
            CheckInReason.ON_TIME, frozenset({CheckInReason.LATE, CheckInReason.CARD_EXPIRED})
        )
    }
    house.counter.call_next(uuid4(), person(house, "clerk01", "1"))
    with house.database.read() as connection:
        assert joined_reasons(connection, "00", day) == {}
