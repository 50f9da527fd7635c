"""The timeline of a visit and the logs that it is read from."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from backend.demo.logs import EventLines, happened_at
from backend.demo.timeline import PARTY_CARDS, PlayedKind, Timeline, VisitStep, due_steps

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def test_steps_are_written_in_order_of_time_and_in_utc(tmp_path: Path) -> None:
    """Who reads the file sees what came first, whatever was noted first and by which clock's zone."""
    timeline = Timeline(due_steps(PlayedKind.ALONE))
    timeline.add(VisitStep.PRINTED, NINE + timedelta(seconds=2), "M-001")
    tokyo = timezone(timedelta(hours=9))
    timeline.add(VisitStep.NOTICE_SEEN, (NINE + timedelta(seconds=1)).astimezone(tokyo), "M-001")
    timeline.write(tmp_path / "timeline.json")
    assert json.loads((tmp_path / "timeline.json").read_text("utf-8")) == [
        {"step": "notice_seen", "at": "2026-11-24T00:00:01.000000+00:00", "ticket": "M-001"},
        {"step": "printed", "at": "2026-11-24T00:00:02.000000+00:00", "ticket": "M-001"},
    ]


@pytest.mark.parametrize("kind", PlayedKind)
def test_a_timeline_is_complete_only_with_every_step(kind: PlayedKind) -> None:
    """A visit with one step missing never counts as done."""
    timeline = Timeline(due_steps(kind))
    *others, (step, case) = sorted(due_steps(kind), key=str)
    for other, of in others:
        timeline.add(other, NINE, "M-001", of)
    assert not timeline.complete
    timeline.add(step, NINE, "M-001", case)
    assert timeline.complete


def test_a_step_that_the_visit_should_not_have_is_no_complete_visit() -> None:
    """A fourth card of a party of three is told as a failure, not passed over."""
    timeline = Timeline(due_steps(PlayedKind.PARTY))
    for step, case in due_steps(PlayedKind.PARTY) | {(VisitStep.ISSUED, PARTY_CARDS + 1)}:
        timeline.add(step, NINE, "M-001", case)
    assert not timeline.complete


def test_a_card_is_named_only_where_a_step_is_of_one_card(tmp_path: Path) -> None:
    """Who reads the file of a visit of one card finds what it always held; in a party's, each card has its moment."""
    timeline = Timeline(due_steps(PlayedKind.PARTY))
    timeline.add(VisitStep.CALLED, NINE, "M-001")
    for case in range(1, PARTY_CARDS + 1):
        timeline.add(VisitStep.ISSUED, NINE + timedelta(seconds=case), "M-001", case)
    timeline.write(tmp_path / "timeline.json")
    told = json.loads((tmp_path / "timeline.json").read_text("utf-8"))
    assert [(moment["step"], moment.get("case", "none")) for moment in told] == [
        ("called", "none"),
        ("issued", 1),
        ("issued", 2),
        ("issued", 3),
    ]


def test_each_kind_of_visit_has_the_end_that_it_is_played_for() -> None:
    """A visit without a card is none that ends with one, and without a reservation nothing is held up."""
    steps = {kind: {step for step, _ in due_steps(kind)} for kind in PlayedKind}
    without_card = {PlayedKind.NO_CARD, PlayedKind.WALK_IN_NO_CARD}
    assert {kind for kind in PlayedKind if VisitStep.ISSUED not in steps[kind]} == without_card
    assert {kind for kind in PlayedKind if VisitStep.NOT_ISSUED in steps[kind]} == without_card
    asked_for = {PlayedKind.WALK_IN, PlayedKind.WALK_IN_NO_CARD}
    assert {kind for kind in PlayedKind if VisitStep.NOTICE_SEEN not in steps[kind]} == asked_for
    assert {kind for kind in PlayedKind if VisitStep.CASE_COMPLETE in steps[kind]} == {PlayedKind.PARTY}


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
