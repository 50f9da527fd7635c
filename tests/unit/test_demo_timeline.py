"""The timeline of a visit and the logs that it is read from."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from backend.demo.logs import EventLines, happened_at
from backend.demo.timeline import Timeline, VisitStep

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def test_steps_are_written_in_order_of_time_and_in_utc(tmp_path: Path) -> None:
    """Who reads the file sees what came first, whatever was noted first and by which clock's zone."""
    timeline = Timeline()
    timeline.add(VisitStep.PRINTED, NINE + timedelta(seconds=2), "M-001")
    tokyo = timezone(timedelta(hours=9))
    timeline.add(VisitStep.NOTICE_SEEN, (NINE + timedelta(seconds=1)).astimezone(tokyo), "M-001")
    timeline.write(tmp_path / "timeline.json")
    assert json.loads((tmp_path / "timeline.json").read_text("utf-8")) == [
        {"step": "notice_seen", "at": "2026-11-24T00:00:01.000000+00:00", "ticket": "M-001"},
        {"step": "printed", "at": "2026-11-24T00:00:02.000000+00:00", "ticket": "M-001"},
    ]


def test_a_timeline_is_complete_only_with_every_step() -> None:
    """A visit with one step missing never counts as done."""
    timeline = Timeline()
    for step in list(VisitStep)[:-1]:
        timeline.add(step, NINE, "M-001")
    assert not timeline.complete
    timeline.add(list(VisitStep)[-1], NINE, "M-001")
    assert timeline.complete


def test_events_are_found_between_other_lines(tmp_path: Path) -> None:
    """A part's log also holds what libraries say; only whole JSON lines count."""
    log = tmp_path / "kiosk.log"
    log.write_text(
        'a library says {"event": "no"}\n'
        '{"event": "screen_shown", "screen": "welcome", "at": "2026-11-24T00:00:00+00:00"}\n'
        "{broken\n"
        "[1]\n"
        '{"event": "screen_shown", "screen": "ticket", "at": "2026-11-24T00:00:03+00:00"}\n'
        '{"event": "screen_shown", "screen": "half',
        "utf-8",
    )
    lines = EventLines(log)
    assert [line["screen"] for line in lines.all("screen_shown")] == ["welcome", "ticket"]
    shown = lines.first("screen_shown", screen="ticket")
    assert shown is not None
    assert happened_at(shown) == NINE + timedelta(seconds=3)
    assert lines.first("screen_shown", screen="trouble") is None


def test_a_log_that_is_not_there_yet_holds_nothing(tmp_path: Path) -> None:
    """Waiting for a part may begin before the part has said anything."""
    assert EventLines(tmp_path / "none.log").first("kiosk_ready") is None


@pytest.mark.parametrize("at", ["2026-11-24T00:00:00", "yesterday", None])
def test_an_event_without_a_certain_time_is_refused(at: str | None) -> None:
    """A step whose time is a guess must not stand in the timeline."""
    with pytest.raises(ValueError, match=r"zone|Invalid"):
        happened_at({"event": "notice_seen", "at": at})
