"""Whose card a number leads to, asked before it is tied: shown as the role may see it, noted as a look, and nothing is changed."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.cards.states import IndexKind
from backend.protection.actor import Actor
from backend.protection.tables import audit
from backend.reception.card_looks import CardLook, LookForCard
from backend.reception.errors import TicketStateError
from backend.storage.event_log import events
from backend.wire.messages import CheckInRequest
from tests.pages_support import walk_in
from tests.party_at_window import join
from tests.party_support import party, person
from tests.support import KIOSK, NUMBER, House

KIND = IndexKind.BOOKING_NUMBER


@pytest.fixture
def clerk(small_house: House) -> Actor:
    """A clerk at window 1."""
    return person(small_house, "clerk01", "1")


def served(house: House, clerk: Actor) -> str:
    """Somebody without a notice is with a clerk."""
    walk_in(house)
    ticket_id = str(house.counter.call_next(uuid4(), clerk)["ticket_id"])
    house.counter.start(uuid4(), clerk, ticket_id)
    return ticket_id


def look(house: House, by: Actor, ticket_id: str, number: str, **more: str | None) -> CardLook:
    """Look for a card."""
    found = house.graph.runner.run(uuid4(), LookForCard(ticket_id, KIND, number, **more), by)
    assert isinstance(found, CardLook)
    return found


def trail(house: House) -> list[tuple[str, dict[str, str]]]:
    """The actions about a visit, and their facts."""
    with house.database.read() as connection:
        rows = connection.execute(select(audit.c.action, audit.c.facts).order_by(audit.c.at))
        return [(row.action, row.facts) for row in rows if "case" in (row.facts or {})]


def test_a_look_shows_whose_card_it_is_and_ties_nothing(small_house: House, clerk: Actor) -> None:
    """Name and birthday, to ask for; the case has no card after it, no page is told, and the trail has the look alone."""
    small_house.reserve(NUMBER, name="受付 太郎", card_expires_on=None)
    ticket_id = served(small_house, clerk)
    with small_house.database.read() as connection:
        before = connection.execute(select(events.c.seq)).all()
    found = look(small_house, clerk, ticket_id, NUMBER)
    assert dict(found.fields) == {"name": "受付 太郎", "name_kana": None, "birth": "1990-01-31"}
    assert (found.ticket_id, found.as_body()) == (ticket_id, {"ticket_id": ticket_id, "number": "W-400"})
    assert "受付" not in repr(found)
    (case,) = party(small_house, ticket_id)
    assert (case.card_id, case.reservation_id) == (None, None)
    with small_house.database.read() as connection:
        assert connection.execute(select(events.c.seq)).all() == before
    assert trail(small_house) == [("reservation_viewed", {"case": case.case_id, "kind": "booking_number"})]


def test_a_card_that_would_not_be_tied_is_shown_to_nobody(small_house: House, clerk: Actor) -> None:
    """A search that finds none, or a card of another number, is refused as a tie is, counts as one, and is noted as one."""
    small_house.reserve(NUMBER, name="受付 太郎")
    ticket_id = served(small_house, clerk)
    with pytest.raises(TicketStateError) as unknown:
        look(small_house, clerk, ticket_id, "99990001")
    assert unknown.value.code == "card_unknown"
    small_house.counter.check_in(CheckInRequest(request_id=uuid4(), number=NUMBER), KIOSK)
    for _ in range(9):
        with pytest.raises(TicketStateError) as taken:
            look(small_house, clerk, ticket_id, NUMBER)
        assert taken.value.code == "card_has_number"
    with pytest.raises(TicketStateError) as tried:
        look(small_house, clerk, ticket_id, NUMBER)
    assert tried.value.code == "too_many_searches"
    assert {action for action, _ in trail(small_house)} == {"card_search_failed"}


def test_a_refusal_is_told_again_and_noted_once(small_house: House, clerk: Actor) -> None:
    """The same press, sent twice, is one search."""
    ticket_id = served(small_house, clerk)
    request_id, command = uuid4(), LookForCard(ticket_id, KIND, "99990001")
    for _ in range(2):
        with pytest.raises(TicketStateError):
            small_house.graph.runner.run(request_id, command, clerk)
    assert len(trail(small_house)) == 1


def test_a_look_is_about_the_card_of_the_party_that_is_named(small_house: House, clerk: Actor) -> None:
    """Of two who came without a notice, the case that was asked about is the one that is noted."""
    small_house.reserve(NUMBER, name="受付 太郎")
    ticket_id = served(small_house, clerk)
    join(small_house, ticket_id, None, 2)
    second = party(small_house, ticket_id)[1].case_id
    assert look(small_house, clerk, ticket_id, NUMBER, case_id=second).fields["name"] == "受付 太郎"
    assert trail(small_house)[0][1]["case"] == second
