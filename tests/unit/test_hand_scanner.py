"""Hand scanners on a serial line, with a pair of pseudo terminals as the cable."""

import os
import tty
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given, strategies as st
from structlog.testing import capture_logs

from kiosk.hand.serial_scanner import LONGEST, Lines, Port, SerialScanner, open_port
from tests.device_support import NOTICE, wait_until


@dataclass
class Cable:
    """The scanner's end of a serial line, and the path of the kiosk's end."""

    ends: list[int] = field(default_factory=list)
    where: str = ""

    def plug_in(self) -> None:
        """Make a new line."""
        scanner, kiosk = os.openpty()
        tty.setraw(kiosk)
        self.ends, self.where = [scanner, kiosk], os.ttyname(kiosk)

    def unplug(self) -> None:
        """Cut it."""
        for end in self.ends:
            with suppress(OSError):
                os.close(end)
        self.ends, self.where = [], ""

    def send(self, data: bytes) -> None:
        """The scanner sends."""
        os.write(self.ends[0], data)

    def open(self) -> Port:
        """Open the kiosk's end, as it is now."""
        if not self.where:
            raise FileNotFoundError("no scanner")
        return open_port(self.where, 9600)


@pytest.fixture
def cable() -> Iterator[Cable]:
    """A line that is plugged in."""
    made = Cable()
    made.plug_in()
    yield made
    made.unplug()


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b""])
def test_each_line_is_a_code(cable: Cable, end: bytes) -> None:
    """Through a real line: whatever a scanner puts after its codes, also nothing, each is told once."""
    told: list[str] = []
    scanner = SerialScanner(told.append, cable.open)
    scanner.start()
    try:
        wait_until(lambda: scanner.works)
        for count, text in enumerate((NOTICE, "AB1-234567"), start=1):
            cable.send(text.encode() + end)
            wait_until(lambda count=count: len(told) == count)  # type: ignore[misc] # bound on purpose
    finally:
        scanner.stop()
    assert told == [NOTICE, "AB1-234567"]
    assert not scanner.works


def test_an_unplugged_scanner_is_told_and_found_again(cable: Cable) -> None:
    """Pulling the plug is noticed, nobody has to start anything again, and no code is in the log."""
    told: list[str] = []
    with capture_logs() as logs:
        scanner = SerialScanner(told.append, cable.open, pauses=(0.01, 0.02))
        scanner.start()
        try:
            wait_until(lambda: scanner.works)
            cable.send(b"HALF-A-CO")
            cable.unplug()
            wait_until(lambda: not scanner.works)
            cable.plug_in()
            wait_until(lambda: scanner.works)
            cable.send(NOTICE.encode() + b"\r\n")
            wait_until(lambda: NOTICE in told)
        finally:
            scanner.stop()
    assert {"hand_scanner_opened", "hand_scanner_lost"} <= {line["event"] for line in logs}
    assert NOTICE not in repr(logs)
    assert "HALF" not in repr(logs)


def test_a_scanner_that_is_not_there_is_looked_for(cable: Cable) -> None:
    """A kiosk that starts without its scanner goes on, and finds it later."""
    cable.unplug()
    told: list[str] = []
    scanner = SerialScanner(told.append, cable.open, pauses=(0.01, 0.02))
    scanner.start()
    try:
        assert not scanner.works
        cable.plug_in()
        wait_until(lambda: scanner.works)
    finally:
        scanner.stop()


def test_a_listener_that_fails_does_not_end_reading(cable: Cable) -> None:
    """The next code is read whatever became of the last one, and the log holds neither."""
    told: list[str] = []

    def listener(line: str) -> None:
        told.append(line)
        raise RuntimeError(line)

    with capture_logs() as logs:
        scanner = SerialScanner(listener, cable.open)
        scanner.start()
        try:
            wait_until(lambda: scanner.works)
            cable.send(f"{NOTICE}\rSECOND\r".encode())
            wait_until(lambda: len(told) == 2)
        finally:
            scanner.stop()
    assert NOTICE not in repr(logs)


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (b"\r\n\r\n\t", []),
        (b"]Q1U1ABC\r", ["U1ABC"]),
        (b"\x02U1ABC\x03\r\n", ["U1ABC"]),
        ("受付番号\r".encode(), ["受付番号"]),
        ("受付番号\r".encode("cp932"), ["受付番号"]),
        (b"\x81 A\xff\r", ["\x81 Aÿ"]),
        (b"A" * (LONGEST + 1) + b"\rB\r", ["\N{REPLACEMENT CHARACTER}", "B"]),
    ],
)
def test_lines_are_cleaned_of_what_scanners_add(sent: bytes, lines: list[str]) -> None:
    """Framing, symbol names and any encoding; what is longer than any code is dropped and stays nobody's."""
    reader = Lines()
    assert reader.take(sent) == lines
    assert reader.empty


@given(data=st.binary(max_size=300), cut=st.integers(0, 300))
def test_any_bytes_are_taken_and_nothing_stays(data: bytes, cut: int) -> None:
    """However the bytes are cut, the lines are the same, and after the last end nothing is remembered."""
    whole, parts = Lines(), Lines()
    expected = whole.take(data + b"\r")
    assert parts.take(data[:cut]) + parts.take(data[cut:] + b"\r") == expected
    assert whole.empty
    assert parts.empty
    assert not vars(parts)["_pending"]
