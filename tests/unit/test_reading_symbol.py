"""What every code of a size shares, and a grid laid on one: held against codes that another library draws."""

import cv2
import numpy as np
import pytest
import qrcode
from qrcode.constants import ERROR_CORRECT_M

from kiosk.reading.grid import SamplingGrid
from kiosk.reading.symbol import QUIET, Modules, drawn, modules_of, patterns


def code(version: int) -> Modules:
    """A code of a version, as the qrcode package makes it."""
    maker = qrcode.QRCode(version=version, error_correction=ERROR_CORRECT_M, border=0)
    maker.add_data("NOTICE")
    maker.make(fit=False)
    return np.array(maker.get_matrix(), np.bool_)


@pytest.mark.parametrize("version", [1, 2, 6, 7, 14, 21, 32, 40])
def test_what_is_shared_stands_in_every_code_of_its_size(version: int) -> None:
    """Protects the equaliser from learning from modules that are not as it believes, up to the largest code."""
    modules = code(version)
    assert len(modules) == modules_of(version)
    known = patterns(modules_of(version))
    assert np.all(modules[known < 0])
    assert not np.any(modules[known > 0])
    assert np.count_nonzero(known) > 3 * 49


@pytest.mark.parametrize("version", [0, 41])
def test_there_are_forty_versions(version: int) -> None:
    """Protects from a grid of a size that no code has."""
    with pytest.raises(ValueError, match="no QR code of version"):
        modules_of(version)


@pytest.mark.parametrize("version", [1, 3, 10])
def test_a_grid_on_a_clean_picture_gives_the_modules_back(version: int) -> None:
    """Protects the last step of the reading: what lies flat is read as it is, module by module."""
    modules = code(version)
    assert np.array_equal(
        drawn(modules)[2 * QUIET : -2 * QUIET : 2, 2 * QUIET : -2 * QUIET : 2] < 128, modules
    )
    scale = 4
    picture = cv2.resize(drawn(modules), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    first, last = float(2 * QUIET * scale), float(picture.shape[0] - 2 * QUIET * scale)
    corners = ((first, first), (last, first), (last, last), (first, last))
    grid = SamplingGrid(picture.astype(np.uint8), corners, len(modules))
    assert grid.agreement == pytest.approx(1.0)
    assert np.array_equal(grid.values() < 0, modules)
