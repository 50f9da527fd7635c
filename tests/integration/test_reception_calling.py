"""Calling, checking, hand-over and issuance on both databases."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.commands.runner import Runner
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.protection.actor import Actor
from backend.protection.columns import Columns
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception.checking import Checking
from backend.reception.deciding.ticks import Ticks
from backend.reception.desk import Desk
from backend.reception.errors import ChecklistError, NobodyWaitingError, TicketStateError, WindowError
from backend.reception.storing.tables import checks, tickets
from backend.wire.codes import CheckInReason, ErrorCode, TicketState
from backend.wire.messages import CheckInRequest, WalkInRequest
from tests.counter import Counter, actor_of
from tests.party_support import COMPLETE
from tests.support import KIOSK, House, kinds


def clerk(house: House, login: str, window: str, role: Role = Role.CLERK) -> Actor:
    """Somebody signed in at a window."""
    account, _, _ = house.signed_in(login, role)
    handler = actor_of(account)
    house.counter.take_window(uuid4(), handler, window)
    return handler


def walk_in(house: House) -> str:
    """A visitor without reservation; returns the ticket id."""
    ticket = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK).ticket
    assert ticket is not None
    return ticket.ticket_id.hex


def arrive(house: House, number: str) -> str:
    """A visitor with a reservation; returns the shown number."""
    reply = house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), KIOSK)
    assert reply.ticket is not None
    return reply.ticket.number


def state_of(house: House, ticket_id: str) -> str:
    """Where a ticket is."""
    with house.database.read() as connection:
        return str(connection.execute(select(tickets.c.state).where(tickets.c.id == ticket_id)).scalar_one())


def at_check(house: House) -> tuple[Actor, str]:
    """A clerk at window 1 who checks the documents of a visitor with a reservation, and the visitor's ticket."""
    house.reserve("12345679")
    arrive(house, "12345679")
    handler = clerk(house, "clerk01", "1")
    ticket_id = house.counter.call_next(uuid4(), handler)["ticket_id"]
    house.counter.start(uuid4(), handler, ticket_id)
    return handler, ticket_id


@pytest.mark.dialect
def test_a_whole_visit_leaves_its_events_in_order(house: House) -> None:
    """From check-in to issued every step is an event, and the reservation is issued at the end."""
    house.reserve("12345679")
    arrive(house, "12345679")
    clerk_1, staff = clerk(house, "clerk01", "3"), clerk(house, "staff01", "B", Role.STAFF)
    counter = house.counter
    ticket_id = counter.call_next(uuid4(), clerk_1)["ticket_id"]
    counter.start(uuid4(), clerk_1, ticket_id)
    counter.tick(uuid4(), clerk_1, ticket_id, COMPLETE)
    counter.hand_over(uuid4(), clerk_1, ticket_id)
    counter.call_to_issuance(uuid4(), staff, ticket_id)
    counter.issue(uuid4(), staff, ticket_id)
    assert kinds(house) == [
        "ticket_issued",
        "window_taken",
        "window_taken",
        "ticket_called",
        "service_started",
        "documents_complete",
        "handed_over",
        "called_to_issuance",
        "issued",
    ]
    again = counter.check_in(CheckInRequest(request_id=uuid4(), number="12345679"), KIOSK)
    assert again.reason is CheckInReason.ALREADY_ISSUED


@pytest.mark.dialect
def test_the_queue_follows_reserved_times_then_arrival(house: House) -> None:
    """Who is on time is called by reserved time, whoever came first; then late ones and walk-ins by arrival."""
    now = house.clock.now
    house.reserve("11111112", now + timedelta(minutes=8))
    house.reserve("22222223", now - timedelta(minutes=30))
    house.reserve("33333334", now)
    second = arrive(house, "11111112")
    house.clock.advance(seconds=10)
    walk_in(house)
    house.clock.advance(seconds=10)
    late = arrive(house, "22222223")
    house.clock.advance(seconds=10)
    first = arrive(house, "33333334")
    called = [
        house.counter.call_next(uuid4(), clerk(house, f"clerk0{window}", window))["number"]
        for window in ("1", "2", "3", "4")
    ]
    assert called == [first, second, "W-400", late]


def test_nobody_waiting_is_said_and_changes_nothing(house: House) -> None:
    """An empty queue is no error of the clerk's; nothing is written."""
    handler = clerk(house, "clerk01", "1")
    before = kinds(house)
    with pytest.raises(NobodyWaitingError):
        house.counter.call_next(uuid4(), handler)
    assert kinds(house) == before


