"""Decoding: a picture goes in; the text of the one code in it comes out, or the reason why there is none.

Decoders are tried one after the other until one reads a code, in an order found by measurement (docs/scanning.md):
zxing-cpp on the picture in several sizes and preparations, then a grid laid on codes that were detected but not read,
then ZBar. Only QR codes of model 2 are looked for: wider settings have produced false texts.

A 12-digit number (個人番号) is dropped inside the decoder that read it; no object of this module ever holds one.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from backend.wire import ScanReason
from kiosk.camera import Gray, Picture, to_gray, working_copy
from kiosk.reading.costs import Costs
from kiosk.reading.decoders import (
    Decoder,
    ZbarDecoder,
    ZxingDecoder,
    black_and_white,
    blurred,
    negative,
    sharpened,
)
from kiosk.reading.detection import Corners, DecodedSymbol, Detection, ModuleEstimate, moved
from kiosk.reading.frame_views import FrameViews, Locator
from kiosk.reading.rectification import Rectifier

DEFAULT_BUDGET_MS = 33.0
"""One frame of a camera at 30 pictures a second."""

Wanted = Callable[[DecodedSymbol], bool]
"""Says whether a code is one that is looked for."""

NO_LIMIT = math.inf
"""A budget that lets every rung try."""


@dataclass(frozen=True)
class Reading:
    """The result of reading one picture.

    Attributes:
        text: what the code says; set only where ``reason`` is ``ok``.
        reason: ``ok``, or why there is no text.
        ms: time spent decoding, in milliseconds.
        decoder: name of the decoder that read a code first.
        corners: where the code is; empty if there is none, or more than one.
        symbols: the codes that were read, each once; a place that was read as two texts is listed twice.
    """

    text: str | None = field(repr=False)
    reason: ScanReason
    ms: float
    decoder: str | None = None
    corners: Corners = ()
    symbols: tuple[DecodedSymbol, ...] = ()


@dataclass(frozen=True)
class DetailedReading:
    """A reading, and what else was learnt from the picture. The last three are empty if the picture was scaled.

    Attributes:
        reading: the result.
        code: the only code that was read and is wanted, if there is one.
        detections: codes that were detected but not read.
        estimates: what is known of their modules.
        views: the frame, in the sizes that were made of it.
    """

    reading: Reading
    code: DecodedSymbol | None = None
    detections: tuple[Detection, ...] = ()
    estimates: tuple[ModuleEstimate, ...] = ()
    views: FrameViews | None = None


def standard_decoders() -> tuple[Decoder, ...]:
    """The rungs in order: the first ones read most per millisecond, the last ones are slow."""
    return (
        ZxingDecoder("zxing-cpp plain", smaller=True),
        ZxingDecoder("zxing-cpp 1/3 black and white", black_and_white(9, 5), scale=1 / 3, binary=True),
        ZxingDecoder("zxing-cpp 2/3 black and white", black_and_white(15, 5), scale=2 / 3, binary=True),
        ZxingDecoder("zxing-cpp 1/2 black and white", black_and_white(9, 5), scale=1 / 2, binary=True),
        ZxingDecoder("zxing-cpp 1/2 inverted", scale=1 / 2, inverted=True),
        ZxingDecoder("zxing-cpp 1/2 calm", black_and_white(15, 2, blurred(1.0)), scale=1 / 2, binary=True),
        ZxingDecoder("zxing-cpp sharpened", sharpened(1.5, 3.0)),
        ZxingDecoder("zxing-cpp 2/3 faint", black_and_white(9, 2), scale=2 / 3, binary=True, quick=False),
        ZxingDecoder(
            "zxing-cpp 1/2 sharpened",
            black_and_white(21, 4, sharpened(2.5, 2.0)),
            scale=1 / 2,
            binary=True,
            quick=False,
        ),
        ZxingDecoder("zxing-cpp fine", black_and_white(9, 5), binary=True, quick=False),
        Rectifier(),
        ZbarDecoder("pyzbar 2/3 adaptive mean", black_and_white(35, 5), scale=2 / 3),
        ZxingDecoder("zxing-cpp 1.5x", scale=1.5, quick=False),
        ZxingDecoder("zxing-cpp inverted", negative, quick=False),
        ZxingDecoder("zxing-cpp 2x", scale=2.0, quick=False),
        ZxingDecoder("zxing-cpp strongly blurred", blurred(1.9), quick=False),
    )


class Ladder:
    """Tries the decoders in order until one reads a code, within a budget of time.

    After the first read the remaining quick decoders go on looking: a second code in view, or another text at
    the same place, makes the picture ambiguous. Nothing is guessed.

    Args:
        decoders: the rungs in order.
        budget_ms: a rung starts only if it will end within this time, judged by how long it took last time;
            ``NO_LIMIT`` lets all of them try.
        always: this many rungs run whatever the budget says, so that a busy machine still reads easy codes.
        clock: seconds that only grow; ``time.thread_time`` counts only this thread's own work.
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
        self._costs = Costs()

    def warm_up(self) -> None:
        """Call every decoder once, because a first call is slow: then the first picture is read as fast as others."""
        for decoder in self._decoders:
            decoder.decode(FrameViews(np.full((64, 64), 255, np.uint8)))

    def read(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Wanted | None = None,
    ) -> Reading:
        """Read the one code of a picture; see :meth:`read_in_detail`."""
        return self.read_in_detail(picture, rungs=rungs, look_further=look_further, wanted=wanted).reading

    def read_in_detail(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Wanted | None = None,
        guess: Locator | None = None,
    ) -> DetailedReading:
        """Read the one code of a picture (gray, BGR, BGRA, 8 or 16 bits, any size).

        Args:
            picture: the pixels.
            rungs: climb no higher than this many rungs; all by default.
            look_further: go on looking for a second code after the first; False is for a reading that will be
                confirmed by another one anyway.
            wanted: says which codes are looked for. With it all symbols are gathered, and a code that is not wanted
                neither ends the search nor hides one that is. ``reason`` and ``text`` keep their meaning: more
                than one code of any kind is ambiguous.
            guess: says where a code may be although no decoder detects one; not used where the picture was scaled.

        Raises:
            ValueError: the array is not a picture (neither two nor three axes).
        """
        started = self._clock()
        gray = to_gray(picture)
        if gray.size == 0:
            return DetailedReading(Reading(None, ScanReason.NONE, 0.0))
        copy, scale, margin = working_copy(gray)
        deadline = started + self._budget
        views = FrameViews(copy, deadline=deadline, clock=self._clock, guess=guess if copy is gray else None)
        climb = self._climb(views, gray, (scale, margin), rungs, wanted or any_code)
        reading = self._judged(climb, started, look_further, wanted)
        code = the_one(reading.symbols, wanted or any_code)
        if copy is not gray:
            return DetailedReading(reading, code)
        return DetailedReading(reading, code, views.detections, tuple(views.estimates), views)

    def _judged(
        self,
        climb: Iterator[tuple[Decoder, list[DecodedSymbol]]],
        started: float,
        look_further: bool,
        wanted: Wanted | None,
    ) -> Reading:
        """The reading that follows from all symbols that the decoders have found."""
        codes: list[DecodedSymbol] = []
        reader: str | None = None
        for decoder, symbols in climb:
            if symbols and reader is None:
                reader = decoder.name
            _add_new(symbols, codes)
            if len(codes) > 1 and wanted is None and not all(code.part for code in codes):
                break
            if not look_further and any(map(wanted or any_code, codes)):
                break
        return reading_of(codes, (self._clock() - started) * 1000, reader)

    def _climb(
        self,
        views: FrameViews,
        gray: Gray,
        copied: tuple[float, int],
        rungs: int | None,
        wanted: Wanted,
    ) -> Iterator[tuple[Decoder, list[DecodedSymbol]]]:
        """Run one decoder after another while there is time; after the first wanted symbol only the quick ones."""
        scale, margin = copied
        copy = views.gray
        any_wanted = False
        for step, decoder in enumerate(self._decoders[:rungs]):
            if any_wanted and not decoder.quick:
                continue
            begun = self._clock()
            if step >= self._always and not self._costs.fits(decoder.name, views.left, copy.size):
                continue
            # A tiny picture is also read as it is, before it is enlarged.
            at_first = decoder.decode(FrameViews(gray)) if step == 0 and margin else []
            read = decoder.decode(views)
            views.forget(read)
            symbols = at_first + [
                replace(symbol, corners=moved(symbol.corners, scale, margin)) for symbol in read
            ]
            self._costs.note(decoder.name, self._clock() - begun, copy.size)
            if step == 0 and scale < 1:
                symbols += decoder.decode(
                    FrameViews(gray)
                )  # codes too small to survive shrinking a huge picture
            any_wanted = any_wanted or any(map(wanted, symbols))
            yield decoder, symbols


