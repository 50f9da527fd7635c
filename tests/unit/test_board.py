"""The board: what a snapshot and every kind of event do to what the hall sees."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given, strategies as st
from structlog.testing import capture_logs

from backend.wire.codes import EventKind, WindowKind
from backend.wire.heard import OTHER
from backend.wire.messages import Board, EventMessage
from queue_display.board import BoardState, apply, past_calls
from tests.hall_support import NOON, TODAY, a_call


def a_board(seq: int = 10, **values: object) -> Board:
    """A snapshot of today."""
    base: dict[str, object] = {"office_id": "honcho", "business_day": TODAY, "at": NOON, "seq": seq}
    return Board.model_validate(base | values)


def a_state(seq: int = 10, **values: object) -> BoardState:
    """A board's state of today."""
    state = apply(None, a_board(seq, **values)).state
    assert state is not None
    return state


def an_event(kind: EventKind, seq: int = 11, ticket: int = 1, **values: object) -> EventMessage:
    """An event of ticket M-<ticket> today."""
    base: dict[str, object] = {
        "seq": seq,
        "kind": kind,
        "at": NOON,
        "office_id": "honcho",
        "business_day": TODAY,
        "ticket_id": UUID(int=ticket),
        "number": f"M-{ticket:03d}",
    }
    return EventMessage.model_validate(base | values)


def numbers(state: BoardState | None) -> list[str]:
    """Numbers at windows, latest first."""
    assert state is not None
    return [call.number for call in state.calls]


def test_a_snapshot_is_taken_whole() -> None:
    """Protects that a snapshot alone gives everything the hall shows."""
    state = a_state(
        calls=[a_call(2), a_call(1, window="1")],
        recent=[a_call(2), a_call(1, window="1")],
        absent=["M-007"],
        waiting=4,
        preparing=2,
        open_now=False,
    )
    assert (numbers(state), state.absent, state.waiting, state.preparing, state.open_now) == (
        ["M-002", "M-001"],
        ("M-007",),
        4,
        2,
        False,
    )


def test_a_call_comes_to_the_top_and_is_new() -> None:
    """Protects that the newest call stands first, is announced, and stays in the history."""
    step = apply(
        a_state(calls=[a_call(1, window="1")]),
        an_event(EventKind.TICKET_CALLED, ticket=2, window="3", window_kind="reception", waiting=5),
    )
    assert numbers(step.state) == ["M-002", "M-001"]
    assert [(call.number, call.window) for call in step.new] == [("M-002", "3")]
    assert step.state is not None
    assert step.state.waiting == 5
    assert step.state.recent[0].number == "M-002"


def test_a_recall_is_new_again_and_stands_once() -> None:
    """Protects that a recall is announced although the number is already on the board, and is not doubled."""
    step = apply(
        a_state(calls=[a_call(1)], recent=[a_call(1)]),
        an_event(EventKind.TICKET_RECALLED, window="3", window_kind="reception", call_count=2),
    )
    assert numbers(step.state) == ["M-001"]
    assert [call.call_count for call in step.new] == [2]
    assert step.state is not None
    assert len(step.state.recent) == 1


def test_a_call_to_issuance_keeps_its_own_kind_of_window() -> None:
    """Protects that the visitor is sent to 交付 and not to 受付, even where the event leaves the kind out."""
    step = apply(a_state(), an_event(EventKind.CALLED_TO_ISSUANCE, window="C"))
    assert [call.kind for call in step.new] == [WindowKind.ISSUANCE]


def test_a_visitor_who_came_stays_at_the_window_without_being_asked_to_come() -> None:
    """Protects that the flashing stops when the service starts, while the number stays readable."""
    state = apply(a_state(calls=[a_call(1)]), an_event(EventKind.SERVICE_STARTED)).state
    assert state is not None
    assert [(call.number, call.serving) for call in state.calls] == [("M-001", True)]


def test_a_number_leaves_the_calls_when_its_visit_at_the_window_ends() -> None:
    """Protects against numbers that stay at a window after the visitor has gone."""
    for kind in (
        EventKind.HANDED_OVER,
        EventKind.ENDED_INCOMPLETE,
        EventKind.TICKET_ABSENT,
        EventKind.TICKET_CANCELLED,
        EventKind.PUT_BACK,
        EventKind.SENT_BACK,
        EventKind.NOT_ISSUED,
        EventKind.FINISHED,
        EventKind.ISSUED,
    ):
        assert numbers(apply(a_state(calls=[a_call(1)]), an_event(kind)).state) == [], kind


def test_an_absent_number_is_listed_until_it_returns_or_is_called() -> None:
    """Protects the list of numbers that were called and did not come."""
    absent = apply(a_state(calls=[a_call(1)]), an_event(EventKind.TICKET_ABSENT)).state
    assert absent is not None
    assert absent.absent == ("M-001",)
    back = apply(absent, an_event(EventKind.TICKET_RETURNED, seq=12)).state
    called = apply(absent, an_event(EventKind.TICKET_CALLED, seq=12, window="3")).state
    assert back is not None
    assert called is not None
    assert (back.absent, called.absent) == ((), ())


