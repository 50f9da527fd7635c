"""``uketsuke-kiosk printer``: what it says of a printer, what it prints, and how it ends."""

import json
import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import Result
from hypothesis import given, strategies as st
from PIL import Image

from backend.common.receipt.ticket_image import WIDTHS
from backend.wire.codes import PrinterTrouble, PrintState
from kiosk.cli.printer import HINTS, PRINT_WORDS, WORDS, command
from kiosk.cli.printer_address import read_printer_address
from kiosk.paper.printer import PrinterState
from kiosk.paper.printer_name import LONGEST, ask_name, plain
from kiosk.paper.trial_print import MARK, draw_trial
from kiosk.virtual.printer_modes import PrinterMode
from tests.command_support import result_of
from tests.device_support import answering
from tests.ports import free_port
from tests.running_printer import running_virtual_printer

NAME = "Uketsuke virtual printer"


_ask = partial(result_of, command)


def _said(result: Result) -> dict[str, Any]:
    """The one JSON line on standard output."""
    (line,) = result.stdout.splitlines()
    said: dict[str, Any] = json.loads(line)
    assert list(said) == ["reachable", "state", "near_end", "model", "print"]
    return said


def test_everything_that_can_be_found_has_words() -> None:
    """Nobody who stands before a printer reads a trace because of a state that the command forgot."""
    assert set(WORDS) == set(PrinterState)
    assert set(PRINT_WORDS) == set(PrintState) - {PrintState.PENDING}
    assert set(HINTS) == set(PrinterTrouble) - {PrinterTrouble.UNREACHABLE}


def test_a_ready_printer_ends_with_0_and_prints_only_when_asked(tmp_path: Path) -> None:
    """Whoever installs a printer reads that it is well, what it is called, and holds a paper only with --print."""
    with running_virtual_printer(tmp_path) as virtual:
        asked = _ask(f"127.0.0.1:{virtual.port}", "--json")
        assert virtual.jobs() == []
        printed = _ask(f"127.0.0.1:{virtual.port}", "--json", "--print", "--paper", "58")
        (job,) = virtual.wait_for_jobs(1)
        in_words = _ask(f"127.0.0.1:{virtual.port}", "--print")
        assert len(virtual.wait_for_jobs(2)) == 2
    ready = {"reachable": True, "state": "ready", "near_end": False, "model": NAME}
    assert _said(asked) == {**ready, "print": None}
    made = _said(printed)
    ms = made["print"].pop("ms")
    assert isinstance(ms, int)
    assert 0 <= ms < 10_000
    assert made == {**ready, "print": {"state": "printed", "trouble": None}}
    assert [result.return_value for result in (asked, printed, in_words)] == [0, 0, 0]
    assert [result.stderr for result in (asked, printed, in_words)] == ["", "", ""]
    with Image.open(job.picture) as paper:
        assert paper.width == WIDTHS["58"]
    assert re.search(rf"ready\nmodel +{NAME}\n.*\ntest print +printed, \d+ ms\n$", in_words.stdout)


_HINTED = [
    (PrinterMode.PAPER_OUT, "paper_out", "Put in a roll"),
    (PrinterMode.COVER_OPEN, "cover_open", "Close the cover"),
    (PrinterMode.OFFLINE, "offline", "lights"),
]


@pytest.mark.parametrize(("mode", "state", "hint"), _HINTED)
def test_a_printer_that_cannot_print_ends_with_1_and_a_hint(
    tmp_path: Path, mode: PrinterMode, state: str, hint: str
) -> None:
    """The state is named, nothing is sent to be printed later, and the next thing to try is said."""
    with running_virtual_printer(tmp_path, mode) as virtual:
        result = _ask(f"127.0.0.1:{virtual.port}", "--json", "--print")
        words = _ask(f"127.0.0.1:{virtual.port}")
        virtual.set_mode(PrinterMode.OK)
        again = _ask(f"127.0.0.1:{virtual.port}", "--json", "--print")
        assert len(virtual.wait_for_jobs(1)) == 1
    said = _said(result)
    assert (said["reachable"], said["state"], said["model"]) == (True, state, None)
    assert (said["print"]["state"], said["print"]["trouble"]) == ("failed", state)
    assert hint in result.stderr
    assert hint in words.stdout
    assert [found.return_value for found in (result, words, again)] == [1, 1, 0]


def test_a_roll_near_its_end_is_told_and_is_no_failure(tmp_path: Path) -> None:
    """It prints; who stands there can change the roll at once."""
    with running_virtual_printer(tmp_path, PrinterMode.NEAR_END) as virtual:
        result = _ask(f"127.0.0.1:{virtual.port}", "--json")
        words = _ask(f"127.0.0.1:{virtual.port}")
    assert (_said(result)["near_end"], result.return_value) == (True, 0)
    assert "change the roll soon" in words.stdout


def test_a_printer_that_never_answers_is_silent(tmp_path: Path) -> None:
    """A print server that lets nothing back is named as what it is, and its paper counts as unconfirmed."""
    with running_virtual_printer(tmp_path, PrinterMode.SILENT) as virtual:
        result = _ask(f"127.0.0.1:{virtual.port}", "--json", "--print")
    said = _said(result)
    assert (said["reachable"], said["state"], said["model"]) == (True, "silent", None)
    assert (said["print"]["state"], said["print"]["trouble"]) == ("unconfirmed", "silent")
    assert "print server" in result.stderr
    assert result.return_value == 1


