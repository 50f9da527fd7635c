"""The ladder of decoders."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings, strategies as st

from backend.wire.codes import ScanReason
from backend.wire.my_number import contains_my_number
from kiosk.camera.frame import Gray, Picture
from kiosk.reading.decoders import Decoder, ZbarDecoder, ZxingDecoder
from kiosk.reading.detection import DecodedSymbol
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.ladder import NO_LIMIT, Ladder, standard_decoders
from kiosk.reading.rectification import Rectifier
from tests.device_support import NOTICE, Segments, code_picture, on_desk
from tests.invented_number import MY_NUMBER
from tests.proof import examples


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    """A ladder that always has the time it needs."""
    return Ladder(budget_ms=NO_LIMIT)


def _transparent(gray: Gray) -> Picture:
    return np.dstack([np.zeros((*gray.shape, 3), np.uint8), 255 - gray])


SHAPES: dict[str, Callable[[Gray], Picture]] = {
    "gray": lambda gray: gray,
    "one channel": lambda gray: gray[:, :, np.newaxis],
    "gray and alpha": lambda gray: np.dstack([gray, np.full_like(gray, 255)]),
    "BGR": lambda gray: np.dstack([gray, gray, gray]),
    "BGRA, black on nothing": _transparent,
    "five channels": lambda gray: np.dstack([gray] * 5),
    "16 bits": lambda gray: gray.astype(np.uint16) * 257,
    "12 bits": lambda gray: gray.astype(np.uint16) * 16,
    "bytes in 32 bits": lambda gray: gray.astype(np.int32),
    "fractions": lambda gray: gray.astype(np.float32) / 255,
    "truth values": lambda gray: gray > 127,
    "not contiguous": lambda gray: np.repeat(np.repeat(gray, 2, 0), 2, 1)[::2, ::2],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_reads_every_kind_of_picture(ladder: Ladder, shape: str) -> None:
    """A code is read whatever the picture's channels and number type are."""
    reading = ladder.read(SHAPES[shape](code_picture(NOTICE)))
    assert (reading.text, reading.reason) == (NOTICE, ScanReason.OK)
    assert reading.decoder == "zxing-cpp plain"


@pytest.mark.parametrize("turn", [0, 17, 90, 135, 180])
def test_reads_codes_at_any_angle(ladder: Ladder, turn: int) -> None:
    """A notice is held up at any angle."""
    code = code_picture(NOTICE, border=12)
    middle = (code.shape[1] / 2, code.shape[0] / 2)
    turned = cv2.warpAffine(code, cv2.getRotationMatrix2D(middle, turn, 1), code.shape[::-1], borderValue=255)
    assert ladder.read(np.asarray(turned)).text == NOTICE


def test_reads_light_on_dark_and_mirrored(ladder: Ladder) -> None:
    """Dark phone screens and mirrored camera pictures are read too."""
    code = code_picture(NOTICE)
    assert ladder.read(255 - code).text == NOTICE
    assert ladder.read(code[:, ::-1]).text == NOTICE


@pytest.mark.parametrize("box", [1.6, 2, 2.5, 3])
def test_reads_small_codes_that_are_light_on_dark(ladder: Ladder, box: float) -> None:
    """A dark screen held far away is read at full size, where half of it is too small."""
    code = code_picture(NOTICE, box=10, border=4)
    side = round(len(code) / 10 * box)
    small = np.asarray(cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    desk = np.full((720, 1280), 30, np.uint8)
    desk[300 : 300 + side, 500 : 500 + side] = 255 - small
    assert ladder.read(desk).text == NOTICE


class _Witness:
    """A decoder that reads a code in the first picture it gets, and records the sizes of all pictures."""

    name, quick = "witness", True

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """One code the first time."""
        self.shapes.append(views.gray.shape)
        corners = ((10.0, 10.0), (50.0, 10.0), (50.0, 50.0), (10.0, 50.0))
        return [DecodedSymbol("A", corners)] if len(self.shapes) == 1 else []


def test_a_small_picture_is_looked_at_as_it_is_first() -> None:
    """Nothing is done to a tiny picture before the first decoder had it, and what it reads stands."""
    witness = _Witness()
    reading = Ladder([witness]).read(np.full((90, 120), 200, np.uint8))
    assert (witness.shapes[0], len(witness.shapes), reading.text) == ((90, 120), 2, "A")


@pytest.mark.parametrize(("box", "border"), [(1, 4), (1, 0), (2, 0), (6, 0)])
def test_reads_tiny_and_cut_out_codes(ladder: Ladder, box: int, border: int) -> None:
    """A code of one pixel per module, or without its quiet zone, is read."""
    assert ladder.read(code_picture(NOTICE, box=box, border=border)).text == NOTICE


def test_reads_a_small_code_in_a_huge_picture(ladder: Ladder) -> None:
    """Shrinking a 24-megapixel photo does not lose a code of a few pixels per module."""
    photo = np.full((4000, 6000), 200, np.uint8)
    code = code_picture(NOTICE, box=4)
    photo[3000 : 3000 + code.shape[0], 5000 : 5000 + code.shape[1]] = code
    reading = ladder.read(photo)
    assert reading.text == NOTICE
    assert all(5000 <= x <= 5200 and 3000 <= y <= 3200 for x, y in reading.corners)


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (1, 1), (1, 3000), (3000, 1), (3, 2), (720, 1280)])
def test_a_picture_without_a_code_reads_as_none(ladder: Ladder, size: tuple[int, int]) -> None:
    """Pictures of any size, empty ones too, end in "none" and never in an error."""
    reading = ladder.read(np.full(size, 128, np.uint8))
    assert (reading.text, reading.reason, reading.decoder) == (None, ScanReason.NONE, None)


