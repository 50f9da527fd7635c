"""Who may do what at which window, rule by rule."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from backend.offices.directory import Directory
from backend.offices.office import Office, Window
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reception.deciding.seat import (
    Seat,
    need_calls,
    need_free,
    need_own_visitor,
    need_seat,
    need_today,
    need_window,
    seat_in,
)
from backend.reception.errors import ReceptionError, TicketStateError, WindowError
from backend.wire.codes import AT_WINDOW_STATES, ErrorCode, TicketState, WindowKind
from tests.shipped_rules import DAY
from tests.ticket_support import a_ticket

SEAT = Seat("00", Window("3", WindowKind.RECEPTION), "sato")


@pytest.fixture
def office(directory: Directory) -> Office:
    """The first office of the ward."""
    return directory["00"]


def test_a_seat_is_one_only_as_long_as_its_window_is(office: Office) -> None:
    """A window that the ward gave up binds nobody: who sat there takes another one and nobody has to free it."""
    window = office.windows[0]
    assert seat_in(office, window.label, "sato") == Seat("00", window, "sato")
    assert seat_in(office, "zz", "sato") is None
    assert seat_in(None, window.label, "sato") is None


def test_a_window_is_one_of_the_office(office: Office) -> None:
    """Nobody sits down where there is no window, or at an office that the file does not have."""
    window = office.windows[0]
    assert need_window(office, window.label) == window
    for there, label in ((office, "zz"), (None, window.label)):
        with pytest.raises(WindowError) as refused:
            need_window(there, label)
        assert (refused.value.code, refused.value.facts) == (ErrorCode.WINDOW_UNKNOWN, {})


@pytest.mark.parametrize(
    ("office_id", "kind", "needed", "any_kind"),
    list(product(("00", "03"), WindowKind, WindowKind, (False, True))),
)
def test_a_seat_counts_at_its_office_and_for_its_kind_of_work(
    office_id: str, kind: WindowKind, needed: WindowKind, any_kind: bool
) -> None:
    """Who has two offices acts at the one where they work now, and nobody hands out cards from a reception window."""
    seat = Seat(office_id, Window("3", kind), "sato")
    if office_id == "00" and (any_kind or kind in {needed, WindowKind.COMBINED}):
        assert need_seat(seat, "00", needed, any_kind=any_kind) is seat
        return
    with pytest.raises(WindowError) as refused:
        need_seat(seat, "00", needed, any_kind=any_kind)
    assert (refused.value.code, refused.value.facts) == (ErrorCode.WINDOW_NEEDED, {"kind": needed.value})


@pytest.mark.parametrize("any_kind", [False, True])
def test_nobody_works_without_a_window(any_kind: bool) -> None:
    """A visitor is called somewhere: without a seat there is nowhere to call to."""
    with pytest.raises(WindowError) as refused:
        need_seat(None, "00", WindowKind.ISSUANCE, any_kind=any_kind)
    assert refused.value.facts == {"kind": "issuance"}


def test_a_window_has_one_visitor_at_a_time() -> None:
    """Two numbers at one sign would send two people to one chair; who is there is told by number."""
    need_free("3", None)
    with pytest.raises(WindowError) as refused:
        need_free("3", a_ticket(TicketState.SERVING))
    assert refused.value.code is ErrorCode.WINDOW_OCCUPIED
    assert refused.value.facts == {"number": "M-007", "window": "3"}


@pytest.mark.parametrize(
    "values",
    [{"office_id": "03"}, {"business_day": date(2026, 11, 23)}, {"business_day": date(2026, 11, 25)}],
)
def test_a_ticket_of_elsewhere_or_another_day_is_none(values: dict[str, Any]) -> None:
    """What it is, is not told either: no state and no number of another office."""
    mine = a_ticket()
    assert need_today(mine, "00", DAY) is mine
    for ticket in (None, a_ticket(**values)):
        with pytest.raises(TicketStateError) as refused:
            need_today(ticket, "00", DAY)
        assert (refused.value.code, refused.value.facts) == (ErrorCode.NOT_FOUND, {})


@pytest.mark.parametrize("state", TicketState)
def test_a_visitor_at_a_window_is_of_who_called_them(state: TicketState) -> None:
    """Nobody takes a colleague's visitor away; who is at no window is nobody's, whoever had them before."""
    need_own_visitor(a_ticket(state, window="3", holder="sato"), SEAT)
    theirs = a_ticket(state, window="5", holder="suzuki")
    if state not in AT_WINDOW_STATES:
        need_own_visitor(theirs, SEAT)
        return
    with pytest.raises(TicketStateError) as refused:
        need_own_visitor(theirs, SEAT)
    assert refused.value.code is ErrorCode.TICKET_TAKEN
    assert refused.value.facts == {"number": "M-007", "window": "5"}


@pytest.mark.parametrize(("state", "calls", "needed"), list(product(TicketState, (0, 1, 2, 3), (1, 2, 3))))
def test_absent_needs_the_calls_that_the_ward_set(state: TicketState, calls: int, needed: int) -> None:
    """Nobody loses a place after one call; where a ticket is not called, the table of steps says so, not this rule."""
    ticket, policy = a_ticket(state, call_count=calls), QueuePolicy(absent_after_calls=needed)
    refused: ReceptionError | None = None
    try:
        need_calls(ticket, policy)
    except TicketStateError as error:
        refused = error
    called = state in {TicketState.CALLED, TicketState.CALLED_TO_ISSUANCE}
    assert (refused is not None) == (called and calls < needed)
    if refused is not None:
        assert refused.code is ErrorCode.TOO_SOON
        assert refused.facts == {"number": "M-007", "calls": str(calls), "needed": str(needed)}
