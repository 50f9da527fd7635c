"""The print job's bytes, and the reading of such bytes."""

import logging
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.cli.ticket import SAMPLE
from kiosk.escpos_job import DONE_REQUEST, FRAGMENT_HEIGHT, build_job
from kiosk.escpos_reader import Command, CommandKind, EscposReader, render
from kiosk.ticket_image import draw_ticket


def _commands(data: bytes, step: int | None = None) -> list[Command]:
    reader = EscposReader()
    pieces = [data] if step is None else [data[at : at + step] for at in range(0, len(data), step)]
    return [command for piece in pieces for command in reader.feed(piece)]


@pytest.mark.parametrize("width", [576, 512, 384])
def test_a_job_is_init_strips_feed_cut_and_the_question(width: int) -> None:
    """The job has exactly the parts of a ticket, in small strips, and ends with the question for its end."""
    ticket = draw_ticket(SAMPLE, width)
    commands = _commands(build_job(ticket, width))
    kinds = [command.kind for command in commands]
    strips = [command.raster for command in commands if command.raster]
    assert kinds == [
        CommandKind.INIT,
        *[CommandKind.RASTER] * len(strips),
        CommandKind.FEED,
        CommandKind.CUT,
        CommandKind.STATUS,
    ]
    assert all(columns == width // 8 and rows <= FRAGMENT_HEIGHT for columns, rows, _, _ in strips)
    assert sum(rows for _, rows, _, _ in strips) == ticket.height
    assert commands[-1].raw == DONE_REQUEST


@pytest.mark.parametrize("width", [576, 512, 384])
def test_the_bytes_read_back_are_the_ticket(width: int) -> None:
    """What a printer draws from the job is the ticket dot by dot, with white paper fed behind it."""
    ticket = draw_ticket(SAMPLE, width)
    paper = render(_commands(build_job(ticket, width)))
    assert paper.crop((0, 0, width, ticket.height)).tobytes() == ticket.tobytes()
    assert not (~np.asarray(paper, dtype=bool))[ticket.height :].any()
    assert paper.height - ticket.height >= 100  # the cutter is behind the head


def test_the_same_picture_gives_the_same_bytes() -> None:
    """Jobs can be compared byte by byte."""
    ticket = draw_ticket(SAMPLE)
    assert build_job(ticket, 576) == build_job(ticket.copy(), 576)


def test_a_picture_that_does_not_fit_is_refused() -> None:
    """A wrong width is told before a printer wraps the picture around."""
    with pytest.raises(ValueError, match="wide"):
        build_job(Image.new("1", (600, 10), 1), 576)
    with pytest.raises(ValueError, match="8 dots"):
        build_job(Image.new("1", (570, 10), 1), 570)


def test_nothing_real_time_stands_in_a_job_outside_its_pictures() -> None:
    """A job holds no real-time command: inside a picture a printer would take it for dots, or the reverse."""
    for command in _commands(build_job(draw_ticket(SAMPLE), 576)):
        assert command.kind is not CommandKind.REAL_TIME_STATUS


def test_the_library_leaves_the_process_as_it_was() -> None:
    """Importing python-escpos gives the root logger no handler and leaves no temporary folder behind."""
    program = (
        "import logging, tempfile, os, sys\n"
        "sys.path.insert(0, '.')\n"
        "folder = tempfile.mkdtemp(); tempfile.tempdir = folder\n"
        "from kiosk.escpos_job import warm_up; warm_up()\n"
        "print(logging.getLogger().handlers, os.listdir(folder)); os.rmdir(folder)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "[] []\n"
    assert result.stderr == ""
    assert logging.getLogger().level == logging.WARNING


def test_commands_come_out_the_same_however_the_bytes_are_cut() -> None:
    """A network cuts a job anywhere; the commands do not change."""
    job = build_job(draw_ticket(SAMPLE, 384), 384)
    whole = _commands(job)
    for step in (1, 7, 1460):
        assert _commands(job, step) == whole
    assert b"".join(command.raw for command in whole) == job


def test_commands_inside_a_picture_are_dots() -> None:
    """Bytes of a picture that look like a status question or a cut are not taken for one."""
    dots = b"\x10\x04\x01\x1dV\x00\x1b@"
    commands = _commands(b"\x1dv0\x00\x01\x00\x08\x00" + dots + b"\x10\x04\x02")
    assert [command.kind for command in commands] == [CommandKind.RASTER, CommandKind.REAL_TIME_STATUS]
    assert commands[0].raw.endswith(dots)
    assert commands[1].number == 2


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (b"\x1dV\x00\x1dV\x01\x1dV\x41\x10\x1dVB\x00\x1bi", [CommandKind.CUT] * 5),
        (b"\x1bd\x04\x1bJ\x20\n", [CommandKind.FEED] * 3),
        (b"abc\x1bt\x01\x1bc5\x01def", ["text", "other", "other", "text"]),
        (b"\x1dr\x01\x1dr\x02", [CommandKind.STATUS] * 2),
        (b"\x1d(k\x04\x001A2\x00\x1b@", ["other", "init"]),
        (b"\x1b*\x21\x02\x00\x10\x04\x01\x1d\x56\x00\x1b@", ["other", "init"]),
        (b"\x1dk\x02490123\x00\x1dkI\x03abc\x1b@", ["other", "other", "init"]),
        (b"\x10\x14\x01\x00\x05\x10\x05\x02\x1b@", ["other", "other", "init"]),
        (b"\x1bD\x08\x10\x00\x1b@", ["other", "init"]),
        (b"\x1b\xff\x1b@", ["other", "text", "init"]),
    ],
)
def test_knows_how_long_commands_are(data: bytes, kinds: list[str]) -> None:
    """Parameters of usual commands are never taken for commands, and unknown ones are passed over."""
    commands = _commands(data)
    assert [command.kind.value for command in commands] == [CommandKind(kind).value for kind in kinds]
    assert b"".join(command.raw for command in commands) == data


