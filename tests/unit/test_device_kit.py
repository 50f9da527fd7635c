"""What programs with a window share: one poll of the office, one loader of layouts, and no Kivy behind the kit's door."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.common.console import CommandFailedError
from backend.common.device_kit.device_clock import ServerClock
from backend.common.device_kit.kivy_setup import load_layout
from backend.common.device_kit.office_poll import OfficePoll
from backend.common.device_kit.window_program import SCREENS, opening_window, require_screen
from backend.common.fonts import FontMissingError
from backend.common.shipped import ROOT
from backend.wire.messages import OfficeInfo

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
OFFICE = OfficeInfo(office_id="00", name={"ja": "新宿区役所 本庁舎"}, open_now=True, server_time=NOW)


class AwayError(Exception):
    """The server gives no answer."""


class Asked:
    """A server that gives the test's answers, each after four seconds on the device's clock."""

    def __init__(self, *, after_error: float = 0.0, every: float = 0.0) -> None:
        self.seconds = 100.0
        self.error: Exception | None = None
        self.told: list[str] = []
        self.heard = asyncio.Event()
        self.clock = ServerClock(lambda: self.seconds)
        self.poll = OfficePoll(
            self.answer,
            self.clock,
            expected=AwayError,
            on_office=lambda office: self.told.append(office.office_id),
            on_error=lambda error: self.told.append(type(error).__name__),
            every=every,
            after_error=after_error,
        )

    async def answer(self) -> OfficeInfo:
        """Answer, or be away."""
        self.seconds += 4
        self.heard.set()
        if self.error is not None:
            raise self.error
        return OFFICE


async def test_an_answer_tells_the_time_of_the_middle_of_the_question() -> None:
    """Protects the clock of every device from running late by a slow answer."""
    asked = Asked()
    await asked.poll.turn()
    assert asked.told == ["00"]
    assert asked.clock.now() == NOW + timedelta(seconds=2)


async def test_a_server_that_is_away_is_told_of_and_leaves_the_clock_alone() -> None:
    """Protects the time that is known, and whoever watches the server."""
    asked = Asked()
    await asked.poll.turn()
    asked.error = AwayError()
    await asked.poll.turn()
    assert asked.told == ["00", "AwayError"]
    assert asked.clock.now() == NOW + timedelta(seconds=6)


async def test_a_fault_of_our_own_is_not_taken_for_a_server_that_is_away() -> None:
    """Protects from reporting a bug of ours as a server that does not answer."""
    asked = Asked()
    asked.error = ValueError()
    with pytest.raises(ValueError, match=r"^$"):
        await asked.poll.turn()
    assert asked.told == []


@pytest.mark.parametrize("error", [None, AwayError()])
async def test_nobody_waits_for_the_next_question_who_is_in_a_hurry(error: Exception | None) -> None:
    """Protects a visitor whose check-in just failed from an hour's pause between two questions."""
    asked = Asked(every=3600.0, after_error=3600.0)
    asked.error = error
    turn = asyncio.create_task(asked.poll.turn())
    async with asyncio.timeout(10):
        await asked.heard.wait()
        await asyncio.sleep(0)
        assert not turn.done()
        asked.poll.ask_now()
        await turn


def test_a_layout_is_loaded_once_and_found_by_its_package() -> None:
    """Protects every widget from having each of its children twice, and layouts from being looked for elsewhere."""

    class Builder:
        """Remembers what it loaded."""

        def __init__(self) -> None:
            self.files: list[str] = []

        def load_file(self, filename: str) -> None:
            """Load one."""
            self.files.append(filename)

    builder = Builder()
    for package, name in (
        ("kiosk.screens", "frame"),
        ("queue_display", "board_view"),
        ("kiosk.screens", "frame"),
    ):
        load_layout(builder, package, name)
    home = ROOT.parent
    assert [Path(file) for file in builder.files] == [
        home / "kiosk" / "screens" / "frame.kv",
        home / "queue_display" / "board_view.kv",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the window system needs no variable")
def test_a_machine_without_a_screen_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects from a program that draws into nothing and seems to work."""
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CommandFailedError, match="there is no screen"):
        require_screen()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    require_screen()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SystemExit(1), "no window can be opened"),
        (FontMissingError("the typeface is not there"), "^the typeface is not there.$"),
    ],
)
def test_why_no_window_opens_is_a_sentence(error: BaseException, words: str) -> None:
    """Protects whoever starts a device from an end without a word, and from a traceback."""
    with pytest.raises(CommandFailedError, match=words), opening_window():
        raise error


def test_the_whole_kit_loads_without_kivy() -> None:
    """Protects Kivy's settings: it reads them when it is imported, which the kit must not do."""
    code = "import sys, backend.common.device_kit\nassert 'backend.common.device_kit.kivy_setup' in sys.modules\nassert 'kivy' not in sys.modules"
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT.parent,
        env={**os.environ, "EAGER_IMPORT": "1"},
        capture_output=True,
        timeout=60,
        check=True,
    )


SERVE = """
import sys
from pathlib import Path
import httpx2
from tests.support import real_time_house, serving
folder = Path(sys.argv[1])
house = real_time_house(f"sqlite:///{folder / 'uketsuke.db'}", folder)
with serving(house) as address:
    kiosk = {"Authorization": f"Bearer {house.device()}"}
    for path in ("/api/v1/office", "/api/v1/bring", "/api/v1/board", "/sign-in"):
        answer = httpx2.get(address + path, headers=kiosk)
        assert answer.status_code == 200, (path, answer.status_code)
apart = ("backend.common.device_kit", "backend.common.receipt", "kivy", "kiosk", "queue_display")
print([name for name in sys.modules if name.startswith(apart)])
"""


def test_the_server_loads_neither_kit_nor_receipts(tmp_path: Path) -> None:
    """Protects the server from what only devices need, also where it would come in through a door while it answers."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE, str(tmp_path)],
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["[]"]), done.stderr
