"""Parties and their progress, for tests: cards that share a number, people at windows, and visitors handed to staff."""

from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import select

from backend.cards.states import CardProgress
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.reception.deciding.case import Case, CaseState, latest_of
from backend.reception.deciding.ticks import Ticks
from backend.reception.storing.cases import cases_of, open_case
from backend.reception.storing.checks import NO_CHECK, save_check
from backend.reception.storing.tables import ticket_steps
from backend.reception.storing.tickets import find_ticket
from backend.reservations.match import CardMatch, Shown
from backend.wire.codes import TicketState
from backend.wire.messages import CheckInRequest
from tests.counter import actor_of
from tests.support import KIOSK, TODAY, House

COMPLETE = Ticks("R1", applicant=("A03",), papers=("notice",))


class Step(NamedTuple):
    """The checked parts of a line of history: what happened, the new state, the window, the reason, and the card."""

    event: str
    after: str
    window: str | None
    reason: str | None
    case_id: str | None


def person(house: House, login: str, window: str, role: Role = Role.CLERK, office_id: str = "00") -> Actor:
    """A person who sits at a window."""
    actor = actor_of(house.person(login, role, office_id))
    house.counter.take_window(uuid4(), actor, window)
    return actor


def come(house: House, number: str, *others: str) -> str:
    """Check in a visitor with a reservation, and further cards of the same party; returns the ticket's id."""
    house.reserve(number)
    reply = house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), KIOSK)
    assert reply.ticket is not None
    ticket_id = reply.ticket.ticket_id.hex
    for place, other in enumerate(others, start=2):
        card_id = house.card_of(house.reserve(other))
        with house.database.write() as work:
            ticket = find_ticket(work.connection, ticket_id)
            assert ticket is not None
            match = CardMatch(card_id, CardProgress.NOTIFIED, None, None, Shown.NUMBER, None)
            open_case(work, ticket, match, place=place)
    return ticket_id


def to_staff(house: House, clerk: Actor) -> str:
    """Call the next visitor, complete the check of every card and hand over; returns the ticket's id."""
    house.clock.advance(seconds=1)
    at = house.counter
    ticket_id = str(at.call_next(uuid4(), clerk)["ticket_id"])
    at.start(uuid4(), clerk, ticket_id)
    for case in party(house, ticket_id):
        if case.state is CaseState.OPEN:
            check(house, case, clerk)
    at.hand_over(uuid4(), clerk, ticket_id)
    return ticket_id


def check(house: House, case: Case, clerk: Actor) -> None:
    """Complete the check of one card."""
    rules = house.graph.rules.on(TODAY)
    with house.database.write() as work:
        save_check(work, case.case_id, rules, COMPLETE, complete=True, before=NO_CHECK, by=clerk.id)


def party(house: House, ticket_id: str) -> list[Case]:
    """The present cases of a number's cards, in the party's order."""
    with house.database.read() as connection:
        return list(latest_of(cases_of(connection, ticket_id)))


def ends(house: House, ticket_id: str) -> list[tuple[CaseState, str | None]]:
    """The state of each card's case, and the reason."""
    return [(case.state, case.reason) for case in party(house, ticket_id)]


def state_of(house: House, ticket_id: str) -> TicketState:
    """The state of a visit's ticket."""
    with house.database.read() as connection:
        ticket = find_ticket(connection, ticket_id)
    assert ticket is not None
    return ticket.state


def steps(house: House, ticket_id: str) -> list[Step]:
    """The history of a visit, the oldest first."""
    line = ticket_steps.c
    query = (
        select(line.event, line.after, line.window, line.reason, line.case_id)
        .where(line.ticket_id == ticket_id)
        .order_by(line.id)
    )
    with house.database.read() as connection:
        return [Step(*row) for row in connection.execute(query)]
