"""Decoding: a picture in, the text of the one code in it out, or the reason why there is none.

A ladder of decoders is climbed until one reads: zxing-cpp over five preparations of the picture, then pyzbar
(ZBar) over two, in the order in which measurement on public photos and seeded pictures put them. Only QR codes
of model 2 are looked for: wider settings have produced false texts.

A 12-digit number (個人番号) is dropped inside the decoder that read it; no object of this module ever holds one.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from backend.wire.codes import ScanReason
from backend.wire.my_number import contains_my_number
from kiosk.picture import Gray, Picture, Preparation, to_gray, working_copy

DEFAULT_BUDGET_MS = 33.0
"""One frame of a camera at 30 pictures a second."""

NO_LIMIT = math.inf
"""A budget that lets every rung try."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Found:
    """One code in a picture. ``text`` is empty, and ``my_number`` true, where it held a 12-digit number."""

    text: str = field(repr=False)
    corners: tuple[Point, ...]
    my_number: bool = False

    @classmethod
    def of(cls, text: str, raw: bytes, corners: tuple[Point, ...]) -> "Found":
        """Make a find, forgetting at once what must not be kept: digits are looked for in text and bytes."""
        if contains_my_number(text) or contains_my_number(raw.decode("latin-1")):
            return cls("", corners, my_number=True)
        return cls(text, corners)

    @property
    def centre(self) -> Point:
        """The middle of the corners."""
        count = max(1, len(self.corners))
        return (sum(x for x, _ in self.corners) / count, sum(y for _, y in self.corners) / count)

    @property
    def side(self) -> float:
        """The larger side of the box around the corners, in pixels."""
        if not self.corners:
            return 0.0
        xs, ys = zip(*self.corners, strict=True)
        return float(max(max(xs) - min(xs), max(ys) - min(ys)))

    def same_place(self, other: "Found") -> bool:
        """Tell whether two finds are one code: nearer to each other than two codes side by side can be."""
        return math.dist(self.centre, other.centre) < 0.5 * max(self.side, other.side, 1.0)

    def agrees_with(self, other: "Found") -> bool:
        """Tell whether two finds are one code with one reading."""
        return self.same_place(other) and (self.text, self.my_number) == (other.text, other.my_number)

    def in_picture(self, scale: float, margin: int) -> "Found":
        """Carry the corners back from a working copy to the picture."""
        return replace(
            self, corners=tuple(((x - margin) / scale, (y - margin) / scale) for x, y in self.corners)
        )


@dataclass(frozen=True)
class Reading:
    """What one picture gave. ``text`` is set only where ``reason`` is ``ok``; ``ms`` is time spent decoding.

    ``finds`` are the codes that were read, each once; where the same place gave two texts, both.
    """

    text: str | None = field(repr=False)
    reason: ScanReason
    ms: float
    decoder: str | None = None
    corners: tuple[Point, ...] = ()
    finds: tuple[Found, ...] = ()


class Decoder(Protocol):
    """Something that finds codes in a gray picture; a new one needs nothing else to join the ladder."""

    @property
    def name(self) -> str:
        """What it is called in results and logs."""

    @property
    def quick(self) -> bool:
        """Cheap enough to look for a second code after a first one has been read."""

    def decode(self, gray: Gray) -> list[Found]:
        """Every code it can read, each with its corners in pixels of ``gray``."""


_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])


@dataclass(frozen=True)
class ZxingDecoder:
    """zxing-cpp on a prepared picture; ``scale`` is what the preparation does to its size."""

    name: str
    prepare: Preparation | None = None
    scale: float = 1.0
    inverted: bool = False
    quick: bool = True

    def decode(self, gray: Gray) -> list[Found]:
        """Every code it can read."""
        prepared = gray if self.prepare is None else self.prepare(gray)
        codes = zxingcpp.read_barcodes(
            prepared,
            formats=_FORMATS,
            try_rotate=False,  # finder patterns are found at any angle; turning only helps bar codes
            try_invert=self.inverted,
            text_mode=zxingcpp.TextMode.Plain,
        )
        return [Found.of(code.text, code.bytes, self._corners(code.position)) for code in codes if code.valid]

    def _corners(self, position: zxingcpp.Position) -> tuple[Point, ...]:
        corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
        return tuple((corner.x / self.scale, corner.y / self.scale) for corner in corners)


