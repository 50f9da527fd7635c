"""The scanner: from frames to scans, little work while nothing happens, and a preview that never waits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from backend.wire.codes import ScanReason
from kiosk.camera.capture import Frame
from kiosk.camera.frame import Picture, Pixels
from kiosk.reading.code_book import CodeBook
from kiosk.reading.detection import DecodedSymbol
from kiosk.reading.frame_views import Locator
from kiosk.reading.ladder import NO_LIMIT, DetailedReading, Ladder
from kiosk.reading.scanner import Scanner, Stillness
from kiosk.reading.selection import Scan
from tests.device_support import NOTICE, code_picture, on_desk, wait_until

WALL = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DESK = on_desk()
OURS = CodeBook(["UK1-[0-9A-Z]+", "[AB][12]?"]).has


def _frame(sequence: int, image: Pixels = DESK) -> Frame:
    return Frame(image, sequence, sequence / 30, WALL + timedelta(seconds=sequence / 30))


def test_stillness_tells_movement_from_noise() -> None:
    """Camera noise is still; a sheet that comes into view, and a change of size, is movement."""
    noise = np.random.default_rng(1)
    still = Stillness()

    def noisy(image: Pixels) -> Pixels:
        return (image + noise.integers(-6, 7, image.shape)).clip(0, 255).astype(np.uint8)

    assert still.moved(noisy(DESK))
    assert not still.moved(noisy(DESK))
    assert still.moved(noisy(on_desk(code_picture("A", box=12))))
    assert still.moved(DESK[:, :, 0])


class FakeCamera:
    """Frames that a test puts before the scanner."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._sequence = 0

    def show(self, image: Pixels) -> int:
        """Put a new frame before the scanner."""
        with self._changed:
            self._sequence += 1
            self._frame = _frame(self._sequence, image)
            self._changed.notify_all()
            return self._sequence

    def latest(self) -> Frame | None:
        """The newest frame."""
        with self._changed:
            return self._frame

    def wait_newer(self, sequence: int, timeout: float) -> Frame | None:
        """The newest frame once there is a newer one."""
        with self._changed:
            self._changed.wait_for(lambda: self._sequence > sequence, timeout)
            return self._frame if self._sequence > sequence else None


class CountingLadder(Ladder):
    """A ladder that records how many decoders were tried."""

    def __init__(self) -> None:
        super().__init__()
        self.climbs: list[int | None] = []

    def read_in_detail(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Callable[[DecodedSymbol], bool] | None = None,
        guess: Locator | None = None,
    ) -> DetailedReading:
        """Read and remember."""
        self.climbs.append(rungs)
        return super().read_in_detail(
            picture, rungs=rungs, look_further=look_further, wanted=wanted, guess=guess
        )


@contextmanager
def _scanning(camera: FakeCamera, told: list[Scan], **options: object) -> Iterator[Scanner]:
    scanner = Scanner(camera, told.append, OURS, **{"rate": 1000.0, **options})  # type: ignore[arg-type] # named in each test
    scanner.start()
    try:
        yield scanner
    finally:
        scanner.stop()


def _show_until_told(camera: FakeCamera, picture: Pixels, told: list[Scan]) -> None:
    def show_and_see() -> bool:
        camera.show(picture.copy())
        return bool(told)

    wait_until(show_and_see)


def test_a_notice_held_up_is_told_once() -> None:
    """From frames to one scan, through the real decoders and threads."""
    camera = FakeCamera()
    told: list[Scan] = []
    notice = on_desk(code_picture("UK1-ABC"))
    with _scanning(camera, told):
        _show_until_told(camera, notice, told)
        for _ in range(5):
            camera.show(notice.copy())
    assert [(scan.verdict.text, scan.verdict.reason) for scan in told] == [("UK1-ABC", ScanReason.OK)]
    assert told[0].captured_wall.utcoffset() == timedelta(0)


