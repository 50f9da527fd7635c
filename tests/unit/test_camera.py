"""The camera's thread, its watchdog, and its sources."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from kiosk.camera.capture import Camera, CameraState
from kiosk.camera.device import CameraError, DeviceSource
from kiosk.camera.frame import Pixels, read_picture, read_pixels, to_gray
from kiosk.camera.sources import (
    FolderSource,
    FrameSource,
    VideoSource,
    WatchSource,
    desk_picture,
    open_source,
)
from kiosk.reading.ladder import Ladder
from tests.device_support import NOTICE, code_picture, on_desk, wait_until


class FakeSource:
    """A camera that gives numbered pictures, can fail and hang, and records that it was closed."""

    paced = False

    def __init__(self) -> None:
        self.given = 0
        self.fails = False
        self.hang = threading.Event()
        self.hangs = False
        self.closed = threading.Event()

    def read(self) -> Pixels | None:
        """The next picture, nothing, or no return."""
        if self.hangs:
            self.hang.wait(10)
        if self.fails:
            return None
        self.given += 1
        return np.full((4, 4, 3), self.given % 256, np.uint8)

    def close(self) -> None:
        """Remember it."""
        self.closed.set()


@contextmanager
def _running(
    opener: Callable[[], FrameSource],
    *,
    lost_after: float = 0.15,
    on_state: Callable[[CameraState], None] | None = None,
) -> Iterator[Camera]:
    camera = Camera("device:0", fps=200, lost_after=lost_after, opener=opener, on_state=on_state)
    camera.start()
    try:
        yield camera
    finally:
        camera.stop()


def test_gives_the_newest_picture_only() -> None:
    """A slow reader never sees old pictures: what it gets is the newest, and numbers rise."""
    source = FakeSource()
    with _running(lambda: source) as camera:
        first = camera.wait_newer(0, 2)
        assert first is not None
        wait_until(lambda: source.given >= first.sequence + 10)
        second = camera.latest()
        assert second is not None
        assert second.sequence >= first.sequence + 9
        assert second.captured_at > first.captured_at
        assert second.captured_wall.utcoffset() is not None
        assert not second.image.shape[2] - 3


def test_waiting_ends_when_nothing_comes() -> None:
    """Who waits for a newer picture gets None after its time."""
    source = FakeSource()
    with _running(lambda: source) as camera:
        assert camera.wait_newer(10**9, 0.02) is None


def test_states_are_told_once_each() -> None:
    """Opening, running and closed are told, each once, however many pictures come."""
    source = FakeSource()
    states: list[CameraState] = []
    with _running(lambda: source, on_state=states.append) as camera:
        wait_until(lambda: source.given > 5)
        assert camera.state is CameraState.RUNNING
    assert states == [CameraState.OPENING, CameraState.RUNNING, CameraState.CLOSED]


def test_stopping_releases_the_device() -> None:
    """After stop the device is free for others, and no picture is left to be shown."""
    source = FakeSource()
    with _running(lambda: source) as camera:
        wait_until(lambda: source.given > 0)
    assert source.closed.is_set()
    assert (camera.state, camera.latest()) == (CameraState.CLOSED, None)


def test_a_stopped_camera_can_be_started_again() -> None:
    """Stop and start may follow each other."""
    sources: list[FakeSource] = []

    def opener() -> FrameSource:
        sources.append(FakeSource())
        return sources[-1]

    with _running(opener) as camera:
        wait_until(lambda: camera.latest() is not None)
        camera.stop()
        camera.start()
        wait_until(lambda: camera.latest() is not None)
    assert [source.closed.is_set() for source in sources] == [True, True]


@pytest.mark.parametrize("fault", ["fails", "hangs"])
def test_a_lost_camera_is_told_and_opened_again(fault: str) -> None:
    """A camera that gives nothing or hangs is lost after its time, left behind, and comes back by itself."""
    sources: list[FakeSource] = []

    def opener() -> FrameSource:
        sources.append(FakeSource())
        return sources[-1]

    states: list[CameraState] = []
    with _running(opener, on_state=states.append) as camera:
        wait_until(lambda: camera.state is CameraState.RUNNING)
        setattr(sources[0], fault, True)
        wait_until(lambda: camera.state is CameraState.LOST)
        assert camera.latest() is None
        wait_until(lambda: camera.state is CameraState.RUNNING)
        sources[0].hang.set()
        wait_until(sources[0].closed.is_set)  # the thread that was left behind lets go when it wakes up
        assert camera.state is CameraState.RUNNING
    assert states == [
        CameraState.OPENING,
        CameraState.RUNNING,
        CameraState.LOST,
        CameraState.RUNNING,
        CameraState.CLOSED,
    ]


def test_a_camera_that_is_plugged_in_later_is_found() -> None:
    """A kiosk that starts without its camera finds it when it is there."""
    there = threading.Event()
    source = FakeSource()

    def opener() -> FrameSource:
        if not there.is_set():
            raise CameraError("there is no camera")
        return source

    with _running(opener) as camera:
        wait_until(lambda: camera.state is CameraState.LOST)
        there.set()
        wait_until(lambda: camera.state is CameraState.RUNNING)


def test_a_missing_device_is_an_error_of_ours() -> None:
    """No camera, video, folder or known form: one error type, which the camera's thread understands."""
    with pytest.raises(CameraError):
        DeviceSource("63", (640, 480), 30)
    with pytest.raises(CameraError):
        VideoSource(Path("/nowhere/at/all.avi"), loop=False)
    with pytest.raises(CameraError):
        FolderSource(Path("/nowhere/at/all"), loop=False)
    for form in ("", "0", "device:", "tape:3"):
        with pytest.raises(CameraError):
            open_source(form, size=(640, 480), fps=30, loop=False)