def test_an_array_that_is_no_picture_is_refused(ladder: Ladder) -> None:
    """A mistake of the caller is told, not read as "none"."""
    with pytest.raises(ValueError, match="axes"):
        ladder.read(np.zeros(7, np.uint8))


def test_two_codes_are_ambiguous(ladder: Ladder) -> None:
    """With two codes in view nothing is guessed."""
    reading = ladder.read(on_desk(code_picture(NOTICE), code_picture("UK1-OTHER")))
    assert (reading.text, reading.reason, reading.corners) == (None, ScanReason.AMBIGUOUS, ())


def test_the_same_text_twice_is_ambiguous(ladder: Ladder) -> None:
    """Two codes are two codes even where they say the same."""
    code = code_picture(NOTICE)
    assert ladder.read(on_desk(code, code)).reason is ScanReason.AMBIGUOUS


def test_a_second_code_that_is_hard_to_read_is_noticed(ladder: Ladder) -> None:
    """The first decoder's success does not hide a worse code that a later one reads."""
    blurred = cv2.GaussianBlur(code_picture("UK1-OTHER", box=3, border=8), (0, 0), 1.7).astype(np.uint8)
    scene = on_desk(code_picture(NOTICE), blurred)
    first_only = Ladder(standard_decoders()[:1]).read(scene)
    assert (first_only.reason, first_only.text) == (ScanReason.OK, NOTICE)
    assert ladder.read(scene).reason is ScanReason.AMBIGUOUS


@pytest.mark.parametrize(
    "text",
    [
        MY_NUMBER,
        "１２３４５６７８９０１８",
        "1234 5678 9018",
        "1234-5678-9018",
        "マイナンバー:123456789018です",
        "https://example.jp/?n=123456789018&x=1",
    ],
)
@pytest.mark.parametrize(
    "decoder",
    [one for one in standard_decoders() if one.name in {"zxing-cpp plain", "pyzbar 2/3 adaptive mean"}],
    ids=lambda d: str(d.name),
)
def test_a_my_number_is_never_kept(decoder: Decoder, text: str) -> None:
    """A 12-digit number, plain, full-width, spaced or embedded, is told as a kind without a value."""
    picture = code_picture(text)
    reading = Ladder([decoder]).read(picture)
    assert (reading.text, reading.reason) == (None, ScanReason.MY_NUMBER)
    assert [(symbol.text, symbol.my_number) for symbol in decoder.decode(FrameViews(picture))] == [("", True)]


@pytest.mark.parametrize(
    "decoder",
    [one for one in standard_decoders() if one.name in {"zxing-cpp plain", "pyzbar 2/3 adaptive mean"}],
    ids=lambda d: str(d.name),
)
@pytest.mark.parametrize(
    "make", [partial(Segments.with_character_set, 26), Segments.of_gs1], ids=["eci", "gs1"]
)
def test_what_a_code_says_of_itself_is_no_part_of_its_text(
    decoder: Decoder, make: Callable[[bytes], Segments]
) -> None:
    """Character sets and GS1 add nothing to what is read: six digits stay six, and twelve are found."""
    own, number = code_picture(make(b"123456")), code_picture(make(MY_NUMBER.encode()))
    assert Ladder([decoder]).read(own).text == "123456"
    reading = Ladder([decoder]).read(number)
    assert (reading.text, reading.reason) == (None, ScanReason.MY_NUMBER)


