"""The board of a hall: a snapshot of everything a display shows, true at one event.

A snapshot gives what the events before it gave: calls stand in the order of their events, absent ones in the order of
their numbers, whatever the clocks said when.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.offices import Directory, business_day
from backend.reception.deciding.queue_policy import Policies
from backend.reception.storing.boards import absent_numbers, at_windows, events_backwards
from backend.reception.storing.tickets import queue_counts
from backend.storage import Connection, Database, LoggedEvent, last_event_seq
from backend.wire import (
    Board,
    CallMessage,
    EventKind,
    EventMessage,
    TicketState,
    WindowKind,
)

_CALLS = (EventKind.TICKET_CALLED, EventKind.TICKET_RECALLED, EventKind.CALLED_TO_ISSUANCE)


@dataclass(frozen=True)
class _Call:
    """The last call of a ticket, as its event tells it."""

    ticket_id: UUID
    number: str
    window: str
    event: EventMessage

    def is_of(self, state: TicketState) -> bool:
        """Whether it is why somebody in this state is at a window; who was handed over where they are was not called there."""
        return state is not TicketState.CALLED_TO_ISSUANCE or self.event.window_kind is WindowKind.ISSUANCE

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
        place=facts.get("place"),
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
            seq = last_event_seq(connection, office_id)
            present = at_windows(connection, office_id, today)
            calls = self._newest_calls(connection, office_id, today, present)
            return Board(
                office_id=office_id,
                business_day=today,
                at=now,
                seq=seq,
                calls=[
                    call.message(serving=present[call.ticket_id] is TicketState.SERVING)
                    for call in calls
                    if call.ticket_id in present and call.is_of(present[call.ticket_id])
                ],
                recent=[call.message() for call in calls[: self._most(office_id)]],
                absent=absent_numbers(connection, office_id, today),
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
        for event in events_backwards(connection, office_id, day, [kind.value for kind in _CALLS]):
            call = _call_of(event)
            if call is None:
                continue
            if call.ticket_id not in found:
                found[call.ticket_id] = call
                left.discard(call.ticket_id)
            if len(found) >= most and not left:
                break
        return list(found.values())


def _call_of(event: LoggedEvent) -> _Call | None:
    """The call of which an event tells; none where a newer server wrote what is not known here."""
    message = message_of(event)
    if message and message.ticket_id and message.number and message.window:
        return _Call(message.ticket_id, message.number, message.window, message)
    return None