def reading_of(symbols: Sequence[DecodedSymbol], ms: float, decoder: str | None) -> Reading:
    """The reading that follows from all symbols; it has a text only where there is exactly one code.

    Args:
        symbols: every code that was read, each once.
        ms: time spent decoding, in milliseconds.
        decoder: name of the decoder that read a code first.
    """
    if not symbols:
        return Reading(None, ScanReason.NONE, ms)
    if all(symbol.part for symbol in symbols):
        number = any(symbol.my_number for symbol in symbols)
        reason = ScanReason.MY_NUMBER if number else ScanReason.PARTIAL
        return Reading(
            None, reason, ms, decoder, symbols[0].corners if len(symbols) == 1 else (), tuple(symbols)
        )
    if len(symbols) > 1:
        return Reading(None, ScanReason.AMBIGUOUS, ms, symbols=tuple(symbols))
    only = symbols[0]
    reason = ScanReason.MY_NUMBER if only.my_number else ScanReason.OK
    text = None if only.my_number else only.text
    return Reading(text, reason, ms, decoder, only.corners, (only,))


def any_code(_: DecodedSymbol) -> bool:
    """True: every code is wanted."""
    return True


def the_one(symbols: Sequence[DecodedSymbol], wanted: Wanted) -> DecodedSymbol | None:
    """The only wanted code among symbols; None if there is none or more than one."""
    chosen = [symbol for symbol in symbols if wanted(symbol)]
    return chosen[0] if len(chosen) == 1 else None


def _add_new(symbols: Sequence[DecodedSymbol], codes: list[DecodedSymbol]) -> None:
    """Add the symbols that are new: at another place, or with another reading of a known place."""
    for symbol in symbols:
        if not any(symbol.agrees_with(code) for code in codes):
            codes.append(symbol)


def one_thread_only() -> None:
    """Keep OpenCV from spreading a frame over all cores: that costs more in total, and the screen needs a core."""
    cv2.setNumThreads(1)
