"""Parties as they are kept: how many cards a number is for, and which number a group has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, case, func, literal_column, select, text

from backend.offices import PICK_UP
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.party import Party
from backend.reception.storing.tables import OPEN_CASE, cases, tickets
from backend.reception.storing.ticket_rows import FIELDS, from_row
from backend.reservations import reservations
from backend.storage import Statement, among
from backend.wire import JOINABLE_STATES, CheckInReason, TicketState

_OF_TICKET = cases.alias("of_ticket")
_PLACES_OF_FOUND = (
    select(func.max(_OF_TICKET.c.place)).where(_OF_TICKET.c.ticket_id == tickets.c.id).scalar_subquery()
)

_AT_AN_END = tuple(state for state in CaseState if state not in {CaseState.OPEN, CaseState.INCOMPLETE})
"""Of a card that nobody waits for any more: its place is not opened again."""

_REASONS = Statement(
    select(cases.c.ticket_id, tickets.c.reason, cases.c.admitted)
    .select_from(tickets.join(cases, cases.c.ticket_id == tickets.c.id))
    .where(
        tickets.c.office_id == bindparam("office"),
        tickets.c.business_day == bindparam("day", type_=tickets.c.business_day.type),
        tickets.c.state == literal_column(f"'{TicketState.WAITING}'"),
        cases.c.place > literal_column("1"),
        cases.c.admitted.is_not(None),
        text(f"cases.{OPEN_CASE}"),
    )
)

# Parts of check-ins, so compiled once.
_PLACES = Statement(select(func.max(cases.c.place)).where(cases.c.ticket_id == bindparam("of")))
_CARDS = Statement(
    select(
        func.count(cases.c.place.distinct())
        - func.count(case((text(among("cases.state", _AT_AN_END)), cases.c.place)).distinct())
    ).where(cases.c.ticket_id == bindparam("of"))
)
_ISSUED = Statement(
    select(func.count())
    .select_from(tickets.join(cases, cases.c.ticket_id == tickets.c.id))
    .where(
        tickets.c.office_id == bindparam("office"),
        tickets.c.business_day == bindparam("day", type_=tickets.c.business_day.type),
        cases.c.state == literal_column(f"'{CaseState.ISSUED}'"),
    )
)
_OF_GROUP = Statement(
    select(*FIELDS, _PLACES_OF_FOUND)
    .select_from(
        reservations.join(
            cases, (cases.c.card_id == reservations.c.card_id) & (cases.c.reservation_id == reservations.c.id)
        ).join(tickets, tickets.c.id == cases.c.ticket_id)
    )
    .where(
        reservations.c.group_number == bindparam("group_number"),
        cases.c.business_day == bindparam("day", type_=cases.c.business_day.type),
        tickets.c.office_id == bindparam("office"),
        tickets.c.kind == literal_column(f"'{PICK_UP}'"),
        text(among("tickets.state", JOINABLE_STATES)),
        bindparam("party_limit") > _PLACES_OF_FOUND,
    )
    .order_by(tickets.c.created_at, tickets.c.number)
    .limit(literal_column("1"))
)


@dataclass(frozen=True)
class JoinedReasons:
    """Why the cards of a party that waits were received.

    Attributes:
        own: why its number was given.
        further: why each card that joined it would have got one.
    """

    own: CheckInReason
    further: frozenset[CheckInReason]


def joined_reasons(connection: Connection, office_id: str, day: date) -> Mapping[str, JoinedReasons]:
    """Of each waiting number that is for several cards, by its id, why they were received; a card that ended counts no more.

    Args:
        connection: a transaction that may read.
        office_id: whose queue.
        day: the business day.
    """
    own: dict[str, CheckInReason] = {}
    further: dict[str, set[CheckInReason]] = {}
    for ticket_id, reason, admitted in _REASONS.rows(connection, office=office_id, day=day):
        own[ticket_id] = CheckInReason(reason)
        further.setdefault(ticket_id, set()).add(CheckInReason(admitted))
    return {
        ticket_id: JoinedReasons(own[ticket_id], frozenset(found)) for ticket_id, found in further.items()
    }


def places_of(connection: Connection, ticket_id: str) -> int:
    """How many places of a party are taken, also by cards that were handed out or given up; at least 1."""
    return int(_PLACES.scalar(connection, of=ticket_id) or 1)


def count_issued(connection: Connection, office_id: str, day: date) -> int:
    """How many cards were handed out at an office on a day; a party counts for each of its cards, from the first on."""
    return int(_ISSUED.scalar(connection, office=office_id, day=day))


def cards_of(connection: Connection, ticket_id: str) -> int:
    """For how many cards a number is still here: those that were handed out or given up count no more; at least 1."""
    return int(_CARDS.scalar(connection, of=ticket_id) or 1)


def party_of_group(
    connection: Connection, office_id: str, day: date, group_number: str, limit: int
) -> Party | None:
    """The party of what is booked in one group that may be joined, the oldest one; none where there is none, or all are full.

    Args:
        connection: a transaction that may read.
        office_id: where.
        day: the business day.
        group_number: of the booking.
        limit: how many cards one number may be for.
    """
    row = _OF_GROUP.first(connection, office=office_id, day=day, group_number=group_number, party_limit=limit)
    return None if row is None else Party(from_row(row[:-1]), row[-1])
