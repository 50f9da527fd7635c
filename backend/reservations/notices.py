"""Enclosures (交付のご案内) as they are printed: the code of a card, before anything is booked and after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from backend.cards import (
    CardProgress,
    IndexKind,
    KeptNotice,
    cards,
    count_copy,
    find_cards,
    grouped,
    is_erased,
    notice_of,
)
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import reservations
from backend.sealing import Records
from backend.storage import UnitOfWork


class NoticeError(ValueError):
    """A sheet cannot be printed; the message is one sentence with nothing personal in it.

    Attributes:
        card_ids: the cards that it is about, where there are several to choose from.
    """

    def __init__(self, sentence: str, card_ids: Iterable[str] = ()) -> None:
        super().__init__(sentence)
        self.card_ids = frozenset(card_ids)


class NumberKind(StrEnum):
    """By which number somebody asks for a card's papers; the enclosure shows that number."""

    BOOKING = "booking"
    """予約番号."""
    CARD = "card"
    """製造管理番号."""


@dataclass(frozen=True)
class AskedCard:
    """A card whose papers are asked for.

    Attributes:
        card_id: our id.
        number: by which it was asked for, as stored; none where nobody knows one.
        kind: which of its numbers that is.
    """

    card_id: str
    number: str | None
    kind: NumberKind = NumberKind.BOOKING


@dataclass(frozen=True)
class Notice:
    """What is printed on an enclosure: a number and a code, nothing that a booking could change.

    Attributes:
        number: by which the card is found, as stored; none where nobody knows one.
        code: the text of the QR.
        printed_at: the day that this copy bears, aware, UTC.
        kind: which number it is.
        copy: which print it is, from 1.
        pickup_deadline: 受取期限; none where none was named.
    """

    number: str | None
    code: str
    printed_at: datetime
    kind: NumberKind = NumberKind.BOOKING
    copy: int = 1
    pickup_deadline: date | None = None


def asked_card(connection: Connection, records: Records, number: str) -> AskedCard:
    """The card that a number means, if its papers may be printed.

    Looked for in this order: 予約番号, also one under which nothing is booked yet, then 製造管理番号.

    Args:
        connection: a transaction that may read.
        records: sealed records and their keys.
        number: as stored.

    Raises:
        NoticeError: no card or two cards have it, the card is not to be handed over any more, or its person was erased.
        KeyStoreError: the keys cannot be read.
    """
    asked = _find(connection, records, number)
    if is_erased(connection, records, asked.card_id):
        raise NoticeError(f"the person of {grouped(number)} was erased, and nothing is printed for the card")
    return asked


def _find(connection: Connection, records: Records, number: str) -> AskedCard:
    shown = grouped(number)
    booked = select(reservations.c.card_id).where(reservations.c.number == number)
    found = list(connection.execute(booked).scalars())
    found = found or find_cards(connection, records, IndexKind.BOOKING_NUMBER, number)
    kind = NumberKind.BOOKING
    if not found:
        found, kind = find_cards(connection, records, IndexKind.CARD_NUMBER, number), NumberKind.CARD
    if not found:
        raise NoticeError(f"no card and no reservation has the number {shown}")
    if len(set(found)) > 1:
        raise NoticeError(
            f"{len(set(found))} cards have the number {shown}; ask by another number of the one that is meant"
        )
    progress = connection.execute(select(cards.c.progress).where(cards.c.id == found[0])).scalar_one()
    if not CardProgress(progress).receivable:
        raise NoticeError(f"the card of {shown} is not to be handed over any more: it is {progress}")
    return AskedCard(found[0], number, kind)


def print_notices(
    work: UnitOfWork, asked: Sequence[AskedCard], key: bytes, pickup_deadline: date | None = None
) -> list[Notice]:
    """The enclosures of some cards, to be printed now: each is one copy more, with the code of the card's living notice.

    Args:
        work: the transaction; nothing is kept if this raises.
        asked: whose, in the order of the sheets.
        key: the server's secret.
        pickup_deadline: 受取期限 of notices that are made; a living one keeps its own.
    """
    return [
        as_printed(count_copy(work, notice_of(work, one.card_id, key, pickup_deadline=pickup_deadline)), one)
        for one in asked
    ]


def as_printed(kept: KeptNotice, asked: AskedCard) -> Notice:
    """What the sheet of a notice says; a first copy bears the day on which the notice was made."""
    first = kept.copies <= 1
    return Notice(
        asked.number,
        kept.code,
        kept.created_at if first else kept.printed_at or kept.created_at,
        asked.kind,
        max(kept.copies, 1),
        kept.pickup_deadline,
    )


def issue_notices(work: UnitOfWork, numbers: Iterable[str], key: bytes) -> list[Notice]:
    """Give the card of each booked reservation a notice, without counting copies; a living notice is kept.

    Args:
        work: the transaction; nothing is kept if this raises.
        numbers: 予約番号 as stored.
        key: the server's secret.

    Raises:
        NoticeError: a reservation is unknown, or in a state in which no visit is expected.
    """
    return [_issue(work, number, key) for number in dict.fromkeys(numbers)]


def _issue(work: UnitOfWork, number: str, key: bytes) -> Notice:
    query = select(reservations.c.card_id, reservations.c.state).where(reservations.c.number == number)
    row = work.connection.execute(query).one_or_none()
    shown = grouped(number)
    if row is None:
        raise NoticeError(f"no reservation has the number {shown}")
    if row.state != ReservationState.BOOKED:
        raise NoticeError(f"the reservation {shown} is not booked but {row.state}")
    return as_printed(notice_of(work, row.card_id, key), AskedCard(row.card_id, number))