@pytest.mark.dialect
def test_a_second_click_on_next_calls_nobody_else(house: House) -> None:
    """The same request id is the same call."""
    walk_in(house)
    walk_in(house)
    handler = clerk(house, "clerk01", "1")
    request_id = uuid4()
    first = house.counter.call_next(request_id, handler)
    assert house.counter.call_next(request_id, handler) == first
    assert kinds(house).count("ticket_called") == 1


@pytest.mark.dialect
def test_a_window_has_at_most_one_visitor(house: House) -> None:
    """Next is refused while somebody is at the window, and the number is named."""
    walk_in(house)
    walk_in(house)
    handler = clerk(house, "clerk01", "1")
    number = house.counter.call_next(uuid4(), handler)["number"]
    with pytest.raises(WindowError) as caught:
        house.counter.call_next(uuid4(), handler)
    assert caught.value.code is ErrorCode.WINDOW_OCCUPIED
    assert caught.value.facts["number"] == number


@pytest.mark.dialect
def test_the_database_itself_refuses_a_second_visitor_at_a_window(house: House) -> None:
    """Invariant 2 holds without any of our code: the unique index refuses the row."""
    first, second = walk_in(house), walk_in(house)
    change = tickets.update().values(state=TicketState.CALLED.value, window="1")
    with house.database.write() as work:
        work.connection.execute(change.where(tickets.c.id == first))
    with pytest.raises(IntegrityError), house.database.write() as work:
        work.connection.execute(change.where(tickets.c.id == second))


@pytest.mark.dialect
def test_the_loser_of_a_race_is_told_who_has_the_visitor(house: House) -> None:
    """Another clerk who acts on the same visitor learns the window that has them."""
    walk_in(house)
    winner, loser = clerk(house, "clerk01", "1"), clerk(house, "clerk02", "2")
    ticket_id = house.counter.call_next(uuid4(), winner)["ticket_id"]
    with pytest.raises(TicketStateError) as caught:
        house.counter.start(uuid4(), loser, ticket_id)
    assert caught.value.code is ErrorCode.TICKET_TAKEN
    assert caught.value.facts["window"] == "1"


@pytest.mark.dialect
def test_two_people_cannot_sit_at_one_window(house: House) -> None:
    """A window whose clerk is signed in is not given to another."""
    clerk(house, "clerk01", "1")
    account, _, _ = house.signed_in("clerk02")
    with pytest.raises(WindowError) as caught:
        house.counter.take_window(uuid4(), actor_of(account), "1")
    assert caught.value.code is ErrorCode.WINDOW_TAKEN


@pytest.mark.dialect
def test_a_window_left_behind_can_be_taken_with_its_visitor(house: House) -> None:
    """When a clerk's session has ended, a colleague takes the window over and goes on with the visitor."""
    walk_in(house)
    first = clerk(house, "clerk01", "1")
    ticket_id = house.counter.call_next(uuid4(), first)["ticket_id"]
    house.clock.advance(hours=2)
    second = clerk(house, "clerk02", "1")
    house.counter.start(uuid4(), second, ticket_id)
    assert state_of(house, ticket_id) == "serving"


def test_absent_needs_the_calls_that_the_ward_set_and_comes_back_first(house: House) -> None:
    """One call is too soon; after two the visitor may be set absent, and who comes back is next."""
    absent = walk_in(house)
    walk_in(house)
    handler = clerk(house, "clerk01", "1")
    calling = house.counter
    assert calling.call_next(uuid4(), handler)["ticket_id"] == absent
    with pytest.raises(TicketStateError) as caught:
        calling.set_absent(uuid4(), handler, absent)
    assert caught.value.code is ErrorCode.TOO_SOON
    calling.recall(uuid4(), handler, absent)
    calling.set_absent(uuid4(), handler, absent)
    assert house.graph.boards.snapshot("00").absent == ["W-400"]
    calling.bring_back(uuid4(), handler, absent)
    assert calling.call_next(uuid4(), handler)["ticket_id"] == absent


