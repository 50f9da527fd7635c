"""Holding a picture before the virtual camera."""

from pathlib import Path

import pytest

from backend.demo.hold_up import hold_up
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
