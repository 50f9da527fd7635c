"""A notice that is shown again: whatever happened to its number, the reply says where the visitor is, and nothing twice."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from backend.protection.actor import Actor
from backend.reception.deciding.case import CaseState
from backend.reception.storing.tables import cases, tickets
from backend.wire.codes import CheckInReason, TicketState, WindowKind
from backend.wire.messages import CheckInReply, CheckInRequest, TicketMessage, WalkInRequest
from tests.counter import actor_of
from tests.support import BRANCH, KIOSK, NUMBER, OTHER_KIOSK, HandClock, House, kinds, make_house, ticket_rows
from tests.ticket_support import told


@dataclass(frozen=True)
class Answer:
    """What a kiosk is told of a ticket that was found in a state."""

    reason: CheckInReason = CheckInReason.ALREADY_CHECKED_IN
    state: TicketState | None = None
    window: str | None = None
    kind: WindowKind | None = None
    events: tuple[str, ...] = ()


AGAIN = CheckInReason.ALREADY_CHECKED_IN
ANSWERS = {
    TicketState.WAITING: Answer(state=TicketState.WAITING),
    TicketState.CALLED: Answer(state=TicketState.CALLED, window="3", kind=WindowKind.RECEPTION),
    TicketState.SERVING: Answer(state=TicketState.SERVING, window="3", kind=WindowKind.RECEPTION),
    TicketState.ABSENT: Answer(state=TicketState.WAITING, events=("ticket_returned",)),
    TicketState.HANDED_OVER: Answer(state=TicketState.HANDED_OVER),
    TicketState.CALLED_TO_ISSUANCE: Answer(
        state=TicketState.CALLED_TO_ISSUANCE, window="B", kind=WindowKind.ISSUANCE
    ),
    # Back from absence at issuance: they can be called there again.
    TicketState.ISSUANCE_ABSENT: Answer(state=TicketState.HANDED_OVER, events=("ticket_returned",)),
    TicketState.ISSUED: Answer(CheckInReason.ALREADY_ISSUED),
    TicketState.INCOMPLETE: Answer(state=TicketState.WAITING, events=("ticket_returned",)),
}
"""Every state but those after which a notice gets a new number. A state that is new has no answer here, and fails."""
GIVEN_UP = {TicketState.CANCELLED, TicketState.ENDED, TicketState.DONE}
_CASES = {
    TicketState.ISSUED: CaseState.ISSUED,
    TicketState.INCOMPLETE: CaseState.INCOMPLETE,
    TicketState.CANCELLED: CaseState.CANCELLED,
    TicketState.ENDED: CaseState.ENDED,
    TicketState.DONE: CaseState.DONE,
}
WINDOWS = {TicketState.CALLED: "3", TicketState.SERVING: "3", TicketState.CALLED_TO_ISSUANCE: "B"}


def show(house: House, caller: Actor = KIOSK) -> CheckInReply:
    """The notice's number is typed."""
    return house.counter.check_in(CheckInRequest(request_id=uuid4(), number=NUMBER), caller)


def ticket_in(house: House, state: TicketState) -> TicketMessage:
    """A visitor who checked in at the main office and came to be in a state."""
    house.reserve(NUMBER)
    ticket = show(house).ticket
    assert ticket is not None
    case = _CASES.get(state, CaseState.OPEN)
    with house.database.write() as work:
        work.connection.execute(update(tickets).values(state=state.value, window=WINDOWS.get(state)))
        work.connection.execute(update(cases).values(state=case.value))
    house.clock.advance(minutes=10)
    return ticket


@pytest.mark.parametrize("state", sorted(set(TicketState) - GIVEN_UP))
def test_a_second_scan_tells_where_the_visitor_is(house: House, state: TicketState) -> None:
    """Each state has an answer of its own; who was away or fetched papers waits again, and nothing else changes."""
    first, expected = ticket_in(house, state), ANSWERS[state]
    before = kinds(house)
    reply = show(house, OTHER_KIOSK)
    assert (reply.reason, reply.found, reply.office) == (expected.reason, state, None)
    assert kinds(house)[len(before) :] == list(expected.events)
    assert ticket_rows(house) == 1
    if expected.state is None:
        assert reply.ticket is None
        return
    ticket = told(reply)
    assert (ticket.ticket_id, ticket.number) == (first.ticket_id, first.number)
    assert (ticket.state, ticket.window, ticket.window_kind) == (
        expected.state,
        expected.window,
        expected.kind,
    )
    assert (ticket.estimate is not None) == (ticket.state is TicketState.WAITING)


@pytest.mark.parametrize("state", sorted(set(TicketState) - GIVEN_UP))
def test_at_another_office_the_same_number_is_told_and_nothing_changes(
    house: House, state: TicketState
) -> None:
    """A number is of one office: who shows the notice elsewhere is not there, and learns where the number is."""
    first = ticket_in(house, state)
    before = kinds(house)
    reply = show(house, BRANCH)
    assert reply.found is state
    assert (kinds(house), ticket_rows(house)) == (before, 1)
    if state is TicketState.ISSUED:
        assert (reply.reason, reply.ticket) == (CheckInReason.ALREADY_ISSUED, None)
        return
    assert (reply.reason, reply.office_id, reply.office_name) == (
        CheckInReason.ANOTHER_OFFICE,
        "00",
        "新宿区役所 本庁舎",
    )
    assert (told(reply).ticket_id, told(reply).state) == (first.ticket_id, state)
    assert reply.office is not None
    assert reply.office.office_id == "00"


