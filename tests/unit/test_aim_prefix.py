"""What hand scanners put around a code, and that nothing of it reaches the tests for digits and codes."""

import pytest
from hypothesis import given, strategies as st

from backend.wire.aim_prefix import without_aim_prefix
from backend.wire.codes import ScanReason
from backend.wire.my_number import contains_my_number
from kiosk.hand.key_burst import KeyBurst
from kiosk.hand.serial_scanner import Lines
from kiosk.reading.code_book import CodeBook
from tests.device_support import NOTICE
from tests.invented_number import MY_NUMBER

ENTER = 13
CTRL_B, CTRL_C = "\x02", "\x03"

SETS = ("q2", "q4", "q6", "d4", "d5", "d6", "l1", "z3")
"""Kinds of symbols whose data tell character sets."""

PLAIN = st.from_regex(r"\A[A-Ta-t][0-9A-Za-z]\Z").filter(
    lambda kind: kind.casefold() not in SETS and kind[0] not in "hH"
)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60)
STARTS = ("]", "[", "\\", "#")


def sent(data: bytes) -> list[str]:
    """The texts that a serial line reads from bytes."""
    return Lines().take(data + b"\r")


def typed(text: str) -> str | None:
    """The text that a burst of keys gives; control characters are typed as letters with Ctrl."""
    burst = KeyBurst()
    for place, char in enumerate(text):
        control = ord(char) < 32
        key = chr(ord(char) + 96) if control else char
        ended = burst.press(
            ord(key.lower()), None, shift=key.isupper(), control=control, now=100 + place * 0.005
        )
        if ended is not None:
            return ended
    return burst.press(ENTER, None, shift=False, now=100 + len(text) * 0.005)


@given(kind=PLAIN, text=TEXTS)
def test_the_name_of_any_symbol_goes(kind: str, text: str) -> None:
    """Whatever symbology a scanner announces, what follows the identifier is the text of the code."""
    assert without_aim_prefix(f"]{kind}{text}") == text


@given(kind=st.sampled_from(SETS), number=st.none() | st.integers(0, 999_999), text=TEXTS)
def test_character_sets_go_and_doubled_backslashes_are_one(kind: str, number: int | None, text: str) -> None:
    """If the identifier announces character set marks, they are removed, and the text is that of the code."""
    told = "" if number is None else f"\\{number:06}"
    assert without_aim_prefix(f"]{kind.upper()}{told}" + text.replace("\\", "\\\\")) == text


@given(text=TEXTS.filter(lambda text: not text.startswith(("]", "\\"))))
def test_a_text_without_a_prefix_stays(text: str) -> None:
    """A code without a prefix is not changed, nor is anything later in it that only looks like a prefix."""
    assert without_aim_prefix(text) == text
    assert without_aim_prefix(f"\x02{text}\x03") == text


@given(text=TEXTS.filter(lambda text: not text.startswith(STARTS)))
def test_a_typed_text_without_a_prefix_stays(text: str) -> None:
    """Characters of other keyboard layouts count as a prefix only at the very beginning."""
    assert without_aim_prefix(text, typed=True) == text


@pytest.mark.parametrize(
    "text", ["", "]", "]Q", "] Q1AB", "]1QAB", "\\0000", "\\999999AB", "A]Q1B", "[Q1AB", "#Q1AB"]
)
def test_what_is_no_whole_prefix_stays(text: str) -> None:
    """On a serial line, half a prefix, or one in the characters of another keyboard layout, is ordinary text."""
    assert without_aim_prefix(text) == text


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "]Q1{}",
        "]Q2\\000026{}",
        "]Q2{}",
        "]d2{}",
        "]C1{}",
        "]A0{}",
        "\\000026{}",
        "\x02{}\x03",
        "\x02]Q1{}\x03",
    ],
)
def test_both_ways_in_give_the_code_alone(around: str) -> None:
    """Whatever a scanner adds: a notice is read, twelve digits are refused, and six digits stay six."""
    book = CodeBook(["[0-9]{6}", "[0-9]{11}"])
    for text, reason in (
        (NOTICE, ScanReason.OK),
        (MY_NUMBER, ScanReason.MY_NUMBER),
        ("123456", ScanReason.OK),
        ("23456789018", ScanReason.OK),
    ):
        shown = around.format(text)
        (line,) = sent(shown.encode())
        keys = typed(shown)
        assert keys is not None
        for came in (line, keys):
            assert came.upper() == text
            assert book.sort(came).reason is reason


@pytest.mark.parametrize(
    "keys",
    [{"]": "[", "\\": "]"}, {"]": "\\"}, {"]": "1", "\\": "1"}],
    ids=["us_scanner_jis_kiosk", "jis_scanner_us_kiosk", "unknown_layout"],
)
@pytest.mark.parametrize("around", ["]Q1{}", "]Q2\\000026{}"])
def test_the_name_is_known_on_other_layouts(around: str, keys: dict[str, str]) -> None:
    """Different keyboard layouts of scanner and kiosk change the prefix's characters, but hide no 12-digit number."""
    lost = keys == {"]": "\\"}
    shown = around.replace("\\", "") if lost else around
    burst = KeyBurst()
    for place, char in enumerate(shown.format(MY_NUMBER)):
        key = keys.get(char, char)
        unknown = char in keys and key.isdecimal()
        burst.press(ord(key.lower()), None, shift=unknown, now=100 + place * 0.005)
    came = burst.press(ENTER, None, shift=False, now=100.2)
    assert came == MY_NUMBER
    assert contains_my_number(came)


def test_stx_and_etx_part_codes() -> None:
    """If a scanner sends STX and ETX but no line ends, two codes are not joined into one."""
    assert sent(b"\x02AB1234\x03\x02CD5678\x03") == ["AB1234", "CD5678"]


def test_control_characters_that_are_typed_are_no_letters() -> None:
    """Ctrl+B and Ctrl+C around a code are STX and ETX, not letters; Ctrl+M ends the code like Enter."""
    assert typed(f"{CTRL_B}]q1{NOTICE.lower()}{CTRL_C}") == NOTICE.lower()
    assert typed(f"{NOTICE.lower()}\r") == NOTICE.lower()
    assert typed(f"\x1d{NOTICE.lower()}") == NOTICE.lower()


def test_signs_with_alt_keep_digits_apart() -> None:
    """A key with AltGr gives an unknown character of some layout, not the digit that is printed on the key."""
    burst = KeyBurst()
    for place, char in enumerate("1234567"):
        burst.press(ord(char), char, shift=False, alt=place == 3, now=100 + place / 100)
    assert burst.press(ENTER, None, shift=False, now=100.1) == "123#567"
