"""The two engines that decode: zxing-cpp and ZBar, on a picture prepared in one way each.

Only QR codes of model 2 are looked for: wider settings have produced false texts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from kiosk.camera import Gray
from kiosk.reading.code_part import PartInView, SymbolPart, part_of, symbols_of_parts
from kiosk.reading.detection import Corners, DecodedSymbol, Detection, moved
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.symbol import modules_of

Preparation = Callable[[Gray], Gray]
"""What is done to a gray picture before a decoder looks at it."""


class Decoder(Protocol):
    """Reads codes in a frame; anything with this interface can be a rung of the ladder."""

    @property
    def name(self) -> str:
        """Its name in results and logs."""

    @property
    def quick(self) -> bool:
        """Whether it is cheap enough to look for a second code after a first one has been read."""

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """Every code it can read, each with its corners in pixels of the picture."""


_FORMATS: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])


def read_codes(
    gray: Gray, *, binary: bool = False, smaller: bool = False, inverted: bool = False, errors: bool = False
) -> list[Any]:
    """Let zxing-cpp look at a picture.

    Args:
        gray: the picture.
        binary: the picture is black and white already.
        smaller: look at smaller copies of it too.
        inverted: look for light codes on dark ground too.
        errors: return codes, too, that were detected but not read.

    Returns:
        Results of zxing-cpp; ``valid`` is False for codes that were not read.
    """
    binarizer = zxingcpp.Binarizer.BoolCast if binary else zxingcpp.Binarizer.LocalAverage
    return list(
        zxingcpp.read_barcodes(
            gray,
            formats=_FORMATS,
            try_rotate=False,  # finder patterns are found at any angle; turning only helps bar codes
            try_invert=inverted,
            try_downscale=smaller,
            text_mode=zxingcpp.TextMode.Plain,
            binarizer=binarizer,
            return_errors=errors,
        )
    )


@dataclass(frozen=True)
class ZxingDecoder:
    """zxing-cpp on a prepared picture. Codes that it detects but cannot read are noted in the views for later steps.

    Attributes:
        name: name of this decoder.
        prepare: what is done to the picture after it was scaled.
        scale: factor by which the picture is scaled first.
        binary: the preparation makes it black and white.
        smaller: smaller copies are looked at too.
        inverted: light codes on dark ground are looked for too.
        quick: see :class:`Decoder`.
    """

    name: str
    prepare: Preparation | None = None
    scale: float = 1.0
    binary: bool = False
    smaller: bool = False
    inverted: bool = False
    quick: bool = True

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """Every code it can read."""
        gray = views.at(self.scale)
        prepared = gray if self.prepare is None else self.prepare(gray)
        symbols = []
        parts = []
        for code in read_codes(
            prepared, binary=self.binary, smaller=self.smaller, inverted=self.inverted, errors=True
        ):
            corners = self._corners(code.position)
            modules = _modules(code)
            if code.valid:
                part = _part(code, views)
                if part is None:
                    symbols.append(DecodedSymbol.of(code.text, code.bytes, corners, modules))
                else:
                    parts.append(PartInView(part, code.text, code.bytes, corners, modules))
            elif modules:
                views.note(Detection(corners, modules))
        return [*symbols, *symbols_of_parts(parts)]

    def _corners(self, position: zxingcpp.Position) -> Corners:
        corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
        return moved(tuple((float(corner.x), float(corner.y)) for corner in corners), self.scale, 0.0)


def _part(code: Any, views: FrameViews) -> SymbolPart | None:
    """Which part of a text a code holds; worked out once per frame for the same code."""
    key = hash((code.bytes, _modules(code)))
    if key not in views.judged:
        views.judged[key] = part_of(code)
    return views.judged[key]


def _modules(code: Any) -> int:
    """Modules along one side of a code that zxing-cpp detected; 0 if it does not say."""
    version = str((code.extra or {}).get("Version", ""))
    return modules_of(int(version)) if version.isdecimal() and 1 <= int(version) <= 40 else 0


@dataclass(frozen=True)
class ZbarDecoder:
    """ZBar on a prepared picture, for QR codes only; it reads some codes that zxing-cpp does not.

    Attributes are those of :class:`ZxingDecoder`.
    """

    name: str
    prepare: Preparation
    scale: float = 1.0
    quick: bool = False

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """Every code it can read; no code at all where one of them is a part of a text."""
        prepared = self.prepare(views.at(self.scale))
        try:
            symbols = pyzbar.decode(prepared, symbols=[pyzbar.ZBarSymbol.QRCODE])
        except ValueError:
            # ZBar joins the parts of one text, even if some are missing, into one symbol without orientation; pyzbar
            # raises an exception for such a symbol.
            return []
        return [
            DecodedSymbol.of(
                symbol.data.decode("utf-8", errors="replace"),
                symbol.data,
                moved(tuple((float(point.x), float(point.y)) for point in symbol.polygon), self.scale, 0.0),
            )
            for symbol in symbols
        ]


def negative(gray: Gray) -> Gray:
    """The picture with light and dark exchanged."""
    return np.asarray(255 - gray, np.uint8)


def sharpened(spread: float, amount: float) -> Preparation:
    """Unsharp mask: add ``amount`` times the difference from a blur of this standard deviation (pixels)."""

    def prepare(gray: Gray) -> Gray:
        soft = cv2.GaussianBlur(gray, (0, 0), spread)
        return np.asarray(cv2.addWeighted(gray, 1 + amount, soft, -amount, 0), np.uint8)

    return prepare


def black_and_white(block: int, below: float, first: Preparation | None = None) -> Preparation:
    """Black where a pixel is darker, by ``below``, than the mean of the ``block`` × ``block`` pixels around it.

    Args:
        block: pixels along the side of the surroundings; odd.
        below: difference of brightness, of 255.
        first: a preparation that is applied before.
    """

    def prepare(gray: Gray) -> Gray:
        soft = gray if first is None else first(gray)
        binary = cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, below)
        return np.asarray(binary, np.uint8)

    return prepare


def blurred(spread: float) -> Preparation:
    """Gaussian blur of this standard deviation (pixels): removes noise and the pixel grid of a screen."""

    def prepare(gray: Gray) -> Gray:
        return np.asarray(cv2.GaussianBlur(gray, (0, 0), spread), np.uint8)

    return prepare
