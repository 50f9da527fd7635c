"""Whose a card is: one sealed record, and the digests by which it is found.

Nothing here returns more than it was asked for: callers name the columns that the reader may see.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, literal_column, select

from backend.cards.states import IndexKind
from backend.cards.tables import card_persons, person_index
from backend.protection import Columns
from backend.sealing import Records
from backend.storage import Statement

PERSON: Final = "person"
"""What the record of a card is called where it is sealed."""
PERSON_COLUMNS: Final = (
    "name",
    "name_kana",
    "alias",
    "birth",
    "address",
    "phone",
    "email",
    "foreign_category",
    "stay_expires_on",
    "card_expires_on",
    "application_id",
    "card_number",
    "dispatch_number",
)
"""What a sealed record may hold; phone and e-mail only while nothing is booked (then they are the booking's)."""
_INDEXED: Final = (
    (IndexKind.CARD_NUMBER, "card_number"),
    (IndexKind.APPLICATION_ID, "application_id"),
    (IndexKind.DISPATCH_NUMBER, "dispatch_number"),
    (IndexKind.PHONE, "phone"),
    (IndexKind.BIRTH, "birth"),
    (IndexKind.KANA, "name_kana"),
)
_MOST = 50
_AT_ONCE = 500
_NO_DIGIT = re.compile(r"\D+")
_SPACES = re.compile(r"\s+")

_FOUND = Statement(
    select(person_index.c.card_id)
    .where(person_index.c.kind == bindparam("of_kind"), person_index.c.digest == bindparam("asked"))
    .limit(literal_column(str(_MOST)))
)
_OWNERS = select(person_index.c.digest, person_index.c.card_id).where(
    person_index.c.kind == bindparam("of_kind"),
    person_index.c.digest.in_(bindparam("asked", expanding=True)),
)
_SEALED = Statement(select(card_persons.c.sealed).where(card_persons.c.card_id == bindparam("of")))


def find_cards(connection: Connection, records: Records, kind: IndexKind, value: str) -> list[str]:
    """Ids of the cards that have exactly a value; fifty at most.

    Args:
        connection: a transaction that may read.
        records: sealed records and their keys.
        kind: what the value is.
        value: as it was typed, read or imported.
    """
    asked = one_form(kind, value)
    digest = records.digest(kind.value, asked) if asked else None
    return (
        []
        if digest is None
        else [row[0] for row in _FOUND.rows(connection, of_kind=kind.value, asked=digest)]
    )


def cards_by_digest(
    connection: Connection, records: Records, kind: IndexKind, values: Iterable[str]
) -> dict[str, str]:
    """Ids of cards by many values at once; a value that several cards have names none.

    Args:
        connection: a transaction that may read.
        records: sealed records and their keys.
        kind: what the values are.
        values: as they were imported.
    """
    asked: dict[str, str] = {}
    name = kind.value
    for value in values:
        digest = records.digest(name, one_form(kind, value))
        if digest is None:
            return {}
        asked[digest] = value
    found: dict[str, set[str]] = {}
    digests = list(asked)
    for first in range(0, len(digests), _AT_ONCE):
        some = digests[first : first + _AT_ONCE]
        for digest, card_id in connection.execute(_OWNERS, {"of_kind": name, "asked": some}):
            found.setdefault(asked[digest], set()).add(card_id)
    return {value: next(iter(ids)) for value, ids in found.items() if len(ids) == 1}


def read_person(
    connection: Connection, records: Records, card_id: str, columns: Columns
) -> Mapping[str, Any]:
    """The values of a card's record that the reader may have; none where it is gone, or its key was destroyed.

    Raises:
        KeyStoreError: the keys cannot be read, or the record does not open.
    """
    wanted = [column for column in PERSON_COLUMNS if column in columns]
    row = _SEALED.first(connection, of=card_id) if wanted else None
    opened = records.open(card_id, PERSON, row[0]) if row is not None else None
    return {} if opened is None else {column: opened.get(column) for column in wanted}


def is_erased(connection: Connection, records: Records, card_id: str) -> bool:
    """Whether there is a record of a person, and its key was destroyed; somebody of whom nothing is known is not erased.

    Without any key store nobody counts as erased: that is a fault, which is said at the start.

    Raises:
        KeyStoreError: the keys cannot be read.
    """
    if _SEALED.first(connection, of=card_id) is None or records.store.index_key is None:
        return False
    return card_id not in records.keys_of([card_id])


def last_day_of(person: Mapping[str, Any]) -> date | None:
    """The last day on which a card may be handed over: the earlier of its own expiry and that of the stay (番号法施行令)."""
    days = [day for day in (person.get("card_expires_on"), person.get("stay_expires_on")) if day is not None]
    return min(days, default=None)


def index_of(
    records: Records,
    person: Mapping[str, Any],
    identifying: Collection[str],
    booking_number: str | None = None,
) -> Sequence[Mapping[str, Any]]:
    """The rows of the index of a person, without the card's id.

    Args:
        records: sealed records and their keys; there is a key store already.
        person: the values of the record.
        identifying: the kinds of numbers that one card at most has.
        booking_number: a 予約番号 under which nothing is booked yet.
    """
    rows: dict[tuple[str, str], Mapping[str, Any]] = {}
    for kind, value in _values_of(person, booking_number):
        asked, name = one_form(kind, value), kind.value
        digest = records.digest(name, asked) if asked else None
        if digest is not None:
            rows[name, digest] = {"kind": name, "digest": digest, "identifies": name in identifying}
    return list(rows.values())


def one_form(kind: IndexKind, value: str) -> str:
    """The one form in which a value is looked for; empty where nothing is left of it."""
    match kind:
        case IndexKind.PHONE:
            return _NO_DIGIT.sub("", value)
        case IndexKind.KANA | IndexKind.KANA_FAMILY:
            return _SPACES.sub("", value)
        case _:
            return value.strip()


def _values_of(person: Mapping[str, Any], booking_number: str | None) -> Iterator[tuple[IndexKind, str]]:
    for kind, column in _INDEXED:
        value = person.get(column)
        if value:
            yield kind, value
    kana = (person.get("name_kana") or "").split()
    if kana:
        yield IndexKind.KANA_FAMILY, kana[0]
    if booking_number:
        yield IndexKind.BOOKING_NUMBER, booking_number
