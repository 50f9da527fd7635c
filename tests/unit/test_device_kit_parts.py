"""What programs with a window share: labels of one face, the device's clock, window options, worker threads."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest
from click.testing import CliRunner

from backend.common import Typeface
from backend.common.device_kit import log_option, place_options, server_options, size_option
from backend.common.device_kit.device_clock import ServerClock, stamp
from backend.common.device_kit.label_face import OneFace
from backend.common.device_kit.worker import Worker
from tests.support import wait_until


@click.command
@log_option("ready")
@place_options
@size_option("1080x1920")
@server_options("kiosk")
def command(**settings: object) -> None:
    """Print the settings that were given."""
    click.echo(repr({name: value for name, value in sorted(settings.items()) if value is not None}))


def given(*arguments: str) -> str:
    """What a command line sets, or what is wrong with it."""
    return CliRunner().invoke(command, arguments).output


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


def test_a_face_that_was_chosen_and_is_then_asked_for_stays() -> None:
    """A screen that is used again draws its next text in the language's face, not in the one it began with."""
    label = OneFaceLabel(font_name=Typeface.UD.value, text="约100～120分钟")
    assert face_of(label) == Typeface.CJK.value
    label.font_name = Typeface.CJK.value
    label.text = "12:20以后"
    assert face_of(label) == Typeface.CJK.value


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
    ("written", "width", "height"), [("1920x1080", 1920, 1080), ("800X600", 800, 600), ("0001x2", 1, 2)]
)
def test_a_size_is_read_as_people_write_it(written: str, width: int, height: int) -> None:
    """Width and height may be written with either letter between them."""
    assert given("--size", written) == f"{{'height': {height}, 'width': {width}}}\n"


def test_only_what_was_given_of_the_window_is_a_setting() -> None:
    """Protects the size and place in the settings file from being overridden if the command line does not give them."""
    assert given() == "{}\n"
    assert given("--place", "0,5") == "{'left': 0, 'top': 5}\n"


def test_every_option_sets_what_its_setting_is_called() -> None:
    """An option under another name than its setting would be refused as unknown, at every start."""
    said = given("--server", "http://s", "--fullscreen", "--log-text", "--token-file", "t")
    assert (
        said
        == "{'fullscreen': True, 'log_json': False, 'server_url': 'http://s', 'token_file': PosixPath('t')}\n"
    )


@pytest.mark.parametrize("written", ["1920", "1920x", "x1080", "-5x10", "1920x1080x2", "1920 1080"])
def test_no_window_opens_at_a_size_that_nobody_meant(written: str) -> None:
    """A slip of the keys is told with an example instead of becoming some other window."""
    assert "for example 1920x1080" in given("--size", written)


def test_a_place_may_lie_on_a_screen_to_the_left() -> None:
    """A second monitor left of the first has places below zero; anything but two numbers is told."""
    assert given("--place", "-1920,0") == "{'left': -1920, 'top': 0}\n"
    for written in ("0", "0,0,0", "left,top", "0x0"):
        assert "write it as LEFT,TOP" in given("--place", written)


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
