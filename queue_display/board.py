"""What the hall sees, as a pure function: a board and a message give the next board and the new calls.

Nothing here knows a screen, a socket or a clock. A message that cannot be used is logged and changes nothing
more than it must; it never raises.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from backend.wire import Board, CallMessage, EventKind, EventMessage, WindowKind

RECENT_KEPT = 128
"""More than any display shows and any office has windows, so that present calls may be left out of the list.

Where one display knows more of it than another that started later, what the other knows is its beginning, and stays
so: a call moves its number to the front in both.
"""
ANNOUNCE_WITHIN = timedelta(seconds=60)
"""A call found in a snapshot is announced only while it is this fresh; an older one is shown in silence."""

_CALLING = frozenset({EventKind.TICKET_CALLED, EventKind.TICKET_RECALLED, EventKind.CALLED_TO_ISSUANCE})
_LEAVING = frozenset(
    {
        EventKind.HANDED_OVER,
        EventKind.ENDED_INCOMPLETE,
        EventKind.TICKET_ABSENT,
        EventKind.TICKET_CANCELLED,
        EventKind.TICKET_RETURNED,
        EventKind.ISSUED,
    }
)

log = structlog.get_logger()


CallKey = tuple[UUID, WindowKind, int, datetime]


def key_of(call: CallMessage) -> CallKey:
    """What makes a call new: the same visitor called once more counts as a call."""
    return (call.ticket_id, call.kind, call.call_count, call.called_at)


@dataclass(frozen=True)
class BoardState:
    """One office's hall at event ``seq``.

    Calls stand latest first. ``recent`` holds the last call of each number, latest first, present ones too. Absent
    numbers stand in their order as numbers: that is how people look for theirs, and a snapshot can give it.
    """

    office_id: str
    business_day: date
    seq: int
    calls: tuple[CallMessage, ...] = ()
    recent: tuple[CallMessage, ...] = ()
    absent: tuple[str, ...] = ()
    waiting: int = 0
    preparing: int = 0
    open_now: bool = True


@dataclass(frozen=True)
class BoardStep:
    """The board after a message.

    ``new`` holds the calls to announce, oldest first. ``issued`` holds the numbers that joined the queue.
    ``snapshot_wanted`` asks for a whole picture, because this one cannot be carried on.
    """

    state: BoardState | None
    new: tuple[CallMessage, ...] = ()
    issued: tuple[str, ...] = ()
    snapshot_wanted: bool = False


def apply(state: BoardState | None, message: Board | EventMessage) -> BoardStep:
    """Carry the board on by one snapshot or one event."""
    if isinstance(message, Board):
        return _apply_snapshot(state, message)
    return _apply_event(state, message)


def past_calls(state: BoardState, most: int) -> tuple[CallMessage, ...]:
    """The last calls that are not among the present ones, latest first, each number once."""
    present = {call.ticket_id for call in state.calls}
    return tuple(call for call in state.recent if call.ticket_id not in present)[:most]


def _apply_snapshot(state: BoardState | None, board: Board) -> BoardStep:
    """Take a whole picture; calls that were not known before and are fresh are new."""
    same_day = state is not None and state.business_day == board.business_day
    before = {key_of(call) for call in state.calls} if state is not None and same_day else set()
    calls = _usable(board.calls)
    new = [
        call
        for call in calls
        if key_of(call) not in before and not call.serving and board.at - call.called_at <= ANNOUNCE_WITHIN
    ]
    after = BoardState(
        office_id=board.office_id,
        business_day=board.business_day,
        seq=board.seq,
        calls=_unique(calls),
        recent=_each_once(_usable(board.recent))[:RECENT_KEPT],
        absent=_in_order(number for number in board.absent if number.strip()),
        waiting=max(0, board.waiting),
        preparing=max(0, board.preparing),
        open_now=board.open_now,
    )
    return BoardStep(after, new=tuple(sorted(new, key=lambda call: call.called_at)))


def _apply_event(state: BoardState | None, event: EventMessage) -> BoardStep:
    """Take one event in its order."""
    if state is None or event.business_day > state.business_day:
        return BoardStep(state, snapshot_wanted=True)
    if event.seq <= state.seq:
        return BoardStep(state)
    if event.office_id != state.office_id:
        log.warning("event_of_another_office_ignored", seq=event.seq)
        return BoardStep(state)
    if event.business_day < state.business_day:
        # Something of yesterday was tidied up; today's hall is not concerned.
        return BoardStep(replace(state, seq=event.seq))
    return _happened(
        replace(state, seq=event.seq, waiting=max(0, event.waiting), preparing=max(0, event.preparing)), event
    )


def _happened(state: BoardState, event: EventMessage) -> BoardStep:
    """Carry calls and lists on; ``state`` has the event's place and counts already."""
    if event.kind is EventKind.TICKET_ISSUED and event.number:
        return BoardStep(state, issued=(event.number,))
    if event.kind in _CALLING:
        return _called(state, event)
    if event.kind is EventKind.SERVICE_STARTED:
        return BoardStep(replace(state, calls=_serving(state.calls, event)))
    if event.kind in _LEAVING:
        return BoardStep(_left(state, event))
    return BoardStep(state)