def test_no_connection_says_what_kind_of_none_it_is() -> None:
    """A wrong port, and a name that nobody knows, are different things to try."""
    port = free_port()
    refused, unknown = _ask(f"127.0.0.1:{port}", "--json"), _ask("no.such.printer.invalid", "--json")
    for result in (refused, unknown):
        assert _said(result) == {
            "reachable": False,
            "state": "unreachable",
            "near_end": False,
            "model": None,
            "print": None,
        }
        assert result.return_value == 1
    assert f"refuses port {port}" in refused.stderr
    assert "Nobody knows the name no.such.printer.invalid" in unknown.stderr


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("192.168.10.20:", "HOST:PORT"),
        (":9100", "HOST:PORT"),
        ("printer:x", "HOST:PORT"),
        ("printer:９１００", "HOST:PORT"),
        ("printer:-1", "HOST:PORT"),
        ("printer:0", "1 to 65535"),
        ("printer:65536", "1 to 65535"),
        ("printer:999999999999999999", "1 to 65535"),
        ("fe80::1", "brackets"),
        ("", "HOST:PORT"),
        (" printer", "HOST:PORT"),
    ],
)
def test_an_address_that_is_none_is_one_sentence(address: str, said: str) -> None:
    """A slip of the finger is told before anything is asked."""
    error = _ask(address).exception
    assert isinstance(error, click.UsageError)
    assert said in error.format_message()
    assert "\n" not in error.format_message()


def test_addresses_are_read_as_people_write_them() -> None:
    """The port may be left out, and an IPv6 address stands in brackets."""
    context, option = click.Context(command), command.params[0]
    read = [
        read_printer_address(context, option, value)
        for value in ("10.0.0.9", "10.0.0.9:9101", "prn-1:9100", "[::1]", "[::1]:9101")
    ]
    assert read == [
        ("10.0.0.9", 9100),
        ("10.0.0.9", 9101),
        ("prn-1", 9100),
        ("::1", 9100),
        ("::1", 9101),
    ]
    assert read_printer_address(context, option, None) is None


def _named(model: bytes, maker: bytes) -> Callable[[bytes], bytes]:
    def answer(data: bytes) -> bytes:
        if data[:2] == b"\x1dI":
            return model if data[2] == 67 else maker
        return b"\x12" if data[:2] == b"\x10\x04" else b""

    return answer


@pytest.mark.parametrize(
    ("model", "maker", "name"),
    [
        (b"_TM-m30\x00", b"_EPSON\x00", "EPSON TM-m30"),
        (b"\x11_EPSON TM-m30\x00", b"_EPSON\x00\r\n", "EPSON TM-m30"),
        (b"_mC-Print3\x00", b"", "mC-Print3"),
        (b"_\x1b]0;owned\x07 \x1b[31mRED\x00", b"_a\nb\x00", "a b ]0;owned [31mRED"),
        (b"_" + b"x" * 200 + b"\x00", b"_" + b"y" * 200 + b"\x00", "y" * LONGEST + " " + "x" * LONGEST),
        (b"_1234 5678 9018\x00", b"_EPSON\x00", None),
        (b"_never ends", b"_EPSON\x00", None),
        (b"\x02", b"\x02", None),
        (b"_\x00", b"_EPSON\x00", None),
        (b"", b"", None),
        (b"y" * 100_000, b"", None),
    ],
)
def test_what_a_printer_calls_itself_is_not_trusted(model: bytes, maker: bytes, name: str | None) -> None:
    """No sign steers the console, no flood fills it, no 12-digit number is repeated; without a name it works as well."""
    with answering(_named(model, maker)) as port:
        assert ask_name("127.0.0.1", port, 0.3) == name


@given(st.binary(max_size=300))
def test_any_bytes_become_plain_words(said: bytes) -> None:
    """Whatever comes in, what is shown is short, printable ASCII on one line."""
    words = plain(said)
    assert len(words) <= LONGEST
    assert re.fullmatch(r"([!-~]+( [!-~]+)*)?", words)


@pytest.mark.parametrize("width", list(WIDTHS))
def test_the_test_print_says_so_and_fits(width: str) -> None:
    """Nobody takes it for a number: no number of any series reads like its mark, and its edges stay white."""
    paper = draw_trial(width, datetime(2026, 11, 24, 1, 21, tzinfo=UTC))
    dots = ~np.asarray(paper, dtype=bool)
    assert (paper.mode, paper.width) == ("1", WIDTHS[width])
    assert not dots[:, :4].any()
    assert not dots[:, -4:].any()
    assert not re.search(r"[\d-]", MARK)
    later = draw_trial(width, datetime(2026, 11, 24, 1, 21, 1, tzinfo=UTC))
    assert later.tobytes() != paper.tobytes()


def test_the_virtual_printer_says_its_name_and_keeps_it_out_of_jobs(tmp_path: Path) -> None:
    """The question is answered in its turn, unknown ones are passed over, and a job's bytes stay the job's."""
    job = b"\x1b@\x1dv0\x00\x01\x00\x01\x00\xff\x1dV\x00"
    with running_virtual_printer(tmp_path) as virtual:
        with socket.create_connection(("127.0.0.1", virtual.port), timeout=5) as line:
            line.sendall(b"\x1dI\x41" + job[:2] + b"\x1dI\x43" + job[2:])
            heard = b""
            while not heard.endswith(b"\x00"):
                heard += line.recv(100)
        assert heard == b"_virtual printer\x00"
        assert [done.data for done in virtual.wait_for_jobs(1)] == [job]
