"""What the reception keeps of a step: the ticket, its event and its line of history, all or nothing."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from backend.offices.day import business_day
from backend.reception.deciding.steps import STEPS
from backend.reception.deciding.ticket import Ticket
from backend.reception.errors import TicketStateError
from backend.reception.storing.boards import absent_numbers, at_windows
from backend.reception.storing.cases import cases_of
from backend.reception.storing.checks import check_of
from backend.reception.storing.refused_codes import count_refusal
from backend.reception.storing.seats import drop_seat, give_visitor, give_window, occupant_of, seat_of
from backend.reception.storing.tables import refusals, ticket_steps, tickets
from backend.reception.storing.tickets import advance, change, find_ticket, issue_ticket, seat_and_visitor
from backend.storage.database import Database
from backend.wire.codes import EventKind, TicketState
from tests.support import KIOSK, MORNING, House, events_of
from tests.ticket_support import a_ticket

DAY = business_day(MORNING)
ALL_STEPS = [
    (event, state) for event in STEPS for state in TicketState if event is not EventKind.TICKET_ISSUED
]


def kept(database: Database, state: TicketState, number: int = 3) -> Ticket:
    """A ticket of today in a state, at the window with its number, put there without steps."""
    label, window = f"M-{number:03d}", str(number)
    ticket = a_ticket(
        state, business_day=DAY, number=number, label=label, window=window, holder="sato", id=uuid4().hex
    )
    with database.write() as work:
        issue_ticket(work, KIOSK, replace(ticket, state=TicketState.WAITING))
        work.connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(state=state.value))
    return ticket


def history(database: Database, ticket: Ticket) -> list[tuple[str, str | None, str, str, str | None]]:
    """The lines of a ticket: event, from, to, who, window."""
    with database.read() as connection:
        found = connection.execute(
            select(ticket_steps).where(ticket_steps.c.ticket_id == ticket.id).order_by(ticket_steps.c.id)
        )
        return [(row.event, row.before, row.after, row.actor, row.window) for row in found]


def test_every_step_leaves_its_line_and_its_event_and_a_refused_one_nothing(sqlite: Database) -> None:
    """Statistics, undo and proof read the lines: for every event from every state there is one, or the step was refused."""
    for number, (event, state) in enumerate(ALL_STEPS):
        ticket = kept(sqlite, state, number)
        before = history(sqlite, ticket)
        told = len(events_of(sqlite))
        after = STEPS[event].get(state)
        if after is None:
            with pytest.raises(TicketStateError), sqlite.write() as work:
                advance(work, KIOSK, ticket, event)
        else:
            with sqlite.write() as work:
                assert advance(work, KIOSK, ticket, event).state is after
        with sqlite.read() as connection:
            found = find_ticket(connection, ticket.id)
        assert found is not None
        assert found.state is (after or state), (event, state)
        lines = [] if after is None else [(event.value, state.value, after.value, KIOSK.id, str(number))]
        assert history(sqlite, ticket) == [*before, *lines]
        assert [one.kind for one in events_of(sqlite)[told:]] == [line[0] for line in lines]


def test_a_ticket_begins_with_its_own_line(sqlite: Database) -> None:
    """The first line says that there was nothing before, and which kiosk gave the number."""
    assert history(sqlite, kept(sqlite, TicketState.WAITING)) == [
        ("ticket_issued", None, "waiting", "kiosk-1", "3")
    ]


@pytest.mark.dialect
def test_a_ticket_that_moved_on_is_not_changed_by_who_read_it_before(house: House) -> None:
    """Of two who act on one number the second is told where it is; nothing of theirs is written, on either database."""
    ticket = kept(house.database, TicketState.CALLED)
    with house.database.write() as work:
        advance(work, KIOSK, ticket, EventKind.SERVICE_STARTED)
    with pytest.raises(TicketStateError), house.database.write() as work:
        advance(work, KIOSK, ticket, EventKind.TICKET_ABSENT)
    with pytest.raises(TicketStateError), house.database.write() as work:
        change(work, ticket, language="en")
    with house.database.read() as connection:
        found = find_ticket(connection, ticket.id)
    assert found is not None
    assert (found.state, found.language) == (TicketState.SERVING, "ja")
    assert [line[0] for line in history(house.database, ticket)] == ["ticket_issued", "service_started"]


def test_a_board_is_made_of_who_is_at_windows_and_who_did_not_come(sqlite: Database) -> None:
    """Each state stands on one list of the hall or on none."""
    made = {state: kept(sqlite, state, number) for number, state in enumerate(TicketState)}
    with sqlite.read() as connection:
        here = at_windows(connection, "00", DAY)
        absent = absent_numbers(connection, "00", DAY)
        nothing = check_of(connection, cases_of(connection, made[TicketState.SERVING].id)[0].case_id)
    assert sorted(here.values()) == [
        TicketState.CALLED,
        TicketState.CALLED_TO_ISSUANCE,
        TicketState.SERVING,
    ]
    assert absent == [made[TicketState.ABSENT].label, made[TicketState.ISSUANCE_ABSENT].label]
    assert (nothing.version, nothing.complete, nothing.ticks) == (0, False, None)


def test_a_seat_comes_with_the_visitor_at_its_window(small_house: House) -> None:
    """Who takes over a window goes on with its visitor; who gets up sits nowhere."""
    database = small_house.database
    first, second = (small_house.person(name).id for name in ("sato", "suzuki"))
    with database.write() as work:
        give_window(work, "00", "3", first, taken=False)
    ticket = kept(database, TicketState.SERVING)
    with database.write() as work:
        give_window(work, "00", "3", second, taken=True)
        give_visitor(work, "00", "3", DAY, second)
        assert occupant_of(work.connection, "00", "3") == second
        assert seat_of(work.connection, first) is None
        seat, visitor = seat_and_visitor(work.connection, second, DAY)
        assert seat == ("00", "3")
        assert visitor is not None
        assert (visitor.id, visitor.holder) == (ticket.id, second)
        drop_seat(work, second)
        assert seat_and_visitor(work.connection, second, DAY) == (None, None)


def test_a_refusal_keeps_the_count_and_no_more(sqlite: Database) -> None:
    """Of what was refused there is the time, the place and why; for an unknown code its fingerprint."""
    with sqlite.write() as work:
        count_refusal(work, KIOSK, "my_number")
        count_refusal(work, KIOSK, "unknown", "f" * 64)
    with sqlite.read() as connection:
        rows = connection.execute(select(refusals).order_by(refusals.c.reason)).all()
    assert [(row.reason, row.fingerprint, row.office_id, row.device_id) for row in rows] == [
        ("my_number", None, "00", "kiosk-1"),
        ("unknown", "f" * 64, "00", "kiosk-1"),
    ]