def test_a_card_without_a_booking_has_one_number_in_all_offices(tmp_path: Path) -> None:
    """Where the ward gives a number to whoever has a notice, any office does, and the next one tells it."""
    house = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", HandClock(), unbooked_get_number=True)
    house.reserve(NUMBER, state="cancelled")
    first, again = show(house), show(house, BRANCH)
    assert (first.reason, again.reason) == (CheckInReason.WALK_IN, CheckInReason.ANOTHER_OFFICE)
    assert told(again).ticket_id == told(first).ticket_id
    assert ticket_rows(house) == 1
    house.database.dispose()


@pytest.mark.parametrize("caller", [KIOSK, BRANCH])
@pytest.mark.parametrize("state", sorted(GIVEN_UP))
def test_a_number_that_was_given_up_is_as_if_it_had_not_been(
    house: House, caller: Actor, state: TicketState
) -> None:
    """Who went home, or was sent home without the card, and comes again gets a new number here, and elsewhere the way."""
    first = ticket_in(house, state)
    reply = show(house, caller)
    assert reply.found is None
    if caller is BRANCH:
        assert (reply.reason, reply.ticket) == (CheckInReason.ANOTHER_OFFICE, None)
    else:
        assert told(reply).ticket_id != first.ticket_id


@pytest.mark.dialect
def test_who_was_absent_is_where_a_clerk_would_have_put_them(house: House) -> None:
    """Next to be called, before who waited meanwhile, with calls counted anew; one kind of step for both ways back."""
    ticket = ticket_in(house, TicketState.ABSENT)
    waiting = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    by_hand, at_kiosk = _placed(house, ticket.ticket_id, by_clerk=True), _placed(house, ticket.ticket_id)
    assert by_hand == at_kiosk
    reply = show(house)
    assert (told(reply).waiting_ahead, told(waiting).waiting_ahead) == (0, 0)
    assert kinds(house)[-2:] == ["ticket_returned", "ticket_returned"]


def _placed(house: House, ticket_id: UUID, *, by_clerk: bool = False) -> tuple[object, ...]:
    """Let an absent visitor come back, by a clerk or at the kiosk, and tell their place."""
    with house.database.write() as work:
        work.connection.execute(
            update(tickets).where(tickets.c.id == ticket_id.hex).values(state="absent", call_count=2)
        )
    if by_clerk:
        account, _, _ = house.signed_in("clerk01")
        house.counter.bring_back(uuid4(), actor_of(account), ticket_id.hex)
    else:
        assert show(house).found is TicketState.ABSENT
    with house.database.read() as connection:
        return tuple(
            connection.execute(
                select(tickets.c.state, tickets.c.priority, tickets.c.order_at, tickets.c.call_count).where(
                    tickets.c.id == ticket_id.hex
                )
            ).one()
        )


def test_by_policy_the_absent_are_sent_to_the_staff(tmp_path: Path) -> None:
    """A ward that wants to speak to who missed the call says so, and the number stays absent."""
    house = make_house(
        f"sqlite:///{tmp_path}/u.db", tmp_path / "var", HandClock(), absent_returns_at_kiosk=False
    )
    ticket_in(house, TicketState.ABSENT)
    reply = show(house)
    assert (reply.reason, reply.found, told(reply).state) == (AGAIN, TicketState.ABSENT, TicketState.ABSENT)
    assert "ticket_returned" not in kinds(house)
    house.database.dispose()


@pytest.mark.dialect
def test_a_second_scan_tells_how_far_it_is_as_of_now(house: House) -> None:
    """The kiosk is also the answer to "which am I now": people ahead and range follow the queue."""
    house.reserve(NUMBER, house.clock.now - timedelta(minutes=30))
    for _ in range(3):
        house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
        house.clock.advance(seconds=5)
    first = told(show(house))
    with house.database.write() as work:
        work.connection.execute(update(tickets).where(tickets.c.label != first.number).values(state="issued"))
    again = told(show(house))
    assert (first.waiting_ahead, again.waiting_ahead) == (3, 0)
    assert first.estimate is not None
    assert again.estimate is not None
    assert again.estimate.high_minutes < first.estimate.high_minutes


def test_a_repeated_request_brings_nobody_back_twice(house: House) -> None:
    """The answer to a way back got lost: the same request has the same outcome, told as things stand by then."""
    ticket = ticket_in(house, TicketState.INCOMPLETE)
    request = CheckInRequest(request_id=uuid4(), number=NUMBER)
    first = house.counter.check_in(request, KIOSK)
    with house.database.write() as work:
        work.connection.execute(
            update(tickets).where(tickets.c.id == ticket.ticket_id.hex).values(state="incomplete")
        )
    again = house.counter.check_in(request, KIOSK)
    assert (again.reason, again.found) == (first.reason, first.found)
    assert again.ticket is not None
    assert (again.ticket.ticket_id, again.ticket.state) == (ticket.ticket_id, TicketState.INCOMPLETE)
    assert kinds(house).count("ticket_returned") == 1