@dataclass(frozen=True)
class ZbarDecoder:
    """pyzbar, QR codes only, on a prepared picture; it reads some codes that zxing-cpp does not."""

    name: str
    prepare: Preparation
    quick: bool = False

    def decode(self, gray: Gray) -> list[Found]:
        """Every code it can read."""
        symbols = pyzbar.decode(self.prepare(gray), symbols=[pyzbar.ZBarSymbol.QRCODE])
        return [
            Found.of(
                symbol.data.decode("utf-8", errors="replace"),
                symbol.data,
                tuple((float(point.x), float(point.y)) for point in symbol.polygon),
            )
            for symbol in symbols
        ]


def _sharpened(gray: Gray) -> Gray:
    soft = cv2.GaussianBlur(gray, (0, 0), 2.0)
    return cv2.addWeighted(gray, 2.5, soft, -1.5, 0).astype(np.uint8, copy=False)


def _blurred(kernel: int) -> Preparation:
    def prepare(gray: Gray) -> Gray:
        return cv2.GaussianBlur(gray, (kernel, kernel), 0).astype(np.uint8, copy=False)

    return prepare


def _enlarged(factor: float) -> Preparation:
    def prepare(gray: Gray) -> Gray:
        larger = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        return larger.astype(np.uint8, copy=False)

    return prepare


def _equalised(gray: Gray) -> Gray:
    return cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(gray).astype(np.uint8, copy=False)


def _adaptive_mean(gray: Gray) -> Gray:
    binary = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 5)
    return binary.astype(np.uint8, copy=False)


def _otsu(gray: Gray) -> Gray:
    return cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1].astype(np.uint8, copy=False)


def standard_decoders() -> tuple[Decoder, ...]:
    """The rungs in order: most is gained per millisecond at the bottom. The last two need patience."""
    return (
        ZxingDecoder("zxing-cpp plain", inverted=True),
        ZxingDecoder("zxing-cpp sharpened", _sharpened),
        ZxingDecoder("zxing-cpp blurred", _blurred(5)),
        ZxingDecoder("zxing-cpp 1.5x", _enlarged(1.5), scale=1.5),
        ZxingDecoder("zxing-cpp equalised", _equalised),
        ZbarDecoder("pyzbar adaptive mean", _adaptive_mean),
        ZbarDecoder("pyzbar otsu", _otsu),
        ZxingDecoder("zxing-cpp 2x", _enlarged(2.0), scale=2.0, quick=False),
        ZxingDecoder("zxing-cpp strongly blurred", _blurred(9), quick=False),
    )


