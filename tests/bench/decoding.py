"""Time to decode one 1280×720 picture: the kiosk's ladder, and its two decoders alone."""

import time
from collections.abc import Callable, Sequence

import cv2
from pyzbar import pyzbar

from backend.wire.codes import ScanReason
from kiosk.camera.frame import Pixels, to_gray
from kiosk.reading.decoders import ZxingDecoder
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.ladder import DEFAULT_BUDGET_MS, Ladder, one_thread_only
from tests.bench.measurement import Figure, Measurement
from tests.bench.pictures import Sheets, any_code, empty_desks
from tests.bench.plan import Plan
from tests.bench.reference import References

AREA = "decode, 1280×720"
Read = Callable[[Pixels], bool]
"""Reads one picture and tells whether it gave a code."""


def measure(sheets: Sheets, plan: Plan, references: References) -> list[Measurement]:
    """Measure every decoder on every kind of picture, one thread, as the kiosk does."""
    threads = cv2.getNumThreads()
    one_thread_only()
    try:
        return _measure(sheets, plan, references)
    finally:
        cv2.setNumThreads(threads)


def _measure(sheets: Sheets, plan: Plan, references: References) -> list[Measurement]:
    brought: list[Pixels] = []
    held: list[Pixels] = []
    for seed in range(-(-plan.frames // 2)):
        on_its_way, still = sheets.approach(any_code(), seed=seed)
        brought += on_its_way
        held += still
    kinds: dict[str, Sequence[Pixels]] = {
        "notice held still": held[: plan.frames],
        "notice on its way": brought[: plan.frames],
        "empty desk": empty_desks(plan.frames),
    }
    found = []
    for kind, pictures in kinds.items():
        alone = _told(f"zxing-cpp alone, {kind}", _zxing(), pictures, (references.loop,))
        found += [
            _told(f"ladder, {kind}", _ladder(), pictures, (alone,), _figure()),
            alone,
            _told(f"pyzbar alone, {kind}", _zbar, pictures, (alone,)),
        ]
    return found


def _figure() -> Figure:
    return Figure("p95", DEFAULT_BUDGET_MS, "33 ms, one frame")


def _told(
    name: str,
    read: Read,
    pictures: Sequence[Pixels],
    against: Sequence[Measurement],
    figure: Figure | None = None,
) -> Measurement:
    read(pictures[0])
    times, reads = [], 0
    for picture in pictures:
        began = time.perf_counter()
        reads += read(picture)
        times.append((time.perf_counter() - began) * 1000)
    facts = {"read": reads, "pictures": len(pictures)}
    return Measurement.of(AREA, name, times, against=against, facts=facts, figure=figure)


def _ladder() -> Read:
    ladder = Ladder()
    ladder.warm_up()
    return lambda picture: ladder.read(picture).reason is ScanReason.OK


def _zxing() -> Read:
    decoder = ZxingDecoder("zxing-cpp", smaller=True, inverted=True)
    return lambda picture: bool(decoder.decode(FrameViews(to_gray(picture))))


def _zbar(picture: Pixels) -> bool:
    return bool(pyzbar.decode(to_gray(picture), symbols=[pyzbar.ZBarSymbol.QRCODE]))
