"""Kinds of visit at the counter: their numbers, the windows that call them, their end, and windows that do both works."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.cards.states import IndexKind
from backend.common.shipped import locate
from backend.offices.directory_file import load_directory
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.reception.check_commands import ChooseRecipient, TieCard
from backend.reception.errors import NobodyWaitingError, TicketStateError
from backend.reception.finishing import finish_handlings
from backend.reception.kind_commands import FinishVisit
from backend.reception.storing.tables import cases, ticket_steps, tickets
from backend.wire.codes import CheckInReason, ErrorCode, TicketState, WindowKind
from backend.wire.messages import CheckInRequest, WalkInRequest
from tests.counter import actor_of
from tests.party_support import COMPLETE
from tests.support import BOTH, KIOSK, NUMBER, HandClock, House, Roles, kinds, make_house

ADVICE = "consultation"


@pytest.fixture
def kinds_house(migrated_url: str, tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """An office whose window 1 receives cards' people only, 2 gives advice only, 3 does both works, and 4 is as usual."""
    text = locate("offices", "shinjuku.toml").read_text("utf-8")
    for before, after in (
        ('label = "1", kind = "reception"', 'label = "1", kind = "reception", visits = ["pick_up"]'),
        ('label = "2", kind = "reception"', f'label = "2", kind = "reception", visits = ["{ADVICE}"]'),
        ('label = "3", kind = "reception"', 'label = "3", kind = "combined"'),
    ):
        text = text.replace(before, after, 1)
    path = tmp_path / "offices.toml"
    path.write_text(text)
    built = make_house(migrated_url, tmp_path / "var", clock, offices_file=path)
    yield built
    built.database.dispose()


def at_window(house: House, label: str, role: Role | Roles = Role.CLERK) -> Actor:
    """Somebody at a window."""
    actor = actor_of(house.signed_in(f"somebody-{label}", role)[0])
    house.counter.take_window(uuid4(), actor, label)
    return actor


def come(house: House, kind: str | None = None) -> str:
    """Somebody without a notice; returns the ticket's id."""
    house.clock.advance(minutes=1)
    reply = house.counter.walk_in(WalkInRequest(request_id=uuid4(), kind=kind), KIOSK)
    assert reply.ticket is not None
    return reply.ticket.ticket_id.hex


def called(house: House, actor: Actor) -> str:
    """Whom a window calls next."""
    return str(house.counter.call_next(uuid4(), actor)["ticket_id"])


def rows(house: House, *columns: Any) -> list[tuple[Any, ...]]:
    """Columns of every row, in the order in which they were written."""
    with house.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


@pytest.mark.dialect
def test_waiting_times_go_by_the_minutes_of_each_kind(
    migrated_url: str, tmp_path: Path, clock: HandClock
) -> None:
    """Two consultations of 40 minutes and one card before: the wait that is told is theirs, and the kiosk's question says the same."""
    text = locate("offices", "kinds.toml").read_text("utf-8")
    path = tmp_path / "kinds.toml"
    path.write_text(text.replace(f'code = "{ADVICE}"', f'code = "{ADVICE}"\nminutes = 40', 1))
    house = make_house(migrated_url, tmp_path / "var", clock, kinds_file=path)
    for kind, told in ((ADVICE, (0, 40)), (ADVICE, (30, 80)), ("pick_up", (60, 120)), (None, (70, 130))):
        expected = house.graph.office_info(KIOSK.office_id).walk_in_estimate
        reply = house.counter.walk_in(WalkInRequest(request_id=uuid4(), kind=kind), KIOSK)
        assert reply.ticket is not None
        assert reply.ticket.estimate is not None
        assert (reply.ticket.estimate.low_minutes, reply.ticket.estimate.high_minutes) == told
        assert kind == ADVICE or expected == reply.ticket.estimate
    house.database.dispose()


@pytest.mark.dialect
def test_ticket_and_case_are_of_the_kind_that_was_chosen(kinds_house: House) -> None:
    """What somebody comes for goes with the number; without a choice it is what the office offers first."""
    come(kinds_house, ADVICE)
    come(kinds_house)
    assert rows(kinds_house, tickets.c.kind) == [(ADVICE,), ("pick_up",)]
    assert sorted(rows(kinds_house, cases.c.kind)) == [(ADVICE,), ("pick_up",)]


@pytest.mark.parametrize("kind", ["pin_reset", "no_such_kind"])
def test_a_kind_that_is_not_done_here_gives_no_number(kinds_house: House, kind: str) -> None:
    """A kind that is switched off, or that nobody knows, is refused with its reason, also when it is asked again."""
    request = WalkInRequest(request_id=uuid4(), kind=kind)
    for _ in range(2):
        reply = kinds_house.counter.walk_in(request, KIOSK)
        assert (reply.reason, reply.ticket) == (CheckInReason.KIND_NOT_OFFERED, None)
    assert rows(kinds_house, tickets.c.id) == []