def test_events_that_do_not_concern_the_hall_change_counts_only() -> None:
    """Protects that printing, checklists and windows leave the calls alone, while the counts stay true."""
    before = a_state(calls=[a_call(1)])
    for kind in (EventKind.TICKET_PRINTED, EventKind.DOCUMENTS_COMPLETE, EventKind.WINDOW_TAKEN):
        after = apply(before, an_event(kind, ticket=1, waiting=9, preparing=1)).state
        assert after == replace(before, seq=11, waiting=9, preparing=1)


def test_an_event_that_only_a_newer_server_knows_keeps_counts_and_asks_for_a_picture() -> None:
    """Protects the hall from outdated numbers: after an unknown event, counts are kept and a snapshot is requested."""
    state = a_state(calls=[a_call(1)])
    unknown = {"kind": OTHER, "waiting": 4, "preparing": 2}
    step = apply(state, an_event(EventKind.ISSUED).model_copy(update=unknown))
    assert step.state == replace(state, seq=11, waiting=4, preparing=2)
    assert (step.new, step.snapshot_wanted) == ((), True)
    house = an_event(EventKind.DEVICE_REPORTED).model_copy(
        update={**unknown, "ticket_id": None, "number": None}
    )
    assert apply(state, house).state == step.state
    assert not apply(state, house).snapshot_wanted, "nobody's place is in doubt"


def test_a_call_to_a_window_of_an_unknown_kind_is_announced() -> None:
    """Protects a visitor called to a kind of window that only a newer server knows: number and sign are shown."""
    state = a_state(calls=[a_call(1, window="3")])
    event = an_event(EventKind.TICKET_CALLED, ticket=2, window="3").model_copy(update={"window_kind": OTHER})
    step = apply(state, event)
    assert [(call.number, call.window, call.kind) for call in step.new] == [("M-002", "3", OTHER)]
    assert step.state is not None
    assert [call.number for call in step.state.calls] == ["M-002", "M-001"]


def test_an_issued_number_is_told_of() -> None:
    """Protects that a display can report whose waiting it has shown."""
    step = apply(a_state(), an_event(EventKind.TICKET_ISSUED, ticket=8, waiting=1))
    assert step.issued == ("M-008",)


def test_old_events_are_not_applied_twice() -> None:
    """Protects against a repeated event after a reconnection."""
    state = a_state(seq=20, calls=[a_call(1)])
    step = apply(state, an_event(EventKind.HANDED_OVER, seq=20))
    assert (step.state, step.new) == (state, ())


def test_a_new_business_day_asks_for_a_snapshot() -> None:
    """Protects that yesterday's numbers do not stand beside today's."""
    state = a_state()
    step = apply(state, an_event(EventKind.TICKET_CALLED, business_day=TODAY + timedelta(days=1), window="1"))
    assert (step.snapshot_wanted, step.state, step.new) == (True, state, ())


def test_a_late_event_of_yesterday_changes_nothing_but_the_place() -> None:
    """Protects today's board from tidying up after yesterday."""
    state = a_state(waiting=3)
    step = apply(
        state, an_event(EventKind.TICKET_CANCELLED, business_day=TODAY - timedelta(days=1), waiting=0)
    )
    assert (step.snapshot_wanted, step.state) == (False, replace(state, seq=11))


def test_an_event_before_any_snapshot_asks_for_one() -> None:
    """Protects against a board that is made of events only, without a snapshot."""
    assert apply(None, an_event(EventKind.TICKET_CALLED, window="1")).snapshot_wanted


def test_another_office_and_a_call_without_a_window_are_left_out() -> None:
    """Protects that one bad entry neither shows nonsense nor ends the display, and the log says which."""
    state = a_state()
    with capture_logs() as logs:
        other = apply(state, an_event(EventKind.TICKET_CALLED, office_id="yotsuya", window="1"))
    assert other.state == state
    assert [(line["event"], line["seq"]) for line in logs] == [("event_of_another_office_ignored", 11)]
    nowhere = apply(state, an_event(EventKind.TICKET_CALLED))
    assert (numbers(nowhere.state), nowhere.new) == ([], ())
    blank = apply(None, a_board(calls=[a_call(1, window=" "), a_call(2)])).state
    assert numbers(blank) == ["M-002"]


def test_nobody_is_counted_below_none() -> None:
    """Protects the hall from "-1 people" where a server miscounts, in a picture and in an event."""
    state = a_state(waiting=-1, preparing=-1)
    assert (state.waiting, state.preparing) == (0, 0)
    later = apply(state, an_event(EventKind.TICKET_ISSUED, waiting=-1, preparing=-1)).state
    assert later is not None
    assert (later.waiting, later.preparing) == (0, 0)


