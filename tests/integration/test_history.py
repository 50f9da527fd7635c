"""The proofs of commands rest on `tests/history.py`: it says nothing of what is whole, and notices every half."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.wire.messages import CheckInRequest, WalkInRequest
from tests.counter import actor_of
from tests.history import batches, flaws_of
from tests.support import KIOSK, House
from tests.trail_support import owner_of

TAMPERING = {
    "a state that no step leads to": "UPDATE tickets SET state = 'cancelled'",
    "a step that is missing": "DELETE FROM ticket_steps WHERE event = 'ticket_called'",
    "a step that is there twice": "INSERT INTO ticket_steps (ticket_id, office_id, business_day, event, before, after, at, actor)"
    " SELECT ticket_id, office_id, business_day, event, before, after, at, actor FROM ticket_steps WHERE event = 'service_started'",
    "a step that is none of the table": "UPDATE ticket_steps SET event = 'issued' WHERE event = 'service_started'",
    "an event that nobody wrote": "DELETE FROM events WHERE kind = 'service_started'",
    "the newest event lost": "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
    "a counter that was not kept": "UPDATE event_counters SET last = last + 1 WHERE office_id = '00'",
    "an id that was not kept": "DELETE FROM requests WHERE command = 'walk_in'",
    "a number that is about nobody": "DELETE FROM cases",
    "a case that ended before its number": "UPDATE cases SET state = 'issued'",
    "a number that ended before its case": "UPDATE tickets SET state = 'incomplete'",
    "a line of the trail lost": "DELETE FROM audit WHERE action = 'start'",
}


@pytest.mark.parametrize("order", TAMPERING.values(), ids=TAMPERING)
def test_whatever_is_half_is_noticed(small_house: House, order: str) -> None:
    """Protects the proofs from a judge who sees nothing: each part of a command that is missing has its sentence."""
    clerk = actor_of(small_house.person("clerk"))
    small_house.counter.take_window(uuid4(), clerk, "1")
    small_house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    small_house.clock.advance(seconds=1)
    ticket = str(small_house.counter.call_next(uuid4(), clerk)["ticket_id"])
    small_house.clock.advance(seconds=1)
    small_house.counter.start(uuid4(), clerk, ticket)
    with small_house.database.read() as connection:
        assert flaws_of(connection) == []
        assert batches(connection) == {1: 2, 2: 1}
    with owner_of(small_house.database) as connection:
        connection.execute(text(order))
    with small_house.database.read() as connection:
        assert flaws_of(connection) != []


@pytest.mark.parametrize(
    ("state", "index", "words"),
    [
        ("issued", "uq_cases_issued_card", "a card was handed over 2 times"),
        ("open", "uq_cases_living_card", "a card has 2 visits on 2026-11-25"),
    ],
)
def test_a_card_with_two_visits_is_noticed_where_no_index_keeps_it(
    small_house: House, state: str, index: str, words: str
) -> None:
    """The judge sees by itself what the database would not let happen."""
    for number in ("10000001", "10000002"):
        small_house.reserve(number)
        small_house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), KIOSK)
    with small_house.database.write() as work:
        work.connection.execute(text(f"DROP INDEX {index}"))
        one_card = "UPDATE cases SET card_id = (SELECT max(id) FROM cards), state = :state"
        work.connection.execute(text(one_card), {"state": state})
    with small_house.database.read() as connection:
        assert words in flaws_of(connection)
