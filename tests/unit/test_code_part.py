"""Codes that share one text: each is a part, and a part is not the text."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings, strategies as st

from backend.wire.codes import ScanReason
from kiosk.camera.frame import Gray
from kiosk.cli.scan import command
from kiosk.reading.code_part import SymbolPart, beginning, part_of
from kiosk.reading.decoders import ZbarDecoder, read_codes
from kiosk.reading.detection import DecodedSymbol
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.ladder import NO_LIMIT, Ladder, standard_decoders
from kiosk.reading.selection import verdict_of
from tests.command_support import result_of
from tests.device_support import NOTICE, Segments, code_picture, on_desk

HALVES = (b"1234567", b"89018")


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    """A ladder that always has the time it needs."""
    return Ladder(budget_ms=NO_LIMIT)


def part(index: int, data: bytes = b"UK1-7F3K", count: int = 3) -> Gray:
    """A picture of one part."""
    return code_picture(Segments.of_part(index, count, data))


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_part_is_not_the_text(ladder: Ladder, index: int) -> None:
    """Decoders return a part like a whole text: the result is "partial", and the text is dropped."""
    reading = ladder.read(part(index))
    assert (reading.text, reading.reason) == (None, ScanReason.PARTIAL)
    assert [(symbol.text, symbol.part) for symbol in reading.symbols] == [("", True)]


@pytest.mark.parametrize(
    "turn",
    [
        lambda code: code[:, ::-1],
        lambda code: code.T,
        lambda code: 255 - code,
        lambda code: np.rot90(code, 3),
        lambda code: cv2.GaussianBlur(code, (0, 0), 2.0),
    ],
    ids=["mirrored", "transposed", "light on dark", "turned", "blurred"],
)
def test_a_part_is_known_however_it_is_held(ladder: Ladder, turn: object) -> None:
    """Mirrored, inverted, rotated or blurred, a part is still a part, and a notice is still a whole text."""
    assert callable(turn)
    assert ladder.read(np.ascontiguousarray(turn(part(1)))).reason is ScanReason.PARTIAL
    assert ladder.read(np.ascontiguousarray(turn(code_picture(NOTICE)))).text == NOTICE


def test_all_parts_together_are_no_code_of_ours(ladder: Ladder) -> None:
    """Even when every part is in view nothing is put together: no notice is spread over several codes."""
    scene = on_desk(*(part(index, data) for index, data in enumerate((b"UK1-7F3", b"K9QZ2M4", b"XW8RTB"))))
    assert ladder.read(scene).reason is ScanReason.PARTIAL


def test_a_part_beside_a_notice(ladder: Ladder) -> None:
    """For scan two codes are ambiguous; the kiosk takes the notice."""
    scene = on_desk(code_picture(NOTICE), part(0))
    assert ladder.read(scene).reason is ScanReason.AMBIGUOUS
    symbols = ladder.read(scene, wanted=lambda symbol: symbol.text == NOTICE).symbols
    assert verdict_of(symbols, lambda text: text == NOTICE).text == NOTICE


def test_to_the_kiosk_a_part_is_foreign() -> None:
    """A hint, not a refusal: there is no number in it."""
    assert verdict_of([DecodedSymbol("", (), part=True)], lambda _: True).reason is ScanReason.FOREIGN


def test_a_my_number_that_is_spread_over_parts_is_refused(ladder: Ladder) -> None:
    """Twelve digits are refused in one part and over several, in any order, and nothing of them is kept."""
    halves = [part(index, data, 2) for index, data in enumerate(HALVES)]
    for scene in (on_desk(*halves), on_desk(*halves[::-1]), part(0, b"123456789018", 2)):
        reading = ladder.read(scene)
        assert (reading.text, reading.reason) == (None, ScanReason.MY_NUMBER)
        assert {symbol.text for symbol in reading.symbols} == {""}
        assert verdict_of(reading.symbols, lambda _: True).reason is ScanReason.MY_NUMBER


def test_parts_of_two_texts_are_not_put_together(ladder: Ladder) -> None:
    """Digits of another text do not make twelve."""
    one, other = Segments.of_part(0, 2, HALVES[0]), Segments.of_part(1, 2, HALVES[1], parity=1)
    assert ladder.read(on_desk(code_picture(one), code_picture(other))).reason is ScanReason.PARTIAL


def test_a_text_of_one_part_is_whole(ladder: Ladder) -> None:
    """A text in a single part counts as a whole text."""
    assert ladder.read(code_picture(Segments.of_part(0, 1, NOTICE.encode()))).text == NOTICE


def test_scan_prints_no_part(tmp_path: Path) -> None:
    """The line says partial and no text; twelve digits over two codes are a number."""
    assert cv2.imwrite(str(tmp_path / "part.png"), part(0))
    assert cv2.imwrite(
        str(tmp_path / "both.png"), on_desk(*(part(n, data, 2) for n, data in enumerate(HALVES)))
    )
    names = [str(tmp_path / "part.png"), str(tmp_path / "both.png")]
    result = result_of(command, *names)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["text"], line["reason"]) for line in lines] == [(None, "partial"), (None, "my_number")]


def test_zbar_does_not_stumble_over_parts() -> None:
    """ZBar joins parts to a symbol that pyzbar cannot name: that is no read, and no error."""
    for decoder in standard_decoders():
        if isinstance(decoder, ZbarDecoder):
            assert decoder.decode(FrameViews(on_desk(part(0))[:, :, 0])) == []


LEVELS = {
    "L": qrcode.constants.ERROR_CORRECT_L,
    "M": qrcode.constants.ERROR_CORRECT_M,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "H": qrcode.constants.ERROR_CORRECT_H,
}


@pytest.mark.parametrize("version", [1, 2, 6, 7, 8, 14, 21, 27, 32, 40])
def test_the_beginning_of_every_size_is_found(version: int) -> None:
    """At every level of correction the first codewords are those that were written, seven of them disturbed or not."""
    for place, level in enumerate(LEVELS.values()):
        code = qrcode.QRCode(
            version=version, error_correction=level, mask_pattern=(version + place) % 8, border=0
        )
        code.add_data("7F3")
        code.make(fit=False)
        modules = np.array(code.get_matrix(), np.bool_)
        begins = beginning(modules, level, (version + place) % 8)
        assert begins is not None
        assert begins[0] >> 4 == 0b0010
        modules[-1, -1] ^= True
        modules[-3, -1] ^= True
        assert beginning(modules, level, (version + place) % 8) == begins


def test_what_cannot_be_corrected_has_no_beginning() -> None:
    """Noise is not taken as a header."""
    noise = np.random.default_rng(1).random((25, 25)) < 0.5
    assert beginning(noise, LEVELS["Q"], 3) is None


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 15),
    st.integers(2, 16),
    st.integers(0, 255),
    st.binary(min_size=1, max_size=40),
    st.sampled_from(["", "0101", "1001" + f"{1:08b}", "0111" + f"{26:08b}", "0111" + "10" + f"{899:014b}"]),
)
def test_any_part_is_told_with_its_place(
    index: int, count: int, parity: int, data: bytes, before: str
) -> None:
    """Place, count and parity come back as they were written, also behind marks of GS1 and of character sets."""
    header = f"0011{index:04b}{count - 1:04b}{parity:08b}"
    content = f"0100{len(data):08b}" + "".join(f"{byte:08b}" for byte in data)
    codes = read_codes(code_picture(Segments(before + header + content), box=4))
    assert [part_of(code) for code in codes if code.valid] == [SymbolPart(index, count, parity)] * len(codes)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=120))
def test_whole_texts_are_no_parts(data: bytes) -> None:
    """No content of a code makes it a part."""
    codes = read_codes(code_picture(data, box=4))
    assert [part_of(code) for code in codes] == [None]


def test_a_code_without_its_properties_is_taken_as_whole() -> None:
    """If zxing-cpp gives no properties of a code, it counts as a whole text."""

    class Untold:
        extra: dict[str, object] | None = None

    assert part_of(Untold()) is None
    other = np.asarray(zxingcpp.create_barcode("5574", zxingcpp.BarcodeFormat.MicroQRCode).to_image(scale=4))
    assert all(
        part_of(code) is None for code in zxingcpp.read_barcodes(np.pad(other, 20, constant_values=255))
    )