def test_a_window_shows_one_visitor_only() -> None:
    """Protects against two numbers at one window where the end of the first was missed."""
    step = apply(
        a_state(calls=[a_call(1, window="3"), a_call(2, window="3", kind=WindowKind.ISSUANCE)]),
        an_event(EventKind.TICKET_CALLED, ticket=5, window="3", window_kind="reception"),
    )
    assert numbers(step.state) == ["M-005", "M-002"]


def test_a_snapshot_after_a_gap_announces_what_was_missed_and_nothing_twice() -> None:
    """Protects that a call during an interruption is still heard, and a known one is not heard again."""
    step = apply(
        a_state(calls=[a_call(1)]),
        a_board(
            30,
            calls=[
                a_call(3, window="5", called_at=NOON - timedelta(seconds=2)),
                a_call(2, window="4", called_at=NOON - timedelta(seconds=9)),
                a_call(9, window="6", called_at=NOON - timedelta(minutes=20)),
                a_call(1),
                a_call(8, window="7").model_copy(update={"serving": True}),
            ],
        ),
    )
    assert [call.number for call in step.new] == ["M-002", "M-003"]
    assert step.state is not None
    assert [call.serving for call in step.state.calls] == [False, False, False, False, True]


def test_a_snapshot_of_a_new_day_knows_nothing_of_the_old_one() -> None:
    """Protects against yesterday's state leaking into a number that is used again."""
    old = a_state(calls=[a_call(1)])
    step = apply(old, a_board(40, business_day=TODAY + timedelta(days=1), calls=[a_call(1)]))
    assert [call.number for call in step.new] == ["M-001"]


def test_earlier_calls_leave_out_present_ones_and_repetitions() -> None:
    """Protects that the list of earlier calls holds each number once and none that is being called."""
    state = a_state(
        calls=[a_call(3)],
        recent=[a_call(3), a_call(2), a_call(1, count=2), a_call(2), a_call(1)],
    )
    assert [call.number for call in past_calls(state, 8)] == ["M-002", "M-001"]
    assert [call.number for call in past_calls(state, 1)] == ["M-002"]


def test_absent_numbers_stand_in_their_order_as_numbers() -> None:
    """Protects two displays from showing absent numbers in different orders, whether from a snapshot or from events."""
    state = a_state(absent=["W-401", "M-1002", "M-101", "M-101", " "])
    assert state.absent == ("M-101", "M-1002", "W-401")
    more = apply(state, an_event(EventKind.TICKET_ABSENT, ticket=18)).state
    assert more is not None
    assert more.absent == ("M-018", "M-101", "M-1002", "W-401")


def test_what_a_later_display_knows_of_earlier_calls_stays_the_beginning() -> None:
    """Protects the list of earlier calls of a display that got fewer of them: calling a number moves it in both."""
    many = [a_call(number, window=str(number)) for number in range(1, 30)]
    long, short = a_state(recent=many), a_state(recent=many[:12])
    for seq, ticket in enumerate((5, 29, 40, 13, 5, 12, 1), start=11):
        event = an_event(EventKind.TICKET_CALLED, seq=seq, ticket=ticket, window=str(ticket))
        long, short = apply(long, event).state, apply(short, event).state  # type: ignore[assignment]
        assert long.recent[: len(short.recent)] == short.recent
    assert past_calls(long, 8) == past_calls(short, 8)


events = st.builds(
    EventMessage,
    seq=st.integers(0, 40),
    kind=st.sampled_from(EventKind),
    at=st.just(NOON),
    office_id=st.sampled_from(["honcho", "honcho", "honcho", "yotsuya"]),
    business_day=st.sampled_from([TODAY, TODAY, TODAY, TODAY + timedelta(days=1), TODAY - timedelta(days=1)]),
    ticket_id=st.none() | st.integers(1, 5).map(lambda number: UUID(int=number)),
    number=st.none() | st.text(max_size=6),
    window=st.none() | st.sampled_from(["", "1", "2", "C"]),
    window_kind=st.none() | st.sampled_from(WindowKind),
    call_count=st.none() | st.integers(0, 3),
    waiting=st.integers(-2, 500),
    preparing=st.integers(-2, 500),
)


@given(st.lists(events, max_size=30))
def test_no_stream_of_events_breaks_the_board(stream: list[EventMessage]) -> None:
    """Protects that whatever comes, the board stays whole: order rises, one visitor per window, no negatives."""
    state: BoardState | None = a_state(seq=0)
    for event in stream:
        assert state is not None
        before = state.seq
        state = apply(state, event).state
        assert state is not None
        assert state.seq >= before
        assert min(state.waiting, state.preparing) >= 0
        windows = [(call.kind, call.window) for call in state.calls]
        assert len(windows) == len(set(windows))
        assert all(call.number and call.window for call in state.calls)