def test_a_second_code_that_is_hard_to_read_prevents_a_scan() -> None:
    """A code is not accepted while another one is in view that only a slower decoder reads."""
    camera = FakeCamera()
    told: list[Scan] = []
    blurred = cv2.GaussianBlur(code_picture("UK1-OTHER", box=3, border=8), (0, 0), 1.7).astype(np.uint8)
    both = on_desk(code_picture(NOTICE), blurred)
    with _scanning(camera, told, ladder=Ladder(budget_ms=NO_LIMIT)):
        _show_until_told(camera, both, told)
    assert [(scan.verdict.text, scan.verdict.reason) for scan in told] == [(None, ScanReason.AMBIGUOUS)]


@pytest.mark.parametrize(
    "beside", ["123456789018", "https://example.jp/card", "12345678901234567890123", "ABC-1"]
)
def test_the_notice_is_picked_beside_another_code(beside: str) -> None:
    """The back of a card, an application form or an address beside the notice does not stand in its way."""
    camera = FakeCamera()
    told: list[Scan] = []
    both = on_desk(code_picture(beside), code_picture(NOTICE))
    with _scanning(camera, told):
        _show_until_told(camera, both, told)
        for _ in range(20):
            camera.show(both.copy())
    assert [(scan.verdict.text, scan.verdict.reason) for scan in told] == [(NOTICE, ScanReason.OK)]


def test_a_code_that_cannot_be_read_is_told_after_a_while() -> None:
    """A visitor whose notice is too blurred is not left alone, and is told once."""
    camera = FakeCamera()
    told: list[Scan] = []
    code = cv2.GaussianBlur(code_picture(NOTICE, box=6, border=8), (0, 0), 7.0)
    blurred = on_desk(code.astype(np.uint8))
    now = [1000.0]
    ladder = CountingLadder()
    with _scanning(camera, told, ladder=ladder, clock=lambda: now[0]):
        for _ in range(90):
            now[0] += 1 / 30
            before = len(ladder.climbs)
            # A hand is never quite still.
            camera.show(np.roll(blurred, before % 2 * 8, axis=1))
            wait_until(lambda before=before: len(ladder.climbs) > before)  # type: ignore[misc] # bound on purpose
    assert [(scan.verdict.text, scan.verdict.reason) for scan in told] == [(None, ScanReason.HARD_TO_READ)]


class StuckLadder(Ladder):
    """A ladder that hangs in a picture until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = threading.Event()
        self.gate = threading.Event()

    def read_in_detail(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Callable[[DecodedSymbol], bool] | None = None,
        guess: Locator | None = None,
    ) -> DetailedReading:
        """Read, once it is released."""
        self.reading.set()
        self.gate.wait(10)
        return super().read_in_detail(
            picture, rungs=rungs, look_further=look_further, wanted=wanted, guess=guess
        )


def test_the_preview_never_waits_for_a_decoder() -> None:
    """The picture on the screen goes on while a decoder is stuck in one frame."""
    camera = FakeCamera()
    ladder = StuckLadder()
    with _scanning(camera, [], ladder=ladder) as scanner:
        camera.show(DESK)
        assert ladder.reading.wait(5)
        shown = []
        for level in range(10):
            camera.show(np.full_like(DESK, level))
            preview = scanner.preview()
            assert preview is not None
            shown.append(int(preview.pixels[0, 0, 0]))
        assert not ladder.gate.is_set()
        ladder.gate.set()
    assert shown == list(range(10))


def test_a_card_held_up_leaves_nothing_behind() -> None:
    """After a card's back was shown, nothing that the scanner remembers holds its digits."""
    camera = FakeCamera()
    told: list[Scan] = []
    digits = "".join(map(str, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2]))
    card = on_desk(code_picture(digits))
    with _scanning(camera, told) as scanner:
        _show_until_told(camera, card, told)
        assert [(scan.verdict.text, scan.verdict.reason) for scan in told] == [(None, ScanReason.MY_NUMBER)]
        rules = scanner._confirmation
        remembered = [
            *map(
                vars,
                (scanner, rules, rules._notice, rules._other, scanner._unreadable, told[0], told[0].verdict),
            )
        ]
        assert digits not in repr(remembered)
        assert rules._told.keys() == {(ScanReason.MY_NUMBER, None)}