def test_a_my_number_beside_a_notice_is_ambiguous_and_not_kept(ladder: Ladder) -> None:
    """A card's back beside the notice gives neither of the two texts."""
    reading = ladder.read(on_desk(code_picture(NOTICE), code_picture(MY_NUMBER)))
    assert (reading.text, reading.reason) == (None, ScanReason.AMBIGUOUS)


def test_every_code_in_view_is_told_where_one_kind_is_wanted(ladder: Ladder) -> None:
    """Who knows which codes are wanted gets all that are in view, each once, and of a 12-digit number no text."""
    scene = on_desk(code_picture(MY_NUMBER), code_picture(NOTICE), code_picture("https://example.jp/"))
    reading = ladder.read(scene, wanted=lambda symbol: symbol.text == NOTICE)
    assert (reading.text, reading.reason) == (None, ScanReason.AMBIGUOUS)
    assert sorted((symbol.text, symbol.my_number) for symbol in reading.symbols) == [
        ("", True),
        (NOTICE, False),
        ("https://example.jp/", False),
    ]


def test_texts_stay_out_of_representations(ladder: Ladder) -> None:
    """What a code says does not get into logs or tracebacks through repr."""
    assert NOTICE not in repr(ladder.read(code_picture(NOTICE)))
    assert NOTICE not in repr(DecodedSymbol(NOTICE, ()))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (zxingcpp.BarcodeFormat.MicroQRCode, "5574"),
        (zxingcpp.BarcodeFormat.DataMatrix, NOTICE),
        (zxingcpp.BarcodeFormat.Code128, NOTICE),
        (zxingcpp.BarcodeFormat.EAN13, "4901234567894"),
    ],
)
def test_other_codes_are_not_read(ladder: Ladder, kind: zxingcpp.BarcodeFormat, content: str) -> None:
    """Only QR codes of model 2 count: others have given false texts."""
    other = np.asarray(zxingcpp.create_barcode(content, kind).to_image(scale=6))
    assert ladder.read(np.pad(other, 40, constant_values=255)).reason is ScanReason.NONE


def test_reads_the_longest_code() -> None:
    """A code of 7 089 digits is read, and its digits are no 12-digit number."""
    digits = "7" * 7089
    assert Ladder(budget_ms=NO_LIMIT).read(code_picture(digits, box=4)).text == digits


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("日本語の通知書 髙﨑".encode(), "日本語の通知書 髙﨑"),
        ("受付番号".encode("cp932"), "受付番号"),
        (b"a\x00b\x07c\r\n", "a\x00b\x07c\r\n"),
        (b"\xff\xfe\xfd\x80", "ÿþý\x80"),
    ],
)
def test_reads_text_of_any_encoding(ladder: Ladder, content: bytes, text: str) -> None:
    """UTF-8, Shift_JIS, control characters and bytes that are no text are given as text."""
    assert ladder.read(code_picture(content)).text == text


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=120))
def test_ascii_texts_come_back_as_they_were(ladder: Ladder, text: str) -> None:
    """Whatever printable ASCII a code holds is read exactly, and 12-digit numbers never."""
    reading = ladder.read(code_picture(text, box=4))
    if contains_my_number(text):
        assert (reading.text, reading.reason) == (None, ScanReason.MY_NUMBER)
    else:
        assert (reading.text, reading.reason) == (text, ScanReason.OK)


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(min_size=1, max_size=200))
def test_any_payload_ends_in_a_reason(ladder: Ladder, content: bytes) -> None:
    """Arbitrary bytes never raise, and no text with a 12-digit number comes out."""
    reading = ladder.read(code_picture(content, box=4))
    assert reading.reason in {ScanReason.OK, ScanReason.MY_NUMBER}
    assert reading.text is None or not contains_my_number(reading.text)