def _numbered(folder: Path, count: int) -> None:
    for number in range(count):
        assert cv2.imwrite(str(folder / f"{number:02}.png"), np.full((8, 8, 3), 10 * (number + 1), np.uint8))


def _levels(source: FrameSource, count: int) -> list[int]:
    pictures = [source.read() for _ in range(count)]
    return [-1 if picture is None else int(picture[0, 0, 0]) for picture in pictures]


def test_a_folder_is_played_in_name_order_and_holds_its_last_picture(tmp_path: Path) -> None:
    """Pictures come in name order; damaged ones are passed over; the last one stays."""
    _numbered(tmp_path, 3)
    (tmp_path / "01a.png").write_bytes(b"damaged")
    source = open_source(f"folder:{tmp_path}", size=(640, 480), fps=30, loop=False)()
    assert _levels(source, 5) == [10, 20, 30, 30, 30]
    assert _levels(FolderSource(tmp_path, loop=True), 5) == [10, 20, 30, 10, 20]


def test_an_empty_folder_is_no_camera(tmp_path: Path) -> None:
    """A folder without pictures is told, and one with damaged ones gives nothing and does not spin."""
    with pytest.raises(CameraError, match="no pictures"):
        FolderSource(tmp_path, loop=False)
    (tmp_path / "a.png").write_bytes(b"damaged")
    assert _levels(FolderSource(tmp_path, loop=True), 2) == [-1, -1]


def test_a_video_is_played_and_holds_its_last_picture(tmp_path: Path) -> None:
    """A recorded video stands in for a camera; with loop it starts again."""
    file = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 30, (64, 48))
    for level in (40, 120, 200):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    once = VideoSource(file, loop=False)
    assert [round(level, -1) for level in _levels(once, 5)] == [40, 120, 200, 200, 200]
    once.close()
    again = VideoSource(file, loop=True)
    assert [round(level, -1) for level in _levels(again, 6)][-2:] == [40, 120]
    again.close()


