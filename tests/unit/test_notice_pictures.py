"""The generator of test pictures: if it is wrong, all figures about decoding are worthless."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kiosk.camera.frame import Gray, Pixels
from kiosk.reading.ladder import NO_LIMIT, Ladder
from tests.notice_pictures.faults import FAULTS, LEVELS, MIXTURE, NOTHING, Conditions, conditions, is_ordinary
from tests.notice_pictures.maker import Kind, Scene, shot, shots
from tests.notice_pictures.papers import Paper, other_notice, our_notice, phone
from tests.notice_pictures.pose import SIZE
from tests.notice_pictures.videos import FRAMES, video


def digest(picture: Pixels) -> str:
    """A digest of a picture, to compare pictures."""
    return hashlib.sha256(picture.tobytes()).hexdigest()


def read(picture: Pixels | Gray) -> str | None:
    """The text that the kiosk's decoders read from a picture, without a time limit."""
    return Ladder(budget_ms=NO_LIMIT).read(picture).text


def with_fault(wrong: Conditions, seed: int = 7) -> Pixels:
    """A picture of the same paper in the same pose, with another fault."""
    rng = np.random.default_rng(seed)
    return Scene(our_notice(1), wrong, rng).picture(np.random.default_rng(1))


def test_the_same_seed_gives_the_same_picture() -> None:
    """A figure can be measured again tomorrow, on another machine, with the very same pictures."""
    one, again = shot(MIXTURE, 3, 5), shot(MIXTURE, 3, 5)
    assert digest(one.picture) == digest(again.picture)
    assert one.text == again.text
    others = [shot(MIXTURE, 3, 6), shot(MIXTURE, 4, 5), shot("glare", 3, 5), shot(MIXTURE, 3, 5, "other")]
    assert len({digest(other.picture) for other in [one, *others]}) == 5


def test_a_picture_is_what_a_camera_gives() -> None:
    """Size, channels and a sensor's noise are those of the kiosk's camera."""
    picture = shot(NOTHING, 0, 1).picture
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert picture.dtype == np.uint8
    calm = with_fault(replace(Conditions(), noise=0.0))
    assert 3 < np.std(with_fault(Conditions()).astype(np.int16) - calm) < 6


@pytest.mark.parametrize("make", [our_notice, other_notice, phone])
def test_the_truth_is_what_the_paper_says(make: Callable[[int], Paper]) -> None:
    """The text beside a picture is the text in it, for every kind of paper and for papers of its own each."""
    papers = [make(seed) for seed in (1, 2, 3)]
    assert [read(paper.raster) for paper in papers] == [paper.text for paper in papers]
    assert len({paper.text for paper in papers}) == 3


@pytest.mark.parametrize("kind", ["ours", "other"])
def test_a_picture_without_a_fault_shows_its_text(kind: Kind) -> None:
    """What nobody could fail to read carries the text that is told with it."""
    one = shot(NOTHING, 0, 11, kind)
    assert (read(one.picture), one.level, one.ordinary) == (one.text, 0, True)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != MIXTURE])
def test_every_level_is_another_picture_and_worse_than_the_one_before(fault: str) -> None:
    """Five levels of a fault really differ, and each is further from the picture without the fault."""
    rng = np.random.default_rng(1)
    clean = with_fault(Conditions()).astype(np.int16)
    wrongs = [conditions(fault, level, rng) for level in LEVELS]
    assert len(set(wrongs)) == len(LEVELS)
    away = [float(np.abs(with_fault(wrong).astype(np.int16) - clean).mean()) for wrong in wrongs]
    assert min(away) > 0.3
    if fault not in {
        "distance",
        "tilt",
        "fold",
        "curl",
        "JPEG",
        "phone screen",
    }:  # these move every edge at once
        assert away == sorted(away)


def test_a_mixture_is_made_of_several_faults() -> None:
    """Its mildest level has two faults at level 1, its worst three at level 3, drawn anew for each seed."""
    nothing = Conditions()
    drawn = set()
    for seed in range(30):
        wrong = conditions(MIXTURE, 5, np.random.default_rng(seed))
        drawn.add(wrong)
        assert wrong != nothing
    assert len(drawn) > 20


def test_what_is_ordinary() -> None:
    """Ordinary is no fault, the two mildest levels of one fault, and the mildest mixture; nothing else."""
    counted = [(one.fault, one.level) for one in shots(1) if one.ordinary]
    assert len(counted) == 1 + 2 * (len(FAULTS) - 1) + 1
    assert (NOTHING, 0) in counted
    assert (MIXTURE, 1) in counted
    assert not is_ordinary(MIXTURE, 2)
    assert not is_ordinary("glare", 3)


def test_unknown_faults_and_levels_are_refused() -> None:
    """An unknown name of a fault is an error, instead of giving pictures without a fault."""
    rng = np.random.default_rng(1)
    with pytest.raises(KeyError):
        conditions("rain", 1, rng)
    with pytest.raises(IndexError):
        conditions("glare", 6, rng)


def test_a_video_is_one_notice_in_a_moving_hand() -> None:
    """Fifteen pictures of one paper, no two alike, the same for the same seed."""
    frames = video("motion", 1, 3)
    assert len(frames.pictures) == FRAMES == 15
    assert len({digest(picture) for picture in frames.pictures}) == FRAMES
    again = video("motion", 1, 3)
    assert [digest(picture) for picture in again.pictures] == [digest(picture) for picture in frames.pictures]
    assert frames.text in {read(picture) for picture in frames.pictures}
