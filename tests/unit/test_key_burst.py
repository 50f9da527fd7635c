"""Hand scanners that type, told from people who type."""

import pytest
from hypothesis import given, strategies as st

from kiosk.hand.key_burst import LONGEST, LONGEST_GAP, SLOWEST, KeyBurst
from tests.device_support import NOTICE

ENTER, NUMPAD_ENTER, TAB, SHIFT = 13, 271, 9, 304


def _type(
    burst: KeyBurst, text: str, *, end: int = ENTER, gap: float = 0.008, start: float = 100.0
) -> str | None:
    """Press keys as a keyboard does: the key number of a letter is that of the lower-case letter."""
    now = start
    for char in text:
        assert burst.press(ord(char.lower()), char.lower(), shift=char.isupper(), now=now) is None
        now += gap
    return burst.press(end, None, shift=False, now=now)


@pytest.mark.parametrize("end", [ENTER, NUMPAD_ENTER, TAB])
@pytest.mark.parametrize("gap", [0.0, 0.005, 0.033])
def test_a_fast_burst_with_an_end_is_a_scan(end: int, gap: float) -> None:
    """A fast burst is a scan with any end key, even if the keys arrive in groups, once per frame."""
    burst = KeyBurst()
    assert _type(burst, NOTICE, end=end, gap=gap) == NOTICE.lower()
    assert burst.empty


def test_keys_that_come_once_per_slow_frame_are_still_one_burst() -> None:
    """A window that draws slowly hands over ten keys at a time."""
    burst = KeyBurst()
    now = 100.0
    for place, char in enumerate(NOTICE):
        now = 100.0 + place // 10 * 0.12
        burst.press(ord(char.lower()), None, shift=False, now=now)
    assert burst.press(ENTER, None, shift=False, now=now) == NOTICE.lower()


@pytest.mark.parametrize("gap", [SLOWEST * 1.3, 0.1, LONGEST_GAP * 1.1, 0.4])
def test_a_person_at_a_keyboard_is_no_scanner(gap: float) -> None:
    """What is typed at the pace of a person is not taken for a code, and is forgotten."""
    burst = KeyBurst()
    assert _type(burst, NOTICE, gap=gap) is None
    assert burst.empty


def test_a_few_keys_are_no_scan() -> None:
    """A few random keys, or Enter alone, are not a scan."""
    burst = KeyBurst()
    assert _type(burst, "ASDF") is None
    assert _type(burst, "", start=200.0) is None
    assert _type(burst, "12345\x7f", start=300.0) is None, "a key that erases is no sixth"


def test_what_was_typed_is_forgotten_without_another_key() -> None:
    """A burst without an end does not stay in memory: the window asks to forget it."""
    burst = KeyBurst()
    burst.press(ord("1"), "1", shift=False, now=100.0)
    remembered = []
    for later in (0.5, 1.01):
        burst.forget(100.0 + LONGEST_GAP * later)
        remembered.append((burst.empty, list(vars(burst)["_keys"])))
    assert remembered == [(False, ["1"]), (True, [])]


def test_an_old_key_does_not_join_the_next_scan() -> None:
    """Somebody touched a key some time ago: the code that is scanned now is whole and nothing more."""
    burst = KeyBurst()
    burst.press(ord("x"), "x", shift=False, now=99.0)
    assert _type(burst, NOTICE) == NOTICE.lower()


def test_digits_of_the_number_pad_and_full_width_signs_count() -> None:
    """Scanners that type through the number pad, or into an input method that was left on, are understood."""
    burst = KeyBurst()
    for place, digit in enumerate("0123456789"):
        burst.press(256 + int(digit), None, shift=False, now=100 + place / 100)
    assert burst.press(ENTER, None, shift=False, now=100.1) == "0123456789"
    for place, char in enumerate("ＡＢ１－２３４５６７"):
        burst.press(0xFF00, char, shift=False, now=200 + place / 100)
    assert burst.press(ENTER, None, shift=False, now=200.1) == "ＡＢ１－２３４５６７"


