"""What a camera device is asked for, and the exposure in the kiosk's hands, with a device in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from structlog.testing import capture_logs

from kiosk.camera.controls import CameraControls
from kiosk.camera.device import FIRST_EXPOSURE_MS, CameraError, DeviceSource
from kiosk.camera.frame import Pixels
from kiosk.camera.optics import Optics
from tests.device_support import NOTICE, code_picture, on_desk

EXPOSURE, AUTO_EXPOSURE = cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE
FOCUS, AUTOFOCUS = cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_AUTOFOCUS
SIZE_AND_RATE = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS)
REST = (cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_BUFFERSIZE, EXPOSURE, AUTO_EXPOSURE, FOCUS, AUTOFOCUS)
ALL = (*SIZE_AND_RATE, *REST)


@dataclass
class FakeDevice:
    """A camera that knows some controls, limits some, and whose picture follows its exposure."""

    known: tuple[int, ...] = ALL
    limits: dict[int, tuple[float, float]] = field(default_factory=dict)
    scene: Callable[[float], Pixels] = lambda _: on_desk()
    there: bool = True
    values: dict[int, float] = field(default_factory=lambda: {AUTO_EXPOSURE: 3.0, EXPOSURE: 250.0})
    released: bool = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether it is there."""
        return self.there

    def set(self, propId: int, value: float) -> bool:  # noqa: N803 - OpenCV's name
        """Set a control, if it is known, within its limits."""
        if propId not in self.known:
            return False
        least, most = self.limits.get(propId, (-1e12, 1e12))
        self.values[propId] = min(most, max(least, value))
        return True

    def get(self, propId: int) -> float:  # noqa: N803 - OpenCV's name
        """Tell a value; what is not known is 0, as with OpenCV."""
        return self.values.get(propId, 0.0)

    def read(self) -> tuple[bool, object]:
        """A picture of the scene at the present exposure."""
        return True, self.scene(self.values[EXPOSURE] / 10)

    def release(self) -> None:
        """Remember it."""
        self.released = True


def _open(
    device: FakeDevice, optics: Optics | None = None, clock: Callable[[], float] | None = None
) -> DeviceSource:
    more = {} if clock is None else {"clock": clock}
    return DeviceSource("0", (1280, 720), 30, optics, opener=lambda _: device, **more)


def test_a_device_is_asked_for_what_the_settings_say() -> None:
    """Size, rate, focus and exposure arrive at the device, with its own automatics switched off for them."""
    device = FakeDevice()
    source = _open(device, Optics(exposure=6.5, focus=40.0))
    assert source.refused == ()
    assert [device.values[key] for key in SIZE_AND_RATE] == [1280.0, 720.0, 30.0]
    assert (device.values[AUTO_EXPOSURE], device.values[EXPOSURE]) == (1.0, 65.0)
    assert (device.values[AUTOFOCUS], device.values[FOCUS]) == (0.0, 40.0)


def test_automatics_are_switched_on_where_nothing_else_is_said() -> None:
    """A device that somebody left in manual mode is automatic again."""
    device = FakeDevice(values={AUTO_EXPOSURE: 1.0, EXPOSURE: 3.0, AUTOFOCUS: 0.0})
    assert _open(device).refused == ()
    assert (device.values[AUTO_EXPOSURE], device.values[AUTOFOCUS]) == (3.0, 1.0)


def test_what_a_device_does_not_do_is_told() -> None:
    """Reading back shows what a device ignored or limited; the log names it, and pictures come all the same."""
    device = FakeDevice(
        known=tuple(key for key in ALL if key not in {FOCUS, AUTOFOCUS}),
        limits={cv2.CAP_PROP_FRAME_WIDTH: (0, 640), cv2.CAP_PROP_FPS: (0, 15)},
    )
    with capture_logs() as logs:
        source = _open(device, Optics(focus=40.0))
    assert set(source.refused) == {"width", "fps", "focus"}
    told = {
        line["setting"]: (line["asked"], line["got"])
        for line in logs
        if line["event"] == "camera_setting_refused"
    }
    assert told["width"] == (1280.0, 640.0)
    assert told["fps"] == (30, 15)
    assert source.read() is not None


def test_an_exposure_that_a_device_only_comes_near_counts() -> None:
    """Devices have steps of their own: a third off is as asked, more is told, and without the switch nothing is tried."""
    for limit, done in ((50.0, True), (40.0, False)):
        device = FakeDevice(limits={EXPOSURE: (0, limit)})
        assert CameraControls(device).expose(6.5) is done
    blind = FakeDevice(known=(EXPOSURE,))
    assert not CameraControls(blind).expose(6.5)
    assert blind.values[EXPOSURE] == 250.0


