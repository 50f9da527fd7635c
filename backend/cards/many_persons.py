"""Whose many cards are, read at once: for files in which every card has a row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from backend.cards.sealed_persons import PERSON, PERSON_COLUMNS
from backend.cards.tables import card_persons
from backend.protection import Columns
from backend.sealing import Records


def persons_of(
    connection: Connection,
    records: Records,
    keys: Mapping[str, bytes],
    card_ids: Sequence[str],
    columns: Columns,
) -> dict[str, Mapping[str, Any]]:
    """The named values of the records of some cards; nothing of those that have none, or no key any more.

    Args:
        connection: a transaction that may read.
        records: sealed records and their keys.
        keys: the keys of these cards, from ``records.keys_of``.
        card_ids: no more than one statement takes.
        columns: what the reader may see, no more.

    Raises:
        KeyStoreError: a record does not open.
    """
    wanted = [column for column in PERSON_COLUMNS if column in columns]
    query = select(card_persons.c.card_id, card_persons.c.sealed).where(card_persons.c.card_id.in_(card_ids))
    found: dict[str, Mapping[str, Any]] = {}
    for card_id, sealed in connection.execute(query):
        key = keys.get(card_id)
        if key is not None:
            opened = records.open_with(key, card_id, PERSON, sealed)
            found[card_id] = {column: opened.get(column) for column in wanted}
    return found
