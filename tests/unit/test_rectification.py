"""Rectification: grids on bent and blurred codes, the shared patterns, and never a text out of nothing."""

import math
from typing import Any

import cv2
import numpy as np
import pytest
import qrcode
from hypothesis import given, settings, strategies as st
from qrcode.util import QRData

from backend.wire.codes import ScanReason
from backend.wire.field_shape import FieldShape
from backend.wire.my_number import contains_my_number
from kiosk.camera.frame import Gray
from kiosk.reading.decoders import ZxingDecoder
from kiosk.reading.detection import Detection
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.grid import SamplingGrid
from kiosk.reading.ladder import NO_LIMIT, Ladder
from kiosk.reading.rectification import Rectifier, read_values
from kiosk.reading.symbol import drawn, modules_of, patterns
from tests.device_support import NOTICE, code_picture
from tests.invented_number import MY_NUMBER
from tests.proof import examples

BOX, BORDER = 6, 12


class Kanji(QRData):
    """Japanese text in Kanji mode: 13 bits for each character (JIS X 0510, 7.4.6)."""

    def __init__(self, text: str) -> None:
        super().__init__(text.encode("cp932"), mode=4)
        self.mode = 8  # type: ignore[assignment] # the library knows its length but not its content
        self._pairs = list(text.encode("cp932"))

    def __len__(self) -> int:
        return len(self._pairs) // 2

    def write(self, buffer: Any) -> None:
        """Each character of Shift_JIS as its row and column."""
        for first, second in zip(self._pairs[::2], self._pairs[1::2], strict=True):
            value = (first << 8 | second) - (0x8140 if first < 0xE0 else 0xC140)
            buffer.put((value >> 8) * 0xC0 + (value & 0xFF), 13)


def scene(text: str | bytes) -> tuple[Gray, Detection]:
    """A code in the middle of a paper, and its detection."""
    picture = code_picture(text, box=BOX, border=BORDER)
    first, last = BORDER * BOX - 0.5, picture.shape[0] - BORDER * BOX - 0.5
    modules = picture.shape[0] // BOX - 2 * BORDER
    return picture, Detection(((first, first), (last, first), (last, last), (first, last)), modules)


def rectified(picture: Gray, detection: Detection) -> list[str]:
    """The text that is read with a grid."""
    views = FrameViews(picture)
    views.note(detection)
    return [symbol.text for symbol in Rectifier().decode(views)]


@pytest.mark.parametrize("version", range(1, 41))
def test_shared_patterns_are_those_of_every_code(version: int) -> None:
    """What is drawn anew over a finger is what the standard puts there, for every size."""
    made = qrcode.QRCode(version=version, border=0)
    made.add_data("A")
    made.make(fit=False)
    matrix = np.array(made.get_matrix(), dtype=bool)
    known = patterns(modules_of(version))
    assert known.shape == matrix.shape
    assert not ((known != 0) & ((known < 0) != matrix)).any()


@pytest.mark.parametrize("version", [0, 41, -1])
def test_there_are_forty_versions(version: int) -> None:
    """Versions that do not exist raise an exception."""
    with pytest.raises(ValueError, match="version"):
        modules_of(version)


def test_a_drawing_says_what_the_code_said() -> None:
    """Modules that are known exactly are read exactly, and a covered finder pattern does not matter."""
    modules = code_picture(NOTICE, box=1, border=0) == 0
    covered = modules.copy()
    covered[:7, :7] = False
    for dark in (modules, covered):
        assert [symbol.text for symbol in [ZxingDecoder("any").decode(FrameViews(drawn(dark)))][0]] == [
            NOTICE
        ]


def test_reads_a_curled_code_that_zxing_only_sees() -> None:
    """A grid with bowed sides reads what a flat one does not."""
    picture, detection = scene(NOTICE)
    size = picture.shape[0]
    xs, ys = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32))
    along = (xs - BORDER * BOX) / (size - 2 * BORDER * BOX)
    bow = (
        7 * (along - 0.17) * (along - 0.83) / 0.33**2
    )  # a module between the finder patterns, and where they are none
    bowed = cv2.remap(picture, xs, (ys + bow).astype(np.float32), cv2.INTER_LINEAR, borderValue=255)
    curled = np.asarray(bowed, np.uint8)
    assert ZxingDecoder("any", smaller=True).decode(FrameViews(curled)) == []
    assert (
        read_values(SamplingGrid(curled, detection.corners, detection.modules).values(), detection.corners)
        is None
    )
    assert rectified(curled, detection) == [NOTICE]


def test_the_equaliser_takes_out_a_smear() -> None:
    """Modules that a smear of more than one module mixes are told apart."""
    picture, detection = scene(NOTICE)
    kernel = np.zeros((11, 11), np.float32)
    kernel[5] = 1 / 11
    smeared = np.asarray(cv2.filter2D(picture, -1, kernel), np.uint8)
    grid = SamplingGrid(smeared, detection.corners, detection.modules)
    truth = np.where(code_picture(NOTICE, box=1, border=0) == 0, -1, 1)
    wrong = (np.sign(grid.values()) != truth).sum()
    assert (np.sign(grid.equalised()) != truth).sum() < wrong
    symbol = read_values(grid.equalised(), detection.corners)
    assert symbol is not None
    assert symbol.text == NOTICE


