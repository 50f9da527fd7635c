"""The bytes of a stream, and what becomes of a reader that cannot keep up."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend.storage.event_log import LoggedEvent
from backend.web.stream.hub import Subscription
from backend.web.stream.streams import serialise
from backend.wire.codes import EventKind, Farewell


def event(kind: str, **facts: Any) -> LoggedEvent:
    """Event number 7 of the log."""
    return LoggedEvent("00", 7, kind, datetime(2026, 11, 24, 1, tzinfo=UTC), date(2026, 11, 24), facts)


def test_an_event_is_one_frame_with_its_place_in_the_log() -> None:
    """A reader that comes back says the id of its last frame; a line end in a frame would end it early."""
    frame = serialise(
        event(EventKind.TICKET_CALLED.value, number="M-007", window="3", window_kind="reception")
    )
    assert frame is not None
    name, seq, data = frame.decode().removesuffix("\n\n").split("\n")
    assert (name, seq) == ("event: event", "id: 7")
    told = json.loads(data.removeprefix("data: "))
    assert (told["number"], told["window"], told["seq"]) == ("M-007", "3", 7)
    assert "call_count" not in told


@pytest.mark.parametrize("kind", [EventKind.RESERVATIONS_IMPORTED.value, "of_a_newer_server"])
def test_what_is_nobodys_business_in_the_hall_is_not_sent(kind: str) -> None:
    """Imports, and what another version wrote, go to no display."""
    assert serialise(event(kind)) is None


async def test_a_reader_gets_its_frames_in_order_until_it_is_too_slow() -> None:
    """The stream of a reader that is too slow ends after the waiting frames, so that it uses no more memory."""
    subscription = Subscription(limit=2)
    for seq in (1, 2, 3, 4):
        subscription.offer((seq, b"x"))
    assert [await subscription.take(1) for _ in range(3)] == [(1, b"x"), (2, b"x"), None]
    with pytest.raises(TimeoutError):
        await subscription.take(0)


async def test_the_first_reason_for_an_end_is_the_one_that_is_told() -> None:
    """A stream that was ended for too many others says so, whatever ends afterwards."""
    subscription = Subscription(limit=2)
    subscription.end(Farewell.TOO_MANY_STREAMS)
    subscription.end()
    subscription.offer((1, b"x"))
    assert await subscription.take(1) is None
    assert subscription.farewell is Farewell.TOO_MANY_STREAMS
