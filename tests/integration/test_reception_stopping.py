"""J-LIS stopped: one command ends what waits for a card, and nobody who went home for it is forgotten."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception.deciding.case import CaseState
from backend.reception.errors import TicketStateError
from backend.reception.storing.contacts import is_to_contact, to_contact
from backend.wire.codes import ErrorCode, NotIssuedReason, TicketState
from backend.wire.messages import CheckInRequest
from tests.party_support import come, ends, party, person, state_of, steps, to_staff
from tests.support import KIOSK, House

NUMBERS = ("12345679", "12345687", "12345695", "12345703", "12345711")


def listed(house: House, office_id: str = "00") -> list[tuple[str, int]]:
    """Number and place of whom an office is to contact."""
    with house.database.read() as connection:
        rows, count = to_contact(connection, office_id, limit=100)
    assert count == len(rows)
    return [(row.number, row.place) for row in rows]


def staff_and_clerk(house: House) -> tuple[Actor, Actor]:
    """Somebody at window A, and a clerk at window 1."""
    return person(house, "staff01", "A", Role.STAFF), person(house, "clerk01", "1")


@pytest.mark.dialect
def test_all_who_wait_for_a_card_end_together_and_a_colleagues_visitor_stays(house: House) -> None:
    """Handed over, absent at issuance and at one's own window: ended with the reason; who waits at reception waits on."""
    staff, clerk = staff_and_clerk(house)
    other = person(house, "staff02", "B", Role.STAFF)
    tickets = []
    for number in NUMBERS[:4]:
        come(house, number)
        tickets.append(to_staff(house, clerk))
    waits, absent, mine, theirs = tickets
    at = house.counter
    at.call_to_issuance(uuid4(), other, theirs)
    at.call_to_issuance(uuid4(), staff, absent)
    at.call_to_issuance(uuid4(), staff, absent)
    at.absent_at_issuance(uuid4(), staff, absent)
    at.call_to_issuance(uuid4(), staff, mine)
    waiting = come(house, NUMBERS[4])
    at.stop_issuance(uuid4(), staff)
    for one in (waits, absent, mine):
        assert state_of(house, one) is TicketState.ENDED
        assert ends(house, one) == [(CaseState.ENDED, "system_down")]
        assert steps(house, one)[-1][::3] == ("not_issued", "system_down")
    assert state_of(house, theirs) is TicketState.CALLED_TO_ISSUANCE
    assert state_of(house, waiting) is TicketState.WAITING
    assert listed(house) == [("M-001", 1), ("M-002", 1), ("M-003", 1)]
    with house.database.read() as connection:
        facts = connection.execute(select(audit.c.facts).where(audit.c.action == "stop_issuance")).scalars()
        assert list(facts) == [{"tickets": 3}]


def test_stopping_with_nobody_there_is_no_trouble(house: House) -> None:
    """Pressed twice, the second has nothing to do."""
    staff, _ = staff_and_clerk(house)
    house.counter.stop_issuance(uuid4(), staff)
    assert listed(house) == []


@pytest.mark.dialect
def test_the_list_stays_over_days_until_the_card_is_issued_or_somebody_was_contacted(house: House) -> None:
    """Nobody is told twice and nobody is forgotten; the other offices have lists of their own."""
    staff, clerk = staff_and_clerk(house)
    first = come(house, NUMBERS[0], NUMBERS[1])
    assert to_staff(house, clerk) == first
    house.counter.stop_issuance(uuid4(), staff)
    house.clock.advance(days=2)
    assert listed(house) == [("M-001", 1), ("M-001", 2)]
    assert listed(house, "05") == []
    one, two = (case.case_id for case in party(house, first))
    elsewhere = person(house, "staff05", "A", Role.STAFF, "05")
    with pytest.raises(TicketStateError) as foreign:
        house.counter.note_contacted(uuid4(), elsewhere, one)
    assert foreign.value.code is ErrorCode.NOT_FOUND
    for _ in range(2):
        house.counter.note_contacted(uuid4(), staff, one)
    assert listed(house) == [("M-001", 2)]
    with house.database.read() as connection:
        assert is_to_contact(connection, "00", one) is None
        assert is_to_contact(connection, "00", two) == first
        assert is_to_contact(connection, "05", two) is None
        noted = connection.execute(
            select(audit.c.actor, audit.c.subject).where(audit.c.action == "note_contacted")
        ).all()
    assert {tuple(row) for row in noted} == {(staff.id, one)}
    # The other comes again by themselves, booked anew.
    house.reserve("12345729", card_id=str(party(house, first)[1].card_id))
    house.counter.check_in(CheckInRequest(request_id=uuid4(), number="12345729"), KIOSK)
    assert listed(house) == [], "who is here again need not be told"
    again = to_staff(house, clerk)
    house.counter.call_to_issuance(uuid4(), staff, again)
    house.counter.issue(uuid4(), staff, again)
    assert listed(house) == []


def test_one_visit_that_ends_with_the_system_down_is_listed_too(small_house: House) -> None:
    """Whichever button ended it, the reason is the same, and so is the promise; other reasons promise nothing."""
    staff, clerk = staff_and_clerk(small_house)
    for number, reason in ((NUMBERS[0], NotIssuedReason.SYSTEM_DOWN), (NUMBERS[1], NotIssuedReason.LEFT)):
        come(small_house, number)
        small_house.counter.end_without_card(uuid4(), staff, to_staff(small_house, clerk), reason)
    assert listed(small_house) == [("M-001", 1)]


def test_a_case_that_did_not_end_so_is_none_to_contact(small_house: House) -> None:
    """Ticking off is for those of the list; anything else is not found."""
    staff, clerk = staff_and_clerk(small_house)
    come(small_house, NUMBERS[0])
    ticket_id = to_staff(small_house, clerk)
    small_house.counter.end_without_card(uuid4(), staff, ticket_id, NotIssuedReason.LEFT)
    for case_id in (party(small_house, ticket_id)[0].case_id, "0" * 32):
        with pytest.raises(TicketStateError):
            small_house.counter.note_contacted(uuid4(), staff, case_id)
