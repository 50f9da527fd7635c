"""How many hard pictures and videos are read: the kiosk's ladder compared with zxing-cpp alone and pyzbar alone.

The time budget is this thread's own processor time, so that other programs do not reduce the result. The three read the
same pictures in turn, in the same run.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
from pyzbar import pyzbar

from kiosk.camera.frame import Picture, picture_files, read_picture, to_gray
from kiosk.reading.decoders import ZxingDecoder
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.ladder import DEFAULT_BUDGET_MS, NO_LIMIT, Ladder, one_thread_only
from kiosk.reading.tracking import Tracker
from tests.bench.measurement import Fact, Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.notice_pictures.faults import FAULTS, NOTHING
from tests.notice_pictures.maker import Kind, shots
from tests.notice_pictures.videos import video

AREA = "reading hard pictures"
KINDS: dict[Kind, str] = {"ours": "our notices", "other": "notices of other systems"}
LADDER, ZXING, PYZBAR = "ladder", "zxing-cpp alone", "pyzbar alone"
_VIDEO_LEVELS = (2, 3, 4, 5)
_MOST_LATE = 10
"""A video must be read within this many frames after its first readable one."""

Read = Callable[[Picture], str | None]
"""The text of a picture's code, or None."""


@dataclass
class Score:
    """The results of one reader for some pictures.

    Attributes:
        times: milliseconds of each picture.
        read: for each picture, whether it was read correctly.
        wrong: texts that were read but are not in the pictures.
        by_fault: for each fault and level, the number of correct readings and of pictures.
        ordinary: the number of correct readings and of pictures among the ordinary ones.
    """

    times: list[float] = field(default_factory=list)
    read: list[bool] = field(default_factory=list)
    wrong: int = 0
    by_fault: dict[str, dict[int, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0, 0]))
    )
    ordinary: list[int] = field(default_factory=lambda: [0, 0])

    def take(self, said: str | None, truth: str, ms: float) -> bool:
        """Count one picture; returns whether it was read correctly."""
        right = said == truth
        self.times.append(ms)
        self.read.append(right)
        self.wrong += said is not None and not right
        return right

    @property
    def rate(self) -> float:
        """The share of pictures that were read, in percent."""
        return round(100 * sum(self.read) / max(1, len(self.read)), 1)

    def facts(self) -> dict[str, Fact]:
        """Rates in per cent: of all, of the ordinary ones, of each fault at each of its levels."""
        told: dict[str, Fact] = {"read %": self.rate, "wrong texts": self.wrong}
        if self.ordinary[1]:
            told["ordinary %"] = round(100 * self.ordinary[0] / self.ordinary[1], 1)
        for fault, levels in self.by_fault.items():
            told[fault] = " ".join(str(round(100 * right / all_)) for right, all_ in levels.values())
        return told


def measure(plan: Plan, references: References, photos: Path | None = None) -> list[Measurement]:
    """Measure pictures of both kinds, videos, and a folder of photos if there is one."""
    threads = cv2.getNumThreads()
    one_thread_only()
    try:
        found = []
        for kind, name in KINDS.items():
            found += _told(name, _pictures(kind, plan), references)
        found += _videos(plan.videos, references)
        if photos is not None:
            for folder, scores in _photos(photos):
                found += _told(f"photos {folder}", scores, references)
        return found
    finally:
        cv2.setNumThreads(threads)


def readers() -> dict[str, Read]:
    """The ladder within one frame's time, and its two engines alone."""
    ladder = Ladder(clock=time.thread_time)
    ladder.warm_up()
    plain = ZxingDecoder("zxing-cpp", smaller=True, inverted=True)

    def zxing(picture: Picture) -> str | None:
        codes = plain.decode(FrameViews(to_gray(picture)))
        return codes[0].text if codes else None

    def zbar(picture: Picture) -> str | None:
        codes = pyzbar.decode(to_gray(picture), symbols=[pyzbar.ZBarSymbol.QRCODE])
        return codes[0].data.decode("utf-8", errors="replace") if codes else None

    return {
        LADDER: lambda picture: ladder.read(picture, look_further=False).text,
        ZXING: zxing,
        PYZBAR: zbar,
    }


def _timed(read: Read, picture: Picture) -> tuple[str | None, float]:
    began = time.thread_time()
    said = read(picture)
    return said, (time.thread_time() - began) * 1000


