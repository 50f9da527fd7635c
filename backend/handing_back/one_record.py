"""One record in the ward's fields and order, for somebody who types it over; only what their role may see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection

from backend.cards import BadNumberError, fold_number, persons_of
from backend.exchange import record_of
from backend.handing_back.ward_file import WardFile
from backend.handing_back.ward_rows import Hand
from backend.protection import Columns
from backend.reception import visits_between
from backend.reservations import booking_with, kept_bookings
from backend.sealing import Records

_OF_FIELD: Final[Mapping[str, str]] = {"office": "office_id"}
"""Columns of the role matrix that the mapping calls otherwise."""
_LABEL: Final = re.compile(r"([A-Z])([0-9]{1,6})")
_OF_PERSONS: Final = frozenset({"number", "card_number", "application_id", "recipient_type"})
"""What of a visit says who somebody is; all else is about the visit."""


@dataclass(frozen=True)
class OneRecord:
    """A record to be typed over.

    Attributes:
        subject: id of the booking or the case.
        fields: the ward's name of each field and what stands in it, in the ward's order; empty fields too.
        erased: whether what was known of the person was erased.
        columns: names of the columns of the person that stand in it, for the trail.
    """

    subject: str
    fields: Sequence[tuple[str, str]]
    erased: bool = False
    columns: Sequence[str] = ()


def one_reservation(
    connection: Connection, sealing: Records, hand: Hand, number: str, permitted: Columns
) -> OneRecord | None:
    """A booking by exactly its number; None where there is none.

    Args:
        connection: a transaction that may read.
        sealing: opens what is sealed.
        hand: the ward's fields and words.
        number: 予約番号, as it was typed.
        permitted: the columns that the reader may see; no other is opened.

    Raises:
        KeyStoreError: the keys cannot be read, or a record does not open.
        MappingError: the ward has no word for something.
    """
    try:
        found = booking_with(connection, number)
    except BadNumberError:
        return None
    if found is None:
        return None
    booking, card_id = found
    keys = sealing.keys_of([card_id])
    kept = kept_bookings(connection, sealing, keys, [booking], permitted)[booking]
    person = persons_of(connection, sealing, keys, [card_id], permitted).get(card_id)
    record = record_of(kept, person)
    if record is None:
        return OneRecord(booking, (), erased=True)
    # 交付窓口 is the office; the window beside it is no column of any role.
    record = replace(record, window_name=None)
    shown = [(field, title) for field, title in hand.fields() if _OF_FIELD.get(field, field) in permitted]
    return OneRecord(
        booking,
        [(title, hand.cells.field(field, record)) for field, title in shown],
        columns=[_OF_FIELD.get(field, field) for field, _ in shown],
    )


def one_reception(
    connection: Connection, hand: Hand, office_id: str, day: date, label: str, permitted: Columns
) -> Sequence[OneRecord]:
    """The cards of a number by exactly what stands on its ticket, of an office and a business day.

    Args:
        connection: a transaction that may read.
        hand: the ward's fields and words.
        office_id: where.
        day: the business day.
        label: 受付番号, as it was typed.
        permitted: the columns that the reader may see.

    Raises:
        KeyStoreError: the keys cannot be read, or a record does not open.
        MappingError: the ward has no word for something.
    """
    folded = _LABEL.fullmatch(fold_number(label))
    if folded is None:
        return []
    written = f"{folded[1]}-{folded[2]}"
    ids = visits_between(connection, day, day, office_id, label=written)
    shown = [
        name for name in hand.columns(WardFile.RECEPTIONS) if name not in _OF_PERSONS or name in permitted
    ]
    titles = hand.columns(WardFile.RECEPTIONS)
    columns = [name for name in shown if name in _OF_PERSONS]
    return [
        OneRecord(
            visit.case_id,
            [(titles[name], hand.visit_cell(name, visit, numbers)) for name in shown],
            columns=columns,
        )
        for visit, numbers in hand.visits(connection, ids)
    ]
