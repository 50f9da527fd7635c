"""The day's end (締め): what is still open of a day ends with a reason, so that nobody's state is a question the next morning.

Who never came to a window, or did not come back, is cancelled; who waited for a card has ended without it; of a party each
card as its case says. A number whose papers were incomplete stays so: that is what became of it.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from backend.commands import Command, Done, Due, Handling
from backend.offices import business_day
from backend.protection import Actor, Permission, system_at
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.queue_policy import Policies
from backend.reception.deciding.steps import BEHIND_RECEPTION
from backend.reception.deciding.ticket import Ticket
from backend.reception.ending import end_rest
from backend.reception.storing.cases import cases_of
from backend.reception.storing.left_open import left_open, newest_open_day
from backend.storage import Kept, UnitOfWork
from backend.wire import CancelReason, NotIssuedReason, TicketState

AT_ONCE: Final = 20
"""Numbers that one command of a new day closes beside its own work: nobody who stands at a kiosk waits for a whole day's end."""


@dataclass(frozen=True)
class ClosedDay:
    """What was closed.

    Attributes:
        counts: how many numbers ended in which state.
        more: whether something of the day is open still, because only so many were to be closed.
    """

    counts: Mapping[TicketState, int]
    more: bool = False

    def as_facts(self) -> dict[str, int]:
        """Counts by state, for the trail and for answers to programs."""
        return {state.value: count for state, count in sorted(self.counts.items())}


@dataclass(frozen=True)
class CloseDay(Command[ClosedDay]):
    """Close what is open of a day at the office of whoever asks.

    Attributes:
        day: business day.
        most: no more numbers than this; all by default.
    """

    name: ClassVar[str] = "close_day"
    needs: ClassVar[Permission] = Permission.CLOSE_DAYS
    events: ClassVar[int] = 0
    day: date
    most: int | None = None

    def body(self) -> Mapping[str, Any]:
        """The day and the limit."""
        return {"day": self.day.isoformat(), "most": self.most}


def closing_handlings() -> Mapping[type[Command[Any]], Handling[Any, Any]]:
    """What is done about the command."""
    return {CloseDay: Handling(_close, _told_again)}


def _close(work: UnitOfWork, command: CloseDay, actor: Actor) -> Done[ClosedDay]:
    work.hold(actor.office_id)
    most = command.most
    found = left_open(work.connection, actor.office_id, command.day, limit=None if most is None else most + 1)
    closing = found if most is None else found[:most]
    ended = Counter(_ended(work, actor, ticket).state for ticket in closing)
    closed = ClosedDay(ended, more=len(closing) < len(found))
    facts = closed.as_facts()
    return Done(
        closed,
        {"counts": facts, "more": closed.more},
        facts={"day": command.day.isoformat(), **facts},
    )


def _ended(work: UnitOfWork, actor: Actor, ticket: Ticket) -> Ticket:
    party = cases_of(work.connection, ticket.id)
    if ticket.state in BEHIND_RECEPTION:
        return end_rest(work, actor, ticket, party, CaseState.ENDED, NotIssuedReason.DAY_END.value)
    return end_rest(work, actor, ticket, party, CaseState.CANCELLED, CancelReason.DAY_END.value)


def _told_again(_work: UnitOfWork, _command: CloseDay, _actor: Actor, kept: Kept) -> ClosedDay:
    counts = {TicketState(state): count for state, count in kept["counts"].items()}
    return ClosedDay(counts, more=bool(kept["more"]))


class DaysEnd:
    """Says to the first commands of a day that earlier days are to be closed.

    It looks once for each office and day: the rest of the day it knows that nothing is left.

    Args:
        policies: where the ward wants it.
    """

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._nothing_left: dict[str, date] = {}
        self._guard = threading.Lock()

    def due(self, work: UnitOfWork, office_id: str) -> Sequence[Due]:
        """What is to be carried out before a command of an office; in nearly every case nothing."""
        today = business_day(work.now)
        if self._nothing_left.get(office_id) == today or not self._policies.of(office_id).close_day_by_itself:
            return ()
        day = newest_open_day(work.connection, office_id, today)
        if day is not None:
            return (Due(CloseDay(day, AT_ONCE), system_at(office_id)),)
        # Only what was seen is remembered, so a transaction that is rolled back leaves nothing wrong here.
        self._remember(office_id, today)
        return ()

    def gave_up(self, work: UnitOfWork, office_id: str) -> None:
        """What could not be closed is tried again tomorrow, or by hand."""
        self._remember(office_id, business_day(work.now))

    def _remember(self, office_id: str, day: date) -> None:
        with self._guard:
            self._nothing_left[office_id] = day
