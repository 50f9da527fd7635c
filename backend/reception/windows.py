"""Windows (窓口) and who sits at them: one person a window, one window a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backend.offices import Directory, Window, business_day
from backend.reception.errors import WindowError
from backend.reception.tables import seats, tickets
from backend.reception.ticket import Ticket, from_row, queue_counts, ticket_fields
from backend.storage import UnitOfWork
from backend.wire import AT_WINDOW_STATES, ErrorCode, EventKind, WindowKind

StillHere = Callable[[Connection, str], bool]

# Asked at every call, so made once.
_SEAT_OF = select(seats.c.office_id, seats.c.window).where(seats.c.account_id == bindparam("account"))
_VISITOR_AT = select(*ticket_fields()).where(
    tickets.c.office_id == bindparam("office"),
    tickets.c.business_day == bindparam("day"),
    tickets.c.window == bindparam("label"),
    tickets.c.state.in_(AT_WINDOW_STATES),
)


@dataclass(frozen=True)
class Seat:
    """Somebody at a window."""

    office_id: str
    window: Window
    account_id: str


def find_seat(connection: Connection, directory: Directory, account_id: str) -> Seat | None:
    """The window at which somebody sits, or none; a window that the office no longer has does not count."""
    row = connection.execute(_SEAT_OF, {"account": account_id}).one_or_none()
    if row is None:
        return None
    office = directory.get(row.office_id)
    window = office.window(row.window) if office else None
    return None if window is None else Seat(row.office_id, window, account_id)


def taken_windows(connection: Connection, office_id: str) -> dict[str, str]:
    """Account by window label, for every window at which somebody sits."""
    rows = connection.execute(
        select(seats.c.window, seats.c.account_id).where(seats.c.office_id == office_id)
    )
    return {row.window: row.account_id for row in rows}


def visitor_at(connection: Connection, office_id: str, day: date, window: str) -> Ticket | None:
    """The visitor who is called to, or is at, a window."""
    place = {"office": office_id, "day": day, "label": window}
    row = connection.execute(_VISITOR_AT, place).mappings().one_or_none()
    return None if row is None else from_row(row)


def take_window(
    work: UnitOfWork,
    directory: Directory,
    account_id: str,
    place: tuple[str, str],
    still_here: StillHere,
) -> Seat:
    """Sit down at a window, given as office id and label. Whoever sat at another window before leaves it; a visitor at the window comes with it.

    Raises:
        WindowError: no such window, somebody who is still signed in sits there, or a visitor is at the old one.
    """
    office_id, label = place
    office = directory.get(office_id)
    window = office.window(label) if office else None
    if window is None:
        raise WindowError(ErrorCode.WINDOW_UNKNOWN)
    occupant = work.connection.execute(
        select(seats.c.account_id)
        .where(seats.c.office_id == office_id, seats.c.window == label)
        .with_for_update()
    ).scalar_one_or_none()
    if occupant == account_id:
        return Seat(office_id, window, account_id)
    if occupant is not None and still_here(work.connection, occupant):
        raise WindowError(ErrorCode.WINDOW_TAKEN, window=label)
    leave_window(work, directory, account_id)
    if occupant is not None:
        work.connection.execute(
            update(seats)
            .where(seats.c.office_id == office_id, seats.c.window == label)
            .values(account_id=account_id, taken_at=work.now)
        )
    else:
        work.connection.execute(
            insert(seats).values(office_id=office_id, window=label, account_id=account_id, taken_at=work.now)
        )
    work.connection.execute(
        update(tickets)
        .where(
            tickets.c.office_id == office_id,
            tickets.c.business_day == business_day(work.now),
            tickets.c.window == label,
            tickets.c.state.in_(AT_WINDOW_STATES),
        )
        .values(holder=account_id)
    )
    _record(work, EventKind.WINDOW_TAKEN, office_id, window)
    return Seat(office_id, window, account_id)


def leave_window(work: UnitOfWork, directory: Directory, account_id: str) -> None:
    """Get up from the window, if at one.

    Raises:
        WindowError: a visitor is at the window; who leaves a visitor behind hands over or sets absent first.
    """
    row = work.connection.execute(
        select(seats.c.office_id, seats.c.window).where(seats.c.account_id == account_id)
    ).one_or_none()
    if row is None:
        return
    visitor = visitor_at(work.connection, row.office_id, business_day(work.now), row.window)
    if visitor is not None and visitor.holder == account_id:
        raise WindowError(ErrorCode.WINDOW_OCCUPIED, number=visitor.label, window=row.window)
    work.connection.execute(delete(seats).where(seats.c.account_id == account_id))
    office = directory.get(row.office_id)
    window = office.window(row.window) if office else None
    if window is not None:
        _record(work, EventKind.WINDOW_LEFT, row.office_id, window)


def need_seat(work: UnitOfWork, directory: Directory, account_id: str, kind: WindowKind) -> Seat:
    """The seat of somebody who wants to call; nobody calls without a window of the right kind.

    Raises:
        WindowError: no window was taken, or one of the other kind.
    """
    seat = find_seat(work.connection, directory, account_id)
    if seat is None or seat.window.kind is not kind:
        raise WindowError(ErrorCode.WINDOW_NEEDED, kind=kind.value)
    return seat


def _record(work: UnitOfWork, kind: EventKind, office_id: str, window: Window) -> None:
    day = business_day(work.now)
    work.order_events()
    work.record(
        kind.value,
        office_id=office_id,
        business_day=day,
        facts={
            "window": window.label,
            "window_kind": window.kind.value,
            **queue_counts(work.connection, office_id, day),
        },
    )
