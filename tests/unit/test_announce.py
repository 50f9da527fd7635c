"""The rules of announcing: order, no cutting, merging, repetition."""

from datetime import UTC, datetime
from uuid import UUID

from backend.wire.codes import WindowKind
from queue_display.announce import (
    FLASH_HALF_PERIOD_SECONDS,
    FLASH_SECONDS,
    Cue,
    Line,
    begin_next,
    enqueue,
    finish,
    phrases,
    withdraw,
)
from queue_display.board import Call


def a_call(ticket: int, *, count: int = 1, serving: bool = False) -> Call:
    """A call of ticket M-<ticket> to window 3."""
    return Call(
        UUID(int=ticket),
        f"M-{ticket:03d}",
        "3",
        WindowKind.RECEPTION,
        datetime(2026, 11, 24, tzinfo=UTC),
        count,
        serving,
    )


def waiting(line: Line) -> list[tuple[str, int]]:
    """Who waits, with which call."""
    return [(call.number, call.count) for call in line.waiting]


def test_a_chime_comes_before_the_flash_and_twice_for_a_recall() -> None:
    """Protects that ears are called before eyes, and that a recall sounds different from a first call."""
    assert [phrase.cue for phrase in phrases(a_call(1))] == [Cue.CHIME, Cue.FLASH]
    assert [phrase.cue for phrase in phrases(a_call(1, count=2))] == [Cue.CHIME, Cue.CHIME, Cue.FLASH]


def test_calls_are_announced_in_their_order() -> None:
    """Protects that nobody is announced before somebody who was called earlier."""
    line = enqueue(enqueue(Line(), a_call(1)), a_call(2))
    first = begin_next(line)
    second = begin_next(finish(first))
    assert first.playing == a_call(1)
    assert second.playing == a_call(2)
    assert begin_next(finish(second)) == Line()


def test_a_playing_announcement_is_never_cut() -> None:
    """Protects against announcements that swallow each other."""
    playing = begin_next(enqueue(Line(), a_call(1)))
    line = begin_next(enqueue(playing, a_call(2)))
    assert line.playing == a_call(1)
    assert waiting(line) == [("M-002", 1)]


def test_the_same_visitor_waits_in_line_once() -> None:
    """Protects against a burst of repetitions for one visitor before anybody else is heard."""
    line = enqueue(enqueue(enqueue(Line(), a_call(1)), a_call(2)), a_call(1, count=2))
    assert waiting(line) == [("M-001", 2), ("M-002", 1)]


def test_a_recall_of_a_playing_announcement_is_played_after_it() -> None:
    """Protects that a recall is heard although the first call is still sounding."""
    playing = begin_next(enqueue(Line(), a_call(1)))
    assert waiting(enqueue(playing, a_call(1, count=2))) == [("M-001", 2)]
    assert waiting(enqueue(playing, a_call(1))) == []


def test_a_visitor_who_has_come_or_gone_is_not_announced() -> None:
    """Protects against calling somebody who is at the window already, or whose number was put aside."""
    line = enqueue(enqueue(enqueue(Line(), a_call(1)), a_call(2)), a_call(3))
    assert waiting(withdraw(line, [a_call(1, serving=True), a_call(3)])) == [("M-003", 1)]


def test_the_flash_is_calm() -> None:
    """Protects people who are sensitive to flicker: at most 2 Hz, for about ten seconds."""
    assert 1 / (2 * FLASH_HALF_PERIOD_SECONDS) <= 2
    assert 8 <= FLASH_SECONDS <= 12
