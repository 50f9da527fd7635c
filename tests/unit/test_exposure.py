"""The rule of exposure, without a camera."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kiosk.exposure import Bounds, ExposureRule, Light

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
