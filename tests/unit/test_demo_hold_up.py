"""Holding a picture before the virtual camera."""

from pathlib import Path

import pytest
from PIL import Image

from backend.demo.errors import DemoError
from backend.demo.hold_up import bring_near, hold_up
from kiosk.camera.frame import picture_files


def test_the_same_sheet_can_be_held_up_again_and_again(tmp_path: Path) -> None:
    """Each time is a new picture for the camera, whole and later than those before, and the sheet stays where it is."""
    sheet, camera = tmp_path / "sheet.png", tmp_path / "camera"
    camera.mkdir()
    sheet.write_bytes(b"a notice")
    for _ in range(3):
        hold_up(sheet, camera)
    held = sorted(camera.iterdir())
    assert [one.read_bytes() for one in held] == [b"a notice"] * 3
    assert picture_files(camera) == held
    assert sheet.read_bytes() == b"a notice"


def test_several_hands_at_once_do_not_take_each_others_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two browsers that hold something up in one moment are both seen, however coarse the machine's clock is."""
    monkeypatch.setattr("backend.demo.hold_up.time.time_ns", lambda: 1)
    sheet, camera = tmp_path / "sheet.png", tmp_path / "camera"
    camera.mkdir()
    sheet.write_bytes(b"a notice")
    for _ in range(3):
        hold_up(sheet, camera)
    assert len(list(camera.iterdir())) == 3


def test_a_sheet_that_is_still_to_be_printed_leaves_nothing_behind(tmp_path: Path) -> None:
    """A failure is told to who holds it up, and the camera sees no empty picture."""
    with pytest.raises(FileNotFoundError):
        hold_up(tmp_path / "none.png", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_several_notices_come_before_the_camera_one_after_the_other(tmp_path: Path) -> None:
    """The pictures of the next notice follow those of the last one, so that the camera sees them in their order."""
    notice, frames, camera = tmp_path / "notice.png", tmp_path / "frames", tmp_path / "camera"
    frames.mkdir()
    camera.mkdir()
    Image.new("RGB", (210, 297), "white").save(notice)
    for pictures in (3, 2):
        bring_near(notice, frames, camera, pictures)
    names = [f"{count:03}.jpg" for count in range(1, 6)]
    assert sorted(one.name for one in frames.iterdir()) == names
    assert [one.name for one in picture_files(camera)] == names


def test_a_notice_that_is_no_picture_is_not_held_up(tmp_path: Path) -> None:
    """The visit fails with a sentence, and the camera sees nothing."""
    notice, camera = tmp_path / "notice.png", tmp_path / "camera"
    camera.mkdir()
    notice.write_bytes(b"a notice")
    with pytest.raises(DemoError, match="no picture"):
        bring_near(notice, camera, camera)
    assert list(camera.iterdir()) == []
