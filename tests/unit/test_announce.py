"""The rules of announcing: order, no cutting, merging, repetition."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, strategies as st

from backend.client.stream import Link
from backend.wire import CallMessage
from backend.wire.codes import WindowKind
from queue_display.announce import (
    FLASH_HALF_PERIOD_SECONDS,
    FLASH_SECONDS,
    LARGE_SECONDS,
    MOST_WAITING,
    AnnouncementQueue,
    Cue,
    begin_next,
    enqueue,
    fall_silent,
    finish,
    is_over,
    phrases,
    withdraw,
)
from queue_display.board import BoardState
from queue_display.feed import BoardPicture
from queue_display.hall_screen import compose
from tests.hall_support import a_call


def waiting(line: AnnouncementQueue) -> list[tuple[str, int]]:
    """The waiting calls, as pairs of number and how often it has been called."""
    return [(call.number, call.call_count) for call in line.waiting]


def test_a_chime_comes_before_the_flash_and_twice_for_a_recall() -> None:
    """Protects that the chime comes before the flash, and that a recall sounds different from a first call."""
    assert [phrase.cue for phrase in phrases(a_call(1))] == [Cue.CHIME, Cue.FLASH]
    assert [phrase.cue for phrase in phrases(a_call(1, count=2))] == [Cue.CHIME, Cue.CHIME, Cue.FLASH]


def test_calls_are_announced_in_their_order() -> None:
    """Protects that nobody is announced before somebody who was called earlier."""
    line = enqueue(enqueue(AnnouncementQueue(), a_call(1)), a_call(2))
    first = begin_next(line)
    second = begin_next(finish(first))
    assert first.playing == a_call(1)
    assert second.playing == a_call(2)
    assert begin_next(finish(second)) == AnnouncementQueue()


def test_a_playing_announcement_is_never_cut() -> None:
    """Protects a running announcement from being interrupted by the next one."""
    playing = begin_next(enqueue(AnnouncementQueue(), a_call(1)))
    line = begin_next(enqueue(playing, a_call(2)))
    assert line.playing == a_call(1)
    assert waiting(line) == [("M-002", 1)]


def test_the_same_visitor_waits_in_line_once() -> None:
    """Protects other visitors from waiting while one visitor is announced several times in a row."""
    line = enqueue(enqueue(enqueue(AnnouncementQueue(), a_call(1)), a_call(2)), a_call(1, count=2))
    assert waiting(line) == [("M-001", 2), ("M-002", 1)]
    line = enqueue(enqueue(enqueue(line, a_call(3)), a_call(2, count=2)), a_call(1, count=3))
    assert waiting(line) == [("M-001", 3), ("M-002", 2), ("M-003", 1)]


def test_a_recall_of_a_playing_announcement_is_played_after_it() -> None:
    """Protects that a recall is heard although the first call is still sounding."""
    playing = begin_next(enqueue(AnnouncementQueue(), a_call(1)))
    assert waiting(enqueue(playing, a_call(1, count=2))) == [("M-001", 2)]
    assert waiting(enqueue(playing, a_call(1))) == []


def test_a_visitor_who_has_come_or_gone_is_not_announced() -> None:
    """Protects against calling somebody who is at the window already, or whose number was put aside."""
    line = enqueue(enqueue(enqueue(AnnouncementQueue(), a_call(1)), a_call(2)), a_call(3))
    assert waiting(withdraw(line, [a_call(1, serving=True), a_call(3)])) == [("M-003", 1)]


def test_the_flash_is_calm() -> None:
    """Protects people who are sensitive to flicker: at most 2 Hz, for about ten seconds."""
    assert 1 / (2 * FLASH_HALF_PERIOD_SECONDS) <= 2
    assert 8 <= FLASH_SECONDS <= 12


def test_a_call_that_was_heard_stays_large_for_its_time_or_until_its_visitor_came() -> None:
    """Protects people who look up late: the number stays large for its time, but not after its visitor has come."""
    call = a_call(1)
    line = begin_next(enqueue(AnnouncementQueue(), call), 100.0)
    assert not is_over(line, 100.0 + LARGE_SECONDS, [call])
    heard = fall_silent(line)
    assert not is_over(heard, 99.9 + LARGE_SECONDS, [call])
    assert is_over(heard, 100.0 + LARGE_SECONDS, [call])
    assert is_over(heard, 101.0, [a_call(1, serving=True)])
    assert is_over(heard, 101.0, [])
    assert not is_over(heard, 101.0, [a_call(1, count=2)])
    assert is_over(AnnouncementQueue(), 101.0, [call]) is True


def test_the_large_place_is_not_empty_between_two_announcements() -> None:
    """Protects the large place from being empty between two announcements; it is freed when no call follows."""
    line = begin_next(enqueue(enqueue(AnnouncementQueue(), a_call(1)), a_call(2)))
    between = finish(fall_silent(line))
    assert between.front == a_call(1)
    assert begin_next(between).front == a_call(2)
    assert begin_next(withdraw(between, [])).front is None
    assert finish(fall_silent(begin_next(between))).front is None


def test_the_line_cannot_grow_without_end() -> None:
    """Protects a display from announcing for an hour after a burst of calls: if too many wait, the oldest is dropped."""
    line = AnnouncementQueue()
    for ticket in range(1, MOST_WAITING + 6):
        line = enqueue(line, a_call(ticket))
    assert line.waiting[0].number == "M-006"
    assert len(line.waiting) == MOST_WAITING


@dataclass
class Hall:
    """A display with its speaker's loop, played by hand in steps of half a second; a chime takes one and a half."""

    now: float = 0.0
    line: AnnouncementQueue = field(default_factory=AnnouncementQueue)
    calls: tuple[CallMessage, ...] = ()
    quiet_at: float = 0.0
    large: dict[tuple[str, int], float] = field(default_factory=dict)
    ended: set[tuple[str, int]] = field(default_factory=set)

    def happen(self, calls: tuple[CallMessage, ...], new: tuple[CallMessage, ...] = ()) -> None:
        """The board changed."""
        asked = {(call.number, call.call_count) for call in calls if not call.serving}
        self.ended |= {(call.number, call.call_count) for call in self.calls} - asked
        self.calls = calls
        self.line = withdraw(self.line, calls)
        for call in new:
            self.line = enqueue(self.line, call)

    def step(self) -> None:
        """Half a second passes."""
        if self.line.playing is None:
            self.line = begin_next(self.line, self.now)
            if self.line.playing is not None:
                self.quiet_at = self.now + 1.5 * len(phrases(self.line.playing)[:-1])
        board = BoardState("00", date(2026, 11, 24), 1, calls=self.calls)
        picture = BoardPicture(board, None, Link.LIVE, None, 1.0, stale=False, now=None)
        hero = compose(picture, line=self.line).hero
        if hero is not None and not hero.serving:
            shown = next(call for call in self.calls if call.number == hero.number)
            key = (shown.number, shown.call_count)
            self.large[key] = self.large.get(key, 0.0) + 0.5
        self.now += 0.5
        if self.line.playing is not None and self.now >= self.quiet_at:
            self.line = fall_silent(self.line)
        if self.line.playing is not None and is_over(self.line, self.now, self.calls):
            self.line = finish(self.line)