def test_a_picture_without_end_is_passed_over() -> None:
    """A hostile size takes no memory: its dots go by, and what follows is read again."""
    reader = EscposReader()
    assert list(reader.feed(b"\x1dv0\x00\xff\x00\xff\xff")) != []
    for _ in range(255):
        assert list(reader.feed(bytes(65535))) == []
        assert len(reader.waiting) < 100
    assert [command.kind for command in reader.feed(b"\x1b@")] == [CommandKind.INIT]


def test_doubled_pictures_and_feeds_are_drawn_at_their_size() -> None:
    """Pictures in double width and height, and feeds between them, take their place on the paper."""
    paper = render(_commands(b"\x1dv0\x03\x01\x00\x02\x00\xff\x00\x1bJ\x0a\x1dv0\x00\x01\x00\x01\x00\x80"))
    ink = ~np.asarray(paper, dtype=bool)
    assert paper.size == (16, 4 + 10 + 1)
    assert ink[:2].all()
    assert ink[2:14].sum() == 0
    assert ink[14].tolist() == [True] + [False] * 15


def test_a_job_without_pictures_is_a_white_paper() -> None:
    """Feeds alone give paper of the printer's width."""
    assert render(_commands(b"\x1bJ\x30"), 384).size == (384, 48)
    assert render([], 384).size == (384, 1)


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [b"\x1dv0\x00", b"\x1b*", b"\x1d(L", b"\x1d8L", b"\x1dk", b"\x10\x14", b"\x1bD", b"\x1dV"]
            ),
        ),
        max_size=12,
    )
)
def test_any_bytes_are_read_without_error_and_none_is_invented(pieces: list[bytes]) -> None:
    """Arbitrary bytes, cut anywhere, never raise; the commands are the bytes that came, in order."""
    reader = EscposReader()
    commands = [command for piece in pieces for command in reader.feed(piece)]
    data = b"".join(pieces)
    taken = b"".join(command.raw for command in commands)
    if reader._skip == 0 and len(taken) + len(reader.waiting) == len(data):
        assert taken + reader.waiting == data
    assert len(taken) + len(reader.waiting) <= len(data)
    assert all(before.raw and after.raw for before, after in pairwise(commands))
    assert render(commands).width >= 8
