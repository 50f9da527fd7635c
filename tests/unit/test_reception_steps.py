"""The table of steps, and what a refusal tells."""

from itertools import product

import pytest

from backend.reception.deciding.steps import BEHIND_RECEPTION, STEPS, need_state, state_after, wrong_state
from backend.reception.errors import TicketStateError
from backend.wire.codes import ErrorCode, EventKind, TicketState
from tests.ticket_support import a_ticket


def test_no_step_leads_out_of_an_ended_visit() -> None:
    """Issued, ended, done and cancelled are final states; every other state has a next step."""
    left = {source for sources in STEPS.values() for source in sources if source}
    assert left == set(TicketState) - {
        TicketState.ISSUED,
        TicketState.ENDED,
        TicketState.DONE,
        TicketState.CANCELLED,
    }


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


@pytest.mark.parametrize("state", [TicketState.CALLED, TicketState.SERVING, TicketState.CALLED_TO_ISSUANCE])
def test_nobody_is_sent_away_from_their_own_visitor(state: TicketState) -> None:
    """A step that does not fit at one's own window says where the visit is, not that somebody else has it."""
    refused = wrong_state(a_ticket(state, window="5"), own=True)
    assert refused.code is ErrorCode.WRONG_STATE
    with pytest.raises(TicketStateError) as need:
        need_state(a_ticket(state, window="5"), (TicketState.WAITING,), own=True)
    assert need.value.code is ErrorCode.WRONG_STATE


BEHIND = (TicketState.HANDED_OVER, TicketState.CALLED_TO_ISSUANCE, TicketState.ISSUANCE_ABSENT)
JOINED = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.ABSENT)
LIVING = (*JOINED, *BEHIND, TicketState.INCOMPLETE)
ENDS = {
    EventKind.ISSUED: TicketState.ISSUED,
    EventKind.NOT_ISSUED: TicketState.ENDED,
    EventKind.FINISHED: TicketState.DONE,
    EventKind.TICKET_CANCELLED: TicketState.CANCELLED,
}
"""A number ends as its cards say, wherever the last of them ends."""
ALLOWED = {
    (EventKind.TICKET_CALLED, TicketState.WAITING): TicketState.CALLED,
    (EventKind.TICKET_RECALLED, TicketState.CALLED): TicketState.CALLED,
    (EventKind.TICKET_RECALLED, TicketState.CALLED_TO_ISSUANCE): TicketState.CALLED_TO_ISSUANCE,
    (EventKind.SERVICE_STARTED, TicketState.CALLED): TicketState.SERVING,
    (EventKind.TICKET_ABSENT, TicketState.CALLED): TicketState.ABSENT,
    (EventKind.TICKET_RETURNED, TicketState.ABSENT): TicketState.WAITING,
    (EventKind.TICKET_RETURNED, TicketState.INCOMPLETE): TicketState.WAITING,
    (EventKind.TICKET_ABSENT, TicketState.CALLED_TO_ISSUANCE): TicketState.ISSUANCE_ABSENT,
    (EventKind.TICKET_RETURNED, TicketState.ISSUANCE_ABSENT): TicketState.HANDED_OVER,
    (EventKind.HANDED_OVER, TicketState.SERVING): TicketState.HANDED_OVER,
    (EventKind.ENDED_INCOMPLETE, TicketState.SERVING): TicketState.INCOMPLETE,
    (EventKind.CALLED_TO_ISSUANCE, TicketState.HANDED_OVER): TicketState.CALLED_TO_ISSUANCE,
    (EventKind.PUT_BACK, TicketState.CALLED_TO_ISSUANCE): TicketState.HANDED_OVER,
    (EventKind.CARD_ISSUED, TicketState.CALLED_TO_ISSUANCE): TicketState.CALLED_TO_ISSUANCE,
    **{(EventKind.CARD_JOINED, state): state for state in JOINED},
    **{(EventKind.ENDED_INCOMPLETE, state): TicketState.INCOMPLETE for state in BEHIND},
    **{(EventKind.SENT_BACK, state): TicketState.WAITING for state in BEHIND},
    **{(EventKind.CARD_NOT_ISSUED, state): state for state in BEHIND},
    **{(event, state): end for event, end in ENDS.items() for state in LIVING},
}
"""The law of a visit, as docs/states.md tells it; the first step, from nothing to waiting, is the only other one."""


@pytest.mark.parametrize(("event", "state"), list(product(STEPS, TicketState)))
def test_exactly_the_steps_of_the_table_are_allowed(event: EventKind, state: TicketState) -> None:
    """From every state every event is tried: what the law does not name is refused with where the ticket is."""
    after = ALLOWED.get((event, state))
    if after is not None:
        assert state_after(event, a_ticket(state)) is after
        return
    with pytest.raises(TicketStateError) as refused:
        state_after(event, a_ticket(state))
    assert refused.value.facts["state"] == state.value


@pytest.mark.parametrize("state", TicketState)
def test_a_command_names_the_states_that_it_is_about(state: TicketState) -> None:
    """What the table allows for another command is refused here, with where the ticket is."""
    if state in BEHIND_RECEPTION:
        need_state(a_ticket(state), BEHIND_RECEPTION)
        assert state in BEHIND
        return
    with pytest.raises(TicketStateError) as refused:
        need_state(a_ticket(state, window="5"), BEHIND_RECEPTION)
    assert refused.value.facts["state"] == state.value
    somebody_elses = wrong_state(a_ticket(state, window="5"))
    assert refused.value.code is somebody_elses.code, "a visitor is nobody's own unless it is said"


def test_a_visit_begins_in_one_way() -> None:
    """A ticket comes into being by being issued, and then it waits."""
    assert {event for event, sources in STEPS.items() if None in sources} == {EventKind.TICKET_ISSUED}
    assert STEPS[EventKind.TICKET_ISSUED] == {None: TicketState.WAITING}
