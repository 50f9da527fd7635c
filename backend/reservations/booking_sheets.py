"""Booking sheets (交付予約票) as they are printed: time and place of a booking, with a version and a code of their own.

The code names what was printed. Where the booking was moved or cancelled since, whoever shows the sheet is told that it
is old, and what holds now; the code goes on finding the card.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, text, update

from backend.cards import grouped, make_code, new_token
from backend.reservations.notices import AskedCard, NoticeError
from backend.reservations.tables import BOOKED, booking_sheets, reservations
from backend.storage import UnitOfWork


@dataclass(frozen=True)
class BookingSheet:
    """What is printed on a booking sheet: nothing personal but number, time and place of the booking and who comes.

    Attributes:
        number: 予約番号 as stored.
        code: the text of the QR.
        office_id: where the visitor is expected.
        starts_at: when, aware, UTC.
        printed_at: the day that this copy bears, aware, UTC.
        version: counts what was printed of the booking, from 1.
        recipient_type: 受取人種別, a code of the document rules; none where it is not known.
        copy: which print of this version it is, from 1.
    """

    number: str
    code: str
    office_id: str
    starts_at: datetime
    printed_at: datetime
    version: int = 1
    recipient_type: str | None = None
    copy: int = 1


def print_booking_sheets(work: UnitOfWork, asked: Iterable[AskedCard], key: bytes) -> list[BookingSheet]:
    """The sheets of what is booked for some cards, to be printed now.

    What was printed before, word for word, is one copy more with the same code; anything else is the next version.

    Args:
        work: the transaction; nothing is kept if this raises.
        asked: whose, in the order of the sheets.
        key: the server's secret.

    Raises:
        NoticeError: nothing is booked for a card, or for several.
    """
    every = list(asked)
    booked = {one.card_id: _booked(work, one) for one in every}
    without = [one for one in every if booked[one.card_id] is None]
    if without:
        of = f"the card of {grouped(without[0].number or '')}" if len(without) == 1 else "these cards"
        raise NoticeError(
            f"nothing is booked for {of}, and a booking sheet names time and place; "
            "print the enclosure with 'uketsuke notice' instead",
            [one.card_id for one in without],
        )
    return [_print(work, row, key) for row in booked.values() if row is not None]


def void_booking_sheets(work: UnitOfWork, card_ids: Sequence[str]) -> int:
    """Make the codes of every booking sheet of some cards unknown from now on, and return how many there were."""
    of_cards = select(reservations.c.id).where(reservations.c.card_id.in_(card_ids))
    statement = (
        update(booking_sheets)
        .where(booking_sheets.c.reservation_id.in_(of_cards), booking_sheets.c.void_at.is_(None))
        .values(void_at=work.now)
    )
    return work.connection.execute(statement).rowcount


def _booked(work: UnitOfWork, asked: AskedCard) -> Row[*tuple[Any, ...]] | None:
    query = select(
        reservations.c.id,
        reservations.c.number,
        reservations.c.office_id,
        reservations.c.starts_at,
        reservations.c.recipient_type,
    ).where(reservations.c.card_id == asked.card_id, text(f"reservations.{BOOKED}"))
    booked = work.connection.execute(query).one_or_none()
    return None if booked is None or booked.office_id is None or booked.starts_at is None else booked


def _print(work: UnitOfWork, booked: Row[*tuple[Any, ...]], key: bytes) -> BookingSheet:
    of_booking = select(booking_sheets).where(booking_sheets.c.reservation_id == booked.id)
    last = work.connection.execute(
        of_booking.order_by(booking_sheets.c.version.desc()).limit(1)
    ).one_or_none()
    facts = (booked.office_id, booked.starts_at, booked.recipient_type)
    if (
        last is not None
        and last.void_at is None
        and facts == (last.office_id, last.starts_at, last.recipient_type)
    ):
        copy = last.copies + 1
        work.connection.execute(
            update(booking_sheets)
            .where(booking_sheets.c.token == last.token)
            .values(copies=copy, printed_at=work.now)
        )
        return BookingSheet(
            booked.number, make_code(last.token, key), *facts[:2], work.now, last.version, facts[2], copy
        )
    token, version = new_token(key), 1 if last is None else last.version + 1
    work.connection.execute(
        insert(booking_sheets).values(
            token=token,
            reservation_id=booked.id,
            version=version,
            office_id=booked.office_id,
            starts_at=booked.starts_at,
            recipient_type=booked.recipient_type,
            created_at=work.now,
            copies=1,
            printed_at=work.now,
        )
    )
    return BookingSheet(booked.number, make_code(token, key), *facts[:2], work.now, version, facts[2])
