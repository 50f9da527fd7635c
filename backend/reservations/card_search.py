"""Finds a card by a number that somebody reads to a clerk: exactly, never by part. Nothing personal leaves this module."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, select

from backend.cards import IndexKind, find_cards, normalise_number, read_person
from backend.protection import columns_for_program
from backend.reservations.tables import reservations
from backend.sealing import Records
from backend.storage import Statement

LENGTHS: Final[Mapping[IndexKind, int]] = {
    IndexKind.BOOKING_NUMBER: 20,
    IndexKind.CARD_NUMBER: 20,
    IndexKind.APPLICATION_ID: 23,
    IndexKind.DISPATCH_NUMBER: 20,
}
"""The kinds of numbers by which a card may be searched, and how many characters each has at most."""

_BORN: Final = columns_for_program("birth")
_BOOKED = Statement(select(reservations.c.card_id).where(reservations.c.number == bindparam("asked")))


def search_cards(
    connection: Connection, records: Records, kind: IndexKind, number: str, born: str | None = None
) -> list[str]:
    """Ids of the cards that have exactly a number and, where it is given, a birth date.

    Args:
        connection: a transaction that may read.
        records: sealed records and their keys.
        kind: what the number is, one of ``LENGTHS``.
        number: as it was typed.
        born: ISO 8601; a birthday of which the register knows less than the day is not found by it.

    Raises:
        BadNumberError: it cannot be such a number.
        KeyStoreError: the keys cannot be read, or a record does not open.
    """
    asked = normalise_number(number, LENGTHS[kind])
    found = find_cards(connection, records, kind, asked)
    if kind is IndexKind.BOOKING_NUMBER:
        found += [row[0] for row in _BOOKED.rows(connection, asked=asked)]
    cards = list(dict.fromkeys(found))
    if born is None:
        return cards
    # Not by the index: a birthday that very many have would not be found whole.
    return [
        card_id for card_id in cards if read_person(connection, records, card_id, _BORN).get("birth") == born
    ]