class _Clock:
    """A clock in seconds that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_virtual_camera_shows_what_is_put_into_its_folder(tmp_path: Path) -> None:
    """Idle desk, then the pictures in name order, the last one for a moment, then the desk again."""
    clock = _Clock()
    source = WatchSource(tmp_path / "camera", (64, 48), hold_seconds=1.0, clock=clock)
    desk = _levels(source, 1)[0]
    _numbered(tmp_path / "camera", 2)
    assert _levels(source, 1) == [desk]
    clock.now += 0.2  # a first look sees them, a second one that they are whole
    assert _levels(source, 1) == [desk]
    clock.now += 0.2
    assert _levels(source, 3) == [10, 20, 20]
    clock.now += 0.9
    assert _levels(source, 1) == [20]
    clock.now += 0.2
    assert _levels(source, 1) == [desk]
    assert sorted(file.name for file in (tmp_path / "camera" / "seen").iterdir()) == ["00.png", "01.png"]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_transparent_picture_shows_white_as_in_scan(tmp_path: Path, mode: str) -> None:
    """A code that is black on nothing is read before the virtual camera as uketsuke-kiosk scan reads it."""
    code = code_picture(NOTICE)
    image = Image.new("LA", code.shape[::-1], 0)
    image.putalpha(Image.fromarray(255 - code))
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "code.png"
    image.convert("RGBA").convert(mode).save(file)
    shown = FolderSource(tmp_path / "in", loop=False).read()
    assert shown is not None
    assert np.array_equal(to_gray(shown), to_gray(read_picture(file)))
    assert Ladder().read(shown).text == NOTICE


def test_a_photo_stands_as_it_was_held(tmp_path: Path) -> None:
    """Phones write how they were turned beside the picture; scan and the virtual camera heed it alike."""
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, :40] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(picture).save(tmp_path / "a.png", exif=exif)
    shown = read_pixels(tmp_path / "a.png")
    assert shown.shape == (80, 40, 3)
    assert np.array_equal(to_gray(shown), to_gray(read_picture(tmp_path / "a.png")))


def test_the_virtual_camera_waits_until_a_picture_is_whole(tmp_path: Path) -> None:
    """A picture that is still growing, or named as unfinished, is not shown."""
    clock = _Clock()
    source = WatchSource(tmp_path, (64, 48), clock=clock)
    desk = _levels(source, 1)[0]
    _numbered(tmp_path, 1)
    whole = (tmp_path / "00.png").read_bytes()
    for length in range(1, 5):
        (tmp_path / "00.png").write_bytes(whole[:length])
        clock.now += 0.2
        assert _levels(source, 1) == [desk]
    (tmp_path / "00.png").write_bytes(whole)
    clock.now += 0.2
    assert _levels(source, 1) == [desk]
    clock.now += 0.2
    assert _levels(source, 1) == [10]


def test_the_idle_desk_holds_no_code() -> None:
    """The virtual camera's idle picture reads as nothing."""
    picture = desk_picture((1280, 720))
    assert picture.shape == (720, 1280, 3)
    assert Ladder().read(picture).reason == "none"


def test_a_whole_camera_on_a_watched_folder(tmp_path: Path) -> None:
    """Dropping one picture into the folder brings it before the camera long enough to be read twice."""
    camera = Camera(f"watch:{tmp_path}", size=(320, 240), fps=60)
    camera.start()
    try:
        wait_until(lambda: camera.latest() is not None)
        assert cv2.imwrite(str(tmp_path / ".new.png"), on_desk(code_picture("A")))
        (tmp_path / ".new.png").rename(tmp_path / "new.png")
        seen: set[int] = set()

        def shown_twice() -> bool:
            frame = camera.latest()
            if frame is not None and frame.image.shape == (720, 1280, 3):
                seen.add(frame.sequence)
            return len(seen) >= 2

        wait_until(shown_twice)
    finally:
        camera.stop()
