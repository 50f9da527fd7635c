"""The rule of exposure, without a camera."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kiosk.camera.exposure import Bounds, ExposureRule, Light, LightMeter

BOUNDS = Bounds()
GOOD = Light(120.0, 0.0, 0.8, 0.5)
BRIGHT = Light(230.0, 0.1, None, 0.0)
DARK = Light(20.0, 0.0, None, 0.0)
SMEARED = Light(120.0, 0.0, 0.1, 9.0)


def _changes(lights: list[Light], start: float = 10.0) -> list[tuple[int, float]]:
    """At which measurement the exposure changes, and to what."""
    rule, current, changes = ExposureRule(BOUNDS), start, []
    for number, light in enumerate(lights, start=1):
        wanted = rule.next(light, current)
        if wanted is not None:
            current = wanted
            changes.append((number, round(wanted, 2)))
    return changes


def test_one_measurement_changes_nothing() -> None:
    """A sheet that passes by, or a lamp that flickers, is not followed."""
    assert _changes([BRIGHT, GOOD, DARK, GOOD, SMEARED, GOOD] * 10) == []
    assert _changes([BRIGHT, DARK] * 20) == []


def test_agreeing_measurements_change_it_with_a_pause_between() -> None:
    """Three that agree, then a pause in which the camera follows, then the next step."""
    assert _changes([BRIGHT] * 10) == [(3, 7.0), (10, 4.9)]
    assert _changes([DARK] * 3) == [(3, 13.5)]


def test_a_smeared_picture_is_not_made_black() -> None:
    """Where there is no light to spare, a smeared picture stays as bright as it is."""
    assert _changes([SMEARED] * 3) == [(3, 7.0)]
    assert _changes([Light(60.0, 0.0, 0.1, 9.0)] * 20) == []
    assert _changes([Light(120.0, 0.0, 0.1, 0.2)] * 20) == [], "soft and still is out of focus, not smeared"


@given(
    st.lists(
        st.builds(
            Light,
            st.floats(0, 255),
            st.floats(0, 1),
            st.none() | st.floats(0, 1),
            st.floats(0, 255),
        ),
        max_size=200,
    ),
    st.floats(BOUNDS.shortest, BOUNDS.longest),
)
def test_whatever_is_measured_the_exposure_stays_in_its_bounds(lights: list[Light], start: float) -> None:
    """No sequence of pictures drives a camera out of its range, or makes it change faster than it can follow."""
    changes = _changes(lights, start)
    assert all(BOUNDS.shortest - 0.01 <= wanted <= BOUNDS.longest + 0.01 for _, wanted in changes)
    numbers = [number for number, _ in changes]
    assert all(later - earlier > BOUNDS.pause for earlier, later in pairwise(numbers))


@pytest.mark.parametrize(
    ("light", "vote"),
    [
        (Light(45.0, 0.0, None, 0.0), 0),
        (Light(44.9, 0.0, None, 0.0), 1),
        (Light(205.0, 0.0, None, 0.0), 0),
        (Light(205.1, 0.0, None, 0.0), -1),
        (Light(120.0, 0.25, None, 0.0), 0),
        (Light(120.0, 0.26, None, 0.0), -1),
        (Light(80.0, 0.0, 0.1, 9.0), 0),
        (Light(80.1, 0.0, 0.1, 9.0), -1),
        (Light(40.0, 0.0, 0.1, 9.0), 1),
        (Light(120.0, 0.0, 0.1, 3.0), 0),
        (Light(120.0, 0.0, 0.1, 3.1), -1),
        (Light(120.0, 0.0, 0.30, 9.0), 0),
        (Light(120.0, 0.0, 0.29, 9.0), -1),
    ],
)
def test_where_the_light_is_good_enough_nothing_is_asked_for(light: Light, vote: int) -> None:
    """Protects the camera from hunting: it changes only beyond the limits, to shorter or to longer."""
    ((_, wanted),) = _changes([light] * 3) or [(0, 10.0)]
    assert (wanted > 10.0) - (wanted < 10.0) == vote


def test_the_exposure_stops_at_its_ends() -> None:
    """Protects from too short and too long exposures; changes that are too small to matter are not made."""
    assert [wanted for _, wanted in _changes([BRIGHT] * 99)][-1] == BOUNDS.shortest == 2.0
    assert [wanted for _, wanted in _changes([DARK] * 99)][-1] == BOUNDS.longest == 30.0
    assert _changes([DARK] * 9, start=29.0) == []
    assert _changes([DARK] * 3, start=28.0) == [(3, 30.0)]


def test_a_picture_tells_its_light() -> None:
    """Protects the rule from a meter that sees another brightness, glare, edge or move than there is."""
    meter = LightMeter()
    gray = np.full((360, 640), 100, np.uint8)
    flat = meter.measure(gray)
    assert flat == Light(100.0, 0.0, None, 0.0)
    gray[:, :160] = 255
    glare = meter.measure(gray)
    assert glare is not None
    assert (glare.brightness, glare.saturated) == (100.0, 0.25)
    assert glare.moved == pytest.approx(155 / 4, abs=0.5)
    white = meter.measure(np.full((360, 640), 255, np.uint8))
    assert white is not None
    assert (white.brightness, white.saturated) == (255.0, 1.0)
    assert meter.measure(np.zeros((15, 640), np.uint8)) is None
    assert meter.measure(np.zeros((16, 16), np.uint8)) is not None


def test_only_edges_in_both_directions_are_sharp() -> None:
    """Protects a notice in a moving hand, whose edges along the move stay sharp, and says nothing of a dull picture."""
    across, down = np.indices((32, 64))
    for bright, pattern, sharpness in (
        (160, (across + down) % 2, 1.0),
        (160, across % 2, 0.0),
        (160, down % 2, 0.0),
        (159, (across + down) % 2, None),
    ):
        light = LightMeter().measure(np.where(pattern == 1, bright, 100).astype(np.uint8))
        assert light is not None
        assert light.sharpness == sharpness