def _called(state: BoardState, event: EventMessage) -> BoardStep:
    """A number goes to a window, to the top of the calls, and out of the absent ones."""
    if event.ticket_id is None or not event.number or not event.window:
        log.warning("call_without_number_or_window_ignored", seq=event.seq)
        return BoardStep(state)
    earlier = next((call for call in state.calls if call.ticket_id == event.ticket_id), None)
    call = CallMessage(
        ticket_id=event.ticket_id,
        number=event.number,
        window=event.window,
        kind=event.window_kind or _kind_of(event.kind, earlier),
        called_at=event.at,
        call_count=event.call_count or (earlier.call_count + 1 if earlier else 1),
    )
    after = replace(
        state,
        calls=_unique((call, *state.calls)),
        recent=_each_once((call, *state.recent))[:RECENT_KEPT],
        absent=tuple(number for number in state.absent if number != call.number),
    )
    return BoardStep(after, new=(call,))


def _kind_of(event: EventKind, earlier: CallMessage | None) -> WindowKind:
    """The kind of window where the event does not say it."""
    if event is EventKind.CALLED_TO_ISSUANCE:
        return WindowKind.ISSUANCE
    return earlier.kind if earlier else WindowKind.RECEPTION


def _serving(calls: Iterable[CallMessage], event: EventMessage) -> tuple[CallMessage, ...]:
    """The visitor has come: the number stays at the window, but nobody is asked to come any more."""
    return tuple(
        call.model_copy(update={"serving": True}) if call.ticket_id == event.ticket_id else call
        for call in calls
    )


def _left(state: BoardState, event: EventMessage) -> BoardState:
    """The number is not at a window any more; it may have joined or left the absent ones."""
    absent = tuple(number for number in state.absent if number != event.number)
    if event.kind is EventKind.TICKET_ABSENT and event.number:
        absent = _in_order((*absent, event.number))
    calls = tuple(call for call in state.calls if call.ticket_id != event.ticket_id)
    return replace(state, calls=calls, absent=absent)


def _usable(calls: Iterable[CallMessage]) -> tuple[CallMessage, ...]:
    """Calls of a snapshot; one without number or window is left out."""
    usable = []
    for call in calls:
        if call.number.strip() and call.window.strip():
            usable.append(call)
        else:
            log.warning("call_without_number_or_window_ignored")
    return tuple(usable)


def _each_once(calls: Iterable[CallMessage]) -> tuple[CallMessage, ...]:
    """The first call of each ticket."""
    first: dict[UUID, CallMessage] = {}
    for call in calls:
        first.setdefault(call.ticket_id, call)
    return tuple(first.values())


def _in_order(numbers: Iterable[str]) -> tuple[str, ...]:
    """Numbers each once, by series and number: M-018, M-101, M-1002, W-401."""

    def place(number: str) -> tuple[str, int, str]:
        series, _, digits = number.rpartition("-")
        return series, len(digits), digits

    return tuple(sorted(set(numbers), key=place))


def _unique(calls: Iterable[CallMessage]) -> tuple[CallMessage, ...]:
    """A visitor is at one window and a window has one visitor; the latest call, standing first, is the true one."""
    tickets: set[UUID] = set()
    windows: set[tuple[WindowKind, str]] = set()
    kept = []
    for call in calls:
        if call.ticket_id in tickets or (call.kind, call.window) in windows:
            continue
        tickets.add(call.ticket_id)
        windows.add((call.kind, call.window))
        kept.append(call)
    return tuple(kept)
