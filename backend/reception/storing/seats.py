"""Who sits at which window (窓口), as it is kept."""

from datetime import date

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from backend.reception.storing.tables import AT_WINDOW, seats, tickets
from backend.storage import Statement, UnitOfWork

_SEAT_OF = Statement(
    select(seats.c.office_id, seats.c.window).where(seats.c.account_id == bindparam("account"))
)


def seat_of(connection: Connection, account_id: str) -> tuple[str, str] | None:
    """Office and window label of where somebody sits, or none."""
    row = _SEAT_OF.first(connection, account=account_id)
    return None if row is None else (row[0], row[1])


def taken_windows(connection: Connection, office_id: str) -> dict[str, str]:
    """Account by window label, for every window at which somebody sits."""
    rows = connection.execute(
        select(seats.c.window, seats.c.account_id).where(seats.c.office_id == office_id)
    )
    return {row.window: row.account_id for row in rows}


def occupant_of(connection: Connection, office_id: str, label: str) -> str | None:
    """The account at a window, or none."""
    return connection.execute(
        select(seats.c.account_id).where(seats.c.office_id == office_id, seats.c.window == label)
    ).scalar_one_or_none()


def give_window(work: UnitOfWork, office_id: str, label: str, account_id: str, *, taken: bool) -> None:
    """Seat somebody at a window; whoever sat there before does no longer."""
    if taken:
        work.connection.execute(
            update(seats)
            .where(seats.c.office_id == office_id, seats.c.window == label)
            .values(account_id=account_id, taken_at=work.now)
        )
    else:
        work.connection.execute(
            insert(seats).values(office_id=office_id, window=label, account_id=account_id, taken_at=work.now)
        )


def give_visitor(work: UnitOfWork, office_id: str, label: str, day: date, account_id: str) -> None:
    """The visitor at a window is from now on the one of another account."""
    work.connection.execute(
        update(tickets)
        .where(
            tickets.c.office_id == office_id,
            tickets.c.business_day == day,
            tickets.c.window == label,
            text(AT_WINDOW),
        )
        .values(holder=account_id)
    )


def drop_seat(work: UnitOfWork, account_id: str) -> None:
    """Somebody sits nowhere."""
    work.connection.execute(delete(seats).where(seats.c.account_id == account_id))
