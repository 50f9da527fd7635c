"""The scanner: agreement, once per appearance, and little work while nothing happens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from backend.wire.codes import ScanReason
from kiosk.camera import Frame
from kiosk.decode import NO_LIMIT, Ladder, Reading, Study, Wanted
from kiosk.picture import Picture, Pixels
from kiosk.scanner import Scan, Scanner, Sightings, Stillness
from kiosk.sight import Guess
from tests.device_support import code_picture, on_desk, wait_until

WALL = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DESK = on_desk()


def _frame(sequence: int, image: Pixels = DESK) -> Frame:
    return Frame(image, sequence, sequence / 30, WALL + timedelta(seconds=sequence / 30))


def _ok(text: str) -> Reading:
    return Reading(text, ScanReason.OK, 1.0, "test")


NONE = Reading(None, ScanReason.NONE, 1.0)
TWO = Reading(None, ScanReason.AMBIGUOUS, 1.0)
CARD = Reading(None, ScanReason.MY_NUMBER, 1.0)


def _told(readings: list[Reading], sightings: Sightings | None = None) -> list[tuple[int, str | None, str]]:
    """What is told at which frame."""
    rule = sightings or Sightings(gone_after=4, patience=2)
    scans = [
        (number, rule.observe(reading, _frame(number))) for number, reading in enumerate(readings, start=1)
    ]
    return [(number, scan.text, scan.reason.value) for number, scan in scans if scan is not None]


def test_two_agreeing_readings_make_a_scan() -> None:
    """One reading is not believed; the second one that agrees is, and carries the first one's time."""
    rule = Sightings()
    assert rule.observe(_ok("A"), _frame(7)) is None
    assert rule.undecided
    scan = rule.observe(_ok("A"), _frame(8))
    assert scan == Scan("A", ScanReason.OK, 7 / 30, WALL + timedelta(seconds=7 / 30))
    assert not rule.undecided


def test_the_same_frame_does_not_agree_with_itself() -> None:
    """Reading one frame twice proves nothing."""
    rule = Sightings()
    assert rule.observe(_ok("A"), _frame(1)) is None
    assert rule.observe(_ok("A"), _frame(1)) is None


def test_disagreeing_readings_are_not_told() -> None:
    """Texts that change from frame to frame are never accepted."""
    assert _told([_ok("A"), _ok("B"), _ok("A"), _ok("B")]) == []


def test_a_trembling_hand_is_forgiven_but_not_for_long() -> None:
    """Some unreadable frames may lie between two readings; after more of them it starts anew."""
    assert _told([_ok("A"), NONE, NONE, _ok("A")]) == [(4, "A", "ok")]
    assert _told([_ok("A"), NONE, NONE, NONE, _ok("A"), _ok("A")]) == [(6, "A", "ok")]


def test_a_code_is_told_once_until_it_has_left_the_view() -> None:
    """A notice that stays in view, or is missed for a moment, is not told again; one that comes back is."""
    assert _told([_ok("A")] * 30) == [(2, "A", "ok")]
    assert _told([_ok("A"), _ok("A"), NONE, NONE, NONE, _ok("A"), _ok("A"), _ok("A")]) == [(2, "A", "ok")]
    assert _told([_ok("A")] * 2 + [NONE] * 4 + [_ok("A")] * 2) == [(2, "A", "ok"), (8, "A", "ok")]


def test_another_code_is_told_at_once() -> None:
    """The next visitor's notice does not wait for the last one to leave, and going back tells nothing new."""
    assert _told([_ok("A")] * 2 + [_ok("B")] * 2 + [_ok("A")] * 2) == [(2, "A", "ok"), (4, "B", "ok")]


def test_a_card_is_told_once_per_appearance_without_a_value() -> None:
    """A 12-digit number becomes one event without a text."""
    assert _told([CARD] * 10) == [(2, None, "my_number")]
    assert _told([CARD] * 2 + [NONE] * 5 + [CARD] * 2) == [(2, None, "my_number"), (9, None, "my_number")]


def test_several_codes_in_view_give_one_hint() -> None:
    """Two codes in view are told once as a hint, and the one that is left is read."""
    assert _told([TWO] * 6 + [_ok("A")] * 2) == [(2, None, "ambiguous"), (8, "A", "ok")]


