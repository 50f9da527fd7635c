"""How a visit ends: card by card, and then the number as its cards say (docs/states.md)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.protection import Actor
from backend.reception.deciding.case import Case, CaseState, event_of_end, open_of
from backend.reception.deciding.steps import wrong_state
from backend.reception.deciding.ticket import Ticket
from backend.reception.errors import TicketStateError
from backend.reception.storing.cases import end_case
from backend.reception.storing.tickets import advance
from backend.storage import UnitOfWork
from backend.wire import ErrorCode, EventKind

_OF_ONE: Final = {
    CaseState.ISSUED: EventKind.CARD_ISSUED,
    CaseState.ENDED: EventKind.CARD_NOT_ISSUED,
}
"""What happens to a ticket when one card of several ends."""
_OF_LAST: Final = {CaseState.ISSUED: EventKind.ISSUED, CaseState.ENDED: EventKind.NOT_ISSUED}
"""What happens to a ticket that ends as its last card does."""


def one_open(ticket: Ticket, party: Sequence[Case], case_id: str | None) -> Case | None:
    """The card of a visit that a command is about, which must be open; none where nothing is.

    Args:
        ticket: the visit.
        party: its cases, the oldest first.
        case_id: as it was named, if it was.

    Raises:
        TicketStateError: several are open and none was named, or the one that was named has ended.
    """
    going_on = open_of(party)
    if case_id is None:
        if len(going_on) > 1:
            raise TicketStateError(ErrorCode.CASE_NEEDED, number=ticket.label)
        return going_on[0] if going_on else None
    for case in going_on:
        if case.case_id == case_id:
            return case
    raise TicketStateError(ErrorCode.CASE_ENDED, number=ticket.label)


def end_one(
    work: UnitOfWork,
    actor: Actor,
    ticket: Ticket,
    party: Sequence[Case],
    case: Case | None,
    state: CaseState,
    reason: str | None = None,
) -> Ticket:
    """End one card of a visit; with the last one the number ends as its cards say.

    Where it ends otherwise than this card did, that is a step of its own: no card's end is missing in the history.

    Args:
        work: the transaction.
        actor: who does it.
        ticket: the visit, as it was read in this transaction.
        party: its cases, the oldest first.
        case: which card; none where the visit has no open one, and the step alone is carried out.
        state: what became of it.
        reason: a code, where somebody had to say why.

    Raises:
        TicketStateError: somebody else was faster, or the visit is not where this step goes from.
    """
    after = [_case_ended(one, case, state) for one in party]
    if case is not None and end_case(work, case, state, reason) is None:
        raise wrong_state(ticket, own=ticket.holder == actor.id)
    case_id, place = (case.case_id, case.place) if case else (None, None)
    end = event_of_end(after)
    if end is _OF_LAST[state]:
        return _ended(work, actor, ticket, end, reason, case_id, place)
    at = ticket.at_kind
    going_on = advance(
        work, actor, ticket, _OF_ONE[state], at=at, reason=reason, case_id=case_id, place=place
    )
    return going_on if end is None else _ended(work, actor, going_on, end)


def end_rest(
    work: UnitOfWork,
    actor: Actor,
    ticket: Ticket,
    party: Sequence[Case],
    state: CaseState,
    reason: str | None = None,
) -> Ticket:
    """End every card of a visit that is not at its end, and the number with them.

    Args:
        work: the transaction.
        actor: who does it.
        ticket: the visit, as it was read in this transaction.
        party: its cases, the oldest first.
        state: what becomes of them; where they are cancelled, of what was incomplete too.
        reason: a code: why, where somebody had to say so.

    Raises:
        TicketStateError: somebody else was faster, or the visit is not where this step goes from.
    """
    ends = {CaseState.OPEN, CaseState.INCOMPLETE} if state is CaseState.CANCELLED else {CaseState.OPEN}
    for case in party:
        if case.state in ends and end_case(work, case, state, reason) is None:
            raise wrong_state(ticket, own=ticket.holder == actor.id)
    after = [_case_ended(one, one, state) if one.state in ends else one for one in party]
    event = event_of_end(after)
    if event is None:
        raise wrong_state(ticket, own=ticket.holder == actor.id)
    return _ended(work, actor, ticket, event, reason)


def _case_ended(one: Case, ended: Case | None, state: CaseState) -> Case:
    """A case as it is once a certain one has ended."""
    return replace(one, state=state) if ended is not None and one.case_id == ended.case_id else one


def _ended(
    work: UnitOfWork,
    actor: Actor,
    ticket: Ticket,
    event: EventKind,
    reason: str | None = None,
    case_id: str | None = None,
    place: int | None = None,
) -> Ticket:
    return advance(
        work,
        actor,
        ticket,
        event,
        at=ticket.at_kind,
        reason=reason,
        case_id=case_id,
        place=place,
        window=None,
        holder=None,
    )
