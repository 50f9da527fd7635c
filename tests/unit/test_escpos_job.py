"""The print job's bytes, and the reading of such bytes."""

import logging
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from backend.common.catalogue import Language
from backend.common.receipt.escpos_job import (
    CUT,
    FEED_LINES,
    STRIP_BYTES,
    STRIP_ROWS,
    _escpos,
    _profile,
    build_job,
)
from backend.common.receipt.ticket_image import WIDTHS, draw_ticket
from kiosk.cli.ticket import SAMPLE
from kiosk.virtual.escpos_paper import render
from kiosk.virtual.escpos_reader import CommandKind, EscposReader, PrinterCommand, Quirk
from tests.proof import examples


def _commands(data: bytes, step: int | None = None) -> list[PrinterCommand]:
    reader = EscposReader()
    pieces = [data] if step is None else [data[at : at + step] for at in range(0, len(data), step)]
    return [command for piece in pieces for command in reader.feed(piece)]


@pytest.mark.parametrize("width", [576, 512, 384])
def test_a_job_is_init_strips_feed_and_cut(width: int) -> None:
    """The job has exactly the parts of a ticket, in small strips, and ends with the cut."""
    ticket = draw_ticket(SAMPLE, width)
    commands = _commands(build_job(ticket, width))
    kinds = [command.kind for command in commands]
    strips = [command.raster for command in commands if command.raster]
    assert kinds == [
        CommandKind.INIT,
        *[CommandKind.RASTER] * len(strips),
        CommandKind.FEED,
        CommandKind.CUT,
    ]
    assert all(columns == width // 8 and rows <= STRIP_ROWS for columns, rows, _, _ in strips)
    assert sum(rows for _, rows, _, _ in strips) == ticket.height
    assert commands[-1].raw == CUT


@pytest.mark.parametrize("width", [576, 512, 384])
def test_the_bytes_read_back_are_the_ticket(width: int) -> None:
    """What a printer draws from the job is the ticket dot by dot, with white paper fed behind it."""
    ticket = draw_ticket(SAMPLE, width)
    paper = render(_commands(build_job(ticket, width)))
    assert paper.crop((0, 0, width, ticket.height)).tobytes() == ticket.tobytes()
    assert not (~np.asarray(paper, dtype=bool))[ticket.height :].any()
    assert 120 <= paper.height - ticket.height < 160  # the cutter is 15 mm behind the head, 8 dots each


@pytest.mark.parametrize("width", [576, 512, 384])
def test_the_bytes_are_those_of_the_library(width: int) -> None:
    """Our faster way to make a strip gives the same bytes as python-escpos itself."""
    ticket = draw_ticket(SAMPLE, width)
    printer = _escpos("escpos.printer.dummy").Dummy(profile=_profile(width))
    printer.hw("INIT")
    for top in range(0, ticket.height, STRIP_ROWS):
        strip = ticket.crop((0, top, width, min(top + STRIP_ROWS, ticket.height)))
        printer.image(strip, impl="bitImageRaster", fragment_height=STRIP_ROWS)
    printer.print_and_feed(FEED_LINES)
    assert build_job(ticket, width) == printer.output + CUT


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


REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
"""How DLE EOT, DLE ENQ and DLE DC4 begin, whatever follows."""


@st.composite
def _hostile_pictures(draw: st.DrawFn) -> Image.Image:
    """Pictures full of beginnings of real-time commands, at every position in rows and strips."""
    width = draw(st.sampled_from([8, 64, 384, 576, 2048]))
    begins = st.sampled_from(
        [b"\x10\x04\x01", b"\x10\x05\x02", b"\x10\x14\x08", b"\x10", b"\x04", b"\x10\x10\x14"]
    )
    piece = draw(st.lists(st.one_of(begins, st.binary(min_size=1, max_size=5)), min_size=1, max_size=40))
    rows = draw(st.integers(1, 3 * STRIP_ROWS + 1))
    size = width // 8 * rows
    dots = (b"".join(piece) * (size // len(b"".join(piece)) + 1))[:size]
    return Image.frombytes("1", (width, rows), dots, "raw", "1;I")


@settings(max_examples=examples(150), deadline=None)
@given(picture=_hostile_pictures())
def test_no_picture_can_give_a_real_time_command(picture: Image.Image) -> None:
    """No job contains a real-time command inside a picture; to avoid that, only dots next to black ones are added."""
    job = build_job(picture, picture.width)
    assert not REAL_TIME.search(job)
    paper = render(_commands(job)).crop((0, 0, *picture.size))
    ink, drawn = ~np.asarray(picture, dtype=bool), ~np.asarray(paper, dtype=bool)
    assert not (ink & ~drawn).any()
    added = drawn & ~ink
    assert not added[:, 0].any()
    assert not (added[:, 1:] & ~ink[:, :-1]).any()


@settings(max_examples=examples(60), deadline=None)
@given(
    letter=st.sampled_from("ABMZ"),
    number=st.integers(1, 999),
    ahead=st.integers(0, 99),
    minute=st.integers(0, 24 * 60 - 1),
    language=st.sampled_from(list(Language)),
    width=st.sampled_from(sorted(WIDTHS.values())),
)
def test_no_ticket_holds_a_real_time_command(
    letter: str, number: int, ahead: int, minute: int, language: Language, width: int
) -> None:
    """Whatever is on a ticket, its job has small strips and nothing that begins a real-time command."""
    issued = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=minute)
    face = replace(SAMPLE, number=f"{letter}-{number:03}", waiting_ahead=ahead, issued_at=issued)
    job = build_job(draw_ticket(face, width, language), width)
    assert not REAL_TIME.search(job)
    rasters = [command.raster for command in _commands(job) if command.raster]
    assert all(
        0 < rows <= min(STRIP_ROWS, 255) and columns * rows <= STRIP_BYTES for columns, rows, _, _ in rasters
    )


@pytest.mark.parametrize("quirk", [Quirk.LOW_HEIGHT, Quirk.OBEYS_IN_PICTURES])
@pytest.mark.parametrize("rows", [1, 127, 128, 255, 256, 512, 1000])
@pytest.mark.parametrize("width", [8, 384, 576])
def test_printers_that_read_otherwise_print_the_same(quirk: Quirk, rows: int, width: int) -> None:
    """A printer that reads the low byte of a height, or obeys inside pictures, puts out the same paper."""
    size = width // 8 * rows
    picture = Image.frombytes("1", (width, rows), (b"\x10\x04\x01\x81" * size)[:size], "raw", "1;I")
    job = build_job(picture, width)
    reader = EscposReader(frozenset({quirk}))
    assert list(reader.feed(job)) == _commands(job)
    assert reader.waiting == b""


def test_the_library_leaves_the_process_as_it_was() -> None:
    """Importing python-escpos gives the root logger no handler and leaves no temporary folder behind."""
    program = (
        "import logging, tempfile, os, sys\n"
        "sys.path.insert(0, '.')\n"
        "folder = tempfile.mkdtemp(); tempfile.tempdir = folder\n"
        "from backend.common.receipt.escpos_job import warm_up; warm_up()\n"
        "print(logging.getLogger().handlers, os.listdir(folder), logging.getLogger().level); os.rmdir(folder)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == f"[] [] {logging.WARNING}\n"
    assert result.stderr == ""


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


def test_real_time_commands_inside_a_picture_are_seen_by_printers_that_obey_there() -> None:
    """They come out before their picture has ended, however the bytes are cut, and stay dots of it."""
    dots = b"\x10\x04\x01\xff\x10\x05\x02\x10"
    for step in (1, 2, 3, 50):
        reader = EscposReader(frozenset({Quirk.OBEYS_IN_PICTURES}))
        data = b"\x1dv0\x00\x01\x00\x08\x00" + dots + b"\x04\x02\x1b@"
        commands = [
            command for at in range(0, len(data), step) for command in reader.feed(data[at : at + step])
        ]
        assert [(command.kind, command.number, command.inside) for command in commands] == [
            (CommandKind.REAL_TIME_STATUS, 1, True),
            (CommandKind.RECOVER, 2, True),
            (CommandKind.RASTER, 0, False),
            (CommandKind.OTHER, 0, False),
            (CommandKind.OTHER, 0, False),
            (CommandKind.INIT, 0, False),
        ]
        assert commands[2].raw.endswith(dots)


def test_what_a_printer_does_not_know_is_read_as_it_comes() -> None:
    """Without the extensions a process id is characters in the line, and clearing the buffer is passed over."""
    data = b"\x1d(H\x06\x0000AB12\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x1b@"
    knowing = _commands(data)
    assert [command.kind for command in knowing] == [
        CommandKind.PROCESS_ID,
        CommandKind.CLEAR,
        CommandKind.INIT,
    ]
    plain = list(EscposReader(frozenset({Quirk.NO_EXTENSIONS})).feed(data))
    text = b"".join(command.raw for command in plain if command.kind is CommandKind.TEXT)
    assert text == b"H00AB12"
    assert plain[-1].kind is CommandKind.INIT
    assert not {CommandKind.CLEAR, CommandKind.PROCESS_ID} & {command.kind for command in plain}


def test_a_tall_picture_is_text_to_a_printer_that_reads_the_low_byte() -> None:
    """Such a printer takes the dots of 256 rows for characters: what the strips are kept small for."""
    reader = EscposReader(frozenset({Quirk.LOW_HEIGHT}))
    commands = list(reader.feed(b"\x1dv0\x00\x48\x00\x00\x01" + b"a" * (72 * 256)))
    assert commands[0].raster == (72, 0, 1, 1)
    assert [command.kind for command in commands[1:]] == [CommandKind.TEXT]


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
        (b"\x10\x14\x01\x00\x05\x10\x05\x02\x1b@", ["other", "recover", "init"]),
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
    """A hostile size uses no memory: its dots are skipped, and the following commands are read."""
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


@settings(max_examples=examples(150), deadline=None)
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


@pytest.mark.parametrize(("width", "rows"), [(576, 128), (384, 128), (832, 88), (2048, 36)])
def test_a_strip_is_as_tall_as_its_bytes_allow(width: int, rows: int) -> None:
    """Protects a printer that was cut off from waiting for more than a strip, and every ticket from needless heads."""
    job = build_job(Image.new("1", (width, 256), 1), width)
    head = b"\x1dv0\x00" + (width // 8).to_bytes(2, "little")
    heights = [int.from_bytes(part[:2], "little") for part in job.split(head)[1:]]
    assert heights == [*[rows] * (256 // rows), *([256 % rows] if 256 % rows else [])]
