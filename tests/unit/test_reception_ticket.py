"""The table of steps."""

from backend.reception.ticket import STEPS
from backend.wire.codes import TicketState


def test_no_step_leads_out_of_an_ended_visit() -> None:
    """Issued and cancelled are the end; every other state has a way on."""
    left = {source for sources, _ in STEPS.values() for source in sources}
    assert left == set(TicketState) - {TicketState.ISSUED, TicketState.CANCELLED}