def test_hand_over_needs_complete_papers(house: House) -> None:
    """Without ticks, and with too few, there is no hand-over; the visitor stays at the window."""
    handler, ticket_id = at_check(house)
    for ticks in (None, Ticks("R1", applicant=("B21",), papers=("notice",)), Ticks("R1", applicant=("A03",))):
        if ticks is not None:
            house.counter.tick(uuid4(), handler, ticket_id, ticks)
        with pytest.raises(ChecklistError) as caught:
            house.counter.hand_over(uuid4(), handler, ticket_id)
        assert caught.value.code is ErrorCode.CHECKLIST_INCOMPLETE
    assert state_of(house, ticket_id) == "serving"


@pytest.mark.dialect
def test_a_check_keeps_by_which_files_it_was_judged_last(house: House, tmp_path: Path) -> None:
    """An auditor learns whether the ward's policies were the same: with the tick, and anew with the hand-over."""
    handler, ticket_id = at_check(house)
    house.counter.tick(uuid4(), handler, ticket_id, COMPLETE)

    def judged_by() -> tuple[str, str]:
        with house.database.read() as connection:
            row = connection.execute(select(checks.c.rule_set, checks.c.fingerprint)).one()
        return row.rule_set, row.fingerprint

    day = house.graph.database.clock().date()
    shipped = house.graph.rules.on(day)
    assert judged_by() == (shipped.name, shipped.fingerprint)
    policy = tmp_path / "ours.yaml"
    policy.write_text("format: 1\npolicies:\n  passbook_is_B: {check: false}\n", encoding="utf-8")
    own = RuleBook.load(locate("rules"), policy_file=policy)
    changed = own.on(day)
    assert (changed.name, changed.fingerprint != shipped.fingerprint) == (shipped.name, True)
    checking = Checking(
        Desk(house.database, house.graph.directory, house.graph.policies), own, house.graph.records
    )
    Counter(Runner(house.database, b"k" * 32, checking.handlings())).hand_over(uuid4(), handler, ticket_id)
    assert judged_by() == (changed.name, changed.fingerprint)


def test_a_tick_of_an_unknown_code_is_refused_and_loses_nothing(house: House) -> None:
    """A code that the rules do not know leaves the earlier ticks as they were."""
    handler, ticket_id = at_check(house)
    house.counter.tick(uuid4(), handler, ticket_id, COMPLETE)
    with pytest.raises(ChecklistError):
        house.counter.tick(uuid4(), handler, ticket_id, Ticks("R1", applicant=("Z99",)))
    assert house.graph.checking.sheet("00", ticket_id, Columns()).ticks == COMPLETE


def test_missing_papers_keep_the_number_for_the_same_day(house: House) -> None:
    """Who fetches what was missing and scans the notice again waits with the same number."""
    house.reserve("12345679")
    number = arrive(house, "12345679")
    handler = clerk(house, "clerk01", "1")
    ticket_id = house.counter.call_next(uuid4(), handler)["ticket_id"]
    house.counter.start(uuid4(), handler, ticket_id)
    house.counter.end_incomplete(uuid4(), handler, ticket_id)
    assert arrive(house, "12345679") == number
    assert house.counter.call_next(uuid4(), handler)["ticket_id"] == ticket_id


def test_issuance_is_for_issuance_windows(house: House) -> None:
    """From a reception window nobody is called to issuance."""
    handler = clerk(house, "staff01", "1", Role.STAFF)
    with pytest.raises(WindowError) as caught:
        house.counter.call_to_issuance(uuid4(), handler, walk_in(house))
    assert caught.value.code is ErrorCode.WINDOW_NEEDED


@pytest.mark.dialect
def test_yesterdays_tickets_do_not_stand_in_the_way(house: House) -> None:
    """A visitor who was never served yesterday is neither called today nor blocks a window or a number."""
    walk_in(house)
    handler = clerk(house, "clerk01", "1")
    house.counter.call_next(uuid4(), handler)
    house.clock.advance(days=1)
    today = walk_in(house)
    handler = clerk(house, "clerk02", "1")
    called = house.counter.call_next(uuid4(), handler)
    assert (called["ticket_id"], called["number"]) == (today, "W-400")


@pytest.mark.dialect
def test_every_command_has_an_audit_line_with_who_and_what(house: House) -> None:
    """The audit trail names the account, the command and the ticket, and no content."""
    ticket_id = walk_in(house)
    handler = clerk(house, "clerk01", "1")
    house.counter.call_next(uuid4(), handler)
    with house.database.read() as connection:
        row = connection.execute(select(audit).where(audit.c.action == "call_next")).one()
    assert (row.actor, row.subject, row.facts) == (handler.id, ticket_id, {})
