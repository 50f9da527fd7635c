"""The data of the server in memory: known notices, how it misbehaves, and what happened, for tests to look at."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from backend.wire import (
    AT_WINDOW_STATES,
    CallMessage,
    CheckInReason,
    CheckInReply,
    DevicePart,
    ErrorCode,
    Estimate,
    OfficePlace,
    Other,
    PrintReport,
    RefusalKind,
    TicketMessage,
    TicketState,
    WindowKind,
)

OVER: Final = frozenset({TicketState.CANCELLED, TicketState.ENDED})
"""States of numbers that were given up: their notices get new numbers."""
_MINUTES_EACH = 5


def estimate(ahead: int) -> Estimate:
    """The expected wait with this many visitors ahead."""
    return Estimate(low_minutes=ahead * _MINUTES_EACH, high_minutes=(ahead + 1) * _MINUTES_EACH)


@dataclass(frozen=True, slots=True)
class FakeNotice:
    """What the fake knows of one notice.

    Args:
        reason: how its check-in ends, the first time.
        reserved_for: reserved time, aware.
        office_name: where the reservation is, if at another office; by default the Japanese name of ``office``.
        office: that office with how to get there.
        be_back_at: when to be back, sent with a ticket that waits.
        number_offered: whether a visitor who is booked at another office or day is offered a number; None: not sent,
            as by an older server.
    """

    reason: CheckInReason = CheckInReason.ON_TIME
    reserved_for: datetime | None = None
    office_name: str | None = None
    office: OfficePlace | None = None
    be_back_at: datetime | None = None
    number_offered: bool | None = None

    def elsewhere(self, reason: CheckInReason) -> CheckInReply:
        """The reply without a ticket; with the other office or the other day if that is the reason."""
        place = self.office
        return CheckInReply(
            reason=reason,
            reserved_for=self.reserved_for,
            office_id=place.office_id if place else None,
            office_name=self.office_name or (place.name.get("ja") if place else None),
            office=place,
            number_offered=self.number_offered,
        )


@dataclass(slots=True)
class Behaviour:
    """How the fake misbehaves; may be changed at any time.

    Args:
        available: False makes every request fail as if the server were away.
        seconds: time that every request takes.
        lose_replies: how many of the next commands are carried out, but their answer is lost.
        refuse_with: every command is refused with this code; ``OTHER`` is a code of a newer server.
        newer_at: places in replies, as ``ticket.state``, where the fake answers like a newer server, with an
            unknown code; ``*`` for every code.
    """

    available: bool = True
    seconds: float = 0.0
    lose_replies: int = 0
    refuse_with: ErrorCode | Other | None = None
    newer_at: frozenset[str] = frozenset()


@dataclass(slots=True)
class Hall:
    """What happened so far. Tests read it, and change it with :meth:`move`."""

    tickets: dict[UUID, TicketMessage] = field(default_factory=dict)
    prints: list[tuple[UUID, PrintReport]] = field(default_factory=list)
    refusals: Counter[RefusalKind] = field(default_factory=Counter)
    troubles: list[dict[DevicePart, str]] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)

    def move(self, ticket_id: UUID, state: TicketState, window: str | None = None) -> None:
        """Put a ticket into a state as a clerk would; give the ``window`` if it is called or served."""
        kind = None
        if state in AT_WINDOW_STATES:
            issuance = state is TicketState.CALLED_TO_ISSUANCE
            kind = WindowKind.ISSUANCE if issuance else WindowKind.RECEPTION
        change: dict[str, object] = {"state": state, "window": window if kind else None, "window_kind": kind}
        if state is not TicketState.WAITING:
            change |= {"waiting_ahead": 0, "estimate": None, "be_back_at": None}
        self.tickets[ticket_id] = self.tickets[ticket_id].model_copy(update=change)

    def calls(self, now: datetime) -> list[CallMessage]:
        """Who is at a window, as the hall's displays show it."""
        return [
            CallMessage(
                ticket_id=one.ticket_id,
                number=one.number,
                window=one.window,
                kind=one.window_kind,
                called_at=now,
                serving=one.state is TicketState.SERVING,
            )
            for one in self.tickets.values()
            if one.window is not None and one.window_kind is not None
        ]

    def absent(self) -> list[str]:
        """The numbers that did not come."""
        return sorted(one.number for one in self.tickets.values() if one.state is TicketState.ABSENT)
