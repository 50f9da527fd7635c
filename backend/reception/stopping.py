"""J-LIS stopped: nothing can be issued, so everybody behind reception goes home, and is told again when it works."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from backend.commands import Command, Done, Handling
from backend.offices import business_day
from backend.protection import Actor, ObjectKind, Permission
from backend.reception.commands import NOTHING, TicketReply
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.steps import BEHIND_RECEPTION
from backend.reception.deciding.ticket import Ticket
from backend.reception.desk import by
from backend.reception.ending import end_rest
from backend.reception.errors import TicketStateError
from backend.reception.storing.cases import cases_of
from backend.reception.storing.contacts import note_contacted
from backend.reception.storing.lists import tickets_in
from backend.storage import UnitOfWork
from backend.wire import ErrorCode, NotIssuedReason, TicketState

_ALL = 10_000
"""More numbers than an office gives in a day."""


@dataclass(frozen=True)
class StopIssuance(Command[TicketReply]):
    """Nothing can be issued (J-LIS stopped): who waits for a card, or is at one's own window, is to be contacted again."""

    name: ClassVar[str] = "stop_issuance"
    needs: ClassVar[Permission] = Permission.ISSUE_CARDS


@dataclass(frozen=True)
class NoteContacted(Command[TicketReply]):
    """Somebody whose card could not be issued was told how it goes on (再度のご連絡).

    Attributes:
        case_id: the case that ended without the card.
    """

    name: ClassVar[str] = "note_contacted"
    about: ClassVar[ObjectKind] = ObjectKind.CASE
    needs: ClassVar[Permission] = Permission.ISSUE_CARDS
    events: ClassVar[int] = 0
    case_id: str

    def body(self) -> Mapping[str, Any]:
        """The case."""
        return {"case": self.case_id}


def stopping_handlings() -> Mapping[type[Command[Any]], Handling[Any, Any]]:
    """What is done about each command."""
    return {StopIssuance: by(_stop), NoteContacted: by(_note_contacted)}


def _stop(work: UnitOfWork, _command: StopIssuance, actor: Actor) -> Done[TicketReply]:
    """All in one transaction; a visitor at somebody else's window stays theirs."""
    work.hold(actor.office_id)
    today = business_day(work.now)
    ended = [
        _ended(work, actor, ticket)
        for ticket in tickets_in(work.connection, actor.office_id, today, BEHIND_RECEPTION, limit=_ALL)
        if ticket.state is not TicketState.CALLED_TO_ISSUANCE or ticket.holder == actor.id
    ]
    return Done(NOTHING, facts={"tickets": len(ended)})


def _ended(work: UnitOfWork, actor: Actor, ticket: Ticket) -> Ticket:
    party = cases_of(work.connection, ticket.id)
    return end_rest(work, actor, ticket, party, CaseState.ENDED, NotIssuedReason.SYSTEM_DOWN.value)


def _note_contacted(work: UnitOfWork, command: NoteContacted, actor: Actor) -> Done[TicketReply]:
    """Done once; who presses after a colleague finds it done.

    Raises:
        TicketStateError: there is no such case at this office.
    """
    if not note_contacted(work, actor.office_id, command.case_id):
        raise TicketStateError(ErrorCode.NOT_FOUND)
    return Done(NOTHING, subject=command.case_id)
