"""Sitting down at a window (窓口) and getting up."""

from collections.abc import Callable, Mapping
from typing import Any

from backend.commands import Command, Done, Handling
from backend.offices import Window, business_day
from backend.protection import Actor
from backend.reception.commands import LeaveWindow, TakeWindow, TicketReply
from backend.reception.deciding.seat import need_free, need_window
from backend.reception.desk import Desk, by, done_without
from backend.reception.errors import WindowError
from backend.reception.storing.seats import drop_seat, give_visitor, give_window, occupant_of
from backend.reception.storing.tickets import queue_counts
from backend.storage import Connection, UnitOfWork
from backend.wire import ErrorCode, EventKind

StillHere = Callable[[Connection, str], bool]


class Windows:
    """Commands about one's own window.

    Args:
        desk: shared by all windows.
        still_here: whether an account is signed in somewhere, so that its window is not taken over.
    """

    def __init__(self, desk: Desk, still_here: StillHere) -> None:
        self._desk = desk
        self._still_here = still_here

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {TakeWindow: by(self._take), LeaveWindow: by(self._leave)}

    def _take(self, work: UnitOfWork, command: TakeWindow, actor: Actor) -> Done[TicketReply]:
        """Sit down. Whoever sat at another window before leaves it; a visitor at the window comes with it.

        Raises:
            WindowError: no such window, somebody who is still signed in sits there, or a visitor is at the old one.
        """
        office_id, label = actor.office_id, command.label
        window = need_window(self._desk.directory.get(office_id), label)
        if command.kind is not None and not window.serves_as(command.kind):
            raise WindowError(ErrorCode.WINDOW_UNKNOWN)
        occupant = occupant_of(work.connection, office_id, label)
        if occupant == actor.id:
            return done_without()
        if occupant is not None and self._still_here(work.connection, occupant):
            raise WindowError(ErrorCode.WINDOW_TAKEN, window=label)
        self._get_up(work, actor)
        give_window(work, office_id, label, actor.id, taken=occupant is not None)
        give_visitor(work, office_id, label, business_day(work.now), actor.id)
        _record(work, EventKind.WINDOW_TAKEN, office_id, window)
        return done_without()

    def _leave(self, work: UnitOfWork, _command: LeaveWindow, actor: Actor) -> Done[TicketReply]:
        self._get_up(work, actor)
        return done_without()

    def _get_up(self, work: UnitOfWork, actor: Actor) -> None:
        """Leave the window at which somebody sits, if at one.

        Raises:
            WindowError: a visitor is at the window; who leaves a visitor behind hands over or sets absent first.
        """
        seat, visitor = self._desk.seat_and_visitor(work.connection, actor.id, business_day(work.now))
        if visitor is not None and visitor.at_window_of(actor.id):
            need_free(visitor.window or "", visitor)
        drop_seat(work, actor.id)
        if seat is not None:
            _record(work, EventKind.WINDOW_LEFT, seat.office_id, seat.window)


def _record(work: UnitOfWork, kind: EventKind, office_id: str, window: Window) -> None:
    day = business_day(work.now)
    work.hold(office_id)
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
