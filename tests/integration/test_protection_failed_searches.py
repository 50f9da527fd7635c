"""Searches of cards that found none are limited: for whoever makes them alone, for ten minutes, and the trail knows of each."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.cards.states import IndexKind
from backend.protection.actor import Actor
from backend.protection.failed_searches import MOST, SEARCH_FAILED, WITHIN, next_search_at
from backend.protection.tables import audit
from backend.reception.check_commands import TieCard
from backend.reception.errors import TicketStateError
from backend.wire.codes import ErrorCode
from tests.counter import actor_of
from tests.pages_support import walk_in
from tests.support import House

GUESS = "99990001"
BOOKING = "12345679"


def at_check(house: House, login: str, window: str) -> tuple[Actor, str]:
    """A clerk with somebody who came without a notice, and the ticket."""
    ticket_id = walk_in(house).ticket_id.hex
    account, _, _ = house.signed_in(login)
    clerk = actor_of(account)
    house.counter.take_window(uuid4(), clerk, window)
    house.counter.call_next(uuid4(), clerk)
    house.counter.start(uuid4(), clerk, ticket_id)
    return clerk, ticket_id


def search(house: House, clerk: Actor, ticket_id: str, number: str) -> ErrorCode | None:
    """The code with which a search is refused; None where the card was found and tied."""
    try:
        house.graph.runner.run(uuid4(), TieCard(ticket_id, IndexKind.BOOKING_NUMBER, number), clerk)
    except TicketStateError as error:
        return error.code
    return None


def lines(house: House, actor: Actor) -> list[tuple[str, dict[str, str]]]:
    """Subject and facts of the failed searches of somebody in the trail."""
    query = select(audit.c.subject, audit.c.facts).where(
        audit.c.action == SEARCH_FAILED, audit.c.actor == actor.id
    )
    with house.database.read() as connection:
        return [(row.subject, row.facts) for row in connection.execute(query)]


@pytest.mark.dialect
def test_ten_failed_searches_make_one_wait_and_nobody_else(house: House) -> None:
    """The eleventh is not made, though its number would be right; it is made when the first is ten minutes ago, and by a colleague at once."""
    house.reserve(BOOKING)
    clerk, ticket_id = at_check(house, "clerk01", "1")
    other, others_ticket = at_check(house, "clerk02", "2")
    begun = house.clock()
    for _ in range(MOST):
        assert search(house, clerk, ticket_id, GUESS) is ErrorCode.CARD_UNKNOWN
        house.clock.advance(seconds=30)
    with pytest.raises(TicketStateError) as refused:
        house.graph.runner.run(uuid4(), TieCard(ticket_id, IndexKind.BOOKING_NUMBER, BOOKING), clerk)
    until = begun + WITHIN
    assert (refused.value.code, refused.value.facts) == (
        ErrorCode.TOO_MANY_SEARCHES,
        {"until": until.isoformat()},
    )
    assert search(house, other, others_ticket, GUESS) is ErrorCode.CARD_UNKNOWN
    house.clock.advance(seconds=(until - house.clock()).total_seconds() - 1)
    assert search(house, clerk, ticket_id, BOOKING) is ErrorCode.TOO_MANY_SEARCHES
    house.clock.advance(seconds=1)
    assert search(house, clerk, ticket_id, BOOKING) is None


def test_each_failed_search_has_its_line_without_the_number(house: House) -> None:
    """Who, for which visit, by which kind of number; what was not searched at all has no line and counts for nothing."""
    clerk, ticket_id = at_check(house, "clerk01", "1")
    search(house, clerk, ticket_id, GUESS)
    with pytest.raises(TicketStateError):
        house.graph.runner.run(uuid4(), TieCard(ticket_id, IndexKind.DISPATCH_NUMBER, "1"), clerk)
    ((subject, facts),) = lines(house, clerk)
    assert (subject, facts["kind"], sorted(facts)) == (ticket_id, "booking_number", ["case", "kind"])
    with house.database.read() as connection:
        kept = [str(row) for row in connection.execute(select(audit))]
    assert not any(GUESS in row for row in kept)


def test_a_refusal_that_is_asked_for_again_is_counted_once(house: House) -> None:
    """An answer that was lost on the way is told again, and is no second guess."""
    clerk, ticket_id = at_check(house, "clerk01", "1")
    request_id, command = uuid4(), TieCard(ticket_id, IndexKind.BOOKING_NUMBER, GUESS)
    for _ in range(2):
        with pytest.raises(TicketStateError) as refused:
            house.graph.runner.run(request_id, command, clerk)
        assert (refused.value.code, refused.value.facts) == (ErrorCode.CARD_UNKNOWN, {})
    assert len(lines(house, clerk)) == 1


def test_searches_of_long_ago_make_nobody_wait(house: House) -> None:
    """The moment that is told is that at which the oldest of the last ten is out of the way, to the second."""
    clerk, ticket_id = at_check(house, "clerk01", "1")
    for _ in range(MOST):
        search(house, clerk, ticket_id, GUESS)
    now = house.clock()
    with house.database.read() as connection:
        assert next_search_at(connection, clerk.id, now) == now + WITHIN
        assert next_search_at(connection, clerk.id, now + WITHIN) is None
        assert next_search_at(connection, "somebody else", now) is None
        assert next_search_at(connection, clerk.id, now + WITHIN - timedelta(seconds=1)) == now + WITHIN
