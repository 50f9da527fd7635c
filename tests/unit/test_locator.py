"""The quick look for a code that no decoder reads."""

import cv2
import numpy as np
import pytest

from kiosk.camera.frame import Gray
from kiosk.camera.sources import desk_picture
from kiosk.reading.ladder import Ladder
from kiosk.reading.locator import detects_code
from tests.device_support import NOTICE, code_picture, on_desk


def _seen(code: Gray) -> Gray:
    return on_desk(code)[:, :, 0]


@pytest.mark.parametrize("box", [4, 6, 9])
@pytest.mark.parametrize("fault", ["out of focus", "smeared"])
def test_a_code_that_nobody_can_read_is_seen(box: int, fault: str) -> None:
    """A code that is too blurred for the decoders is still detected, so that the visitor gets a hint."""
    scene = _seen(code_picture(NOTICE, box=box))
    if fault == "out of focus":
        spoiled = cv2.GaussianBlur(scene, (0, 0), box * 0.9)
    else:
        spoiled = cv2.filter2D(scene, -1, np.ones((1, box * 3), np.float32) / (box * 3))
    picture = spoiled.astype(np.uint8)
    assert Ladder().read(picture).reason == "none"
    assert detects_code(picture)


def _page(lines: range, left: int) -> Gray:
    page = np.full((720, 1280), 230, np.uint8)
    for y in lines:
        cv2.putText(
            page, "A notice with many words", (left, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20.0, 20.0, 20.0), 2
        )
    return page


@pytest.mark.parametrize(
    "picture",
    [
        on_desk(),
        desk_picture((1280, 720)),
        np.random.default_rng(3).integers(0, 256, (720, 1280), np.uint8),
        _page(range(60, 700, 34), 60),
        _page(range(300, 360, 34), 400),
        np.zeros((0, 0), np.uint8),
        np.zeros((20, 2000), np.uint8),
        np.zeros((900, 40, 3), np.uint8),
    ],
    ids=["plain", "desk", "noise", "page", "two lines", "nothing", "strip", "column"],
)
def test_what_is_no_code_is_not_taken_for_one(picture: Gray) -> None:
    """Desks, text and noise bring no hint, and pictures of any size are looked at without error."""
    assert not detects_code(picture)
