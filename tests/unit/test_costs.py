"""What a step of reading is taken to cost: learnt, with caution, and forgiven after a bad moment."""

import pytest

from kiosk.reading.costs import Costs


def test_a_step_that_never_ran_is_tried_unless_a_first_guess_says_otherwise() -> None:
    """Protects a step from never being tried, and the frame from one that is known to be slow."""
    assert Costs().fits("look", 0.001)
    assert Costs(first=0.010).fits("look", 0.012)
    assert not Costs(first=0.010).fits("look", 0.011)


@pytest.mark.parametrize("left", [0.0, -0.005])
def test_nothing_fits_where_no_time_is_left(left: float) -> None:
    """Protects the next picture from a step that costs nothing as far as is known."""
    assert Costs().fits("look", left) is False


@pytest.mark.parametrize(("left", "fits"), [(0.0231, True), (0.0229, False), (1.0, True)])
def test_the_last_cost_counts_with_a_little_more(left: float, fits: bool) -> None:
    """Protects the frame rate: 20 ms last time need 23 ms now, because no two runs are alike."""
    costs = Costs()
    costs.note("look", 0.020)
    assert costs.fits("look", left) is fits
    assert costs.fits("other", 0.0001)


def test_a_larger_picture_costs_more() -> None:
    """Protects from a step that fitted a small piece and is given the whole picture."""
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
