"""Reading frames in sequence: earlier frames help with the next one, but texts are never mixed from several codes."""

import gc
import tracemalloc

import numpy as np
import pytest

from backend.wire.codes import ScanReason
from kiosk.camera.frame import Gray
from kiosk.reading.decoders import Decoder
from kiosk.reading.detection import DecodedSymbol, Detection, ModuleEstimate
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.ladder import NO_LIMIT, Ladder, Reading
from kiosk.reading.tracking import COMBINED, Tracker
from tests.device_support import NOTICE, code_picture, on_desk
from tests.invented_number import MY_NUMBER
from tests.notice_pictures.videos import video
from tests.proof import examples

PLACE = ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0))
FRAME = np.full((480, 640), 128, np.uint8)


def modules(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """A code's modules without quiet zone: -1 dark, +1 light."""
    return np.where(code_picture(text, box=1, border=0) == 0, -1, 1).astype(np.float32)


class Estimating:
    """A decoder that reads nothing and leaves one estimate of each picture."""

    name = "estimating"
    quick = True

    def __init__(self, *estimates: ModuleEstimate | None) -> None:
        self._estimates = iter(estimates)

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """Leave the next estimate."""
        estimate = next(self._estimates)
        if estimate is not None:
            views.estimates.append(estimate)
            views.note(Detection(estimate.corners, estimate.modules))
        return []


def followed(*decoders: Decoder, pictures: int) -> list[Reading]:
    """Read this many pictures without a code."""
    tracker = Tracker(Ladder(decoders, budget_ms=NO_LIMIT))
    return [tracker.read(FRAME) for _ in range(pictures)]


def spoilt(text: str, seed: int, corners: tuple[tuple[float, float], ...] = PLACE) -> ModuleEstimate:
    """An estimate in which every module may be wrong, so that no single one can be read."""
    values = modules(text)
    noise = np.random.default_rng(seed).normal(0, 0.8, values.shape)
    return ModuleEstimate(corners, (values + noise).astype(np.float32))


def test_several_pictures_tell_what_none_tells_alone() -> None:
    """Estimates of one code add up until they can be read."""
    readings = followed(Estimating(*(spoilt(NOTICE, seed) for seed in range(6))), pictures=6)
    assert readings[0].reason is ScanReason.NONE
    told = {(reading.text, reading.decoder) for reading in readings if reading.reason is not ScanReason.NONE}
    assert told == {(NOTICE, COMBINED)}


def test_a_my_number_in_several_pictures_is_not_kept() -> None:
    """A 12-digit number that only several pictures tell is refused like any other."""
    readings = followed(Estimating(*(spoilt(MY_NUMBER, seed) for seed in range(6))), pictures=6)
    assert readings[0].reason is ScanReason.NONE
    assert {reading.reason for reading in readings[1:]} >= {ScanReason.MY_NUMBER}
    assert {reading.text for reading in readings} == {None}


def test_estimates_of_two_places_are_not_mixed() -> None:
    """A second code elsewhere starts anew: nothing is read from halves of two codes."""
    away = tuple((x + 150.0, y) for x, y in PLACE)
    mixed = [spoilt(NOTICE, seed, PLACE if seed % 2 else away) for seed in range(6)]
    assert {reading.reason for reading in followed(Estimating(*mixed), pictures=6)} == {ScanReason.NONE}


def test_estimates_are_forgotten_with_the_code() -> None:
    """What the last visitor held up says nothing about the next one's notice."""
    estimates: list[ModuleEstimate | None] = [spoilt(NOTICE, 1)]
    estimates += [None] * 9
    estimates += [spoilt(NOTICE, 2)]
    tracker = Tracker(Ladder([Estimating(*estimates)], budget_ms=NO_LIMIT))
    for _ in estimates:
        tracker.read(FRAME)
    assert len(tracker._estimates) == 1


class Places:
    """A decoder that detects a code in the first frame only, and notes where it is looked for in the others."""

    name = "places"
    quick = True

    def __init__(self, corners: tuple[tuple[float, float], ...]) -> None:
        self._corners = corners
        self.asked: list[tuple[Detection, ...]] = []

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """Detect the code in the first frame only."""
        if not self.asked:
            views.note(Detection(self._corners, 25))
        self.asked.append(views.places())
        return []


def shifted(picture: Gray, right: int, down: int) -> Gray:
    """The picture with everything in it moved."""
    return np.roll(picture, (down, right), (0, 1))


def test_a_place_is_carried_on_to_where_the_code_has_moved() -> None:
    """A trembling hand does not lose the place of a code that the next picture does not show as clearly."""
    desk = on_desk(code_picture(NOTICE))[:, :, 0]
    corners = ((84.0, 124.0), (210.0, 124.0), (210.0, 250.0), (84.0, 250.0))
    places = Places(corners)
    tracker = Tracker(Ladder([places], budget_ms=NO_LIMIT))
    tracker.read(desk)
    tracker.read(shifted(desk, 14, -8))
    ((carried,),) = places.asked[1:]
    assert carried.modules == 25
    for (x, y), (was_x, was_y) in zip(carried.corners, corners, strict=True):
        assert (x - was_x, y - was_y) == pytest.approx((14, -8), abs=2)


def test_no_place_is_carried_on_to_another_scene() -> None:
    """When the notice is gone nothing is looked for where it was."""
    desk = on_desk(code_picture(NOTICE))[:, :, 0]
    places = Places(((84.0, 124.0), (210.0, 124.0), (210.0, 250.0), (84.0, 250.0)))
    tracker = Tracker(Ladder([places], budget_ms=NO_LIMIT))
    tracker.read(desk)
    tracker.read(np.random.default_rng(1).integers(0, 256, desk.shape, np.uint8))
    assert places.asked[1] == ()


@pytest.mark.parametrize("fault", ["motion", "low light", "curl"])
def test_a_hand_held_notice_is_read_and_never_wrongly(fault: str) -> None:
    """Half a second before the camera is enough, and no frame gives another text."""
    held = video(fault, 3, 4)
    tracker = Tracker(Ladder(budget_ms=NO_LIMIT))
    texts = {tracker.read(picture, look_further=False).text for picture in held.pictures}
    assert texts - {None} == {held.text}


def test_thousands_of_pictures_do_not_add_up() -> None:
    """A kiosk that looks all day keeps nothing of the pictures before."""
    pictures = examples(2_000, proof=10_000)
    rng = np.random.default_rng(1)
    small = code_picture(NOTICE, box=2)
    code = np.full((small.shape[0], 410), 200, np.uint8)
    code[:, 100 : 100 + small.shape[1]] = small
    blank = np.full_like(code, 200)
    noisy = rng.integers(0, 256, code.shape, np.uint8)
    faint = (code // 8 + 100).astype(np.uint8)
    tracker = Tracker(Ladder(budget_ms=5.0, clock=lambda: 0.0))
    short = Tracker(Ladder(budget_ms=0.001))
    for number in range(300):
        tracker.read((code, blank, noisy, faint)[number % 4])
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(pictures):
            short.read((blank, noisy, faint, code)[number % 4], rungs=2)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < max(300_000, 100 * pictures)
