"""Who may go on with a visitor, and what a refusal tells."""

import pytest

from backend.offices.office import Window
from backend.reception.errors import TicketStateError
from backend.reception.transitions import need_own_visitor, wrong_state
from backend.reception.windows import Seat
from backend.wire.codes import ErrorCode, TicketState, WindowKind
from tests.ticket_support import a_ticket

SEAT = Seat("00", Window("3", WindowKind.RECEPTION), "sato")


@pytest.mark.parametrize("state", [TicketState.CALLED, TicketState.SERVING, TicketState.CALLED_TO_ISSUANCE])
def test_a_visitor_at_a_window_is_of_who_called_them(state: TicketState) -> None:
    """Nobody takes a colleague's visitor away; who tries is told where the visitor is."""
    need_own_visitor(a_ticket(state, window="3", holder="sato"), SEAT)
    with pytest.raises(TicketStateError) as refused:
        need_own_visitor(a_ticket(state, window="5", holder="suzuki"), SEAT)
    assert refused.value.code is ErrorCode.TICKET_TAKEN
    assert refused.value.facts == {"number": "M-007", "window": "5"}


@pytest.mark.parametrize("state", [TicketState.WAITING, TicketState.ABSENT, TicketState.HANDED_OVER])
def test_a_visitor_at_no_window_is_of_nobody(state: TicketState) -> None:
    """Whoever held the ticket before does not bar the others from it."""
    need_own_visitor(a_ticket(state, holder="suzuki"), SEAT)


@pytest.mark.parametrize(
    ("state", "window", "code", "facts"),
    [
        (TicketState.CALLED, "5", ErrorCode.TICKET_TAKEN, {"window": "5"}),
        (TicketState.ISSUED, None, ErrorCode.WRONG_STATE, {}),
        (TicketState.WAITING, "5", ErrorCode.WRONG_STATE, {}),
    ],
)
def test_a_refusal_tells_where_the_ticket_is(
    state: TicketState, window: str | None, code: ErrorCode, facts: dict[str, str]
) -> None:
    """The loser of a race reads who has the visitor, and of an ended visit only that it has ended."""
    refused = wrong_state(a_ticket(state, window=window))
    assert refused.code is code
    assert refused.facts == {"number": "M-007", "state": state.value, **facts}
