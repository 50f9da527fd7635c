"""A ticket as plain values: where its visitor is, and whose they are."""

import pytest

from backend.wire.codes import TicketState, WindowKind
from tests.ticket_support import a_ticket

AT = {
    TicketState.CALLED: WindowKind.RECEPTION,
    TicketState.SERVING: WindowKind.RECEPTION,
    TicketState.CALLED_TO_ISSUANCE: WindowKind.ISSUANCE,
}


@pytest.mark.parametrize("state", TicketState)
def test_the_kind_of_window_follows_from_the_state(state: TicketState) -> None:
    """A visitor is sent to the reception or to the issuance, and to neither where nobody called them."""
    assert a_ticket(state, window="3").at_kind is AT.get(state)


@pytest.mark.parametrize("state", TicketState)
def test_a_visitor_is_at_the_window_of_who_has_them_now(state: TicketState) -> None:
    """A holder that is still stored has no effect once the visitor has left the window."""
    ticket = a_ticket(state, window="3", holder="sato")
    assert ticket.at_window_of("sato") is (state in AT)
    assert not ticket.at_window_of("suzuki")
