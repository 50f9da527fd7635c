"""``uketsuke-kiosk scan`` and the reading of picture files."""

import json
import os
from functools import partial
from pathlib import Path

import click
import cv2
import numpy as np
import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import Image

from kiosk.camera.frame import UnreadableFileError, picture_files, read_picture
from kiosk.cli.scan import command
from tests.command_support import result_of
from tests.device_support import NOTICE, code_picture, on_desk
from tests.invented_number import MY_NUMBER
from tests.proof import examples

_scan = partial(result_of, command)


def _lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def _save(folder: Path, name: str, picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Path:
    file = folder / name
    assert cv2.imwrite(str(file), picture)
    return file


def test_prints_one_line_per_picture(tmp_path: Path) -> None:
    """Each picture gives one JSON line with exactly the documented fields, in the order asked."""
    notice = _save(tmp_path, "notice.png", code_picture(NOTICE))
    two = _save(tmp_path, "two.jpg", on_desk(code_picture("A"), code_picture("B")))
    twice = _save(tmp_path, "twice.png", on_desk(code_picture("A"), code_picture("A")))
    desk = _save(tmp_path, "desk.png", on_desk())
    result = _scan(notice, two, twice, desk)
    lines = _lines(result)
    assert result.return_value == 0
    assert all(list(line) == ["file", "text", "reason", "ms", "decoder"] for line in lines)
    assert [(line["file"], line["text"], line["reason"]) for line in lines] == [
        (str(notice), NOTICE, "ok"),
        (str(two), None, "ambiguous"),
        (str(twice), None, "ambiguous"),
        (str(desk), None, "none"),
    ]
    assert lines[0]["decoder"] == "zxing-cpp plain"
    assert all(isinstance(line["ms"], float) and line["ms"] >= 0 for line in lines)


def test_a_my_number_is_never_printed(tmp_path: Path) -> None:
    """A 12-digit number in a code, in any form, is neither on standard output nor on standard error."""
    forms = [MY_NUMBER, "1234 5678 9018", "１２３４５６７８９０１８", f"No.{MY_NUMBER}!"]
    files = [_save(tmp_path, f"card{place}.png", code_picture(form)) for place, form in enumerate(forms)]
    result = _scan(*files)
    assert [(line["text"], line["reason"]) for line in _lines(result)] == [(None, "my_number")] * 4
    assert not any(form in result.output for form in forms)


@pytest.mark.parametrize(
    "form", [f"]Q1{MY_NUMBER}", f"]Q2\\000026{MY_NUMBER}", "1234%205678%209018", "1234\\u30005678\\u30009018"]
)
def test_a_my_number_behind_a_prefix_or_an_escape_is_never_printed(tmp_path: Path, form: str) -> None:
    """The digit of a scanner's prefix, and the digits of an escape, hide no number from the command either."""
    result = _scan(_save(tmp_path, "card.png", code_picture(form)))
    assert [(line["text"], line["reason"]) for line in _lines(result)] == [(None, "my_number")]
    assert "5678" not in result.output


def test_a_my_number_in_a_file_name_is_never_printed(tmp_path: Path) -> None:
    """A file named after a number is scanned, and its name is withheld in every output."""
    folder = tmp_path / "1234-5678-9018"
    folder.mkdir()
    good = _save(folder, f"{MY_NUMBER}.png", code_picture(NOTICE))
    bad = folder / f"x{MY_NUMBER}.png"
    bad.write_text("nothing", "utf-8")
    result = _scan(good, bad)
    assert [line["reason"] for line in _lines(result)] == ["ok", "unreadable_file"]
    assert MY_NUMBER not in result.output
    assert "5678" not in result.output
    assert str(tmp_path) in str(_lines(result)[0]["file"])


def _files_of_every_kind(folder: Path) -> list[Path]:
    whole = _save(folder, "whole.png", on_desk(code_picture(NOTICE))).read_bytes()
    photo = _save(folder, "whole.jpg", on_desk(code_picture(NOTICE))).read_bytes()
    bomb = bytearray(whole)
    bomb[16:24] = (100_000).to_bytes(4, "big") * 2
    contents = {
        "truncated.png": whole[: len(whole) // 2],
        "head.png": whole[:30],
        "truncated.jpg": photo[: len(photo) // 2],
        "bomb.png": bytes(bomb),
        "text.png": b"hello",
        "empty.png": b"",
        "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "paper.pdf": b"%PDF-1.7\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    os.mkfifo(folder / "pipe.png")
    (folder / "folder.png").mkdir()
    return [
        *(folder / name for name in contents),
        folder / "pipe.png",
        folder / "folder.png",
        folder / "no.png",
    ]


def test_files_that_are_no_pictures_are_told_and_end_with_1(tmp_path: Path) -> None:
    """Truncated, hostile, empty, foreign and missing files: a line each, one sentence each, the rest is read."""
    files = _files_of_every_kind(tmp_path)
    result = _scan(*files, tmp_path / "whole.png")
    lines = _lines(result)
    assert result.return_value == 1
    assert [line["reason"] for line in lines] == ["unreadable_file"] * len(files) + ["ok"]
    sentences = result.stderr.splitlines()
    assert len(sentences) == len(files)
    assert all(sentence.startswith("uketsuke-kiosk: ") and sentence.endswith(".") for sentence in sentences)
    assert "Traceback" not in result.output


def test_names_that_are_no_utf8_are_echoed(tmp_path: Path) -> None:
    """A file name of another encoding does not end the run."""
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\x8e\xf3.png"))
    file.write_bytes(_save(tmp_path, "a.png", code_picture(NOTICE)).read_bytes())
    assert [line["text"] for line in _lines(_scan(file))] == [NOTICE]


@pytest.mark.parametrize("budget", ["0", "0.001", "33"])
def test_an_easy_picture_is_read_with_any_budget(tmp_path: Path, budget: str) -> None:
    """However little time is allowed, the fastest decoders run."""
    file = _save(tmp_path, "notice.png", on_desk(code_picture(NOTICE)))
    assert [line["text"] for line in _lines(_scan("--budget-ms", budget, file))] == [NOTICE]


def test_wrong_use_is_told(tmp_path: Path) -> None:
    """No picture at all, and a budget below nothing, are mistakes of use."""
    for result in (_scan(), _scan("--budget-ms", "-1", tmp_path / "x.png")):
        assert isinstance(result.exception, click.UsageError)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_reads_files_of_every_mode(tmp_path: Path, mode: str) -> None:
    """Palettes, transparency, 1 and 16 bits and print colours are pictures too."""
    gray = Image.fromarray(code_picture(NOTICE))
    if mode == "I;16":
        image = Image.fromarray(code_picture(NOTICE).astype(np.uint16) * 257)
    elif mode in {"LA", "RGBA"}:
        image = Image.new(mode, gray.size, 0)
        image.putalpha(Image.fromarray(255 - code_picture(NOTICE)))
    else:
        image = gray.convert(mode)
    file = tmp_path / ("code.tif" if mode == "CMYK" else "code.png")
    image.save(file)
    assert [line["text"] for line in _lines(_scan(file))] == [NOTICE]


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "webp", "tif", "ppm"])
def test_reads_files_of_every_format(tmp_path: Path, suffix: str) -> None:
    """Photos come in the formats that cameras, phones and scanners write."""
    file = tmp_path / f"code.{suffix}"
    Image.fromarray(code_picture(NOTICE)).save(file)
    assert [line["text"] for line in _lines(_scan(file))] == [NOTICE]


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.binary(max_size=400),
    head=st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"BM", b"GIF89a", b"II*\x00", b"P5 9 9 255\n"]
    ),
)
def test_hostile_files_raise_one_error_only(tmp_path: Path, content: bytes, head: bytes) -> None:
    """Whatever bytes a file holds, reading it gives a picture or our own error."""
    file = tmp_path / "hostile.bin"
    file.write_bytes(head + content)
    outcome: object
    try:
        outcome = read_picture(file).size
    except UnreadableFileError as error:
        outcome = str(error)
    assert outcome == "the file is not a picture, or is damaged" or isinstance(outcome, int)


def test_lists_pictures_in_name_order(tmp_path: Path) -> None:
    """Folders are played by name; hidden and other files are left out."""
    for name in ("b.PNG", "a.jpg", ".c.png", "d.txt", "a.jpg.part"):
        (tmp_path / name).touch()
    assert [file.name for file in picture_files(tmp_path)] == ["a.jpg", "b.PNG"]