def test_signs_of_an_unknown_layout_keep_digits_apart() -> None:
    """With Shift held, a digit's key means another sign: two numbers do not grow together to twelve digits."""
    burst = KeyBurst()
    for place, char in enumerate("1234567"):
        burst.press(ord(char), char, shift=place == 3, now=100 + place / 100)
        burst.press(SHIFT, None, shift=True, now=100 + place / 100)
    assert burst.press(ENTER, None, shift=False, now=100.1) == "123#567"


def test_an_endless_burst_is_dropped() -> None:
    """More than any code holds is not kept, and ends as a code that is none of ours."""
    burst = KeyBurst()
    assert _type(burst, "1" * (LONGEST + 50), gap=0.001) == "#"
    assert burst.empty
    assert _type(burst, "1" * 8001, gap=0.001) == "#"
    assert _type(burst, "1" * 8000, gap=0.001) == "1" * 8000
    for _ in range(LONGEST + 1):
        burst.press(ord("1"), "1", shift=False, now=300.0)
    assert (burst.empty, vars(burst)["_keys"]) == (False, [])


@pytest.mark.parametrize(
    ("key", "codepoint", "text"),
    [
        (266, None, "."),
        (267, None, "/"),
        (268, None, "*"),
        (269, None, "-"),
        (270, None, "+"),
        (126, None, "~"),
        (127, None, ""),
        (31, None, ""),
        (200, "é", "é"),
        (255, "ー", "ー"),
        (304, "x", ""),
        (511, "x", ""),
        (512, "１", "１"),
        (0xFF00, "12", ""),
        (0xFF00, "", ""),
        (0xFF00, None, ""),
        (0xFF00, "\u200b", ""),
    ],
)
def test_a_key_gives_the_one_sign_that_stands_on_it(key: int, codepoint: str | None, text: str) -> None:
    """Protects a code from keys that move or erase, and its digits from a sign of the number pad that gets lost."""
    burst = KeyBurst()
    for place, pressed in enumerate([*"123456", None, *"789"]):
        if pressed is None:
            burst.press(key, codepoint, shift=False, now=100 + place * 0.005)
        else:
            burst.press(ord(pressed), pressed, shift=False, now=100 + place * 0.005)
    assert burst.press(ENTER, None, shift=False, now=100.06) == f"123456{text}789"


@given(
    st.lists(
        st.tuples(st.integers(0, 0x2FFFF), st.none() | st.text(max_size=2), st.booleans(), st.floats(0, 0.3)),
        max_size=80,
    )
)
def test_no_keys_break_it(keys: list[tuple[int, str | None, bool, float]]) -> None:
    """Whatever is pressed, nothing is raised, and nothing outlives a pause."""
    burst, now = KeyBurst(), 100.0
    for key, codepoint, shift, gap in keys:
        now += gap
        burst.press(key, codepoint, shift=shift, now=now)
    burst.forget(now + 1)
    assert burst.empty


def test_a_space_in_a_code_is_a_space() -> None:
    """Protects digits on both sides of a space from growing together; signs of the keyboard's edges are taken too."""
    assert _type(KeyBurst(), "12345 67890") == "12345 67890"
    burst = KeyBurst()
    for place, key in enumerate(
        [*map(ord, "12345 67890~"), 270]
    ):  # without the sign, and + of the number pad
        assert burst.press(key, None, shift=False, now=100 + place * 0.005) is None
    assert burst.press(ENTER, None, shift=False, now=100.08) == "12345 67890~+"


def test_a_key_in_the_first_moment_is_no_scan() -> None:
    """Protects the first Enter after a start from being taken for the end of a code: nothing is remembered yet."""
    burst = KeyBurst()
    assert burst.empty
    assert burst.press(ENTER, None, shift=False, now=0.1) is None