class _Hands:
    """A clock that fake decoders move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class _Slow:
    """A decoder that takes a given time and returns given symbols."""

    def __init__(
        self, name: str, hands: _Hands, ms: float, *symbols: DecodedSymbol, quick: bool = True
    ) -> None:
        self.name = name
        self.quick = quick
        self.calls = 0
        self._hands = hands
        self._ms = ms
        self._finds = symbols

    def decode(self, views: FrameViews) -> list[DecodedSymbol]:
        """Take the time."""
        assert views.gray.ndim == 2
        self.calls += 1
        self._hands.now += self._ms / 1000
        return list(self._finds)


FRAME = np.full((720, 1280), 128, np.uint8)
SQUARE = ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0))


def test_the_budget_ends_the_climb_but_never_before_two() -> None:
    """A slow machine still tries the two fastest decoders; the rest wait for time."""
    hands = _Hands()
    rungs = [_Slow(str(number), hands, 20) for number in range(4)]
    Ladder(rungs, budget_ms=5, clock=hands).read(FRAME)
    assert [rung.calls for rung in rungs] == [1, 1, 0, 0]
    Ladder(rungs, budget_ms=NO_LIMIT, clock=hands).read(FRAME)
    assert [rung.calls for rung in rungs] == [2, 2, 1, 1]


def test_a_decoder_that_would_overrun_is_left_out() -> None:
    """Once known to be too slow for the time that is left, a decoder gives way to a faster one."""
    hands = _Hands()
    rungs = [_Slow("a", hands, 1), _Slow("b", hands, 1), _Slow("slow", hands, 40), _Slow("fast", hands, 5)]
    ladder = Ladder(rungs, budget_ms=33, clock=hands)
    assert ladder.read(FRAME).ms == pytest.approx(42)  # not yet known
    assert ladder.read(FRAME).ms == pytest.approx(7)
    assert [rung.calls for rung in rungs] == [2, 2, 1, 1]


def test_a_slow_moment_does_not_shut_a_decoder_out() -> None:
    """After one slow run, a decoder is tried again after a while."""
    hands = _Hands()
    slow = _Slow("slow", hands, 40)
    ladder = Ladder([_Slow("a", hands, 1), _Slow("b", hands, 1), slow], budget_ms=33, clock=hands)
    for _ in range(10):
        ladder.read(FRAME)
    assert slow.calls >= 2


def test_after_a_read_only_quick_decoders_go_on() -> None:
    """The search for a second code does not pay for the slow decoders."""
    hands = _Hands()
    rungs = [
        _Slow("first", hands, 1, DecodedSymbol("A", SQUARE)),
        _Slow("slow", hands, 20, quick=False),
        _Slow("quick", hands, 2),
    ]
    reading = Ladder(rungs, budget_ms=NO_LIMIT, clock=hands).read(FRAME)
    assert (reading.text, reading.decoder) == ("A", "first")
    assert [rung.calls for rung in rungs] == [1, 0, 1]


def test_a_first_reading_may_stop_at_the_first_code() -> None:
    """Where a second reading follows anyway, the first one costs no more than it must."""
    hands = _Hands()
    rungs = [_Slow("first", hands, 1, DecodedSymbol("A", SQUARE)), _Slow("quick", hands, 2)]
    assert Ladder(rungs, clock=hands).read(FRAME, look_further=False).text == "A"
    assert [rung.calls for rung in rungs] == [1, 0]


def test_a_code_that_is_not_wanted_does_not_end_the_search() -> None:
    """What lies beside the notice does not keep slow decoders from looking for it, nor end a short look."""
    hands = _Hands()
    aside = ((500.0, 100.0), (600.0, 100.0), (600.0, 200.0), (500.0, 200.0))
    rungs = [
        _Slow("first", hands, 1, DecodedSymbol("URL", aside)),
        _Slow("slow", hands, 20, DecodedSymbol("A", SQUARE), quick=False),
        _Slow("last", hands, 2),
    ]
    ladder = Ladder(rungs, budget_ms=NO_LIMIT, clock=hands)
    reading = ladder.read(FRAME, look_further=False, wanted=lambda symbol: symbol.text == "A")
    assert [symbol.text for symbol in reading.symbols] == ["URL", "A"]
    assert [rung.calls for rung in rungs] == [1, 1, 0]


def test_two_readings_of_one_code_are_never_guessed_between() -> None:
    """Another text at the same place makes the picture ambiguous."""
    hands = _Hands()
    rungs = [
        _Slow("a", hands, 1, DecodedSymbol("A", SQUARE)),
        _Slow("b", hands, 1, DecodedSymbol("B", SQUARE)),
    ]
    assert Ladder(rungs, clock=hands).read(FRAME).reason is ScanReason.AMBIGUOUS


def test_both_engines_take_part() -> None:
    """zxing-cpp stands before pyzbar, what is only detected is rectified in between, and each can read by itself."""
    decoders = standard_decoders()
    engines = [type(decoder) for decoder in decoders]
    assert engines[0] is ZxingDecoder
    assert engines.index(ZxingDecoder) < engines.index(Rectifier) < engines.index(ZbarDecoder)
    for decoder in decoders:
        if not isinstance(decoder, Rectifier):
            # Each way is made for modules of some size in the picture.
            codes = [code_picture(NOTICE, box=box, border=12) for box in (2, 3, 5, 8)]
            light = decoder.name == "zxing-cpp inverted"
            reads = [decoder.decode(FrameViews(np.asarray(255 - code if light else code))) for code in codes]
            assert [NOTICE] in [[symbol.text for symbol in read] for read in reads], decoder.name
    assert len({decoder.name for decoder in decoders}) == len(engines)