def test_a_missing_device_is_let_go() -> None:
    """What could not be opened is released, so that the next attempt may succeed."""
    device = FakeDevice(there=False)
    with pytest.raises(CameraError):
        _open(device)
    assert device.released


DESK = on_desk(code_picture(NOTICE))


@dataclass
class Hall:
    """A notice in a moving hand: the longer the exposure, the brighter and the more smeared."""

    light: float
    moves: bool = True
    shown: int = 0

    def __call__(self, ms: float) -> Pixels:
        """What the camera sees, exposing for so long."""
        self.shown += 1
        scene = DESK
        if self.moves:
            scene = np.roll(scene, self.shown % 3 * 40, axis=1)
            length = max(1, round(ms * 1.2))  # 1.2 pixels a millisecond: a hand that does not hold still
            kernel = np.ones((1, length), np.float32) / length
            scene = cv2.filter2D(scene, -1, kernel).astype(np.uint8, copy=False)
        return (scene * (self.light * ms / 10)).clip(0, 255).astype(np.uint8)


def _watched(hall: Hall, *, seconds: float = 12.0, **options: object) -> tuple[list[float], FakeDevice]:
    """The exposures of a device under the kiosk's rule, in milliseconds, ten a second."""
    now = [1000.0]
    device = FakeDevice(scene=hall, **options)  # type: ignore[arg-type] # named in each test
    source = _open(device, Optics(exposure="adaptive"), clock=lambda: now[0])
    exposures = []
    for _ in range(int(seconds * 10)):
        now[0] += 0.11
        assert source.read() is not None
        exposures.append(device.values[EXPOSURE] / 10)
    return exposures, device


def test_a_smeared_notice_asks_for_a_shorter_exposure() -> None:
    """Where there is light enough, a hand that moves makes the kiosk expose shorter, until edges are sharp."""
    exposures, _ = _watched(Hall(light=2.0))
    assert exposures[0] == FIRST_EXPOSURE_MS
    assert exposures[-1] < 0.75 * FIRST_EXPOSURE_MS
    assert exposures[-40:] == [exposures[-1]] * 40


def test_a_glaring_hall_asks_for_a_shorter_exposure() -> None:
    """A picture in which all is white is made darker although nothing moves."""
    exposures, _ = _watched(Hall(light=4.0, moves=False))
    assert exposures[-1] < 0.6 * FIRST_EXPOSURE_MS
    assert exposures[-40:] == [exposures[-1]] * 40


def test_a_dark_hall_asks_for_a_longer_exposure_and_no_longer_than_a_frame() -> None:
    """In a dark picture the exposure grows up to the length of one frame, even if something moves."""
    exposures, _ = _watched(Hall(light=0.05, moves=False))
    assert exposures[-1] == pytest.approx(30.0)
    assert sorted(exposures) == exposures


def test_a_good_picture_is_left_alone() -> None:
    """The exposure does not oscillate: if the picture is good, it never changes."""
    exposures, _ = _watched(Hall(light=0.9, moves=False))
    assert set(exposures) == {FIRST_EXPOSURE_MS}


def test_a_device_without_manual_exposure_keeps_its_own() -> None:
    """The rule acts only where the device does as asked; otherwise it stays automatic, and that is told."""
    exposures, device = _watched(Hall(light=2.0), known=tuple(key for key in ALL if key != EXPOSURE))
    assert set(exposures) == {25.0}
    assert device.values[AUTO_EXPOSURE] == 3.0


def test_a_device_that_stops_obeying_is_given_its_automatics_back() -> None:
    """A control that is lost later must not leave a dark picture for the day."""
    exposures, device = _watched(Hall(light=4.0, moves=False), limits={EXPOSURE: (75.0, 1000.0)})
    assert min(exposures) >= 7.5
    assert device.values[AUTO_EXPOSURE] == 3.0


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 2000), (720, 1280), (36, 64, 4)])
def test_pictures_of_any_shape_are_no_trouble(shape: tuple[int, ...]) -> None:
    """The rule looks at whatever a device gives."""
    exposures, _ = _watched(lambda _: np.zeros(shape, np.uint8), seconds=1.0)  # type: ignore[arg-type] # a scene
    assert exposures
