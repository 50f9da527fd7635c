"""Where the rules of the hall end: how many wait in line, what an event does not say, a hall that begins empty."""

from dataclasses import replace
from uuid import UUID

from backend.client.stream import Link
from backend.common.catalogue import Sentence
from backend.wire import CallMessage
from backend.wire.codes import EventKind, WindowKind
from backend.wire.messages import Board, EventMessage
from queue_display.announce import AnnouncementQueue, begin_next, enqueue
from queue_display.board import BoardState, apply
from queue_display.feed import BoardPicture
from queue_display.hall_screen import HallScreen, compose
from tests.hall_support import NOON, TODAY


def called(
    ticket: int, kind: EventKind = EventKind.TICKET_CALLED, seq: int = 11, **values: object
) -> EventMessage:
    """A call with only the required values."""
    base: dict[str, object] = {
        "seq": seq,
        "kind": kind,
        "at": NOON,
        "office_id": "00",
        "business_day": TODAY,
        "ticket_id": UUID(int=ticket),
        "number": f"M-{ticket:03d}",
        "window": "3",
    }
    return EventMessage.model_validate(base | values)


def hall() -> BoardState:
    """An empty hall."""
    state = apply(None, Board(office_id="00", business_day=TODAY, at=NOON, seq=10)).state
    assert state is not None
    return state


def test_an_empty_hall_has_nobody_and_is_open() -> None:
    """Protects the first board of a day: it has no visitors, and the office counts as open."""
    assert hall() == BoardState(office_id="00", business_day=TODAY, seq=10)
    assert (hall().waiting, hall().preparing, hall().open_now) == (0, 0, True)


def test_sixteen_calls_wait_in_line_and_the_oldest_of_more_is_left_out() -> None:
    """Protects the hall from an hour of announcements after a gap, and the sixteenth call from silence."""
    line = AnnouncementQueue()
    for ticket in range(18):
        line = enqueue(
            line,
            CallMessage(
                ticket_id=UUID(int=ticket),
                number=f"M-{ticket:03d}",
                window="3",
                kind=WindowKind.RECEPTION,
                called_at=NOON,
            ),
        )
    assert [call.number for call in line.waiting] == [f"M-{ticket:03d}" for ticket in range(2, 18)]
    assert begin_next(line, 5.0).began == 5.0
    assert AnnouncementQueue().began == 0.0


def test_an_event_without_a_count_or_a_kind_goes_on_from_the_call_before() -> None:
    """Protects displays before an older server: a recall counts one more and stays at its kind of window."""
    first = apply(hall(), called(1)).state
    assert first is not None
    assert (first.calls[0].call_count, first.calls[0].kind) == (1, WindowKind.RECEPTION)
    issuance = apply(first, called(1, EventKind.CALLED_TO_ISSUANCE, 12)).state
    assert issuance is not None
    assert (issuance.calls[0].call_count, issuance.calls[0].kind) == (2, WindowKind.ISSUANCE)
    again = apply(issuance, called(1, EventKind.TICKET_RECALLED, 13)).state
    assert again is not None
    assert (again.calls[0].call_count, again.calls[0].kind) == (3, WindowKind.ISSUANCE)
    told = apply(again, called(1, EventKind.TICKET_RECALLED, 14, call_count=9)).state
    assert told is not None
    assert told.calls[0].call_count == 9


def test_events_of_two_calls_keep_their_order() -> None:
    """Protects the latest call from standing below an older one."""
    state = apply(hall(), called(1)).state
    state = apply(state, called(2, seq=12, window="4")).state
    assert state is not None
    assert [call.number for call in state.calls] == ["M-002", "M-001"]


def screen_of(monotonic: float = 0.0, **values: object) -> HallScreen:
    """The screen of a picture of this hall."""
    board = replace(hall(), **values)  # type: ignore[arg-type] # names of its fields
    picture = BoardPicture(board, None, Link.LIVE, None, 1.0, stale=False, now=NOON)
    return compose(picture, monotonic=monotonic)


def test_a_recall_is_marked_and_a_first_call_is_not() -> None:
    """Protects whoever is called for the first time from thinking that they missed it."""
    call = CallMessage(
        ticket_id=UUID(int=1), number="M-001", window="3", kind=WindowKind.RECEPTION, called_at=NOON
    )
    for count, recall in ((1, False), (2, True)):
        hero = screen_of(calls=(call.model_copy(update={"call_count": count}),)).hero
        assert hero is not None
        assert hero.recall is recall


def test_twelve_calls_stand_on_one_page() -> None:
    """Protects twelve simultaneous calls from being split over pages; the thirteenth makes a second page."""
    calls = tuple(
        CallMessage(
            ticket_id=UUID(int=place),
            number=f"M-{place:03d}",
            window=str(place),
            kind=WindowKind.RECEPTION,
            called_at=NOON,
        )
        for place in range(1, 14)
    )
    assert screen_of(calls=calls[:12]).page == (1, 1)
    assert screen_of(calls=calls).page == (1, 2)


def test_the_line_of_the_closing_takes_its_place_from_the_calls() -> None:
    """Protects the lowest calls from standing under the line that the office has closed: they go to other pages."""
    calls = tuple(
        CallMessage(
            ticket_id=UUID(int=place),
            number=f"M-{place:03d}",
            window=str(place),
            kind=WindowKind.RECEPTION,
            called_at=NOON,
        )
        for place in range(1, 13)
    )
    assert screen_of(calls=calls, absent=("M-200",)).page == (1, 1)
    assert screen_of(calls=calls, absent=("M-200",), open_now=False).page == (1, 2)


def test_languages_change_every_eight_seconds_and_pages_every_six() -> None:
    """Protects readers of the third language from a sentence that is gone before it is read."""
    assert [screen_of(second).second for second in (0.0, 7.9, 8.0, 16.0)] == [0, 0, 1, 2]
    absent = tuple(f"M-{number:03d}" for number in range(8))
    assert [screen_of(second, absent=absent).absent_page for second in (0.0, 5.9, 6.0, 12.0)] == [
        (1, 3),
        (1, 3),
        (2, 3),
        (3, 3),
    ]


def test_a_closed_hall_in_which_people_still_wait_says_both() -> None:
    """Protects those who wait from going home: nobody is called just now, and the closing is told in a line."""
    waiting = screen_of(open_now=False, waiting=2)
    assert (waiting.headline, waiting.notice) == (Sentence("waiting.title"), Sentence("closed.line"))
    call = CallMessage(
        ticket_id=UUID(int=1), number="M-001", window="3", kind=WindowKind.RECEPTION, called_at=NOON
    )
    called_now = screen_of(open_now=False, calls=(call,))
    assert (called_now.headline, called_now.notice) == (None, Sentence("closed.line"))
