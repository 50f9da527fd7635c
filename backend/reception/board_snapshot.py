"""The board of a hall: a snapshot of everything a display shows, true at one event.

A snapshot gives what the events before it gave: calls stand in the order of their events, absent ones in the order of
their numbers, whatever the clocks said when.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from backend.offices import Directory, business_day
from backend.reception.queue_policy import Policies
from backend.reception.tables import tickets
from backend.reception.ticket import queue_counts
from backend.storage import Database, LoggedEvent, last_event_seq, newest_office_events
from backend.wire import (
    AT_WINDOW_STATES,
    Board,
    CallMessage,
    EventKind,
    EventMessage,
    TicketState,
    WindowKind,
)

_CALLS = (EventKind.TICKET_CALLED, EventKind.TICKET_RECALLED, EventKind.CALLED_TO_ISSUANCE)
_AT_ONCE = 64
"""Calls that are read from the log in one go."""


@dataclass(frozen=True)
class _Call:
    """The last call of a ticket, as its event tells it."""

    ticket_id: UUID
    number: str
    window: str
    event: EventMessage

    def message(self, *, serving: bool = False) -> CallMessage:
        """The call on the wire."""
        return CallMessage(
            ticket_id=self.ticket_id,
            number=self.number,
            window=self.window,
            kind=self.event.window_kind or WindowKind.RECEPTION,
            called_at=self.event.at,
            call_count=self.event.call_count or 1,
            serving=serving,
        )


def message_of(event: LoggedEvent) -> EventMessage | None:
    """An event as displays and pages get it; none for events that are not theirs, or of a newer server."""
    try:
        kind = EventKind(event.kind)
    except ValueError:
        return None
    if kind is EventKind.RESERVATIONS_IMPORTED:
        return None
    facts = dict(event.facts)
    return EventMessage(
        seq=event.seq,
        kind=kind,
        at=event.at,
        office_id=event.office_id,
        business_day=event.business_day,
        ticket_id=UUID(facts["ticket_id"]) if facts.get("ticket_id") else None,
        number=facts.get("number"),
        window=facts.get("window"),
        window_kind=facts.get("window_kind"),
        call_count=facts.get("call_count"),
        waiting=facts.get("waiting", 0),
        preparing=facts.get("preparing", 0),
    )


class Boards:
    """Takes snapshots.

    Args:
        database: where tickets are kept.
        directory: offices and their hours.
        policies: how many past calls a display gets.
    """

    def __init__(self, database: Database, directory: Directory, policies: Policies) -> None:
        self._database = database
        self._directory = directory
        self._policies = policies

    def snapshot(self, office_id: str) -> Board:
        """The board of an office now; nothing that is after ``seq`` is in it, nothing up to it is missing."""
        now = self._database.clock()
        today = business_day(now)
        with self._database.read() as connection:
            seq = last_event_seq(connection)
            at_windows = _at_windows(connection, office_id, today)
            calls = self._newest_calls(connection, office_id, today, at_windows)
            return Board(
                office_id=office_id,
                business_day=today,
                at=now,
                seq=seq,
                calls=[
                    call.message(serving=at_windows[call.ticket_id] is TicketState.SERVING)
                    for call in calls
                    if call.ticket_id in at_windows
                ],
                recent=[call.message() for call in calls[: self._most(office_id)]],
                absent=_absent(connection, office_id, today),
                open_now=self._directory.open_at(office_id, now) is not None,
                **queue_counts(connection, office_id, today),
            )

    def _most(self, office_id: str) -> int:
        """How many last calls are told: those of the setting are left when every window's present one is taken away."""
        return self._policies.of(office_id).recent_calls + len(self._directory[office_id].windows)

    def _newest_calls(
        self, connection: Connection, office_id: str, day: date, wanted: Collection[UUID]
    ) -> list[_Call]:
        """The last call of each ticket, latest first: as many as are told, and all of the wanted ones."""
        most, left = self._most(office_id), set(wanted)
        found: dict[UUID, _Call] = {}
        for call in _calls_backwards(connection, office_id, day):
            if call.ticket_id not in found:
                found[call.ticket_id] = call
                left.discard(call.ticket_id)
            if len(found) >= most and not left:
                break
        return list(found.values())


def _at_windows(connection: Connection, office_id: str, day: date) -> dict[UUID, TicketState]:
    """Who is called to a window or at one."""
    rows = connection.execute(
        select(tickets.c.id, tickets.c.state).where(
            tickets.c.office_id == office_id,
            tickets.c.business_day == day,
            tickets.c.state.in_(AT_WINDOW_STATES),
        )
    )
    return {UUID(row.id): TicketState(row.state) for row in rows}


def _calls_backwards(connection: Connection, office_id: str, day: date) -> Iterator[_Call]:
    """Every call of a day, latest first, read as far as somebody asks."""
    before: int | None = None
    while True:
        events = newest_office_events(
            connection,
            office_id,
            kinds=[kind.value for kind in _CALLS],
            business_day=day,
            limit=_AT_ONCE,
            before=before,
        )
        for event in events:
            message = message_of(event)
            if message and message.ticket_id and message.number and message.window:
                yield _Call(message.ticket_id, message.number, message.window, message)
        if len(events) < _AT_ONCE:
            return
        before = events[-1].seq


def _absent(connection: Connection, office_id: str, day: date) -> list[str]:
    """Numbers that were called and did not come, in the order in which people look for theirs."""
    return list(
        connection.execute(
            select(tickets.c.label)
            .where(
                tickets.c.office_id == office_id,
                tickets.c.business_day == day,
                tickets.c.state == TicketState.ABSENT.value,
            )
            .order_by(tickets.c.series, tickets.c.number)
        ).scalars()
    )
