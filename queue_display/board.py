"""The state of the hall's board, as a pure function: a board and a message give the next board and the new calls.

Nothing here uses a screen, a socket or a clock. A message that cannot be used raises no exception: it is logged, and
changes at most the event number and the counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from backend.wire import OTHER, Board, CallMessage, EventKind, EventMessage, Other, WindowKind, hear

RECENT_KEPT = 128
"""How many earlier calls are kept: more than a display shows and an office has windows, taken together, because present
calls are left out when the list is shown.

A display that started later may know fewer of them, but both lists begin with the same entries: each call moves its
number to the front.
"""
ANNOUNCE_WITHIN = timedelta(seconds=60)
"""A call found in a snapshot is announced only if it is not older than this; otherwise it is only shown."""

_CALLING = frozenset({EventKind.TICKET_CALLED, EventKind.TICKET_RECALLED, EventKind.CALLED_TO_ISSUANCE})
_LEAVING = frozenset(
    {
        EventKind.HANDED_OVER,
        EventKind.ENDED_INCOMPLETE,
        EventKind.TICKET_ABSENT,
        EventKind.TICKET_CANCELLED,
        EventKind.TICKET_RETURNED,
        EventKind.PUT_BACK,
        EventKind.SENT_BACK,
        EventKind.ISSUED,
        EventKind.NOT_ISSUED,
        EventKind.FINISHED,
    }
)

log = structlog.get_logger()


CallKey = tuple[UUID, WindowKind | Other, int, datetime]


def key_of(call: CallMessage) -> CallKey:
    """The identity of a call; calling the same visitor again is another call."""
    return (call.ticket_id, call.kind, call.call_count, call.called_at)


@dataclass(frozen=True)
class BoardState:
    """The board of one office at event ``seq``.

    Attributes:
        office_id: the office.
        business_day: the day in Asia/Tokyo.
        seq: number of the last event.
        calls: the present calls, latest first.
        recent: the last call of each number, latest first, with the present ones.
        absent: absent numbers in numerical order, in which people look for theirs.
        waiting: how many visitors wait.
        preparing: how many visitors wait for their card after the check of their papers.
        open_now: whether the office was open at the last snapshot.
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

    Attributes:
        state: the board; None before the first snapshot.
        new: the calls to announce, oldest first.
        issued: the numbers that joined the queue.
        snapshot_wanted: the message does not fit this board, so a new snapshot is needed.
    """

    state: BoardState | None
    new: tuple[CallMessage, ...] = ()
    issued: tuple[str, ...] = ()
    snapshot_wanted: bool = False


def apply(state: BoardState | None, message: Board | EventMessage) -> BoardStep:
    """Apply one snapshot or one event to the board."""
    if isinstance(message, Board):
        return _apply_snapshot(state, message)
    return _apply_event(state, message)


def past_calls(state: BoardState, most: int) -> tuple[CallMessage, ...]:
    """The last calls that are over, latest first, each number once; at most ``most`` of them."""
    present = {call.ticket_id for call in state.calls}
    return tuple(call for call in state.recent if call.ticket_id not in present)[:most]


def _apply_snapshot(state: BoardState | None, board: Board) -> BoardStep:
    """Take a snapshot; its calls are new if they were not known before and are not too old."""
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
    """Take one event, if it is the next one of this board."""
    if state is None or event.business_day > state.business_day:
        return BoardStep(state, snapshot_wanted=True)
    if event.seq <= state.seq:
        return BoardStep(state)
    if event.office_id != state.office_id:
        log.warning("event_of_another_office_ignored", seq=event.seq)
        return BoardStep(state)
    if event.business_day < state.business_day:
        # An event of an earlier day, such as tidying up, does not change today's board.
        return BoardStep(replace(state, seq=event.seq))
    return _happened(
        replace(state, seq=event.seq, waiting=max(0, event.waiting), preparing=max(0, event.preparing)), event
    )


def _happened(state: BoardState, event: EventMessage) -> BoardStep:
    """Apply an event to the calls and lists; ``state`` already has its number and counts."""
    if event.kind is EventKind.TICKET_ISSUED and event.number:
        return BoardStep(state, issued=(event.number,))
    if event.kind in _CALLING:
        return _called(state, event)
    if event.kind is EventKind.SERVICE_STARTED:
        return BoardStep(replace(state, calls=_serving(state.calls, event)))
    if event.kind in _LEAVING:
        return BoardStep(_left(state, event))
    # An event of a newer server that this version does not know: only a snapshot says what the number's state is now.
    return BoardStep(state, snapshot_wanted=event.kind is OTHER and _is_of_a_number(event))


def _is_of_a_number(event: EventMessage) -> bool:
    return event.ticket_id is not None or event.number is not None


def _called(state: BoardState, event: EventMessage) -> BoardStep:
    """Put a number that was called at the top of the calls, and remove it from the absent numbers."""
    if event.ticket_id is None or not event.number or not event.window:
        log.warning("call_without_number_or_window_ignored", seq=event.seq)
        return BoardStep(state)
    earlier = next((call for call in state.calls if call.ticket_id == event.ticket_id), None)
    said = {
        "ticket_id": event.ticket_id,
        "number": event.number,
        "window": event.window,
        "kind": event.window_kind or _kind_of(event.kind, earlier),
        "called_at": event.at,
        "call_count": event.call_count or (earlier.call_count + 1 if earlier else 1),
    }
    call = hear(CallMessage, said)
    after = replace(
        state,
        calls=_unique((call, *state.calls)),
        recent=_each_once((call, *state.recent))[:RECENT_KEPT],
        absent=tuple(number for number in state.absent if number != call.number),
    )
    return BoardStep(after, new=(call,))


def _kind_of(event: EventKind | Other, earlier: CallMessage | None) -> WindowKind | Other:
    """The kind of window of an event that does not say it."""
    if event is EventKind.CALLED_TO_ISSUANCE:
        return WindowKind.ISSUANCE
    return earlier.kind if earlier else WindowKind.RECEPTION


def _serving(calls: Iterable[CallMessage], event: EventMessage) -> tuple[CallMessage, ...]:
    """Mark the call of a visitor who has come: it stays on the board, but no longer asks anybody to come."""
    return tuple(
        call.model_copy(update={"serving": True}) if call.ticket_id == event.ticket_id else call
        for call in calls
    )


def _left(state: BoardState, event: EventMessage) -> BoardState:
    """Remove a number that has left its window; it may have become absent, or have stopped being absent."""
    absent = tuple(number for number in state.absent if number != event.number)
    if event.kind is EventKind.TICKET_ABSENT and event.number:
        absent = _in_order((*absent, event.number))
    calls = tuple(call for call in state.calls if call.ticket_id != event.ticket_id)
    return replace(state, calls=calls, absent=absent)


def _usable(calls: Iterable[CallMessage]) -> tuple[CallMessage, ...]:
    """The calls of a snapshot, without those that have no number or no window."""
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
    """Keep one call per visitor and per window: the latest, which comes first."""
    tickets: set[UUID] = set()
    windows: set[tuple[WindowKind | Other, str]] = set()
    kept = []
    for call in calls:
        if call.ticket_id in tickets or (call.kind, call.window) in windows:
            continue
        tickets.add(call.ticket_id)
        windows.add((call.kind, call.window))
        kept.append(call)
    return tuple(kept)
