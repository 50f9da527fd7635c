"""Reading columns of a reservation: the caller names the columns its role may see, and gets no other."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from backend.reservations.tables import reservations


def read_columns(
    connection: Connection, reservation_id: str, columns: Sequence[str]
) -> Mapping[str, Any] | None:
    """The named columns of one reservation, in their order, or none if it is gone."""
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
