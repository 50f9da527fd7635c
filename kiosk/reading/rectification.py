"""A late step of the ladder: lay a grid on a code that was detected but not read, and decode a clean drawing of it."""

from collections.abc import Callable, Iterator

import numpy as np

from kiosk.camera import Gray
from kiosk.reading.code_part import PartInView, part_of, symbols_of_parts
from kiosk.reading.costs import Costs
from kiosk.reading.decoders import read_codes
from kiosk.reading.detection import Corners, DecodedSymbol, Detection, ModuleEstimate, near
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.grid import Plane, SamplingGrid
from kiosk.reading.symbol import drawn

_LARGEST = 57
"""Modules along one side of the largest code that is tried: version 10. Larger ones take longer than a frame."""
_MOST_PLACES = 2
_LEAST_AGREEMENT = 0.8
"""Share of the shared patterns that must look right before a drawing is decoded, so that noise is never decoded."""
_HOPELESS = 0.66
_FIRST_COST = 0.002

_STAGES: tuple[tuple[str, Callable[[SamplingGrid], None]], ...] = (
    ("laid", lambda _: None),
    ("bent", lambda grid: grid.bend()),
    ("relaxed", lambda grid: grid.relax(3, (0.7, 0.35))),
    ("relaxed more", lambda grid: grid.relax(5, (0.5, 0.25))),
)


class Rectifier:
    """A decoder for codes that others detected but could not read: bent, folded, blurred, badly lit.

    Every stage costs more than the one before. A stage runs only if it fits into the time that is left, judged by how
    long it took last time.
    """

    name = "straightened"
    quick = True
    """It costs nothing where no other code was detected."""

    def __init__(self) -> None:
        self._costs = Costs(_FIRST_COST)

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """Every code it can read among those that were only detected."""
        symbols: list[DecodedSymbol] = []
        for detection in _places(views.places()):
            symbol = self._read(views, detection)
            if symbol is not None:
                symbols.append(symbol)
        return symbols

    def _read(self, views: FrameViews, detection: Detection) -> DecodedSymbol | None:
        grid: SamplingGrid | None = None
        values: Plane | None = None
        for stage, improve in _STAGES:
            if not self._costs.fits((stage, detection.modules), views.left):
                break
            began = views.now()
            grid = grid or SamplingGrid(views.gray, detection.corners, detection.modules)
            improve(grid)
            agreement = grid.agreement
            if agreement >= _LEAST_AGREEMENT:
                for values in _guesses(grid):
                    symbol = read_values(values, detection.corners)
                    if symbol is not None:
                        return symbol
            self._costs.note((stage, detection.modules), views.now() - began)
            if agreement < _HOPELESS and stage != "laid":
                break
        if values is not None:
            views.estimates.append(ModuleEstimate(detection.corners, values))
        return None


def _places(detections: tuple[Detection, ...]) -> list[Detection]:
    """One detection per place, without codes that are too large, and not more than can be tried."""
    chosen: list[Detection] = []
    for detection in detections:
        known = any(near(detection.corners, other.corners, 0.3) for other in chosen)
        if not known and detection.modules <= _LARGEST:
            chosen.append(detection)
    return chosen[:_MOST_PLACES]


def _guesses(grid: SamplingGrid) -> Iterator[Plane]:
    """The modules as they are in the picture, then without the blur from their neighbours."""
    yield grid.values()
    yield grid.equalised()


def read_values(values: Plane, corners: Corners) -> DecodedSymbol | None:
    """Decode modules from a clean drawing of them; the code's own error correction decides whether they are right.

    Args:
        values: rows and columns of modules; negative is dark.
        corners: where the code is in the frame; given to the symbol.

    Returns:
        The symbol, or None if it cannot be read.
    """
    for code in read_codes(_picture(values), binary=True):
        if code.valid:
            part = part_of(code)
            if part is None:
                return DecodedSymbol.of(code.text, code.bytes, corners, len(values))
            return next(symbols_of_parts([PartInView(part, code.text, code.bytes, corners, len(values))]))
    return None


def _picture(values: Plane) -> Gray:
    return drawn(np.asarray(values < 0, np.bool_))
