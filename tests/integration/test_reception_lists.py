"""Lists for clerks and staff: who is in a state, here and today, reserved ones first."""

from datetime import timedelta

from backend.offices.day import business_day
from backend.reception.storing.lists import tickets_in
from backend.wire.codes import TicketState
from tests.pages_support import arrive, walk_in
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