def test_a_my_number_is_not_kept() -> None:
    """A 12-digit number in a code that had to be rectified is refused like any other."""
    picture, detection = scene(MY_NUMBER)
    views = FrameViews(picture)
    views.note(detection)
    assert [(symbol.text, symbol.my_number) for symbol in Rectifier().decode(views)] == [("", True)]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_read_out_of_noise(seed: int) -> None:
    """Wherever a grid is laid on what is no code, no text comes out."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (300, 300), np.uint8)
    x, y, side = 40 + 10 * seed, 60.0, 150.0
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    assert rectified(noise, Detection(corners, modules_of(1 + seed % 4))) == []


def test_a_grid_outside_the_picture_is_no_error() -> None:
    """A place that was carried on beyond the edge gives nothing."""
    corners = ((-90.0, -90.0), (-10.0, -90.0), (-10.0, -10.0), (-90.0, -10.0))
    assert rectified(np.full((60, 80), 200, np.uint8), Detection(corners, 25)) == []
    flat = ((5.0, 5.0),) * 4
    assert rectified(np.full((60, 80), 200, np.uint8), Detection(flat, 25)) == []


def test_time_that_is_over_is_not_taken() -> None:
    """Work is bounded: after the deadline no grid is laid."""
    picture, detection = scene(NOTICE)
    views = FrameViews(picture, deadline=-math.inf)
    views.note(detection)
    assert Rectifier().decode(views) == []


def test_detections_are_few_and_none_of_what_was_read() -> None:
    """The number of detections kept for one picture is limited, and codes that were read are removed."""
    views = FrameViews(np.zeros((10, 10), np.uint8))
    for place in range(50):
        x = 100.0 * place
        views.note(Detection(((x, 0.0), (x + 9, 0.0), (x + 9, 9.0), (x, 9.0)), 25))
    assert len(views.detections) <= 6
    picture, detection = scene(NOTICE)
    read = FrameViews(picture)
    read.note(detection)
    read.forget(ZxingDecoder("any").decode(read))
    read.note(detection)
    assert read.detections == ()


payloads = st.one_of(
    st.binary(min_size=1, max_size=60).map(lambda content: QRData(content, mode=4)),
    st.text("交付通知書受付番号新宿区一二三四五六七八九１２３４５６７８９０", min_size=1, max_size=30).map(
        Kanji
    ),
    st.text("0123456789", min_size=1, max_size=40).map(lambda digits: QRData(digits, mode=1)),
    st.text("0123456789ABC -./:", min_size=1, max_size=40).map(lambda text: QRData(text, mode=2)),
)


def test_kanji_mode_is_read() -> None:
    """Codes of Japanese systems use a mode of their own for Japanese text, numbers in full width among it."""
    for text, told in (("交付通知書", "交付通知書"), ("１２３４５６７８９０１８", None)):
        made = qrcode.QRCode(box_size=4, border=8)
        made.add_data(Kanji(text), optimize=0)
        made.make(fit=True)
        picture = drawn(np.array(made.get_matrix(), dtype=bool)[8:-8, 8:-8])
        reading = Ladder(budget_ms=NO_LIMIT).read(picture)
        assert (reading.text, reading.reason is ScanReason.MY_NUMBER) == (told, told is None)


@settings(max_examples=examples(60), deadline=None)
@given(payload=payloads, blur=st.floats(0, 2.5), turn=st.floats(-180, 180), noise=st.floats(0, 25))
def test_any_payload_in_any_hand_is_read_rightly_or_not_at_all(
    payload: QRData, blur: float, turn: float, noise: float
) -> None:
    """Encode, picture, ladder: another text than the clean code's never comes out, and no 12-digit number."""
    made = qrcode.QRCode(box_size=1, border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    made.add_data(payload, optimize=0)
    made.make(fit=True)
    clean = drawn(np.array(made.get_matrix(), dtype=bool))
    truth = Ladder(budget_ms=NO_LIMIT).read(clean)
    picture = np.pad(np.repeat(np.repeat(clean, 2, 0), 2, 1), 40, constant_values=255)
    middle = (picture.shape[1] / 2, picture.shape[0] / 2)
    turned = cv2.warpAffine(
        picture, cv2.getRotationMatrix2D(middle, turn, 1), picture.shape[::-1], borderValue=255
    )
    soft = cv2.GaussianBlur(turned, (0, 0), blur) if blur > 0.2 else turned
    grain = np.random.default_rng(1).normal(0, noise, soft.shape)
    reading = Ladder(budget_ms=NO_LIMIT).read((soft + grain).clip(0, 255).astype(np.uint8))
    assert reading.reason in {truth.reason, ScanReason.NONE}
    assert reading.text in {truth.text, None}
    assert reading.text is None or not contains_my_number(reading.text, FieldShape.CODE)
