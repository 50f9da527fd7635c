"""The lines that stand on the console while the demonstration starts."""

import pytest

from backend.demo.starting import Starting


class Console:
    """What was written, and a clock that moves while something is done."""

    def __init__(self) -> None:
        self.text = ""
        self.seconds = 100.0

    def write(self, text: str) -> None:
        """Take text as a console does."""
        self.text += text

    def clock(self) -> float:
        """Monotonic seconds."""
        return self.seconds


@pytest.fixture
def console() -> Console:
    """An empty console."""
    return Console()


def test_a_step_is_told_when_it_begins_and_ends_with_its_result_and_seconds(console: Console) -> None:
    """Who waits sees what for, and afterwards what came of it and how long it took."""
    starting = Starting(console.write, console.clock)
    starting.say("Starting:")
    with starting.step("server") as result:
        assert console.text == "Starting:\n  server ................... "
        console.seconds += 1.25
        result.words = "up at http://127.0.0.1:8710"
    with starting.step("kiosk window"):
        console.seconds += 3
    assert console.text.splitlines() == [
        "Starting:",
        "  server ................... up at http://127.0.0.1:8710 (1.2 s)",
        "  kiosk window ............. ready (3.0 s)",
    ]


def test_a_step_that_fails_is_never_told_as_done(console: Console) -> None:
    """The error stands on a line of its own behind the step that failed."""
    starting = Starting(console.write, console.clock)
    with pytest.raises(RuntimeError, match="no screen"), starting.step("kiosk window") as result:
        result.words = "up"
        raise RuntimeError("no screen")
    assert console.text == "  kiosk window ............. \n"
