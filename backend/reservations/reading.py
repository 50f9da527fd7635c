"""Reading columns of a reservation: callers name the columns that the reader's role may see, and get no others."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from backend.reservations.tables import reservations


def read_columns(
    connection: Connection, reservation_id: str, columns: Sequence[str]
) -> Mapping[str, Any] | None:
    """The named columns of one reservation, in the given order; None if it is gone."""
    if not columns:
        return {}
    row = (
        connection.execute(
            select(*(reservations.c[column] for column in columns)).where(reservations.c.id == reservation_id)
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else dict(row)
