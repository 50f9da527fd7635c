"""What the virtual camera is shown."""

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from backend.demo.scene import FRAME_SIZE, approaching
from backend.printing.sheet_code import qr_matrix

CODE = "U1ABCDEFGHJKLMNPQRSTUVWXY2"


@pytest.fixture(scope="module")
def sheet() -> NDArray[np.uint8]:
    """A white sheet at 200 dpi with a code where the notice has it."""
    paper = np.full((2339, 1654, 3), 255, np.uint8)
    modules = np.kron(~np.array(qr_matrix(CODE)), np.ones((11, 11), bool))
    top, left = round(92 * 7.876) - len(modules) // 2, round(160 * 7.876) - len(modules) // 2
    paper[top : top + len(modules), left : left + len(modules)] = np.where(modules, 255, 0)[:, :, np.newaxis]
    return paper


@pytest.fixture(scope="module")
def frames(sheet: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The pictures of one notice that is held up."""
    return list(approaching(sheet))


def test_pictures_have_the_size_of_the_camera(frames: list[NDArray[np.uint8]]) -> None:
    """The kiosk gets what a camera at 720p would give."""
    assert {frame.shape for frame in frames} == {(FRAME_SIZE[1], FRAME_SIZE[0], 3)}


def test_first_picture_is_too_far_away_and_the_last_ones_can_be_read(frames: list[NDArray[np.uint8]]) -> None:
    """The sequence shows something that happens: a code that becomes readable and says what the notice says."""
    read = [[code.text for code in zxingcpp.read_barcodes(frame)] for frame in frames]
    assert read[0] == []
    assert read[-8:] == [[CODE]] * 8


def test_no_two_pictures_are_the_same(frames: list[NDArray[np.uint8]]) -> None:
    """A hand trembles and a sensor has noise; identical pictures would test less."""
    assert len({frame.tobytes() for frame in frames}) == len(frames)


def test_the_same_notice_and_seed_give_the_same_pictures(
    sheet: NDArray[np.uint8], frames: list[NDArray[np.uint8]]
) -> None:
    """A visit that fails can be played again exactly."""
    again = next(approaching(sheet))
    other = next(approaching(sheet, seed=2))
    assert np.array_equal(again, frames[0])
    assert not np.array_equal(other, frames[0])