@pytest.mark.dialect
def test_a_window_calls_the_kinds_that_it_does_in_the_one_order(kinds_house: House) -> None:
    """A window passes over what it does not do; nobody of its own kinds is overtaken, and others do all."""
    first, advice, second = come(kinds_house), come(kinds_house, ADVICE), come(kinds_house)
    last = come(kinds_house, ADVICE)
    cards, talk, all_kinds = (at_window(kinds_house, label) for label in "124")
    assert called(kinds_house, talk) == advice
    assert called(kinds_house, cards) == first
    assert called(kinds_house, all_kinds) == second
    kinds_house.counter.cancel(uuid4(), cards, first)
    with pytest.raises(NobodyWaitingError):
        kinds_house.counter.call_next(uuid4(), cards)
    kinds_house.counter.cancel(uuid4(), all_kinds, second)
    assert called(kinds_house, all_kinds) == last


@pytest.mark.dialect
def test_who_waits_for_other_windows_is_not_ahead(
    migrated_url: str, tmp_path: Path, clock: HandClock
) -> None:
    """Protects what a kiosk tells: where windows are divided, only those whom the same windows call count."""
    text = locate("offices", "shinjuku.toml").read_text("utf-8")
    for label, kind in (("1", "pick_up"), ("2", ADVICE), ("3", ADVICE), ("4", ADVICE)):
        text = text.replace(
            f'label = "{label}", kind = "reception"',
            f'label = "{label}", kind = "reception", visits = ["{kind}"]',
            1,
        )
    path = tmp_path / "offices.toml"
    path.write_text(text)
    house = make_house(migrated_url, tmp_path / "var", clock, offices_file=path)
    try:
        for label in "23":
            at_window(house, label)
        told = []
        for kind in ("pick_up", "pick_up", ADVICE, ADVICE, "pick_up"):
            ticket = house.counter.walk_in(WalkInRequest(request_id=uuid4(), kind=kind), KIOSK).ticket
            assert ticket is not None
            assert ticket.estimate is not None
            told.append((ticket.waiting_ahead, ticket.estimate.high_minutes))
        assert told == [(0, 10), (1, 20), (0, 10), (1, 10), (2, 30)]
    finally:
        house.database.dispose()


@pytest.mark.dialect
def test_who_came_for_something_else_is_done_at_reception(kinds_house: House) -> None:
    """Advice ends at the window with its own event and state; the number can be given anew, the window is free."""
    assert set(finish_handlings(kinds_house.graph.desk)) == {FinishVisit}
    ticket_id = come(kinds_house, ADVICE)
    clerk = at_window(kinds_house, "2")
    called(kinds_house, clerk)
    with pytest.raises(TicketStateError) as early:
        kinds_house.counter.finish(uuid4(), clerk, ticket_id)
    assert early.value.code is ErrorCode.WRONG_STATE
    kinds_house.counter.start(uuid4(), clerk, ticket_id)
    kinds_house.graph.runner.run(uuid4(), FinishVisit(ticket_id), clerk)
    assert rows(kinds_house, tickets.c.state, tickets.c.window) == [(TicketState.DONE, None)]
    assert rows(kinds_house, cases.c.state, cases.c.reason) == [("done", None)]
    assert kinds(kinds_house)[-1] == "finished"
    other = come(kinds_house, ADVICE)
    assert called(kinds_house, clerk) == other


def test_a_card_is_not_done_at_reception(kinds_house: House) -> None:
    """Protects the record of cards: whoever came for one is handed over, or the visit is cancelled."""
    ticket_id = come(kinds_house)
    clerk = at_window(kinds_house, "1")
    called(kinds_house, clerk)
    kinds_house.counter.start(uuid4(), clerk, ticket_id)
    with pytest.raises(TicketStateError) as refused:
        kinds_house.counter.finish(uuid4(), clerk, ticket_id)
    assert refused.value.code is ErrorCode.ISSUANCE_NEEDED
    assert rows(kinds_house, tickets.c.state) == [(TicketState.SERVING,)]


def test_a_kind_that_was_taken_away_has_a_way_out() -> None:
    """Protects who waits while the ward changes its file: their visit ends at reception; a card's never does."""
    directory = load_directory(locate("offices", "shinjuku.toml"))
    told = {code: directory.ends_at_reception(code) for code in ("pick_up", ADVICE, "pin_reset", "gone")}
    assert told == {"pick_up": False, ADVICE: True, "pin_reset": True, "gone": True}