def _pictures(kind: Kind, plan: Plan) -> dict[str, Score]:
    ways = readers()
    scores = {name: Score() for name in ways}
    # Use other pictures than those with which the ladder was developed.
    for shot in shots(plan.hard, kind, first_seed=1000, levels=plan.levels):
        for name, read in ways.items():
            score = scores[name]
            right = score.take(*_and(_timed(read, shot.picture), shot.text))
            counted = score.by_fault[shot.fault][shot.level]
            counted[0] += right
            counted[1] += 1
            if shot.ordinary:
                score.ordinary[0] += right
                score.ordinary[1] += 1
    return scores


def _and(timed: tuple[str | None, float], truth: str) -> tuple[str | None, str, float]:
    return timed[0], truth, timed[1]


def _told(name: str, scores: dict[str, Score], references: References) -> list[Measurement]:
    alone = Measurement.of(
        AREA, f"{ZXING}, {name}", scores[ZXING].times, against=(references.loop,), facts=scores[ZXING].facts()
    )
    gained = round(scores[LADDER].rate - scores[ZXING].rate, 1)
    facts = {**scores[LADDER].facts(), "points over zxing-cpp": gained}
    figure = Figure("p95", DEFAULT_BUDGET_MS, "33 ms, one frame")
    times = scores[LADDER].times
    return [
        Measurement.of(AREA, f"{LADDER}, {name}", times, against=(alone,), facts=facts, figure=figure),
        alone,
        Measurement.of(
            AREA, f"{PYZBAR}, {name}", scores[PYZBAR].times, against=(alone,), facts=scores[PYZBAR].facts()
        ),
    ]


def _videos(count: int, references: References) -> list[Measurement]:
    """Measure videos of every fault; a video counts as readable if any decoder reads any frame without a time limit."""
    patient = Ladder(budget_ms=NO_LIMIT, clock=time.thread_time)
    cases = [(NOTHING, 0), *((fault, level) for fault in FAULTS for level in _VIDEO_LEVELS)]
    times: list[float] = []
    readable = in_time = wrong = 0
    for place in range(count):
        fault, level = cases[place % len(cases)]
        seed = 2000 + place // len(cases)
        kind: Kind = "ours" if (place + seed) % 2 else "other"
        held = video(fault, level, seed, kind)
        follower = Tracker(Ladder(clock=time.thread_time))
        follower.warm_up()
        said = [follower.read(picture, look_further=False) for picture in held.pictures]
        times += [reading.ms for reading in said]
        texts = [reading.text for reading in said]
        wrong += sum(text not in {None, held.text} for text in texts)
        first = texts.index(held.text) if held.text in texts else None
        earliest = _earliest(patient, held.pictures[:first], held.text, first)
        readable += earliest is not None
        in_time += earliest is not None and first is not None and first - earliest <= _MOST_LATE
    facts: dict[str, Fact] = {
        "videos": count,
        "readable": readable,
        "read in time": in_time,
        "of the readable %": round(100 * in_time / max(1, readable), 1),
        "wrong texts": wrong,
    }
    figure = Figure("p95", DEFAULT_BUDGET_MS, "33 ms, one frame")
    name = "one frame of a video"
    return [Measurement.of(AREA, name, times, against=(references.loop,), facts=facts, figure=figure)]


def _earliest(patient: Ladder, pictures: Sequence[Picture], text: str, read: int | None) -> int | None:
    """The first frame that any decoder reads without a time limit: one of these, or else ``read``."""
    for place, picture in enumerate(pictures):
        if patient.read(picture, look_further=False).text == text:
            return place
    return read


def _photos(folder: Path) -> Iterator[tuple[str, dict[str, Score]]]:
    """Measure each collection of photos: pictures, each with a ``.txt`` file that contains the text of its code."""
    for collection in sorted(path for path in folder.iterdir() if path.is_dir()):
        ways = readers()
        scores = {name: Score() for name in ways}
        for file in picture_files(collection):
            beside = file.with_suffix(".txt")
            if not beside.is_file():
                continue
            truth = _plain(beside.read_bytes().decode("utf-8", errors="replace"))
            picture = read_picture(file)
            for name, read in ways.items():
                said, ms = _timed(read, picture)
                scores[name].take(None if said is None else _plain(said), truth, ms)
        if scores[LADDER].times:
            yield collection.name, scores


def _plain(text: str) -> str:
    """A text without what editors add to files, such as different line ends."""
    return text.replace("\r", "").strip()
