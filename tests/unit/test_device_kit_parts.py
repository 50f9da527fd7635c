"""What programs with a window share: labels of one face, the device's clock, window options, worker threads."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest

from backend.common import Typeface
from backend.common.device_kit.device_clock import ServerClock, stamp
from backend.common.device_kit.label_face import OneFace
from backend.common.device_kit.window_options import read_place, read_size
from backend.common.device_kit.worker import Worker
from tests.support import wait_until

CONTEXT = click.Context(click.Command("run"))


class Label:
    """What a window's label does with its properties, without a window."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update({"text": "", "font_name": "", **values})
        self._bound: dict[str, list[Callable[[], object]]] = {}

    def fbind(self, name: str, call: Callable[[], object]) -> None:
        """Call when a property changes."""
        self._bound.setdefault(name, []).append(call)

    def __setattr__(self, name: str, value: object) -> None:
        before = self.__dict__.get(name)
        self.__dict__[name] = value
        for call in self.__dict__.get("_bound", {}).get(name, ()) if value != before else ():
            call()


class OneFaceLabel(OneFace, Label):  # type: ignore[misc]  # as Kivy's labels are
    """A label of one face."""


def face_of(label: Label) -> str:
    """The face that a label is drawn with now."""
    return str(vars(label)["font_name"])


def test_a_label_takes_the_face_that_has_its_letters_and_goes_back() -> None:
    """A name with a rare letter is no box, and the next text stands in the face that was asked for again."""
    label = OneFaceLabel(font_name=Typeface.UD.value, text="受付")
    assert face_of(label) == Typeface.UD.value
    label.text = "안녕하세요"
    assert face_of(label) != Typeface.UD.value
    label.text = "受付"
    assert face_of(label) == Typeface.UD.value


def test_a_face_of_somebody_else_is_left_alone() -> None:
    """A label that asks for a face of its own, as one of signs does, keeps it."""
    label = OneFaceLabel(font_name="signs", text="안녕하세요")
    assert face_of(label) == "signs"


def test_the_servers_time_goes_on_by_the_devices_pulse() -> None:
    """A device whose own date is years off shows the server's time, and stamps it in UTC."""
    seconds = [100.0]
    clock = ServerClock(lambda: seconds[0])
    known = [clock.known]
    at = datetime.fromisoformat("2026-11-25T09:30:00+09:00")
    clock.set(at)
    seconds[0] += 90
    known.append(clock.known)
    assert known == [False, True]
    assert clock.now() == at + timedelta(seconds=90)
    assert stamp(clock.now()).startswith("2026-11-25T00:31:30")
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "size"), [("1920x1080", (1920, 1080)), ("800X600", (800, 600)), (None, None)]
)
def test_a_size_is_read_as_people_write_it(written: str | None, size: tuple[int, int] | None) -> None:
    """Width and height with either letter between; without the option the window chooses."""
    assert read_size(CONTEXT, click.Option(["--size"]), written) == size


@pytest.mark.parametrize("written", ["1920", "1920x", "x1080", "-5x10", "1920x1080x2", "1920 1080"])
def test_no_window_opens_at_a_size_that_nobody_meant(written: str) -> None:
    """A slip of the keys is told with an example instead of becoming some other window."""
    with pytest.raises(click.BadParameter, match="1920x1080"):
        read_size(CONTEXT, click.Option(["--size"]), written)


def test_a_place_may_lie_on_a_screen_to_the_left() -> None:
    """A second monitor left of the first has places below zero; anything but two numbers is told."""
    option = click.Option(["--place"])
    assert read_place(CONTEXT, option, "-1920,0") == (-1920, 0)
    for written in ("0", "0,0,0", "left,top", "0x0"):
        with pytest.raises(click.BadParameter, match="LEFT,TOP"):
            read_place(CONTEXT, option, written)


class Counting(Worker):
    """A worker that counts how often it was begun."""

    def __init__(self) -> None:
        super().__init__("counting")
        self.begun: list[threading.Thread] = []

    def _run(self) -> None:
        self.begun.append(threading.current_thread())
        self._stopping.wait()


def test_a_worker_runs_once_ends_and_can_begin_again() -> None:
    """Two starts are one thread, a stop ends it, and a device that is opened anew works anew."""
    worker = Counting()
    worker.start()
    worker.start()
    wait_until(lambda: len(worker.begun) == 1)
    worker.stop()
    worker.stop()
    assert not worker.begun[0].is_alive()
    worker.start()
    wait_until(lambda: len(worker.begun) == 2)
    worker.stop()
    assert not worker.begun[1].is_alive()