ACTS = st.tuples(st.sampled_from(["call", "recall", "come", "go"]), st.integers(1, 6), st.integers(0, 8))


@given(st.lists(ACTS, max_size=40))
def test_every_call_has_its_time_in_the_large_place_or_has_ended(acts: list[tuple[str, int, int]]) -> None:
    """Protects each of several calls in quick succession: none is passed over, however they come, are repeated and end."""
    hall = Hall()
    counts: dict[int, int] = {}
    for moment, (act, window, steps) in enumerate(acts):
        ticket = window
        present = {int(call.number[2:]): call for call in hall.calls}
        known = present.get(ticket)
        others = tuple(call for call in hall.calls if call is not known)
        at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=moment)
        if act in {"call", "recall"} and (known is None) == (act == "call"):
            counts[ticket] = counts.get(ticket, 0) + 1
            call = CallMessage(
                ticket_id=UUID(int=ticket),
                number=f"M-{ticket:03d}",
                window=str(window),
                kind=WindowKind.RECEPTION,
                called_at=at,
                call_count=counts[ticket],
            )
            hall.happen((call, *others), (call,))
        elif act == "come" and known is not None:
            came = tuple(
                call.model_copy(update={"serving": True}) if call is known else call for call in hall.calls
            )
            hall.happen(came)
        elif act == "go":
            hall.happen(others)
        for _ in range(steps):
            hall.step()
    while hall.line.front is not None:
        hall.step()
    asked = {(f"M-{ticket:03d}", count) for ticket, most in counts.items() for count in range(1, most + 1)}
    passed_over = {key for key in asked - hall.ended if hall.large.get(key, 0.0) < LARGE_SECONDS}
    assert passed_over == set()
