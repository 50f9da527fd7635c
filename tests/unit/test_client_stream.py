"""What the event reader makes of single messages, and how long it waits between attempts."""

import json
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from backend.client.stream import Backoff
from backend.client.stream_messages import DoubtError, read_board, read_event
from backend.wire.codes import EventKind
from backend.wire.heard import OTHER

AT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC).isoformat()
EVENT = {"seq": 4, "kind": "ticket_called", "at": AT, "office_id": "honcho", "business_day": "2026-11-24"}
CALL = {
    "ticket_id": "00000000-0000-0000-0000-000000000001",
    "number": "M-001",
    "window": "3",
    "kind": "reception",
    "called_at": AT,
}
BOARD = {"office_id": "honcho", "business_day": "2026-11-24", "at": AT, "seq": 4}


def test_an_event_of_a_newer_server_is_understood_as_far_as_it_is_known() -> None:
    """Protects that a server may add to what it says."""
    event = read_event(json.dumps(EVENT | {"mood": "calm"}))
    assert event.kind is EventKind.TICKET_CALLED


def test_an_event_with_unknown_codes_keeps_its_place_and_its_counts() -> None:
    """Protects a display from a newer server's events: how many wait is true after any of them."""
    with capture_logs() as logs:
        event = read_event(json.dumps(EVENT | {"kind": "ticket_blessed", "window_kind": "sky", "waiting": 3}))
    assert (event.seq, event.kind, event.window_kind, event.waiting) == (4, OTHER, OTHER, 3)
    assert [(line["event"], line["places"]) for line in logs] == [
        ("stream_code_unknown", ["kind", "window_kind"])
    ]


def test_a_call_to_an_unknown_kind_of_window_is_a_call() -> None:
    """Protects whoever is called: the number and the sign of the window are all that they need."""
    with capture_logs() as logs:
        board = read_board(json.dumps(BOARD | {"calls": [CALL | {"kind": "elsewhere"}]}))
    assert [(call.number, call.window, call.kind) for call in board.calls] == [("M-001", "3", OTHER)]
    assert [(line["event"], line["places"]) for line in logs] == [("stream_code_unknown", ["calls.kind"])]


@pytest.mark.parametrize(
    "data", ["", "[]", "{", json.dumps(EVENT | {"seq": "x"}), json.dumps(EVENT | {"at": "noon"})]
)
def test_an_unreadable_event_is_a_reason_for_a_snapshot(data: str) -> None:
    """Protects against lost events: after an unreadable one, a new snapshot is requested."""
    with pytest.raises(DoubtError):
        read_event(data)


def test_bad_entries_of_a_snapshot_are_left_out() -> None:
    """Protects that one bad entry does not empty the hall's screen."""
    data = BOARD | {
        "calls": [CALL, {"number": 5}, "x", CALL | {"kind": 7}],
        "recent": None,
        "absent": ["M-007", 12],
    }
    with capture_logs() as logs:
        board = read_board(json.dumps(data))
    assert ([call.number for call in board.calls], board.recent, board.absent) == (["M-001"], [], ["M-007"])
    assert [line["event"] for line in logs] == ["board_entry_ignored"] * 4


@pytest.mark.parametrize("data", ["", "7", "{}", json.dumps({**BOARD, "seq": None})])
def test_an_unreadable_snapshot_is_not_shown(data: str) -> None:
    """Protects against showing a wrong board: an unreadable snapshot raises an exception."""
    with pytest.raises(DoubtError):
        read_board(data)


def test_waiting_grows_to_a_limit_and_leaves_room_for_chance() -> None:
    """Protects that a returned network is noticed within a second, and not by all displays at one instant."""
    longest, shortest = Backoff(chance=lambda: 1.0), Backoff(chance=lambda: 0.0)
    assert [longest.seconds(attempt) for attempt in range(6)] == [0.1, 0.2, 0.4, 0.8, 0.8, 0.8]
    assert shortest.seconds(5) == pytest.approx(0.4)
    assert longest.seconds(10_000) == pytest.approx(0.8)
