"""The expected cost of a decoding step: learnt from its last run, with a margin, and lowered after a slow run."""

import pytest

from kiosk.reading.costs import Costs


def test_a_step_that_never_ran_is_tried_unless_a_first_guess_says_otherwise() -> None:
    """Protects a step from never being tried, and the frame from one that is known to be slow."""
    assert Costs().fits("look", 0.001)
    assert Costs(first=0.010).fits("look", 0.012)
    assert not Costs(first=0.010).fits("look", 0.011)


@pytest.mark.parametrize("left", [0.0, -0.005])
def test_nothing_fits_where_no_time_is_left(left: float) -> None:
    """Protects the next picture: without time left, even a step without a known cost is not started."""
    assert Costs().fits("look", left) is False


@pytest.mark.parametrize(("left", "fits"), [(0.0231, True), (0.0229, False), (1.0, True)])
def test_the_last_cost_counts_with_a_little_more(left: float, fits: bool) -> None:
    """Protects the frame rate: 20 ms last time need 23 ms now, because no two runs are alike."""
    costs = Costs()
    costs.note("look", 0.020)
    assert costs.fits("look", left) is fits
    assert costs.fits("other", 0.0001)


def test_a_larger_picture_costs_more() -> None:
    """Protects the frame rate: a step that fits for a small picture is not assumed to fit for a larger one."""
    costs = Costs()
    costs.note("look", 0.030, amount=3.0)
    assert costs.fits("look", 0.0116)
    assert costs.fits("look", 0.0231, amount=2.0)
    assert not costs.fits("look", 0.0229, amount=2.0)


def test_a_bad_moment_is_forgiven_little_by_little() -> None:
    """Protects a reader that was shut out once, while the machine was busy, from never being asked again."""
    costs = Costs()
    costs.note("look", 0.020)
    tries = [costs.fits("look", 0.020) for _ in range(4)]
    assert tries == [False, False, True, True]
