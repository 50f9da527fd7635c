"""The drawing that shows what to hold where."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from backend.wire.codes import CodePlace
from kiosk.camera.optics import CameraAt
from kiosk.screens.gesture import SIZE, STEPS, picture, pictures, seconds
from kiosk.screens.look import LOOK


def gesture(place: CodePlace, camera_at: CameraAt, scale: float = 1.0) -> list[Image.Image]:
    """All pictures in their order."""
    return [picture(number, place, camera_at, scale=scale) for number in range(pictures(place))]


def ink(place: CodePlace, camera_at: CameraAt, step: int) -> NDArray[np.bool_]:
    """The pixels of a picture that differ from the screen's background."""
    drawn = np.asarray(picture(step, place, camera_at), dtype=np.int16)
    ground = np.array(LOOK.colour.paper.rgb)
    far: NDArray[np.bool_] = np.abs(drawn - ground).max(axis=2) > 24
    return far


@pytest.mark.parametrize("place", list(CodePlace))
@pytest.mark.parametrize("camera_at", list(CameraAt))
def test_three_steps_of_each_paper(place: CodePlace, camera_at: CameraAt) -> None:
    """Protects the picture as a sequence: each step differs, and where two papers are in use both are shown."""
    drawn = gesture(place, camera_at)
    assert len(drawn) == STEPS * (2 if place is CodePlace.BOTH else 1)
    assert {one.size for one in drawn} == {SIZE}
    for one, other in combinations(drawn, 2):
        assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize("place", list(CodePlace))
def test_paper_is_white_with_a_dark_code_in_every_look(place: CodePlace) -> None:
    """Protects who sees little: what they hold is white with a dark code, also where the screen is black."""
    LOOK.ease(eased=True)
    try:
        (x, y) = (190 + 32, 130 - 34) if place is not CodePlace.POSTCARD else (190, 130 + 48)
        code = np.asarray(
            picture(0, place, CameraAt.NONE).convert("L").crop((x - 35, y - 35, x + 35, y + 35))
        )
        edge = np.asarray(
            picture(0, place, CameraAt.NONE).convert("L").crop((x - 38, y - 38, x + 38, y - 37))
        )
    finally:
        LOOK.ease(eased=False)
    assert edge.min() > 240
    assert 0.3 < float((code < 64).mean()) < 0.7


def test_sheet_and_postcard_look_different() -> None:
    """Protects a visitor with both papers in hand: the drawing tells which one is meant."""
    sheet, postcard = (gesture(place, CameraAt.NONE) for place in (CodePlace.SHEET, CodePlace.POSTCARD))
    assert all(one.tobytes() != other.tobytes() for one, other in zip(sheet, postcard, strict=True))
    both = gesture(CodePlace.BOTH, CameraAt.NONE)
    assert [one.tobytes() for one in both] == [one.tobytes() for one in (*sheet, *postcard)]


def test_the_paper_comes_nearer_to_the_lens() -> None:
    """Protects the direction of the gesture, also where the camera is at the left."""
    middle = SIZE[0] // 2
    for camera_at, sign in ((CameraAt.NONE, 1), (CameraAt.RIGHT, 1), (CameraAt.LEFT, -1)):
        # The rows above the arrow and beside the lens: only the paper is drawn there.
        columns = [
            np.flatnonzero(ink(CodePlace.SHEET, camera_at, step)[24:36].any(axis=0)) for step in range(STEPS)
        ]
        places = [sign * (float(np.median(column)) - middle) for column in columns]
        assert places == sorted(places)
        assert places[-1] - places[0] > 200


@pytest.mark.parametrize(
    ("camera_at", "lines"),
    [(CameraAt.TOP, "upper"), (CameraAt.BELOW, "lower")],
)
def test_the_arrow_leads_to_the_camera(camera_at: CameraAt, lines: str) -> None:
    """Protects visitors from looking for the camera: the arrow's head is at its end that is nearer to it."""
    arrow = ink(CodePlace.SHEET, camera_at, 0)[:, 852:968]
    widths = arrow.sum(axis=1)
    widest = int(np.flatnonzero(widths == widths.max()).mean())
    assert (widest < SIZE[1] / 2) == (lines == "upper")
    assert not ink(CodePlace.SHEET, CameraAt.NONE, 0)[:, 920:].any()


def test_pictures_are_made_for_the_screen_that_shows_them() -> None:
    """Protects sharpness: a smaller or larger screen gets pictures of its own size."""
    for scale in (0.5, 2.0):
        sizes = {one.size for one in gesture(CodePlace.SHEET, CameraAt.NONE, scale=scale)}
        assert sizes == {(round(SIZE[0] * scale), round(SIZE[1] * scale))}


@pytest.mark.parametrize("place", list(CodePlace))
def test_the_drawing_rests_most_of_the_time(place: CodePlace) -> None:
    """Protects the idle cost: a change is a frame of the whole window, and once a second would be half of what is allowed."""
    turns = pictures(place)
    assert all(seconds(number) >= 1 for number in range(turns))
    assert turns / sum(seconds(number) for number in range(turns)) <= 0.34
    assert seconds(STEPS - 1) == max(seconds(number) for number in range(turns))