class Ladder:
    """Climbs the decoders until one reads a code, within a budget of time.

    After the first read the remaining quick decoders go on looking: a second code in view, or another text at
    the same place, makes the picture ambiguous. Nothing is guessed.

    Args:
        decoders: the rungs in order.
        budget_ms: a rung starts only if it will end within this time, judged by how long it took last time;
            ``NO_LIMIT`` lets all of them try.
        always: this many rungs run whatever the budget says, so that a busy machine does not miss what is easy.
        clock: seconds, rising; ``time.thread_time`` counts only this thread's own work.
    """

    def __init__(
        self,
        decoders: Sequence[Decoder] | None = None,
        budget_ms: float = DEFAULT_BUDGET_MS,
        *,
        always: int = 2,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._decoders = standard_decoders() if decoders is None else tuple(decoders)
        self._budget = budget_ms / 1000
        self._always = always
        self._clock = clock
        self._costs: dict[str, float] = {}

    def warm_up(self) -> None:
        """Let every decoder do its work of the first call, so that the first picture is read as fast as others."""
        blank = np.full((64, 64), 255, np.uint8)
        for decoder in self._decoders:
            decoder.decode(blank)

    def read(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Callable[[Found], bool] | None = None,
    ) -> Reading:
        """Read the one code of a picture (gray, BGR, BGRA, 8 or 16 bits, any size).

        Args:
            picture: the pixels.
            rungs: climb no higher than this many rungs; all by default.
            look_further: go on looking for a second code after the first; False is for a reading that will be
                confirmed by another one anyway.
            wanted: tells which codes are looked for. With it all finds are gathered, and a code that is not wanted
                neither ends the search nor hides one that is. ``reason`` and ``text`` keep their meaning: more
                than one code of any kind is ambiguous.
        """
        started = self._clock()
        gray = to_gray(picture)
        if gray.size == 0:
            return Reading(None, ScanReason.NONE, 0.0)
        codes: list[Found] = []
        reader: str | None = None
        for decoder, finds in self._climb(gray, started, rungs, wanted or _any_code):
            if finds and reader is None:
                reader = decoder.name
            _add_new(finds, codes)
            if len(codes) > 1 and wanted is None:
                break
            if not look_further and any(map(wanted or _any_code, codes)):
                break
        if not codes:
            return self._reading(started, ScanReason.NONE)
        if len(codes) > 1:
            return self._reading(started, ScanReason.AMBIGUOUS, finds=codes)
        reason = ScanReason.MY_NUMBER if codes[0].my_number else ScanReason.OK
        return self._reading(started, reason, decoder=reader, finds=codes)

    def _climb(
        self, gray: Gray, started: float, rungs: int | None, wanted: Callable[[Found], bool]
    ) -> Iterator[tuple[Decoder, list[Found]]]:
        """Run one decoder after another while there is time; after the first wanted find only the quick ones."""
        copy, scale, margin = working_copy(gray)
        found_any = False
        for step, decoder in enumerate(self._decoders[:rungs]):
            if found_any and not decoder.quick:
                continue
            begun = self._clock()
            if step >= self._always and not self._fits(decoder.name, copy.size, begun - started):
                continue
            finds = [found.in_picture(scale, margin) for found in decoder.decode(copy)]
            self._costs[decoder.name] = (self._clock() - begun) / copy.size
            if step == 0 and scale < 1:
                finds += decoder.decode(gray)  # what shrinking took away from a huge picture
            found_any = found_any or any(map(wanted, finds))
            yield decoder, finds

    def _fits(self, name: str, pixels: int, elapsed: float) -> bool:
        """Tell whether a decoder that took so long per pixel last time will end within the budget."""
        cost = self._costs.get(name, 0.0)
        if elapsed < self._budget and elapsed + cost * pixels <= self._budget:
            return True
        # A cost taken in a bad moment must not shut a decoder out for ever.
        self._costs[name] = cost * 0.9
        return False

    def _reading(
        self, started: float, reason: ScanReason, *, decoder: str | None = None, finds: Sequence[Found] = ()
    ) -> Reading:
        """Say what was read; a text is given only where there is no doubt which code is meant."""
        ms = (self._clock() - started) * 1000
        text = finds[0].text if reason is ScanReason.OK else None
        corners = finds[0].corners if len(finds) == 1 else ()
        return Reading(text, reason, ms, decoder, corners, tuple(finds))


def _any_code(_: Found) -> bool:
    return True


def _add_new(finds: Sequence[Found], codes: list[Found]) -> None:
    """Add what is not among the codes: another place, or another reading of a known one."""
    for found in finds:
        if not any(found.agrees_with(code) for code in codes):
            codes.append(found)


def one_thread_only() -> None:
    """Keep OpenCV from spreading a frame over all cores: slower in sum, and the screen needs the other core."""
    cv2.setNumThreads(1)
