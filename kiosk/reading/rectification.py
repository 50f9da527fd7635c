"""The last step of the ladder: lay a grid on a code that was seen but not read, and decode a clean drawing of it."""

from collections.abc import Callable, Iterator

import numpy as np

from kiosk.camera import Gray
from kiosk.reading.code_part import PartInView, finds_of_parts, part_of
from kiosk.reading.costs import Costs
from kiosk.reading.decoders import read_codes
from kiosk.reading.detection import Corners, DecodedSymbol, Detection, ModuleEstimate, near
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.grid import Plane, SamplingGrid
from kiosk.reading.symbol import drawn

_LARGEST = 57
"""Modules of the largest code that is worth it: version 10. Larger ones take longer than a frame."""
_MOST_PLACES = 2
_LEAST_AGREEMENT = 0.8
"""Share of the shared patterns that must look right before a drawing is decoded: nothing is made up from noise."""
_HOPELESS = 0.66
_FIRST_COST = 0.002

_STAGES: tuple[tuple[str, Callable[[SamplingGrid], None]], ...] = (
    ("laid", lambda _: None),
    ("bent", lambda lattice: lattice.bend()),
    ("relaxed", lambda lattice: lattice.relax(3, (0.7, 0.35))),
    ("relaxed more", lambda lattice: lattice.relax(5, (0.5, 0.25))),
)


class Rectifier:
    """A decoder for codes that others saw but could not read: bent, folded, smeared, badly lit.

    Every stage costs more than the one before. Which stages fit into the time that is left is judged by how long
    each took last time.
    """

    name = "straightened"
    quick = True
    """It costs nothing where no second code was seen."""

    def __init__(self) -> None:
        self._costs = Costs(_FIRST_COST)

    def decode(self, sight: FrameViews) -> list[DecodedSymbol]:
        """Every code it can read among those that were only seen."""
        found: list[DecodedSymbol] = []
        for sketch in _places(sight.places()):
            read = self._read(sight, sketch)
            if read is not None:
                found.append(read)
        return found

    def _read(self, sight: FrameViews, sketch: Detection) -> DecodedSymbol | None:
        lattice: SamplingGrid | None = None
        values: Plane | None = None
        for stage, improve in _STAGES:
            if not self._costs.fits((stage, sketch.modules), sight.left):
                break
            began = sight.now()
            lattice = lattice or SamplingGrid(sight.gray, sketch.corners, sketch.modules)
            improve(lattice)
            agreement = lattice.agreement
            if agreement >= _LEAST_AGREEMENT:
                for values in _guesses(lattice):
                    found = read_values(values, sketch.corners)
                    if found is not None:
                        return found
            self._costs.note((stage, sketch.modules), sight.now() - began)
            if agreement < _HOPELESS and stage != "laid":
                break
        if values is not None:
            sight.impressions.append(ModuleEstimate(sketch.corners, values))
        return None


def _places(sketches: tuple[Detection, ...]) -> list[Detection]:
    """One sketch of each place, of sizes that are worth it."""
    chosen: list[Detection] = []
    for sketch in sketches:
        known = any(near(sketch.corners, other.corners, 0.3) for other in chosen)
        if not known and sketch.modules <= _LARGEST:
            chosen.append(sketch)
    return chosen[:_MOST_PLACES]


def _guesses(lattice: SamplingGrid) -> Iterator[Plane]:
    """The modules as they look, then without their neighbours' smear."""
    yield lattice.values()
    yield lattice.equalised()


def read_values(values: Plane, corners: Corners) -> DecodedSymbol | None:
    """Decode modules from a clean drawing of them; the code's own error correction decides whether they are right."""
    for code in read_codes(_picture(values), binary=True):
        if code.valid:
            part = part_of(code)
            if part is None:
                return DecodedSymbol.of(code.text, code.bytes, corners, len(values))
            return next(finds_of_parts([PartInView(part, code.text, code.bytes, corners, len(values))]))
    return None


def _picture(values: Plane) -> Gray:
    return drawn(np.asarray(values < 0, np.bool_))