def test_an_empty_desk_costs_little() -> None:
    """While nothing moves only the fastest decoder runs, but for one full look in a while."""
    now = [1000.0]
    ladder = CountingLadder()
    camera = FakeCamera()
    with _scanning(camera, [], ladder=ladder, clock=lambda: now[0]):
        for _ in range(60):
            now[0] += 1 / 15
            before = len(ladder.climbs)
            camera.show(DESK)
            wait_until(lambda before=before: len(ladder.climbs) > before)  # type: ignore[misc] # bound on purpose
    full = ladder.climbs.count(None)
    assert full + ladder.climbs.count(1) == 60
    assert 4 <= full <= 16


def test_the_rate_is_kept_while_nothing_happens() -> None:
    """Frames that come faster than the rate are passed over without decoding."""
    now = [1000.0]
    ladder = CountingLadder()
    camera = FakeCamera()
    with _scanning(camera, [], ladder=ladder, rate=15.0, clock=lambda: now[0]):
        camera.show(DESK)
        wait_until(lambda: len(ladder.climbs) == 1)
        for _ in range(20):
            camera.show(DESK)
        now[0] += 0.2
        camera.show(DESK)
        wait_until(lambda: len(ladder.climbs) >= 2)
    assert len(ladder.climbs) == 2


def test_a_listener_that_fails_does_not_end_scanning() -> None:
    """The next visitor can scan whatever the listener did with the last one."""
    camera = FakeCamera()
    told: list[Scan] = []

    def listener(scan: Scan) -> None:
        told.append(scan)
        raise RuntimeError("the listener's own mistake")

    scanner = Scanner(camera, listener, OURS, rate=1000.0)
    scanner.start()
    try:
        for text in ("A1", "B2"):
            wanted = len(told) + 1
            image = on_desk(code_picture(text))

            def show_and_see(image: Pixels = image, wanted: int = wanted) -> bool:
                camera.show(image.copy())
                return len(told) >= wanted

            wait_until(show_and_see)
    finally:
        scanner.stop()
    assert [scan.verdict.text for scan in told] == ["A1", "B2"]


def test_strange_frames_do_not_end_scanning() -> None:
    """A frame that cannot be decoded is passed over."""
    camera = FakeCamera()
    told: list[Scan] = []
    with _scanning(camera, told):
        camera.show(np.zeros((2, 2, 2, 2), np.uint8)[0])
        image = on_desk(code_picture("A1"))
        _show_until_told(camera, image, told)
    assert told[0].verdict.text == "A1"


@pytest.mark.parametrize("image", [DESK, DESK[:, :, 0], on_desk(size=(600, 900)), on_desk(size=(200, 120))])
def test_the_preview_has_the_shape_of_the_screen(image: Pixels) -> None:
    """Whatever the camera gives, the screen gets BGR rows of one size, and the same object for the same frame."""
    camera = FakeCamera()
    scanner = Scanner(camera, lambda _: None, OURS, preview_size=(320, 180))
    assert scanner.preview() is None
    camera.show(image)
    preview = scanner.preview()
    assert preview is not None
    assert (preview.size, preview.pixels.shape) == ((320, 180), (180, 320, 3))
    assert preview.pixels.dtype == np.uint8
    assert preview.pixels.flags["C_CONTIGUOUS"]
    assert scanner.preview() is preview
    camera.show(image)
    assert scanner.preview() is preview  # the same picture again: nothing to upload
    camera.show(image.copy())
    assert scanner.preview() is not preview


def test_the_preview_can_be_mirrored() -> None:
    """People see themselves as in a mirror; the camera's picture stays as it is."""
    camera = FakeCamera()
    image = DESK.copy()
    image[:, :640] = 0
    camera.show(image)
    preview = Scanner(camera, lambda _: None, OURS, mirror=True).preview()
    assert preview is not None
    assert preview.pixels[100, 600].tolist() == [0, 0, 0]
    assert preview.pixels[100, 20].tolist() == [190, 190, 190]