def test_a_scan_does_not_show_its_text() -> None:
    """What a code says does not get into logs through repr."""
    assert "SECRET" not in repr(Scan("SECRET", ScanReason.OK, 0.0, WALL))


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
    """A ladder that remembers how far it was climbed."""

    def __init__(self) -> None:
        super().__init__()
        self.climbs: list[int | None] = []

    def study(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Wanted | None = None,
        guess: Guess | None = None,
    ) -> Study:
        """Read and remember."""
        self.climbs.append(rungs)
        return super().study(picture, rungs=rungs, look_further=look_further, wanted=wanted, guess=guess)


@contextmanager
def _scanning(camera: FakeCamera, told: list[Scan], **options: object) -> Iterator[Scanner]:
    scanner = Scanner(camera, told.append, **{"rate": 1000.0, **options})  # type: ignore[arg-type] # named in each test
    scanner.start()
    try:
        yield scanner
    finally:
        scanner.stop()


def test_a_notice_held_up_is_told_once() -> None:
    """From frames to one scan, through the real decoders and threads."""
    camera = FakeCamera()
    told: list[Scan] = []
    notice = on_desk(code_picture("UK1-ABC"))
    with _scanning(camera, told):

        def show_and_see() -> bool:
            camera.show(notice.copy())
            return bool(told)

        wait_until(show_and_see)
        for _ in range(5):
            camera.show(notice.copy())
    assert [(scan.text, scan.reason) for scan in told] == [("UK1-ABC", ScanReason.OK)]
    assert told[0].first_seen_wall.utcoffset() == timedelta(0)


def test_a_second_code_that_is_hard_to_read_prevents_a_scan() -> None:
    """A code is not accepted while another one is in view that only a slower decoder reads."""
    camera = FakeCamera()
    told: list[Scan] = []
    blurred = cv2.GaussianBlur(code_picture("UK1-OTHER", box=3, border=8), (0, 0), 1.7).astype(np.uint8)
    both = on_desk(code_picture("UK1-7F3K9QZ2M4XW8RTB"), blurred)
    with _scanning(camera, told, ladder=Ladder(budget_ms=NO_LIMIT)):

        def show_and_see() -> bool:
            camera.show(both.copy())
            return bool(told)

        wait_until(show_and_see)
    assert [(scan.text, scan.reason) for scan in told] == [(None, ScanReason.AMBIGUOUS)]


def test_a_card_held_up_leaves_nothing_behind() -> None:
    """After a card's back was shown, nothing that the scanner remembers holds its digits."""
    camera = FakeCamera()
    told: list[Scan] = []
    digits = "".join(map(str, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2]))
    card = on_desk(code_picture(digits))
    with _scanning(camera, told) as scanner:

        def show_and_see() -> bool:
            camera.show(card.copy())
            return bool(told)

        wait_until(show_and_see)
        assert [(scan.text, scan.reason) for scan in told] == [(None, ScanReason.MY_NUMBER)]
        remembered = {**vars(scanner), **vars(scanner._sightings), **vars(told[0])}
        assert digits not in repr(remembered)
        assert scanner._sightings._told.keys() == {(ScanReason.MY_NUMBER, None)}


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

    scanner = Scanner(camera, listener, rate=1000.0)
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
    assert [scan.text for scan in told] == ["A1", "B2"]


def test_strange_frames_do_not_end_scanning() -> None:
    """A frame that cannot be decoded is passed over."""
    camera = FakeCamera()
    told: list[Scan] = []
    with _scanning(camera, told):
        camera.show(np.zeros((2, 2, 2, 2), np.uint8)[0])
        image = on_desk(code_picture("A1"))

        def show_and_see() -> bool:
            camera.show(image.copy())
            return bool(told)

        wait_until(show_and_see)
    assert told[0].text == "A1"


@pytest.mark.parametrize("image", [DESK, DESK[:, :, 0], on_desk(size=(600, 900)), on_desk(size=(200, 120))])
def test_the_preview_has_the_shape_of_the_screen(image: Pixels) -> None:
    """Whatever the camera gives, the screen gets BGR rows of one size, and the same object for the same frame."""
    camera = FakeCamera()
    scanner = Scanner(camera, lambda _: None, preview_size=(320, 180))
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
    preview = Scanner(camera, lambda _: None, mirror=True).preview()
    assert preview is not None
    assert preview.pixels[100, 600].tolist() == [0, 0, 0]
    assert preview.pixels[100, 20].tolist() == [190, 190, 190]
