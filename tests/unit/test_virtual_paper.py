"""The paper in the virtual printer: its uncut part, the job that a cut makes, and files that it does not touch."""

from pathlib import Path

from PIL import Image

from kiosk.virtual.escpos_paper import render
from kiosk.virtual.escpos_reader import CommandKind, PrinterCommand
from kiosk.virtual.paper import VirtualPaper

THEIRS = b"somebody else's\n"
INIT = PrinterCommand(CommandKind.INIT, b"\x1b@")
CUT = PrinterCommand(CommandKind.CUT, b"\x1dV\x00")
TEXT = PrinterCommand(CommandKind.TEXT, b"A")


def feed(dots: int) -> PrinterCommand:
    """Paper that moves on."""
    return PrinterCommand(CommandKind.FEED, bytes((0x1B, ord("J"), dots)), dots)


def black(columns: int, rows: int, *, across: int = 1, down: int = 1) -> PrinterCommand:
    """A black picture, so many bytes wide."""
    head = bytes((0x1D, ord("v"), ord("0"), 0, columns, 0, rows, 0))
    raw = head + b"\xff" * (columns * rows)
    return PrinterCommand(CommandKind.RASTER, raw, raster=(columns, rows, across, down))


def paper_in(folder: Path) -> tuple[VirtualPaper, list[str]]:
    """Blank paper, and a list of its events."""
    told: list[str] = []
    return VirtualPaper(folder, lambda name, _: told.append(name)), told


def test_paper_is_as_long_as_what_moved_it() -> None:
    """Pictures stand below each other with the white between them, in the size that the command asks for."""
    paper = render([black(2, 3), feed(5), black(1, 2, across=2, down=2)])
    assert paper.size == (16, 3 + 5 + 4)
    ink = [paper.crop((0, row, 16, row + 1)).getextrema() for row in range(paper.height)]
    assert ink == [(0, 0)] * 3 + [(1, 1)] * 5 + [(0, 0)] * 4


def test_a_cut_makes_one_job_of_what_hangs_out(tmp_path: Path) -> None:
    """Bytes and picture are whole files of one number, and the next job begins on white paper."""
    paper, told = paper_in(tmp_path)
    for command in (INIT, black(2, 3), feed(5)):
        paper.put(command)
    assert paper.uncut > 0
    assert paper.pictures == 1
    paper.put(CUT)
    assert (paper.uncut, paper.pictures, told) == (0, 0, ["job_received"])
    (job,) = paper.jobs
    assert job.path.read_bytes() == INIT.raw + black(2, 3).raw + feed(5).raw + CUT.raw
    with Image.open(job.picture) as picture:
        assert picture.size == (16, 8)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["001.bin", "001.png"]


def test_white_paper_that_is_cut_is_no_job(tmp_path: Path) -> None:
    """A printer that only feeds and cuts printed nothing that somebody could take along."""
    paper, told = paper_in(tmp_path)
    for command in (INIT, feed(5), CUT):
        paper.put(command)
    assert (paper.jobs, told) == ([], ["blank_slip"])


def test_characters_come_out_when_the_paper_moves(tmp_path: Path) -> None:
    """A printer keeps a line until something moves it; a job that begins anew before that loses it."""
    paper, _ = paper_in(tmp_path)
    for command in (TEXT, INIT, black(1, 1), CUT, TEXT, feed(1), CUT):
        paper.put(command)
    assert [job.text for job in paper.jobs] == [b"", b"A"]


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    """A job that could not be kept is not said to have come out, and the paper is free for the next."""
    paper, told = paper_in(tmp_path / "gone")
    for command in (black(1, 1), CUT):
        paper.put(command)
    assert (paper.jobs, paper.uncut, told) == ([], 0, ["job_not_saved"])


def test_a_printed_job_takes_no_number_of_a_picture_that_is_there(tmp_path: Path) -> None:
    """Somebody's 001.png stays, and so does a job whose bytes were moved away."""
    (tmp_path / "001.png").write_bytes(THEIRS)
    (tmp_path / "2026.png").write_bytes(THEIRS)
    (tmp_path / "0007.txt").write_bytes(THEIRS)
    paper, _ = paper_in(tmp_path)
    for command in (black(1, 1), CUT):
        paper.put(command)
    assert [job.path.name for job in paper.jobs] == ["2027.bin"]
    assert (tmp_path / "001.png").read_bytes() == THEIRS
