"""``uketsuke-kiosk ticket``."""

from functools import partial
from pathlib import Path

import click
import pytest
from PIL import Image

from backend.common.console import CommandFailedError
from backend.common.receipt.escpos_job import build_job
from backend.common.receipt.ticket_image import draw_ticket
from kiosk.cli.ticket import SAMPLE, command
from tests.command_support import result_of

_run = partial(result_of, command)


@pytest.mark.parametrize(("width", "dots"), [(None, 576), ("80", 576), ("58", 384)])
def test_writes_the_bytes_of_the_sample(tmp_path: Path, width: str | None, dots: int) -> None:
    """The file holds the job of the sample ticket for the paper asked for, and the picture beside it."""
    out, png = tmp_path / "ticket.bin", tmp_path / "ticket.png"
    asked = [] if width is None else ["--width", width]
    result = _run("--sample", "--out", str(out), "--png", str(png), *asked)
    assert (result.exception, result.output) == (None, "")
    assert out.read_bytes() == build_job(draw_ticket(SAMPLE, dots), dots)
    with Image.open(png) as picture:
        assert picture.width == dots


def test_the_sample_is_always_the_same(tmp_path: Path) -> None:
    """Two runs give the same bytes, in each language other ones."""
    files = [tmp_path / name for name in ("a", "b", "c")]
    for file, language in zip(files, ("ja", "ja", "en"), strict=True):
        assert _run("--sample", "--out", str(file), "--language", language).exception is None
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """A folder that is missing is told in one sentence, without a traceback."""
    result = _run("--sample", "--out", str(tmp_path / "no" / "ticket.bin"))
    assert isinstance(result.exception, CommandFailedError)
    assert result.exception.format_message().endswith("No such file or directory.")


def test_wrong_use_is_told(tmp_path: Path) -> None:
    """Without --sample, or with a paper that does not exist, it is a mistake of use."""
    out = str(tmp_path / "ticket.bin")
    assert isinstance(_run("--out", out).exception, click.UsageError)
    assert isinstance(_run("--sample", "--out", out, "--width", "70").exception, click.UsageError)
