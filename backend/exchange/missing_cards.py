"""Cards that a file should name and does not (足りないカード): reported, never deleted."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from backend.cards import CardProgress, cards
from backend.reservations import ReservationState, reservations


@dataclass(frozen=True)
class MissingCards:
    """Cards that came from the ward's system, wait to be received, and are not in a file that should name every one.

    Attributes:
        count: how many.
        booked: 予約番号 of those for which somebody is expected.
    """

    count: int
    booked: tuple[str, ...]


def missing_cards(connection: Connection, named: Collection[str]) -> MissingCards:
    """What a whole file does not name.

    Args:
        connection: a transaction that may read.
        named: ids of the cards that the file names.
    """
    waiting = [progress.value for progress in CardProgress if progress.receivable]
    booked = (reservations.c.card_id == cards.c.id) & (reservations.c.state == ReservationState.BOOKED.value)
    query = (
        select(cards.c.id, reservations.c.number)
        .select_from(cards.outerjoin(reservations, booked))
        .where(cards.c.said.is_not(None), cards.c.progress.in_(waiting))
    )
    found = [number for card_id, number in connection.execute(query) if card_id not in named]
    return MissingCards(len(found), tuple(sorted(number for number in found if number)))