def checked(house: House, actor: Actor) -> str:
    """A visitor with complete papers at somebody's window; returns the ticket's id."""
    house.reserve(NUMBER)
    house.counter.check_in(CheckInRequest(request_id=uuid4(), number=NUMBER), KIOSK)
    ticket_id = called(house, actor)
    house.counter.start(uuid4(), actor, ticket_id)
    house.counter.tick(uuid4(), actor, ticket_id, COMPLETE)
    return ticket_id


@pytest.mark.dialect
def test_at_a_combined_window_the_hand_over_goes_on_there(kinds_house: House) -> None:
    """A person with both rights goes on with the visitor at the same window; both steps are in the history."""
    both = at_window(kinds_house, "3", BOTH)
    ticket_id = checked(kinds_house, both)
    kinds_house.counter.hand_over(uuid4(), both, ticket_id)
    assert rows(kinds_house, tickets.c.state, tickets.c.window, tickets.c.holder) == [
        (TicketState.CALLED_TO_ISSUANCE, "3", both.id)
    ]
    history = rows(kinds_house, ticket_steps.c.event, ticket_steps.c.after, ticket_steps.c.window)
    assert history[-2:] == [
        ("handed_over", "handed_over", "3"),
        ("called_to_issuance", "called_to_issuance", "3"),
    ]
    kinds_house.counter.issue(uuid4(), both, ticket_id)
    assert rows(kinds_house, tickets.c.state) == [(TicketState.ISSUED,)]


def test_the_hall_is_not_called_to_where_somebody_sits_already(kinds_house: House) -> None:
    """No second chime for who stays: the hall is told of the hand-over alone, and the snapshot says the same."""
    both = at_window(kinds_house, "3", BOTH)
    ticket_id = checked(kinds_house, both)
    kinds_house.counter.hand_over(uuid4(), both, ticket_id)
    assert [kind for kind in kinds(kinds_house) if kind in {"handed_over", "called_to_issuance"}] == [
        "handed_over"
    ]
    board = kinds_house.graph.boards.snapshot("00")
    assert (board.calls, board.preparing, len(board.recent)) == ([], 0, 1)
    kinds_house.counter.recall(uuid4(), both, ticket_id)
    (call,) = kinds_house.graph.boards.snapshot("00").calls
    assert (call.kind, call.window, call.call_count) == (WindowKind.ISSUANCE, "3", 2)


@pytest.mark.parametrize(("label", "role"), [("3", Role.CLERK), ("4", BOTH)])
def test_elsewhere_a_hand_over_is_to_whoever_hands_out(
    kinds_house: House, label: str, role: Role | Roles
) -> None:
    """A contractor at a combined window, or both rights at a plain one, hand over to the list as ever."""
    person = at_window(kinds_house, label, role)
    kinds_house.counter.hand_over(uuid4(), person, checked(kinds_house, person))
    assert rows(kinds_house, tickets.c.state, tickets.c.window) == [(TicketState.HANDED_OVER, None)]


def test_staff_at_a_combined_window_call_from_the_list(kinds_house: House) -> None:
    """A combined window is an issuance window too: who was put back is called there again."""
    both = at_window(kinds_house, "3", BOTH)
    clerk = at_window(kinds_house, "4")
    ticket_id = checked(kinds_house, clerk)
    kinds_house.counter.hand_over(uuid4(), clerk, ticket_id)
    kinds_house.counter.call_to_issuance(uuid4(), both, ticket_id)
    assert rows(kinds_house, tickets.c.state, tickets.c.window) == [(TicketState.CALLED_TO_ISSUANCE, "3")]


def test_what_is_about_no_card_is_never_handed_over(kinds_house: House) -> None:
    """A request from a forged or old page: no document is checked, no card tied, and none issued through another matter."""
    kinds_house.reserve(NUMBER)
    clerk = at_window(kinds_house, "2")
    ticket_id = come(kinds_house, ADVICE)
    called(kinds_house, clerk)
    at = kinds_house.counter
    at.start(uuid4(), clerk, ticket_id)
    for press in (
        lambda: at.tick(uuid4(), clerk, ticket_id, COMPLETE),
        lambda: at.hand_over(uuid4(), clerk, ticket_id),
        lambda: kinds_house.graph.checking.guidance(clerk, ticket_id, {}),
        lambda: kinds_house.graph.runner.run(uuid4(), ChooseRecipient(ticket_id, {}), clerk),
        lambda: kinds_house.graph.runner.run(
            uuid4(), TieCard(ticket_id, IndexKind.BOOKING_NUMBER, NUMBER), clerk
        ),
    ):
        with pytest.raises(TicketStateError) as refused:
            press()
        assert refused.value.code is ErrorCode.FINISH_NEEDED
    kinds_house.graph.runner.run(uuid4(), FinishVisit(ticket_id), clerk)
    assert rows(kinds_house, tickets.c.state) == [(TicketState.DONE,)]
