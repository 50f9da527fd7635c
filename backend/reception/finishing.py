"""The end of a visit that is about something else than a card (用件済): at the reception window, when it is done."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from backend.commands import Command, Done, Handling
from backend.protection import Actor
from backend.reception.commands import TicketReply
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.steps import need_state
from backend.reception.desk import Desk, by, done_with
from backend.reception.ending import end_rest
from backend.reception.errors import TicketStateError
from backend.reception.kind_commands import FinishVisit
from backend.reception.storing.cases import cases_of
from backend.storage import UnitOfWork
from backend.wire import ErrorCode, TicketState, WindowKind


def finish_handlings(desk: Desk) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
    """What is done about the command, at the windows of a desk."""
    return {FinishVisit: by(partial(_finish, desk))}


def _finish(desk: Desk, work: UnitOfWork, command: FinishVisit, actor: Actor) -> Done[TicketReply]:
    """The visit ends as done.

    Raises:
        TicketStateError: it is not at one's window, or is about a card, which ends where cards are handed out.
    """
    _, ticket = desk.need_visitor(work, actor, command.ticket_id, WindowKind.RECEPTION, any_kind=True)
    if not desk.directory.ends_at_reception(ticket.kind):
        raise TicketStateError(ErrorCode.ISSUANCE_NEEDED, number=ticket.label)
    need_state(ticket, (TicketState.SERVING,), own=True)
    party = cases_of(work.connection, ticket.id)
    return done_with(end_rest(work, actor, ticket, party, CaseState.DONE))
