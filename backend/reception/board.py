"""The board of a hall: a snapshot of everything a display shows, true at one event."""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from backend.offices.business_day import business_day
from backend.offices.directory import Directory
from backend.reception.policy import Policy
from backend.reception.tables import tickets
from backend.reception.ticket import from_row, queue_counts, ticket_fields
from backend.storage import event_log
from backend.storage.event_log import LoggedEvent
from backend.storage.unit_of_work import Database
from backend.wire.codes import AT_WINDOW_STATES, EventKind, TicketState, WindowKind
from backend.wire.messages import Board, CallMessage, EventMessage

_CALLS = frozenset({EventKind.TICKET_CALLED, EventKind.CALLED_TO_ISSUANCE})


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
        policy: how many past calls a display gets.
    """

    def __init__(self, database: Database, directory: Directory, policy: Policy) -> None:
        self._database = database
        self._directory = directory
        self._policy = policy

    def snapshot(self, office_id: str) -> Board:
        """The board of an office now; nothing that is after ``seq`` is in it, nothing up to it is missing."""
        now = self._database.clock()
        today = business_day(now)
        with self._database.read() as connection:
            seq = event_log.last_seq(connection)
            return Board(
                office_id=office_id,
                business_day=today,
                at=now,
                seq=seq,
                calls=self._calls(connection, office_id, today),
                recent=self._recent(connection, office_id, today),
                absent=_absent(connection, office_id, today),
                open_now=self._directory.open_at(office_id, now) is not None,
                **queue_counts(connection, office_id, today),
            )

    def _calls(self, connection: Connection, office_id: str, day: date) -> list[CallMessage]:
        rows = connection.execute(
            select(*ticket_fields())
            .where(
                tickets.c.office_id == office_id,
                tickets.c.business_day == day,
                tickets.c.state.in_(AT_WINDOW_STATES),
            )
            .order_by(tickets.c.called_at.desc())
        ).mappings()
        calls = []
        for ticket in map(from_row, rows):
            if ticket.window is None or ticket.called_at is None or ticket.at_kind is None:
                continue
            calls.append(
                CallMessage(
                    ticket_id=UUID(ticket.id),
                    number=ticket.label,
                    window=ticket.window,
                    kind=ticket.at_kind,
                    called_at=ticket.called_at,
                    call_count=ticket.call_count,
                    serving=ticket.state is TicketState.SERVING,
                )
            )
        return calls

    def _recent(self, connection: Connection, office_id: str, day: date) -> list[CallMessage]:
        events = event_log.read_office_newest(
            connection,
            office_id,
            kinds=[kind.value for kind in _CALLS],
            business_day=day,
            limit=self._policy.recent_calls,
        )
        recent = []
        for message in filter(None, map(message_of, events)):
            if message.ticket_id is None or message.number is None or message.window is None:
                continue
            recent.append(
                CallMessage(
                    ticket_id=message.ticket_id,
                    number=message.number,
                    window=message.window,
                    kind=message.window_kind or WindowKind.RECEPTION,
                    called_at=message.at,
                    call_count=message.call_count or 1,
                )
            )
        return recent


def _absent(connection: Connection, office_id: str, day: date) -> list[str]:
    return list(
        connection.execute(
            select(tickets.c.label)
            .where(
                tickets.c.office_id == office_id,
                tickets.c.business_day == day,
                tickets.c.state == TicketState.ABSENT.value,
            )
            .order_by(tickets.c.called_at.desc())
        ).scalars()
    )
