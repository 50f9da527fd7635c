"""Displays beside each other show the same: whoever started when, from the real server's snapshots and events."""

import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import initialize, invariant, rule

from backend.client.stream import Link
from backend.common.shipped import locate
from backend.reception.board_snapshot import message_of
from backend.storage import event_log
from backend.wire.messages import WalkInRequest
from queue_display.board import BoardState, apply, past_calls
from queue_display.feed import BoardPicture
from queue_display.hall_screen import HallScreen, compose
from tests.counter import actor_of, kiosk_at
from tests.proof import examples
from tests.stateful.test_queue_machine import WINDOWS, QueueMachine
from tests.support import MORNING, HandClock, House, make_house

MOST_SHOWN = 8
"""More numbers of earlier calls than a hall shows."""


def seen(state: BoardState) -> HallScreen:
    """What a hall sees of a board."""
    picture = BoardPicture(state, None, Link.LIVE, None, 1.0, stale=False, now=MORNING)
    return compose(picture)


def shown(state: BoardState) -> tuple[object, ...]:
    """A board without its place in the log, and with what a hall sees of the last calls."""
    return replace(state, seq=0, recent=()), past_calls(state, MOST_SHOWN), seen(state)


def started(house: House) -> BoardState:
    """The board of a display that starts now."""
    state = apply(None, house.graph.boards.snapshot("00")).state
    assert state is not None
    return state


def followed(house: House, state: BoardState) -> BoardState:
    """A board carried on by every event since."""
    with house.database.read() as connection:
        events = event_log.office_events_after(connection, "00", state.seq, limit=10_000)
    for message in map(message_of, events):
        if message is None:
            continue
        step = apply(state, message)
        assert step.state is not None
        assert not step.snapshot_wanted
        state = step.state
    return state


class NeighboursMachine(QueueMachine):
    """The queue's commands; displays start at any moment, and all of them are compared after every step."""

    @initialize()
    def the_first_display_starts(self) -> None:
        """One display is there from the morning."""
        self.displays = [started(self.house)]

    @rule()
    def another_display_starts(self) -> None:
        """A display is switched on in the middle of the day."""
        self.displays.append(started(self.house))

    @rule(
        window=st.sampled_from(WINDOWS),
        steps=st.lists(st.sampled_from(["recall", "absent", "start", "end"]), max_size=3),
    )
    def somebody_is_called_and_more(self, window: str, steps: list[str]) -> None:
        """A visit at a window goes on by several steps: so a short run has a morning's worth of calls."""
        if self.model.at(window) is None:
            if not self.model.waiting(self.clock.now.timestamp()):
                self.walk_in()
            self.call_next(window=window, twice=False)
        for step in steps:
            self.act_at_window(window=window, step=step)

    @rule()
    def the_clock_is_set_back(self) -> None:
        """The machine's clock is corrected: the order of events stays, the times do not rise."""
        self.clock.advance(seconds=-30)

    @rule()
    def the_day_ends(self) -> None:
        """The next morning every display takes a snapshot, as it is told to."""
        super().the_day_ends()
        self.displays = [started(self.house)]

    @invariant()
    def all_displays_show_the_same(self) -> None:
        """One snapshot gives what the events gave."""
        if not hasattr(self, "displays"):
            return
        self.displays = [followed(self.house, state) for state in self.displays]
        now = shown(started(self.house))
        for state in self.displays:
            assert shown(state) == now


TestNeighboursMachine = NeighboursMachine.TestCase
TestNeighboursMachine.settings = settings(
    max_examples=examples(4, proof=8),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_a_display_that_starts_while_many_calls_stand_has_the_earlier_ones(tmp_path: Path) -> None:
    """Protects 「お呼びした番号」 of a display switched on in the busiest hour: twelve calls stand, eight more were before."""
    windows = "".join(f'  {{ label = "{label}", kind = "reception" }},\n' for label in range(1, 13))
    offices = tmp_path / "offices.toml"
    offices.write_text(
        re.sub(r"windows = \[\n", f"windows = [\n{windows}", locate("offices", "shinjuku.toml").read_text(), count=1)
        .replace('  { label = "1", kind = "reception" },\n  { label = "2", kind = "reception" },\n  { label = "3", kind = '
                 '"reception" },\n  { label = "4", kind = "reception" },\n  { label = "A"', '  { label = "A"', 1)
    )  # fmt: skip
    clock = HandClock(MORNING)
    house = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, offices_file=offices)
    counter, kiosk = house.counter, kiosk_at("00", "kiosk-1")
    first = started(house)
    clerks = []
    for label in range(1, 13):
        clerk = actor_of(house.person(f"clerk{label}"))
        counter.take_window(uuid4(), clerk, str(label))
        clerks.append(clerk)
    for turn in range(24):
        for _ in range(2 if turn % 2 else 1):
            counter.walk_in(WalkInRequest(request_id=uuid4()), kiosk)
    for turn, clerk in enumerate([*clerks, *clerks]):
        clock.advance(seconds=20)
        ticket = str(counter.call_next(uuid4(), clerk)["ticket_id"])
        if turn < len(clerks):
            counter.recall(uuid4(), clerk, ticket)
            if turn % 3:
                counter.set_absent(uuid4(), clerk, ticket)
            else:
                counter.start(uuid4(), clerk, ticket)
                counter.end_incomplete(uuid4(), clerk, ticket)
    late = started(house)
    assert len(late.calls) == 12
    assert len(past_calls(late, MOST_SHOWN)) == MOST_SHOWN
    assert len(late.absent) == 8
    assert shown(late) == shown(followed(house, first))
    house.database.dispose()
