"""Results of a decoder: symbols that it decoded, and detections of codes that it could not decode.

A 12-digit number (個人番号) is dropped here, at the moment of reading; no object of the ladder ever holds one.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backend.wire import FieldShape, contains_my_number

Point = tuple[float, float]
"""Pixels to the right, pixels down."""

Corners = tuple[Point, ...]
"""Corners of a code without its quiet zone: top left, top right, bottom right, bottom left of the upright code."""


@dataclass(frozen=True)
class DecodedSymbol:
    """One code that was read.

    Attributes:
        text: what it says; empty where ``my_number`` or ``part`` is true.
        corners: where it is.
        my_number: it held a 12-digit number.
        modules: modules along one side; 0 if the decoder does not say.
        part: it is one of several codes that share a text, and no use alone.
    """

    text: str = field(repr=False)
    corners: Corners
    my_number: bool = False
    modules: int = 0
    part: bool = False

    @classmethod
    def of(cls, text: str, raw: bytes, corners: Corners, modules: int = 0) -> "DecodedSymbol":
        """Make a symbol. A 12-digit number in the text or in the raw bytes is dropped, with all of the text.

        Args:
            text: the decoded text.
            raw: the decoded bytes.
            corners: where the code is.
            modules: modules along one side; 0 if that is not known.
        """
        if any(contains_my_number(said, FieldShape.CODE) for said in (text, raw.decode("latin-1"))):
            return cls("", corners, my_number=True, modules=modules)
        return cls(text, corners, modules=modules)

    def same_place(self, other: "DecodedSymbol") -> bool:
        """Whether two symbols are the same code: their centres are closer together than those of two codes can be."""
        return near(self.corners, other.corners, 0.5)

    def agrees_with(self, other: "DecodedSymbol") -> bool:
        """Whether two symbols are the same code and were read with the same result."""
        said = (self.text, self.my_number, self.part)
        return self.same_place(other) and said == (other.text, other.my_number, other.part)


@dataclass(frozen=True)
class Detection:
    """One code that was detected but not read: where it is, and how many modules it has along one side."""

    corners: Corners
    modules: int


@dataclass(frozen=True)
class ModuleEstimate:
    """What is known of the modules of one code that could not be read.

    Attributes:
        corners: where it is.
        values: rows and columns of modules, around -1 dark to around +1 light.
    """

    corners: Corners
    values: NDArray[np.float32] = field(repr=False)

    @property
    def modules(self) -> int:
        """Modules along one side."""
        return len(self.values)


def centre(corners: Corners) -> Point:
    """The middle of the corners."""
    count = max(1, len(corners))
    return (sum(x for x, _ in corners) / count, sum(y for _, y in corners) / count)


def side(corners: Corners) -> float:
    """The larger side of the box around the corners, in pixels."""
    if not corners:
        return 0.0
    xs, ys = zip(*corners, strict=True)
    return float(max(max(xs) - min(xs), max(ys) - min(ys)))


def near(one: Corners, other: Corners, share: float) -> bool:
    """Whether the centres of two places are closer than ``share`` times the side of the larger one."""
    return math.dist(centre(one), centre(other)) < share * max(side(one), side(other), 1.0)


def moved(corners: Corners, scale: float, margin: float) -> Corners:
    """Corners in the frame, from corners in a copy that is ``scale`` times as large behind a margin (pixels)."""
    return tuple(((x - margin) / scale, (y - margin) / scale) for x, y in corners)
