"""Who is to be contacted again (再度ご連絡する方): a visit ended because the system was down, and the card lies here still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, exists, func, literal_column, select, update

from backend.cards import CardProgress, cards
from backend.reception.deciding.case import CaseState
from backend.reception.storing.tables import cases, tickets
from backend.storage import UnitOfWork
from backend.wire import NotIssuedReason

# In the words of the partial index, which a bound value would not meet.
_STOPPED = cases.c.reason == literal_column(f"'{NotIssuedReason.SYSTEM_DOWN}'")
_TO_CONTACT = (_STOPPED, cases.c.contacted_at.is_(None))


@dataclass(frozen=True)
class ToContact:
    """One card of a visit that ended without it; nothing personal.

    Attributes:
        case_id: its case.
        ticket_id: the number's id.
        number: 受付番号 of that day.
        day: business day of the visit.
        place: which card of the party, from 1.
        cards: how many cards the number was for.
        has_card: whether it is known whose card it is.
    """

    case_id: str
    ticket_id: str
    number: str
    day: date
    place: int
    cards: int
    has_card: bool


def to_contact(connection: Connection, office_id: str, *, limit: int) -> tuple[Sequence[ToContact], int]:
    """Who is to be contacted by an office, the longest waiting first, and how many they are in all.

    Left out is whose card was issued since, whom somebody has contacted, and who has been here again.

    Args:
        connection: a transaction that may read.
        office_id: whose.
        limit: no more rows than this.
    """
    later = cases.alias("later")
    party = cases.alias("party")
    been_here = exists().where(
        later.c.card_id == cases.c.card_id,
        later.c.opened_at > cases.c.opened_at,
        later.c.state != CaseState.CANCELLED.value,
    )
    many = select(func.count(func.distinct(party.c.place))).where(party.c.ticket_id == cases.c.ticket_id)
    found = (
        select(
            cases.c.id,
            tickets.c.id,
            tickets.c.label,
            cases.c.business_day,
            cases.c.place,
            many.scalar_subquery(),
            case((cases.c.card_id.is_(None), 0), else_=1),
            func.count().over(),
        )
        .select_from(
            cases.join(tickets, tickets.c.id == cases.c.ticket_id).outerjoin(
                cards, cards.c.id == cases.c.card_id
            )
        )
        .where(
            *_TO_CONTACT,
            tickets.c.office_id == office_id,
            func.coalesce(cards.c.progress, "") != CardProgress.ISSUED.value,
            ~been_here,
        )
        .order_by(cases.c.business_day, tickets.c.series, tickets.c.number, cases.c.place)
        .limit(limit)
    )
    rows = connection.execute(found).all()
    return [ToContact(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6])) for row in rows], rows[0][
        7
    ] if rows else 0


def is_to_contact(connection: Connection, office_id: str, case_id: str) -> str | None:
    """The ticket of a case that an office is to contact still; None where it is none of these."""
    found = connection.execute(
        select(cases.c.ticket_id)
        .select_from(cases.join(tickets, tickets.c.id == cases.c.ticket_id))
        .where(cases.c.id == case_id, tickets.c.office_id == office_id, *_TO_CONTACT)
    ).scalar()
    return None if found is None else str(found)


def note_contacted(work: UnitOfWork, office_id: str, case_id: str) -> bool:
    """Note that somebody was contacted; False where it is no case of this office that ended so."""
    mine = select(tickets.c.id).where(tickets.c.office_id == office_id)
    noted = work.connection.execute(
        update(cases)
        .where(cases.c.id == case_id, cases.c.ticket_id.in_(mine), _STOPPED)
        .values(contacted_at=func.coalesce(cases.c.contacted_at, work.now))
    )
    return noted.rowcount == 1
